"""Parses a configuration file into a value whose parts have lines."""

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
    """The content of a file, None if there is none for us.

    `faults` are lines with syntax errors, and their messages; `lines` has the paths in TOML,
    `document` is that of YAML.
    """

    source: Source
    value: Any = None
    faults: tuple[tuple[int, str], ...] = ()
    document: Document | None = None
    lines: dict[Path, int] | None = None

    def spot(self, path: Path, key: bool = False) -> SourceSpan:
        """The place of the value (or key) at `path`, or of its nearest parent."""
        if self.document is not None:
            return SourceSpan(self.source, self.document.span(path, key=key))
        line = self._line(path)
        text = self.source.line(line)
        start = len(text) - len(text.lstrip())
        return SourceSpan(self.source, Span(line, start + 1, line, len(text) + 1))

    def _line(self, path: Path) -> int:
        """The line of the nearest key in TOML, or of the string in an array below it."""
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
    """The content of a YAML file."""
    source = document.read(name, data)
    faults = [
        (fault.span.line, _message(fault))
        for fault in source.faults
        if fault.kind is not FaultKind.NOT_MAPPING  # reported by the schema
    ]
    documents = [document for document in source.documents if document.value is not None]
    if not documents or faults:
        return Located(source, None, tuple(faults))
    if len(documents) > 1:
        line = documents[1].span(()).line
        faults.append((line, "only one document is allowed"))
    return Located(source, documents[0].value, tuple(faults), documents[0])


def _message(fault: Fault) -> str:
    """The message without its effect in Kubernetes."""
    if fault.kind is FaultKind.DUPLICATE_KEY:
        return fault.message.partition(";")[0]
    if fault.kind is FaultKind.DROPPED:
        return "there is text behind the end of the document"
    return fault.message


def from_toml(name: str, data: bytes) -> Located:
    """The table [tool.vmsnap-lint] of a pyproject.toml."""
    import tomllib  # few runs read TOML

    source = Source(name, data, (), ())
    try:
        value: Any = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, RecursionError) as error:
        return Located(Source(name, b"", (), ()), None, ((1, f'invalid TOML: "{error}"'),))
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at else max(1, data.count(b"\n"))
        reason = str(error)[: at.start() if at else None]
        return Located(source, None, ((line, f'invalid TOML: "{reason}"'),))
    for step in TABLE:
        value = value.get(step) if isinstance(value, dict) else None
    return Located(source, _as_json(value), lines=dict(_lines(source)))


def _as_json(value: Any) -> Any:
    """The value with dates and times as strings, as in YAML."""
    if isinstance(value, dict):
        return {key: _as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_json(below) for below in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _lines(source: Source) -> Iterator[tuple[Path, int]]:
    """The paths below our table, with the lines of their keys."""
    header: Path = ()
    counts: dict[Path, int] = {}
    for number, text in enumerate(source.lines.text.splitlines(), 1):
        path: Path = ()
        if match := _HEADER.fullmatch(text):
            header = _steps(match[2])
            if match[1] == "[[":
                counts[header] = counts.get(header, -1) + 1
            path = header = _within(header, counts)
        elif match := _KEY.match(text):
            path = (*header, *_steps(match[1]))
        if path[: len(TABLE)] == TABLE:
            yield path[len(TABLE) :], number


def _steps(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _within(header: Path, counts: dict[Path, int]) -> Path:
    """The header with the index of the last table of an array of tables."""
    for length in range(len(header), 0, -1):
        if header[:length] in counts:
            return (*header[:length], counts[header[:length]], *header[length:])
    return header
