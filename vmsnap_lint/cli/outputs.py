"""Where results go, and how they look there: standard output, and the files of --output."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint.cli import console
from vmsnap_lint.config.output_formats import AUTO
from vmsnap_lint.config.suggestions import choice_mistake
from vmsnap_lint.core.bounded_files import replace, why
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.repository import target
from vmsnap_lint.report.look import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from vmsnap_lint.config.output_formats import FileOutput
    from vmsnap_lint.config.settings import Settings

__all__ = ["PLAIN", "checked", "chosen", "look", "write"]

PLAIN = Look()
"""How a file looks."""


def chosen(name: str) -> str:
    """The format; for `auto` the one that suits the reader of standard output."""
    if name != AUTO:
        return name
    if os.environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "full" if console.is_terminal() else "concise"


def look(settings: Settings) -> Look:
    """How standard output looks."""
    color = console.colored(settings.color)
    return Look(color, console.unicode(), color and console.is_terminal(), settings.verbose)


def checked(outputs: Sequence[FileOutput], formats: Collection[str]) -> None:
    """Raises UsageError for an unknown format, a missing directory, or a file named twice."""
    for number, (name, file) in enumerate(outputs):
        if name not in formats:
            raise UsageError(f"--output: {choice_mistake(name, formats)}")
        if any(os.path.abspath(file) == os.path.abspath(other.file) for other in outputs[:number]):
            raise UsageError(f'--output: "{file}" is named twice')
        if not os.path.isdir(os.path.dirname(file) or "."):
            raise UsageError(f'--output: there is no directory for "{file}"')


def write(outputs: Sequence[FileOutput], rendered: Callable[[str], Iterator[str]]) -> None:
    """Writes each file, wholly or not at all.

    Raises UsageError for one that cannot be written.
    """
    for name, file in outputs:
        text = "".join(f"{line}\n" for line in rendered(name))
        try:
            replace(target(file), text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise UsageError(f'--output: cannot write "{file}" ({why(error)})') from error
