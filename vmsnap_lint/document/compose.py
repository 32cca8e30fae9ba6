"""A piece of the text becomes its value, or its places, by the reader that its kind needs."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.encoding import unprintable
from vmsnap_lint.document.faults import Allowance, Budget, FaultKind, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from vmsnap_lint.document.nodes import Builder
    from vmsnap_lint.document.places import Places
    from vmsnap_lint.document.recorder import Recorder
    from vmsnap_lint.document.split import Piece

    _Target = TypeVar("_Target", "Builder", "Recorder")

__all__ = ["compose", "places", "places_begun", "value_of"]

_BOUNDLESS = Budget(nodes=2**62, containers=2**62, depth=2**62)


def compose(text: str, piece: Piece, limits: Budget, allowance: Allowance | None = None) -> Builder:
    """The value of a piece; places count from the start of `text`.

    `allowance` is what the file may still cost, by default all that the limits allow. Raises
    RejectedError where Kubernetes rejects the piece, or where it exceeds a budget.
    """
    from vmsnap_lint.document.nodes import Builder

    left = allowance or Allowance(limits, piece.end - piece.start)
    builder = _read(text, piece, limits, left, lambda: Builder(limits, left))
    builder.charge()
    return builder


def value_of(text: str, *, json: bool = False) -> Any:
    """The value of a text that is known to have no fault, nor suspect characters."""
    from vmsnap_lint.document import bare_values, plain
    from vmsnap_lint.document.split import Piece

    known = None if json else plain.read(text, _BOUNDLESS)
    if known is not None:
        return known[0]
    bare = bare_values.read(text, _BOUNDLESS, Allowance(_BOUNDLESS), json=json)
    if bare is not None:
        return bare.value
    root = compose(text, Piece(0, len(text), json), _BOUNDLESS).root
    return None if root is None else root.value


def places(text: str, piece: Piece, limits: Budget = _BOUNDLESS) -> Places:
    """The places of a piece, by default of one that was read before, and so is within the limits.

    There are none where it holds no document. Raises RejectedError where it is rejected, or has
    more values than the limits allow.
    """
    from vmsnap_lint.document.recorder import Recorder

    left = Allowance(limits, piece.end - piece.start)
    return _read(text, piece, limits, left, lambda: Recorder(limits)).places


def places_begun(text: str) -> Places:
    """The places of a document up to where it cannot be read: what is open there ends there."""
    from vmsnap_lint.document.recorder import Recorder
    from vmsnap_lint.document.split import Piece

    made = [Recorder(_BOUNDLESS)]

    def make() -> Recorder:
        made.append(Recorder(_BOUNDLESS))
        return made[-1]

    try:
        return _read(text, Piece(0, len(text)), _BOUNDLESS, Allowance(_BOUNDLESS), make).places
    except RejectedError:
        return made[-1].cut_off(len(text))


def _read(
    text: str, piece: Piece, limits: Budget, left: Allowance, make: Callable[[], _Target]
) -> _Target:
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

        return json_text.compose(part, start, make())
    from vmsnap_lint.document import yaml_text

    return yaml_text.compose(part, start, limits, left, make)
