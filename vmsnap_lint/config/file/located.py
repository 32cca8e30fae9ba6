"""Parses a configuration file into a value whose parts have lines."""

from __future__ import annotations

import re

from vmsnap_lint import document
from vmsnap_lint.config.file import toml_places
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import FaultKind, Source
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from vmsnap_lint.config.file.mistakes import Path
    from vmsnap_lint.document import Document, Fault

__all__ = ["TABLE", "Located", "from_toml", "from_yaml"]

TABLE = ("tool", "vmsnap-lint")
_AT = re.compile(r" \(at line (\d+), column \d+\)\Z")
_MOST_DIGITS = 4_300  # Python's own limit, which TOML's parser does not catch
# the parser takes the square of these for a key
_MOST_PARTS = 100
_LONG_KEY = re.compile(rf"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}""")
_LONG_NUMBER = re.compile(rf"[0-9_]{{{_MOST_DIGITS + 1}}}")


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
        """The line of the nearest key or element in TOML."""
        lines = self.lines or {}
        steps = (*TABLE, *path)
        return next((lines[steps[:n]] for n in range(len(steps), 0, -1) if steps[:n] in lines), 1)


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
        text = data.decode("utf-8")
        if long := _LONG_KEY.search(text):
            reason = f"a key has more than {_MOST_PARTS} parts"
            return _unreadable(name, text.count("\n", 0, long.start()) + 1, reason)
        value: Any = tomllib.loads(text)
        for step in TABLE:
            value = value.get(step) if isinstance(value, dict) else None
        value = _as_json(value)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at else max(1, data.count(b"\n"))
        reason = str(error)[: at.start() if at else None]
        return Located(source, None, ((line, f'invalid TOML: "{reason}"'),))
    except UnicodeDecodeError as error:
        return _unreadable(name, 1, str(error))
    except RecursionError:
        return _unreadable(name, 1, "it is nested too deeply")
    except ValueError:
        number = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, number.start()) + 1 if number else 1
        return _unreadable(name, line, f"a number has more than {_MOST_DIGITS:,} digits")
    lines = toml_places.lines(text) if value is not None else {}
    return Located(source, value, lines=lines)


def _unreadable(name: str, line: int, reason: str) -> Located:
    return Located(Source(name, b"", (), ()), None, ((line, f'invalid TOML: "{reason}"'),))


def _as_json(value: Any) -> Any:
    """The value with dates and times as strings, as in YAML."""
    if isinstance(value, dict):
        return {key: _as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_json(below) for below in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
