"""Turns text into HTML of ASCII, on one line, so that no encoding of the output can break it."""

from __future__ import annotations

from html import escape

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.report.terminal import visible

__all__ = ["attribute", "html", "named", "own"]


def html(text: str) -> str:
    """Text of a manifest: cut if it is very long, what is invisible escaped, as on a terminal."""
    return own(visible(abridged(text)))


def own(text: str) -> str:
    """Our own text."""
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def named(text: str) -> str:
    """A name of a manifest: its direction does not change what stands around it."""
    return f"<bdi>{html(text)}</bdi>"


def attribute(name: str, text: str) -> str:
    """An attribute with text of a manifest, with the blank before it."""
    return f' {name}="{html(text)}"'
