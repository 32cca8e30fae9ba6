"""A value becomes the text of a scalar, in the style of the one that it replaces if that can be."""

from __future__ import annotations

import json
import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.scalars import looks_odd, plain

if TYPE_CHECKING:
    from vmsnap_lint.document.scalars import Plain

__all__ = ["is_simple", "scalar_text"]

_INDICATORS = frozenset("?:,[]{}#&*!|>'\"%@`=<~")
_FLOW = re.compile(r"[,\[\]{}]")
_MARKS = re.compile(r":(?:\s|\Z)|\s#|\s\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]")  # a date to other parsers
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")


def scalar_text(value: Plain, style: Style, *, flow: bool = False, as_json: bool = False) -> str:
    """The text, within brackets with `flow`; of a text that is no value of JSON there is none.

    A string gets quotes where it would be another value without them.
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if as_json or style is Style.DOUBLE:
        return _double(value)
    if style is Style.SINGLE and is_simple(value):
        return _single(value)
    if _is_plain(value, flow=flow):
        return value
    return _single(value) if is_simple(value) and _escapes(value) else _double(value)


def is_simple(value: str) -> bool:
    """Whether single quotes can hold it in one line."""
    return value.isprintable() and not _ESCAPED.search(value)


def _escapes(value: str) -> bool:
    """Whether double quotes would hold more characters than it has."""
    return "\\" in value or '"' in value


def _single(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _double(value: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _is_plain(value: str, *, flow: bool) -> bool:
    """Whether it means itself without quotes, to other parsers of YAML as well."""
    if not value or value[0] in _INDICATORS or value[0].isspace() or not is_simple(value):
        return False
    if value[0] == "-" and not value[1:2].isalnum():
        return False
    read: Any = plain(value)
    if read != value or looks_odd(value, value) or _DATE.match(value) or _MARKS.search(value):
        return False
    return not value.startswith("...") and not (flow and _FLOW.search(value))
