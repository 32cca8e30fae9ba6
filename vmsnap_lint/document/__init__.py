"""Bytes become documents: values as Kubernetes decodes them, places, comments. Floor 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.document.faults import Fault, FaultKind
from vmsnap_lint.document.limits import Limits
from vmsnap_lint.document.reader import read
from vmsnap_lint.document.source import Document, Source

if TYPE_CHECKING:
    from vmsnap_lint.document.comments import Comment
    from vmsnap_lint.document.nodes import Style
    from vmsnap_lint.document.positions import Scalar

__all__ = [
    "Comment", "Document", "Fault", "FaultKind", "Limits", "Scalar", "Source", "Style", "read",
]  # fmt: skip

_LAZY = {"Comment": "comments", "Scalar": "positions", "Style": "nodes"}


def __getattr__(name: str) -> object:
    """The types that only places need, without which most runs do."""
    if name not in _LAZY:
        raise AttributeError(name)
    from importlib import import_module  # noqa: PLC0415 - for the few who ask

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
