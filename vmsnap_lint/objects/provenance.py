"""The origins of rendered objects, and the transformers that renamed them."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["BuildFailure", "Deployed", "FieldPlace", "RenderedTree", "Transformer"]


class FieldPlace(NamedTuple):
    """Where a field of an object is written; `root` is the object, for a field from elsewhere."""

    document: Document
    path: Path
    root: Path = ()

    def located(self) -> SourceSpan:
        """The place in the file."""
        file, span = self.document.where(self.path)
        if file != self.document.file:  # a patch sets it
            _, span = self.document.where(self.root)
        return SourceSpan(self.document.source, span)


class Transformer(NamedTuple):
    """A field of a kustomization that changes objects, such as `namePrefix`, with its place.

    One that `is_given` is added by what applies the kustomization.
    """

    field: str
    value: str
    place: FieldPlace
    is_given: bool = False

    @property
    def at(self) -> SourceSpan:
        """Its place in the file."""
        return self.place.located()


class Deployed(NamedTuple):
    """An object as written and as applied.

    `final` is None if nothing was rendered; then `name` and `namespace` are computed from the
    transformers, which are in the order of application.
    """

    original: Manifest
    final: Manifest | None
    name: str
    namespace: str | None
    transformers: tuple[Transformer, ...]


class RenderedTree(NamedTuple):
    """One kustomization with everything that it includes.

    `rewritten` gives the field paths (`spec/source/name`) that a nameReference, a replacement or a
    patch of it sets; it is used if nothing was rendered.
    """

    objects: tuple[Deployed, ...] = ()
    rewritten: Callable[[], frozenset[str]] = frozenset


class BuildFailure(NamedTuple):
    """An error of kustomize or Helm, with its place.

    One that was ended at a limit of ours may hide anything: that is reported in any case.
    """

    at: SourceSpan
    message: str
    at_limit: bool = False
