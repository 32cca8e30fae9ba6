"""The bytes of a configuration file become a value whose parts know their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import FaultKind, Source
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.file.mistakes import Path
    from vmsnap_lint.document import Document, Fault

__all__ = ["TABLE", "Located", "from_toml", "from_yaml"]

TABLE = ("tool", "vmsnap-lint")
_AT = re.compile(r" \(at line (\d+), column \d+\)\Z")
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_PART = re.compile(r"""[\w-]+|"[^"\\]*"|'[^']*'""")
_KEY = re.compile(rf"\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")


class Located(NamedTuple):
    """What a file says, None where it says nothing to us.

    `faults` are the lines at which it cannot be read, and why; `lines` are the paths that stand in
    TOML, `document` is the one of YAML.
    """

    source: Source
    value: Any = None
    faults: tuple[tuple[int, str], ...] = ()
    document: Document | None = None
    lines: dict[Path, int] | None = None

    def spot(self, path: Path, key: bool = False) -> SourceSpan:
        """Where the value (or key) at `path` stands, or what it is in."""
        if self.document is not None:
            return SourceSpan(self.source, self.document.span(path, key=key))
        line = self._line(path)
        text = self.source.line(line)
        start = len(text) - len(text.lstrip())
        return SourceSpan(self.source, Span(line, start + 1, line, len(text) + 1))

    def _line(self, path: Path) -> int:
        """The line of the nearest key in TOML, or of the text that stands in a list below it."""
        lines = self.lines or {}
        known = next((path[:n] for n in range(len(path), -1, -1) if path[:n] in lines), None)
        numbers = range(1, self.source.data.count(b"\n") + 2)
        if known is None:
            return next((n for n in numbers if TABLE[1] in self.source.line(n)), 1)
        word = self.value
        for step in path:
            word = word[step]
        if known == path or not isinstance(word, str):
            return lines[known]
        below = (n for n in numbers[lines[known] - 1 :] if word in self.source.line(n))
        return next(below, lines[known])


def from_yaml(name: str, data: bytes) -> Located:
    """What a YAML file says."""
    source = document.read(name, data)
    faults = [
        (fault.span.line, _message(fault))
        for fault in source.faults
        if fault.kind is not FaultKind.NOT_MAPPING  # which is no object, but of no shape of ours
    ]
    documents = [one for one in source.documents if one.value is not None]
    if not documents or faults:
        return Located(source, None, tuple(faults))
    if len(documents) > 1:
        line = documents[1].span(()).line
        faults.append((line, "a second document begins: one is all that is read"))
    return Located(source, documents[0].value, tuple(faults), documents[0])


def _message(fault: Fault) -> str:
    """What is wrong, without what Kubernetes would make of it."""
    if fault.kind is FaultKind.DUPLICATE_KEY:
        return fault.message.partition(";")[0]
    return fault.message


def from_toml(name: str, data: bytes) -> Located:
    """What the table [tool.vmsnap-lint] of a pyproject.toml says."""
    import tomllib  # few runs read TOML

    source = Source(name, data, (), ())
    try:
        value: Any = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, RecursionError) as error:
        return Located(Source(name, b"", (), ()), None, ((1, f"this is no TOML: {error}"),))
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at else max(1, data.count(b"\n"))
        reason = str(error)[: at.start() if at else None]
        return Located(source, None, ((line, f"this is no TOML: {reason}"),))
    for step in TABLE:
        value = value.get(step) if isinstance(value, dict) else None
    return Located(source, _as_json(value), lines=dict(_lines(source)))


def _as_json(value: Any) -> Any:  # what TOML holds
    """The value with days and times as the text that YAML has for them."""
    if isinstance(value, dict):
        return {key: _as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_json(below) for below in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _lines(source: Source) -> Iterator[tuple[Path, int]]:
    """The paths below our table, with the lines on which their keys stand."""
    header: Path = ()
    counts: dict[Path, int] = {}
    for number, text in enumerate(source.lines.text.splitlines(), 1):
        if found := _HEADER.fullmatch(text):
            header = _steps(found[2])
            if found[1] == "[[":
                counts[header] = counts.get(header, -1) + 1
                header = (*header, counts[header])
            else:
                header = _within(header, counts)
        elif found := _KEY.match(text):
            path = (*header, *_steps(found[1]))
            if path[: len(TABLE)] == TABLE:
                yield path[len(TABLE) :], number
            continue
        else:
            continue
        if header[: len(TABLE)] == TABLE:
            yield header[len(TABLE) :], number


def _steps(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _within(header: Path, counts: dict[Path, int]) -> Path:
    """The header of a table in the last entry of a list of tables."""
    for length in range(len(header), 0, -1):
        if header[:length] in counts:
            return (*header[:length], counts[header[:length]], *header[length:])
    return header
