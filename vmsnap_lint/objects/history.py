"""Objects of an older revision, and how they changed."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.document import Source
    from vmsnap_lint.document.positions import Scalar
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["NONE", "Change", "FormerDocument", "History"]

_TOP = Span(1, 1, 1, 2)


class Change(NamedTuple):
    """An object in the older revision and today; `new` is None if it is deleted."""

    old: Manifest
    new: Manifest | None


class History(NamedTuple):
    """The changes since revision `ref`; `sources` are the deleted files.

    `context` are the changed files that are only context.
    """

    ref: str = ""
    changes: tuple[Change, ...] = ()
    sources: tuple[Source, ...] = ()
    context: frozenset[str] = frozenset()

    def deleted(self, kind: Kind) -> list[Manifest]:
        """The deleted objects of a kind."""
        deleted = (change.old for change in self.changes if change.new is None)
        return [manifest for manifest in deleted if manifest.group_kind == kind]

    def is_context(self, file: str) -> bool:
        """Whether nothing is reported on a changed file."""
        return file in self.context

    def subjects(self) -> set[Manifest]:
        """The objects that a problem may be reported on: current and deleted ones."""
        return {change.new or change.old for change in self.changes}


NONE = History()


class FormerDocument(Document):
    """A document of an older revision.

    If its file is deleted, its places are the old ones; else all places are the top of the file,
    because the old lines have changed.
    """

    __slots__ = ("_file_exists", "_former")

    def __init__(self, former: Document, *, file_exists: bool) -> None:
        self.source = former.source
        self.index = former.index
        self.value = former.value
        self.odd = former.odd
        self._former = former
        self._file_exists = file_exists

    def span(self, path: tuple[Key, ...], key: bool = False) -> Span:
        """The span in today's file, or in the deleted one."""
        return _TOP if self._file_exists else self._former.span(path, key)

    def home(self, path: tuple[Key, ...], key: bool = False) -> None:  # noqa: ARG002 # as above
        """Nowhere: nobody changes the past."""
        return

    def scalars(self) -> Iterable[Scalar]:
        """Every scalar as it is written in the older revision."""
        return self._former.scalars()
