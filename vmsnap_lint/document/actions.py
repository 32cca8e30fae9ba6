"""The actions of Go templates in a text: `{{ .Values.name }}`.

https://pkg.go.dev/text/template; strings and comments in an action may hold braces.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.possessive import possessive

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Action", "actions", "masked"]

_ACTION = re.compile(
    possessive(r"""\{\{-?\s*+/\*(?:(?!\*/).)*+\*/\s*+-?\}\}
    |\{\{(?:"(?:[^"\\\n]|\\.)*+"|`[^`]*+`|'(?:[^'\\\n]|\\.)*+'|(?!\}\})[^"`'])*+\}\}"""),
    re.DOTALL | re.VERBOSE,
)
_WORD = re.compile(r"[\w$]+|/\*")
_ASSIGNED = re.compile(r"\$\w*(?:\s*,\s*\$\w+)?\s*:?=")
_SILENT = frozenset((
    "/*", "block", "break", "continue", "define", "else", "end", "if", "range", "with",
))  # fmt: skip


class Action(NamedTuple):
    """An action from `start` to `end`; `body` is what stands between its braces, trimmed."""

    start: int
    end: int
    body: str

    @property
    def word(self) -> str:
        """Its first word: `if`, `include`; "" for a field."""
        match = _WORD.match(self.body)
        return match[0] if match else ""

    @property
    def is_silent(self) -> bool:
        """Whether it writes nothing itself: control flow, a comment or an assignment."""
        return self.word in _SILENT or _ASSIGNED.match(self.body) is not None


def actions(text: str) -> Iterator[Action]:
    """The actions in their order, up to one that does not end."""
    start = text.find("{{")
    while start >= 0:
        match = _ACTION.match(text, start)
        if match is None:
            return
        body = match[0][2:-2].removeprefix("-").removesuffix("-").strip()
        yield Action(start, match.end(), body)
        start = text.find("{{", match.end())


def masked(text: str) -> str:
    """The text of the same length with letters for actions, spaces for those that write nothing."""
    parts, end = [], 0
    for action in actions(text):
        inside = text[action.start : action.end]
        parts.append(text[end : action.start])
        parts.append(re.sub(r"[^\r\n]", " " if action.is_silent else "x", inside))
        end = action.end
    return "".join(parts) + text[end:]
