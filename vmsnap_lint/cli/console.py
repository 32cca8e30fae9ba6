"""Lines become bytes on the streams of the process; stdin becomes bytes.

Results go to standard output, all else to standard error. A reader that went away is not an error:
what it did not read is dropped, and the exit code stays what the run made it.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

from vmsnap_lint import __version__
from vmsnap_lint.core.errors import DefectError, UsageError
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vmsnap_lint.config.settings import Settings

__all__ = ["PROGRAM", "close", "colored", "complain", "confess", "note", "prepared", "read_stdin",
           "unicode", "write"]  # fmt: skip

PROGRAM = "vmsnap-lint"


def write(lines: Iterable[str]) -> None:
    """Writes a result to standard output."""
    _write(sys.stdout, lines)


def note(lines: Iterable[str]) -> None:
    """Writes to standard error what stands beside the result."""
    _write(sys.stderr, lines)


def complain(message: str) -> None:
    """Writes a mistake of the caller, in one line."""
    _last_words(f"{PROGRAM}: error: {visible(message)}")


def confess(error: Exception, verbose: bool) -> None:
    """Writes a defect of ours: what is known of it, and what to send us."""
    known = str(error) if isinstance(error, DefectError) else f"{type(error).__name__}: {error}"
    _last_words(f"{PROGRAM}: defect: {visible(known)}")
    if verbose:
        from traceback import format_exception  # defects are rare

        _last_words(*map(visible, "".join(format_exception(error)).splitlines()))
    _last_words(
        f"This is a fault of {PROGRAM} {__version__}, not of your manifests. Please report it "
        "with the line above, and the manifest if you can share it."
        + ("" if verbose else " (--verbose shows where it happened)")
    )


def read_stdin(paths: Sequence[str], allow_empty: bool) -> bytes | None:
    """What standard input holds, where a path is `-`; else None, and it is not touched."""
    if "-" not in paths:
        return None
    if sys.stdin is None:
        raise UsageError("'-' reads standard input, but that is closed: name a path")
    from vmsnap_lint.input.sources import MOST_BYTES  # the verb `rule` needs no files

    try:
        content = sys.stdin.buffer.read(MOST_BYTES)
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror}") from error
    # What comes from a renderer that failed is nothing, and that is not the same as no findings.
    if not content.strip() and not allow_empty:
        raise UsageError("standard input is empty: see what writes it, or allow it (--allow-empty)")
    return content


def prepared(settings: Settings) -> Settings:
    """The settings with what the environment says; UsageError where a values file is missing."""
    for path in settings.helm_values:
        if not os.path.exists(path):
            raise UsageError(f'--helm-values: no such file: "{path}"')
    today = time.strftime("%Y-%m-%d", time.gmtime())  # the same everywhere on Earth
    return settings._replace(tool_path=os.environ.get("PATH", ""), today=today)


def colored(choice: str) -> bool:
    """Whether the result is coloured: as asked, else as the terminal and its environment say."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:  # https://force-color.org
        return True
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def unicode() -> bool:
    """Whether standard output can carry characters outside ASCII."""
    return sys.stdout is not None and sys.stdout.encoding.lower().startswith("utf")


def close() -> None:
    """Sends off what others (the help text) left in the buffers."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            _flush(stream)


def _write(stream: TextIO | None, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    if stream is None or not text:
        return
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")  # an odd locale must not cost the result
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _abandon(stream)
    except OSError as error:
        _abandon(stream)
        raise UsageError(f"the output cannot be written: {error.strerror}") from error


def _last_words(*lines: str) -> None:
    try:
        note(lines)
    except UsageError:
        return  # nothing is left to say it with; the exit code still does


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Lets the rest go nowhere, so that the interpreter does not fail on it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
