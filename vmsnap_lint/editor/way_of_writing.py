"""How a word is written where somebody types, and so what is to be written in its place."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import NamedTuple
from vmsnap_lint.document.editing.scalar_text import scalar_text
from vmsnap_lint.document.nodes import Style

__all__ = ["WayOfWriting"]


class WayOfWriting(NamedTuple):
    """The quote before a word, whether one or a colon is behind it, and what is around it.

    What is to be written goes behind the quote, and before the one behind.
    """

    quote: str = ""
    is_closed: bool = False
    has_colon: bool = False
    is_flow: bool = False
    is_json: bool = False

    def value(self, text: str) -> str:
        """What is to be written for a string."""
        style = Style(self.quote)
        written = scalar_text(text, style, flow=self.is_flow, as_json=self.is_json)
        if not self.quote:
            return written
        inner = written.removeprefix(self.quote)
        return inner.removesuffix(self.quote) if self.is_closed else inner

    def key(self, name: str, *, ends_line: bool) -> str:
        """What is to be written for a field; in lines, one that `ends_line` needs no blank."""
        colon = "" if self.has_colon else ":" if ends_line and not self.is_flow else ": "
        if self.quote:
            return name if self.is_closed else f"{name}{self.quote}{colon}"
        return f'"{name}"{colon}' if self.is_json else f"{name}{colon}"
