"""An outcome becomes one with places in its pointer, for what fields of the pointer set."""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.render.given_fields import field_in
from vmsnap_lint.deploy.render.jobs import NO_FIELDS
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.provenance import FieldPlace

if TYPE_CHECKING:
    from vmsnap_lint.deploy.applied import Applied
    from vmsnap_lint.deploy.render.jobs import Outcome
    from vmsnap_lint.objects.provenance import Deployed, RenderedTree, Transformer

__all__ = ["attributed"]


def attributed(outcome: Outcome, applied: Applied) -> Outcome:
    """The outcome, with places in the pointer where a field of it set a value."""
    if applied.job is None or applied.job.fields == NO_FIELDS:
        return outcome
    pointer = applied.pointer
    renewed = {each: _of_pointer(each, pointer) for each in outcome.manifests}
    tree = _tree(outcome.tree, pointer, renewed) if outcome.tree is not None else None
    return outcome._replace(manifests=tuple(renewed.values()), tree=tree)


def _of_pointer(manifest: Manifest, pointer: Manifest) -> Manifest:
    document = manifest.document
    if not isinstance(document, RenderedDocument):
        return manifest
    if not any(step.node.given for step in document.origin.steps):
        return manifest
    return Manifest(document.applied_by(pointer), manifest.value, manifest.root)


def _tree(tree: RenderedTree, pointer: Manifest, renewed: dict[Manifest, Manifest]) -> RenderedTree:
    @cache
    def placed(transformer: Transformer) -> Transformer:
        at = field_in(pointer, transformer.field, transformer.value)
        if not transformer.is_given or at is None:
            return transformer
        place = FieldPlace(pointer.document, (*pointer.root, *at), pointer.root)
        return transformer._replace(place=place)

    def with_places(deployed: Deployed) -> Deployed:
        final = deployed.final
        return deployed._replace(
            final=renewed.get(final, final) if final is not None else None,
            transformers=tuple(map(placed, deployed.transformers)),
        )

    return tree._replace(objects=tuple(map(with_places, tree.objects)))
