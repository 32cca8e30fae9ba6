"""Runs the program within this process, over files of a scratch directory."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from fuzz.promises import inert, kept, lines_of, within
from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import command
from vmsnap_lint.core.errors import ConfigError, UsageError
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Result", "report_of", "run", "scratch", "split", "written"]

_MOST_FILES = 40
_SEPARATOR = b"=== "
_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # a scratch directory
_PLACE = ("line", "column", "end_line", "end_column")


class Result(NamedTuple):
    """What a run came to."""

    code: int
    output: str
    notes: str


@contextmanager
def scratch(files: Mapping[str, bytes]) -> Iterator[None]:
    """Works in a new directory with these files, and removes it."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as directory, chdir(directory):
        written(files)
        yield


def written(files: Mapping[str, bytes]) -> None:
    """Writes files below the working directory; of two that cannot both exist, the first."""
    for name, data in files.items():
        try:
            os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            with open(name, "xb") as file:
                file.write(data)
        except OSError:
            continue


def split(data: bytes, default: str) -> dict[str, bytes]:
    """The files of one input: each begins with a line `=== path`; before it is the `default`."""
    files: dict[str, bytes] = {}
    name, lines = default, list[bytes]()
    for line in data.split(b"\n"):
        if not line.startswith(_SEPARATOR) or len(files) >= _MOST_FILES:
            lines.append(line)
            continue
        files.setdefault(name, b"\n".join(lines))
        name, lines = _local(line[len(_SEPARATOR) :]) or default, []
    files.setdefault(name, b"\n".join(lines))
    return {name: content for name, content in files.items() if content or name != default}


def _local(path: bytes) -> str:
    """A path below the working directory; no repository, whose configuration git would obey."""
    steps = os.fsdecode(path.replace(b"\0", b"")[:500]).split("/")
    inside = [step[:200] for step in steps if step not in ("", ".", "..") and step[:4] != ".git"]
    ignored = [step for step in steps if step == ".gitignore"]
    return "/".join([*inside, *ignored])


def run(verb: str, paths: Iterable[str] = (), stdin: bytes = b"", **flags: Any) -> Result:
    """Runs a command of the program with these flags: its output is inert.

    Flags are not parsed, which would take most of the time. Raises what is a defect.
    """
    streams = [io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") for data in (stdin, b"", b"")]
    before, sys.stdin = sys.stdin, streams[0]
    try:
        with redirect_stdout(streams[1]), redirect_stderr(streams[2]):
            code = _code(verb, [*paths], flags)
    finally:
        sys.stdin = before
    output, notes = (_text(stream) for stream in streams[1:])
    kept(code in (0, 1, 2), f"exit code {code}: {notes[-600:]}")
    inert(output)
    inert(notes)
    return Result(code, output, notes)


def _code(verb: str, paths: list[str], flags: dict[str, Any]) -> int:
    """As `cli.run` does, for errors of the caller."""
    try:
        code: int = import_module(f"vmsnap_lint.cli.{verb}_command").run(
            command(verb, paths, flags)
        )
    except ConfigError as error:
        console.write_errors(error.mistakes)
        return 2
    except UsageError as error:
        console.write_errors([str(error)])
        return 2
    return code


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)  # it is ours
    return buffer.getvalue().decode()


def report_of(result: Result, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The JSON report of a run, {} for a usage error; its places are inside of its files."""
    if result.code == 2:
        return {}
    report: dict[str, Any] = json.loads(result.output)
    lines = {name: lines_of(encoding.decode(data)) for name, data in files.items()}
    for finding in report["findings"]:
        if finding["file"] in lines:
            within(Span(*(finding[key] for key in _PLACE)), lines[finding["file"]])
    return report
