"""Where results go, and how they look there: standard output, and the files of --output."""

from __future__ import annotations

import os
from errno import EISDIR

from vmsnap_lint.cli import console
from vmsnap_lint.config.output_formats import AUTO, FINDING_FORMATS
from vmsnap_lint.core.bounded_files import check_replaceable, replace, why
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.repository import target
from vmsnap_lint.report.look import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from vmsnap_lint.config.file_output import FileOutput
    from vmsnap_lint.config.settings import Settings

__all__ = ["PLAIN", "check", "chosen", "look", "write"]

PLAIN = Look()
"""How a file looks."""
_CANNOT_WRITE = "--output: cannot write"


def chosen(settings: Settings) -> str:
    """The format of a lint; for `auto` the one that suits the reader of standard output.

    Raises UsageError for statistics in a format that has none.
    """
    if settings.format != AUTO:
        return _with_statistics(settings.format) if settings.statistics else settings.format
    if os.environ.get("GITHUB_ACTIONS") == "true" and not settings.statistics:
        return "github"
    return "full" if console.is_terminal() else "concise"


def _with_statistics(name: str) -> str:
    able = [row.name for row in FINDING_FORMATS if row.statistics]
    if name not in able:
        raise UsageError(f"--statistics: {name} has none, but {', '.join(able)} do")
    return name


def look(settings: Settings) -> Look:
    """How standard output looks."""
    color = console.colored(settings.color)
    links = _are_linked(color and console.is_terminal())
    return Look(color, console.unicode(), links, settings.verbose, console.columns())


def _are_linked(is_wanted: bool) -> bool:
    if not (is_wanted or os.environ.get("FORCE_HYPERLINK")):
        return False
    from vmsnap_lint.cli import hyperlinks  # for terminals only

    return hyperlinks.supported(is_wanted)


def check(settings: Settings, formats: Collection[str]) -> None:
    """Raises UsageError for an unknown format, and a file that is named twice or not writable."""
    baseline, outputs = settings.write_baseline, settings.output
    if not (baseline or outputs):
        return
    used = {_writable(baseline, "cannot write the baseline")} if baseline else set()
    if settings.baseline and not baseline:
        used.add(os.path.realpath(settings.baseline))
    for name, file in outputs:
        if name not in formats:
            from vmsnap_lint.config.suggestions import choice_mistake  # for mistakes only

            raise UsageError(f"--output: {choice_mistake(name, formats)}")
        if file == "-":
            raise UsageError(f"--output: standard output is no file: use --format {name}")
        place = _writable(file, _CANNOT_WRITE)
        if place in used:
            raise UsageError(f'--output: "{file}" is named twice')
        used.add(place)


def write(outputs: Sequence[FileOutput], rendered: Callable[[str], Iterator[str]]) -> None:
    """Writes each file, wholly or not at all.

    Raises UsageError for one that cannot be written.
    """
    for name, file in outputs:
        text = "".join(f"{line}\n" for line in rendered(name))
        try:
            replace(target(file), text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise UsageError(f'{_CANNOT_WRITE} "{file}" ({why(error)})') from error


def _writable(file: str, cannot: str) -> str:
    """The place of a file that is to be written; UsageError if it cannot be."""
    try:
        if file.endswith(("/", os.sep)):
            raise IsADirectoryError(EISDIR, "it is a directory")
        place = target(file)
        check_replaceable(place)
    except OSError as error:
        raise UsageError(f'{cannot} "{file}" ({why(error)})') from error
    return place
