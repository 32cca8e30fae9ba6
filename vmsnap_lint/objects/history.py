"""What an older revision says of objects, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.model import Span
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.document import Source
    from vmsnap_lint.document.positions import Scalar
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["NONE", "Change", "FormerDocument", "History"]

_TOP = Span(1, 1, 1, 2)


class Change(NamedTuple):
    """An object as it was and as it is, or None where it is gone."""

    old: Manifest
    new: Manifest | None


class History(NamedTuple):
    """The changes since a revision, as `ref` names it; `sources` are the files that are gone."""

    ref: str = ""
    changes: tuple[Change, ...] = ()
    sources: tuple[Source, ...] = ()

    def deleted(self, kind: Kind) -> list[Manifest]:
        """The objects of a kind that are gone."""
        return [
            change.old
            for change in self.changes
            if change.new is None and change.old.group_kind == kind
        ]

    def subjects(self) -> set[Manifest]:
        """What a problem may speak of: objects as they are, and those that are gone."""
        return {change.new or change.old for change in self.changes}


NONE = History()


class FormerDocument(Document):
    """A document of an older revision.

    Its places are those of then where its file is gone; else the old lines mean nothing any more,
    and all places are the top of the file.
    """

    __slots__ = ("_file_exists", "_then")

    def __init__(self, then: Document, *, file_exists: bool) -> None:
        self.source = then.source
        self.index = then.index
        self.value = then.value
        self.odd = then.odd
        self._then = then
        self._file_exists = file_exists

    def span(self, path: tuple[Key, ...], key: bool = False) -> Span:
        """Where a reader looks for it today."""
        return _TOP if self._file_exists else self._then.span(path, key)

    def scalars(self) -> tuple[Scalar, ...]:
        """Every scalar as it was written."""
        return self._then.scalars()
