"""A piece of JSON becomes nodes, with the places that `json` does not give."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined] # a function of json.decoder

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.faults import RejectedError
from vmsnap_lint.document.nodes import Branch, Builder, Node, Style

if TYPE_CHECKING:
    from typing import TypeVar

    from vmsnap_lint.document.recorder import Recorder

    _Target = TypeVar("_Target", Builder, "Recorder")

__all__ = ["compose"]


_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>[,:])|(?P<quote>\")"
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<word>true|false|null))"
)
_WORDS = {"true": True, "false": False, "null": None}
_LONE = re.compile("[\ud800-\udfff]")


def compose(text: str, base: int, builder: _Target) -> _Target:
    """The builder with the JSON value of `text`, which is known to be well formed.

    Places are indexes plus `base`. Raises RejectedError where Kubernetes rejects a value, or a
    budget is exceeded.
    """
    position = 0
    while builder.root is None:
        match = _TOKEN.match(text, position)
        if match is None:
            raise RejectedError("this is not JSON", base + position, base + position + 1)
        begin, position = match.start(match.lastindex or 0), match.end()
        kind, part = match.lastgroup, match[match.lastindex or 0]
        if kind == "open":
            empty: Any = {} if part == "{" else []
            builder.open(Branch(empty, base + begin, base + position, flow=True))
        elif kind == "close":
            builder.close(base + position)
        elif kind == "quote":
            value, position = scanstring(text, position, True)
            value = _LONE.sub("\ufffd", value)
            builder.scalar(Node(value, base + begin, base + position, Style.DOUBLE))
        elif kind == "number":
            builder.scalar(_number(part, base + begin, base + position))
        elif kind == "word":
            builder.scalar(Node(_WORDS[part], base + begin, base + position, Style.PLAIN))
    return builder


def _number(text: str, start: int, end: int) -> Node:
    """An integer of 64 bits, else a float, as Kubernetes' JSON decoder reads it."""
    value: int | float
    if text.lstrip("-").isdigit() and len(text) < 21 and -(2**63) <= int(text) < 2**63:
        value = int(text)
    else:
        value = float(text)
        if value - value != 0:
            raise RejectedError(f"{text[:40]} is too large a number", start, end)
    return Node(value, start, end, Style.PLAIN)
