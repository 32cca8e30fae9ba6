"""The command `check` with fixes: rounds of lints, until nothing changes, then files or a patch."""

from __future__ import annotations

import os
from functools import partial

from vmsnap_lint import engine
from vmsnap_lint.cli import USAGE, console
from vmsnap_lint.core import buffers, stages
from vmsnap_lint.core.abridged import abridged, cut_path
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.repository import STDIN, is_below, working_tree
from vmsnap_lint.input.files import location_of
from vmsnap_lint.input.selection import left_alone
from vmsnap_lint.report import summary
from vmsnap_lint.report.fixing.applying import applied, wanted
from vmsnap_lint.report.fixing.edited_file import opened
from vmsnap_lint.report.fixing.patch_text import patch
from vmsnap_lint.report.fixing.saving import found, place, saved
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vmsnap_lint.cli.reporting import Show
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Fix
    from vmsnap_lint.report.fixing.applying import FixOf, Round
    from vmsnap_lint.report.fixing.edited_file import EditedFile

    Write = Callable[[engine.Run, Settings, Show], int]

__all__ = ["run"]

_MOST_ROUNDS = 10
_MOST_NOTES = 100


class _Outcome(NamedTuple):
    """The files that fixes change, the fixes, why other files are left, and the lint of the end."""

    files: Mapping[str, EditedFile]
    fixes: tuple[Fix, ...]
    refused: Mapping[str, str]
    lint: engine.Run


def run(
    paths: tuple[str, ...],
    stdin: bytes | None,
    settings: Settings,
    for_engine: Settings,
    write: Write,
) -> int:
    """Fixes what is found; returns 1 for findings that are left, with --diff for any change.

    What came by standard input goes to standard output, and the report then to standard error.
    Raises UsageError for unusable input or settings, DefectError if a rule fails.
    """
    _check(settings)
    if settings.stdin_filename:
        stdin = buffers.stand_in(settings.stdin_filename)
    is_given = partial(_is_given, settings.stdin_filename)
    outcome = _rounds(paths, stdin, for_engine)
    stages.enter("writing the result")
    if settings.diff:
        console.write_bytes(b"".join(_patches(outcome.files)))
        _tell(outcome, settings, "would fix")
        return _unread(outcome.lint) or int(bool(outcome.files))
    to_save = {file: of for file, of in outcome.files.items() if not is_given(file)}
    failed = saved(to_save, outcome.fixes)
    if failed:
        outcome = _without(failed, outcome, lambda new: engine.lint(paths, new, for_engine), stdin)
    show: Show = console.write
    if stdin is not None:
        edited = next((of for file, of in outcome.files.items() if is_given(file)), None)
        console.write_bytes(stdin if edited is None else edited.data)
        show = console.write_notes
    _tell(outcome, settings, "fixed")
    if settings.fix_only:
        return _unread(outcome.lint)
    return write(outcome.lint, settings, show)


def _check(settings: Settings) -> None:
    """Raises UsageError for a report that would not be written."""
    flag = "--diff" if settings.diff else "--fix-only" if settings.fix_only else ""
    others = {
        "--output": settings.output,
        "--statistics": settings.statistics,
        "--write-baseline": settings.write_baseline,
    }
    for other, is_given in others.items():
        if flag and is_given:
            raise UsageError(f"{flag} writes no report, so that {other} has no use: leave it out")


