"""One thing that may be written at a place."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["Offer", "OfferKind"]


class OfferKind(Enum):
    """What is offered."""

    FIELD = "a field"
    KIND = "a kind of objects"
    NAME = "the name of an object"
    RULE = "the id of a rule"
    VALUE = "a value"


class Offer(NamedTuple):
    """What is shown, what is told beside it, and as Markdown below; `text` is written instead.

    `text` is "" where that is the label.
    """

    label: str
    kind: OfferKind
    detail: str = ""
    documentation: str = ""
    text: str = ""
