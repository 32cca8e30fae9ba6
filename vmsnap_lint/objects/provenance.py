"""What a tool made of the objects of a tree: their origins, and what renamed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest, SourceSpan

__all__ = ["BuildFailure", "Deployed", "RenderedTree", "Transformer"]


class Transformer(NamedTuple):
    """One field of a kustomization that changes objects, such as `namePrefix`, and its place."""

    field: str
    value: str
    at: SourceSpan


class Deployed(NamedTuple):
    """An object as it is written and as it is applied.

    `final` is None where nothing was rendered; then `name` and `namespace` are what the
    transformers, in the order in which they are applied, make of it.
    """

    original: Manifest
    final: Manifest | None
    name: str
    namespace: str | None
    transformers: tuple[Transformer, ...]


class RenderedTree(NamedTuple):
    """One kustomization with all that it includes.

    `rewritten` holds the field paths (`spec/source/name`) that a nameReference, a replacement or a
    patch of it speaks of; it matters where nothing was rendered.
    """

    objects: tuple[Deployed, ...]
    rewritten: frozenset[str]


class BuildFailure(NamedTuple):
    """What kustomize or helm refused, and where."""

    at: SourceSpan
    message: str
