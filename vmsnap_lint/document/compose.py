"""A piece of the text becomes a tree of nodes, by the reader that its kind needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.document.encoding import unprintable
from vmsnap_lint.document.faults import Budget, FaultKind, RejectedError

if TYPE_CHECKING:
    from vmsnap_lint.document.nodes import Builder, Node
    from vmsnap_lint.document.split import Piece

__all__ = ["compose", "tree"]

_BOUNDLESS = Budget(nodes=2**62, depth=2**62)


def compose(text: str, piece: Piece, limits: Budget) -> Builder:
    """The tree of a piece; places count from the start of `text`.

    Raises RejectedError where Kubernetes rejects the piece.
    """
    start = piece.start + text.startswith("\ufeff", piece.start)
    part = text[start : piece.end]
    bad = unprintable(part)
    if bad >= 0:
        message = f"found the character U+{ord(part[bad]):04X}, which YAML does not allow"
        at = start + bad
        raise RejectedError(message, at, at + 1, FaultKind.ENCODING)
    # Most files need none of the parsers.
    if piece.json:
        from vmsnap_lint.document import json_text

        return json_text.compose(part, start, limits)
    from vmsnap_lint.document import yaml_text

    return yaml_text.compose(part, start, limits)


def tree(text: str, piece: Piece) -> Node:
    """The tree of a piece that was read before, and so is within the limits.

    Raises ValueError where the piece holds no document.
    """
    root = compose(text, piece, _BOUNDLESS).root
    if root is None:
        raise ValueError("the piece holds no document")
    return root
