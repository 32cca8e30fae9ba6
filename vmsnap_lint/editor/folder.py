"""A folder of an editor is linted again and again; what was found is kept file by file."""

from __future__ import annotations

import os

from vmsnap_lint import engine
from vmsnap_lint.checks.runner import EVERYTHING, JudgedPart
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import buffers, cel_process
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.repository import is_below
from vmsnap_lint.deploy.render.chart_errors import UNBUILT
from vmsnap_lint.document import FaultKind, parts
from vmsnap_lint.editor.analysis import Analysis, file_in, location_in
from vmsnap_lint.editor.kept_input import KeptInput
from vmsnap_lint.editor.merged import Merged, of_file
from vmsnap_lint.editor.neighbours import Neighbours
from vmsnap_lint.report import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from vmsnap_lint.core.model import Report
    from vmsnap_lint.editor.merged import Found
    from vmsnap_lint.engine import Run

    SettingsOf = Callable[[], Settings]

__all__ = ["Folder"]

_HIDING = frozenset(
    (FaultKind.BUDGET, FaultKind.DROPPED, FaultKind.ENCODING, FaultKind.SYNTAX)
)  # what keeps the last good text in use; a template is none of it
_FEW_OBJECTS = 3_000  # with which the checks of the whole run are quick
_VERY_FEW_OBJECTS = 150  # that are all judged at once


