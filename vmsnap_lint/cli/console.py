"""Writes to standard output and standard error, and reads standard input.

Results go to standard output, everything else to standard error. A reader that closes the pipe is
not an error: the rest is dropped, and the exit code does not change.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import islice

from vmsnap_lint import __version__
from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.errors import DefectError, UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from vmsnap_lint.config.settings import Settings

__all__ = [
    "COMPLETION", "PROGRAM", "close", "colored", "columns", "is_terminal", "prepared",
    "read_stdin", "unicode", "watched", "write", "write_bytes", "write_defect", "write_errors",
    "write_notes",
]  # fmt: skip

PROGRAM = "vmsnap-lint"
COMPLETION = "_VMSNAP_LINT_COMPLETE"
"""The variable in which a shell asks what a command line can be."""
_MOST_ERRORS = 100
_OF_CI = ("CI", "GITHUB_ACTIONS")  # variables of those who show no terminal to anybody
_LINES = 1_000  # that are written at once
_BEFORE: list[Callable[[], None]] = []  # what is called before anything is written, once


def write(lines: Iterable[str]) -> None:
    """Writes a result to standard output.

    Raises UsageError if that fails.
    """
    _write(sys.stdout, lines)


def write_bytes(data: bytes) -> None:
    """Writes a text as it is to standard output.

    Raises UsageError if that fails.
    """
    _settle()
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as error:
        _abandon(sys.stdout)
        raise UsageError(f"the output cannot be written: {error.strerror}") from error


def write_notes(lines: Iterable[str]) -> None:
    """Writes notes to standard error.

    Raises UsageError if that fails.
    """
    _write(sys.stderr, lines)


def write_errors(messages: Sequence[str]) -> None:
    """Writes the first hundred usage errors, a line each."""
    from contextlib import suppress  # most runs can use their arguments

    shown, rest = messages[:_MOST_ERRORS], len(messages[_MOST_ERRORS:])
    more = [f"and {rest} more mistakes"] if rest else []
    with suppress(UsageError):  # the exit code still shows it
        lines = map(abridged, (*shown, *more))
        write_notes(f"{PROGRAM}: error: {visible(line)}" for line in lines)


def write_defect(error: Exception, verbose: bool) -> None:
    """Writes a bug in vmsnap-lint, and how to report it."""
    from contextlib import suppress  # defects are rare

    from vmsnap_lint.core.addresses import REPOSITORY  # the same

    text = str(error) if isinstance(error, DefectError) else f"{type(error).__name__}: {error}"
    lines = [f"{PROGRAM}: defect: {visible(text)}"]
    if verbose:
        from traceback import format_exception  # defects are rare

        lines += map(visible, "".join(format_exception(error)).splitlines())
    lines.append(
        f"This is a bug in {PROGRAM} {__version__}, not in your manifests. Please report it at "
        f"{REPOSITORY}/issues with the line above, and the manifest if you can share it."
        + ("" if verbose else " (--verbose shows where it happened)")
    )
    with suppress(UsageError):  # the exit code still shows it
        write_notes(lines)


def read_stdin(paths: Sequence[str], allow_empty: bool) -> bytes | None:
    """The content of standard input if a path is `-`, else None.

    Raises UsageError if it is closed, unreadable, or empty without `allow_empty`.
    """
    if "-" not in paths:
        return None
    if sys.stdin is None:
        raise UsageError('"-" reads standard input, which is closed: pass a path')
    from vmsnap_lint.input.sources import MOST_BYTES  # `rule` needs no files

    try:
        content = sys.stdin.buffer.read(MOST_BYTES + 1)  # as of a file
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror}") from error
    # A renderer that failed writes nothing, which is not the same as no findings.
    if not content.strip() and not allow_empty:
        hint = "check the command that writes it, or pass --allow-empty"
        raise UsageError(f"standard input is empty: {hint}")
    return content


def watched(settings: Settings) -> None:
    """Shows what is being done if it takes long and somebody looks at standard error."""
    is_shown = sys.stderr is not None and sys.stderr.isatty() and not settings.quiet
    if is_shown and not any(map(os.environ.get, _OF_CI)) and os.environ.get("TERM") != "dumb":
        from vmsnap_lint.cli.progress_line import shown  # for people only

        _BEFORE.append(shown(sys.stderr.fileno()))


def _settle() -> None:
    while _BEFORE:
        _BEFORE.pop()()


def prepared(settings: Settings) -> Settings:
    """The settings with PATH, folder of the cache and date of the environment.

    Raises UsageError if a values file does not exist.
    """
    for path in settings.helm_values:
        if not os.path.exists(path):
            raise UsageError(f'--helm-values: no such file "{path}"')
    today = time.strftime("%Y-%m-%d", time.gmtime())  # the same everywhere on Earth
    path, cache_dir = os.environ.get("PATH", ""), _cache_folder(settings)
    return settings._replace(tool_path=path, today=today, cache_dir=cache_dir)


def _cache_folder(settings: Settings) -> str:
    """The folder for what later runs can use, "" for none: machines of CI have no later runs."""
    if not settings.cache or settings.render == "never":
        return ""
    if settings.cache_dir or any(map(os.environ.get, _OF_CI)):
        return settings.cache_dir
    if sys.platform == "win32":
        home, above = os.environ.get("LOCALAPPDATA", ""), ""
    else:
        home = os.environ.get("XDG_CACHE_HOME", "")
        above = "Library/Caches" if sys.platform == "darwin" else ".cache"
    if not os.path.isabs(home):  # which the XDG base directory specification ignores
        home = os.path.join(os.environ.get("HOME", ""), above) if above else ""
    return os.path.join(home, PROGRAM) if os.path.isabs(home) else ""


def colored(choice: str) -> bool:
    """Whether the result is colored: as chosen, else by the terminal and its environment."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:  # https://force-color.org
        return True
    return is_terminal() and os.environ.get("TERM") != "dumb"


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def columns() -> int:
    """The width of the terminal that standard output is, 0 for none or an unknown one."""
    if not is_terminal():
        return 0
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        return 0


def unicode() -> bool:
    """Whether standard output supports characters outside ASCII."""
    return sys.stdout is not None and sys.stdout.encoding.lower().startswith("utf")


def close() -> None:
    """Flushes the streams, for output that is not written here (the help text)."""
    _settle()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            _abandon(stream)


def _write(stream: TextIO | None, lines: Iterable[str]) -> None:
    _settle()
    if stream is None:
        return
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")  # in any locale
    rest = iter(lines)
    try:
        while text := "".join(f"{line}\n" for line in islice(rest, _LINES)):
            stream.write(text)
            stream.flush()
    except BrokenPipeError:
        _abandon(stream)
    except OSError as error:
        _abandon(stream)
        raise UsageError(f"the output cannot be written: {error.strerror}") from error


def _abandon(stream: TextIO) -> None:
    """Redirects the stream to the null device, so that the interpreter can flush it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