def _rounds(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> _Outcome:
    """Lints and fixes in memory until nothing changes; nothing is written."""
    known = _Known(stdin, left_alone(paths, settings), settings.stdin_filename)
    fixes: list[Fix] = []
    for number in range(_MOST_ROUNDS + 1):
        with buffers.instead(known.texts()):
            lint = engine.lint(paths, known.stdin(), settings)
        if number == _MOST_ROUNDS:
            break
        findings = (f for f in lint.report.findings if f.severity >= settings.min_severity)
        chosen = known.by_file(wanted(findings, unsafe=settings.unsafe_fixes))
        made = applied(chosen, partial(known.opened, lint))
        known.take(made)
        if not made.files:
            break
        fixes += (fix for _, fix in made.fixed)
    return _Outcome(known.files, tuple(fixes), known.refused, lint)


class _Known:
    """The files that were changed so far, and those that are left as they are."""

    def __init__(self, stdin: bytes | None, closed: Callable[[str], str], named: str) -> None:
        self._named = named
        self.files: dict[str, EditedFile] = {}
        self.refused: dict[str, str] = {}
        self._stdin = stdin
        self._closed = closed
        self._names: dict[str, str] = {}

    def by_file(self, chosen: Iterable[FixOf]) -> Iterator[FixOf]:
        """The fixes, of which those of one file by several names, as links are, have one name."""
        for finding, fix in chosen:
            edits = tuple(edit._replace(file=self._name(edit.file)) for edit in fix.edits)
            yield finding, fix._replace(edits=edits)

    def _name(self, file: str) -> str:
        """The name by which a file was fixed first."""
        if file == STDIN:
            return file
        try:
            return self._names.setdefault(place(file), file)
        except OSError:
            return file

    def texts(self) -> dict[str, bytes]:
        """What stands in the place of files, by real path."""
        return {place(file): of.data for file, of in self.files.items() if file != STDIN}

    def stdin(self) -> bytes | None:
        """Standard input as it is now."""
        given = None if self._named else self._stdin
        return self.files[STDIN].data if STDIN in self.files else given

    def opened(self, lint: engine.Run, file: str) -> EditedFile | str:
        """A file as it is now, or why it is left."""
        source = lint.sources.get(file)
        linted = source.data if source is not None and not source.is_excerpt else None
        known = self.files.get(file)
        if known is not None:
            return known if linted == known.data else "another text of it was linted, run it again"
        is_given = _is_given(self._named, file)
        reason = self.refused.get(file) or ("" if is_given else self._closed(file))
        if reason or (self._named and not is_given):
            return reason or "only the text of standard input is fixed"
        if is_given:
            return opened(self._stdin or b"") or "its encoding cannot be kept, save it as UTF-8"
        return found(file, linted)

    def take(self, made: Round) -> None:
        """Takes what a round has made; a file that was fixed before is not left."""
        self.refused |= {f: why for f, why in made.refused.items() if f not in self.files}
        self.files |= made.files


def _is_given(named: str, file: str) -> bool:
    """Whether a file of a report is standard input, also in the place of a file of that name."""
    if file == STDIN or not named:
        return file == STDIN
    return os.path.realpath(location_of(file)) == os.path.realpath(named)


def _without(
    failed: Mapping[str, str],
    outcome: _Outcome,
    lint: Callable[[bytes | None], engine.Run],
    stdin: bytes | None,
) -> _Outcome:
    """The outcome without the files that could not be written."""
    files = {file: of for file, of in outcome.files.items() if file not in failed}
    fixes = tuple(
        fix for fix in outcome.fixes if not any(edit.file in failed for edit in fix.edits)
    )
    new = files[STDIN].data if STDIN in files else stdin
    return _Outcome(files, fixes, {**outcome.refused, **failed}, lint(new))


def _patches(files: Mapping[str, EditedFile]) -> Iterator[bytes]:
    here = os.path.realpath(os.getcwd())
    root = (working_tree(here) or [here])[0]
    for file in sorted(files):
        location = file if file == STDIN else _from_root(place(file), root)
        yield from patch(os.fsencode(location.replace(os.sep, "/")), files[file])


def _from_root(location: str, root: str) -> str:
    """The path from there, else from the root of the file's own repository, else of all files."""
    if not is_below(location, root):
        root = (working_tree(os.path.dirname(location)) or [os.path.abspath(os.sep)])[0]
    return os.path.relpath(location, root)


def _tell(outcome: _Outcome, settings: Settings, word: str) -> None:
    """Writes the number of fixes, and the files that are left as they are."""
    notes = [
        f"not fixed: {visible(cut_path(file))}: {visible(abridged(reason))}"
        for file, reason in sorted(outcome.refused.items())
    ]
    more = len(notes) - _MOST_NOTES
    notes[_MOST_NOTES:] = [f"not fixed: {more} more files"] if more > 0 else []
    if outcome.fixes and not settings.quiet:
        where = counted(len(outcome.files), "file")
        notes.append(f"{word}: {len(outcome.fixes)} in {where}")
    console.write_notes(notes)


def _unread(lint: engine.Run) -> int:
    """Writes the errors of files that could not be read; returns their exit code, or 0."""
    if not lint.report.unread:
        return 0
    console.write_errors(summary.unread(lint.report.unread))
    return USAGE