class Folder:
    """The files below `root`, or of it only the file `alone`.

    `settings_of` gives the settings of the working directory. `analysis` is the last good view,
    `merged` has the findings, `trouble` why it cannot be linted just now, a line for each mistake.

    All of it is used by one thread, as a lint works in the directory of the folder.
    """

    def __init__(self, root: str, settings_of: SettingsOf, alone: str = "") -> None:
        self.root = root
        self.alone = alone
        self.analysis: Analysis | None = None
        self.merged = Merged({})
        self.trouble: tuple[str, ...] = ()
        self._settings_of = settings_of
        self._settings: Settings | None = None
        self._kept = KeptInput()
        self._good: dict[str, bytes] = {}
        self._built: Mapping[str, bytes] = {}
        self._neighbours: Neighbours | None = None

    def configured(self) -> None:
        """Reads the configuration again with the next lint, and all files."""
        self._settings = None
        self._kept = KeptInput()

    def clear(self) -> None:
        """Forgets all findings."""
        self.merged, self.trouble, self.analysis = Merged({}), (), None

    def lint(self, texts: Mapping[str, bytes]) -> bool:
        """Judges everything, with texts in the place of files (by real path); returns True.

        Raises what ends a run that watchers interrupt; the findings are as before then.
        """
        good, broken = self._told_apart(texts)
        run = self._run(good, EVERYTHING, verified=True)
        if run is None:
            return True
        own: dict[str, Found] = {}
        for breaking in self._breaking(run, good):
            whole = self._run({**good, **breaking}, EVERYTHING)
            if whole is not None and not self._new_failures(whole):
                own = {file: of_file(run, file) for file in self._told_of(breaking, run)}
                good, run = {**good, **breaking}, whole
                break  # else no text is to blame
        for path in broken:
            found = self._of_broken(path, good, texts[path])
            own |= {self.file(path): found} if found is not None else {}
        self._kept.keep(run.loaded)
        self._neighbours = None
        self._take(run, Merged.of(run).with_files(own), good)
        return True

    def index(self) -> None:
        """Prepares for what is typed next; may be interrupted."""
        if self._neighbours is None and self.analysis is not None:
            units = self.analysis.loaded.units
            self._neighbours = Neighbours(m for unit in units for m in unit.manifests)

    def lint_around(self, texts: Mapping[str, bytes], changed: Collection[str]) -> bool:
        """Judges files that have changed (by real path), and what is nearest to them.

        Whether the result is that of all files: else they have to be judged when there is time.
        """
        if self.analysis is None or self._settings is None or self._number <= _VERY_FEW_OBJECTS:
            return self.lint(texts)
        good, broken = self._told_apart(texts)
        for path in broken.intersection(changed):
            own = self._of_broken(path, good, texts[path])
            if own is not None:
                self.merged = self.merged.with_files({self.file(path): own})
        whole = {self.file(path) for path in changed if path not in broken}
        if whole:
            self._lint_whole(good, whole)
        return False

    def file(self, path: str) -> str:
        """The name in reports of the file at a real path."""
        return file_in(self.root, path)

    def _lint_whole(self, good: Mapping[str, bytes], files: Collection[str]) -> None:
        """Judges files of which all is known, and what is nearest to them."""
        around = self._neighbours.around(files) if self._neighbours else {*files}
        of_run = self._number <= _FEW_OBJECTS
        run = self._run(good, JudgedPart(around.__contains__, of_run=of_run))
        if run is None:
            return
        breaking = next(self._breaking(run, good), None)
        if breaking:
            own = {file: of_file(run, file) for file in self._told_of(breaking, run)}
            self.merged = self.merged.with_files(own)
        else:
            self._take(run, self.merged.with_part(run, around, files, of_run=of_run), good)

    def _breaking(self, run: Run, texts: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
        """The texts that may keep a tree from being built, each as it was when it was built.

        First those beside it, then all. There are none where nothing else fails than before.
        """
        failing = self._new_failures(run)
        if not failing:
            return
        before = {path: self._built.get(path) or _on_disk(path) or b"" for path in texts}
        changed = {path: text for path, text in before.items() if text != texts[path]}
        real = os.path.realpath(self.root)
        places = [os.path.dirname(location_in(real, file)) for file in failing]
        near = {
            path: text for path, text in changed.items() if any(is_below(path, at) for at in places)
        }
        yield from (each for each in ((near, changed) if near != changed else (near,)) if each)

    def _new_failures(self, run: Run) -> set[str]:
        """The trees that cannot be built now, but could be before."""
        return _failing(run) - _failing(self.analysis.run) if self.analysis is not None else set()

    def _told_of(self, breaking: Iterable[str], run: Run) -> set[str]:
        """The files in which it is told what such texts break."""
        files = {self.file(path) for path in breaking}
        return files | {each.at.source.file for each in run.loaded.failures} if files else files

    def _of_broken(self, path: str, good: Mapping[str, bytes], text: bytes) -> Found | None:
        """What is found in a broken text."""
        file = self.file(path)
        part = JudgedPart({file}.__contains__, of_run=False)
        run = self._run({**good, path: text}, part)
        return run and of_file(run, file)

    @property
    def _number(self) -> int:
        return (
            sum(len(unit.manifests) for unit in self.analysis.loaded.units) if self.analysis else 0
        )

    def _take(self, run: Run, merged: Merged, texts: Mapping[str, bytes]) -> None:
        """Makes a run and what is known of the files that it did not judge the last good view."""
        self.merged, self._built = merged, texts
        run = run._replace(report=run.report._replace(findings=merged.findings()))
        settings = self._settings or Settings()
        self.analysis = Analysis(self.root, settings, run, run.sources, run.worlds, run.loaded)

    def _run(
        self, texts: Mapping[str, bytes], part: JudgedPart, *, verified: bool = False
    ) -> Run | None:
        """A run with these texts; None where the folder cannot be linted, which is remembered."""
        before = self._kept.before(texts, verified=verified)
        try:
            os.chdir(self.root)
            with buffers.instead(texts):
                settings = self._settings or self._settings_of()
                self._settings = settings._replace(
                    allow_empty=True, with_fixes=True, list_unverified=_wants_all(settings)
                )
                paths = (os.path.basename(self.alone),) if self.alone else (".",)
                run = engine.lint(paths, None, self._settings, part, before)
        except UsageError as error:
            self.trouble = getattr(error, "mistakes", (str(error),))
            return None
        except OSError as error:  # of the system: the folder is gone, no descriptor is left
            self.trouble = (f'"{self.root}" cannot be used: {error.strerror or error}',)
            return None
        self.trouble = ()
        if self._settings.policies or self._settings.crds:
            cel_process.start_ahead()
        return run._replace(report=_listed(run.report, self._settings))

    def _told_apart(self, texts: Mapping[str, bytes]) -> tuple[dict[str, bytes], set[str]]:
        """The texts, of a broken one the last that was not; and the paths of the broken ones.

        One that never was whole stays as it is.
        """
        good, broken = {}, set()
        for path, text in texts.items():
            if self._good.get(path) == text or not _is_broken(text):
                self._good[path] = good[path] = text
                continue
            broken.add(path)
            known = self._good.get(path) or _on_disk(path)
            if known is not None and (path in self._good or not _is_broken(known)):
                good[path] = self._good[path] = known
            else:
                good[path] = text
                broken.discard(path)
        self._good = {path: text for path, text in self._good.items() if path in texts}
        return good, broken


def _failing(run: Run) -> set[str]:
    """The trees and charts that cannot be built."""
    notes = run.loaded.not_checked
    unbuilt = {note.file for note in notes if note.reason.startswith(UNBUILT)}
    return unbuilt | {failure.at.source.file for failure in run.loaded.failures}


def _wants_all(settings: Settings) -> bool:
    """Whether references that cannot be verified are listed."""
    return settings.verbose or not all(map(summary.is_listed, settings.select))


def _listed(report: Report, settings: Settings) -> Report:
    """The report with what is listed only, as on the command line."""
    if not settings.list_unverified:
        report = summary.verified(report)
    if settings.min_severity > Severity.INFO:
        report = summary.at_least(report, settings.min_severity)
    return report


def _is_broken(text: bytes) -> bool:
    """Whether a fault hides a part of a text."""
    return any(fault.kind in _HIDING for fault in parts(text)[1])


def _on_disk(path: str) -> bytes | None:
    from vmsnap_lint.input.files import readable  # only what is open and broken

    return readable(path)
