"""The origins of rendered objects, and the transformers that renamed them."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest, SourceSpan

__all__ = ["BuildFailure", "Deployed", "RenderedTree", "Transformer"]


class Transformer(NamedTuple):
    """A field of a kustomization that changes objects, such as `namePrefix`, with its place.

    One that `is_given` is added by what applies the kustomization.
    """

    field: str
    value: str
    at: SourceSpan
    is_given: bool = False


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

    `rewritten` contains the field paths (`spec/source/name`) that a nameReference, a replacement
    or a patch of it sets; it is used if nothing was rendered.
    """

    objects: tuple[Deployed, ...]
    rewritten: frozenset[str]


class BuildFailure(NamedTuple):
    """An error of kustomize or Helm, with its place.

    One that was ended at a limit of ours may hide anything: that is reported in any case.
    """

    at: SourceSpan
    message: str
    at_limit: bool = False
