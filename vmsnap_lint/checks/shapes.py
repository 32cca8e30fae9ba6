"""What the API server refuses of one object by its kind and its schema.

Worked out in vmsnap_lint.kubevirt.admission; each rule here reports its refusals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import ANY, Check, refused
from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT_CONTENT
from vmsnap_lint.core.model import Severity
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]


def class_schema(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A VolumeSnapshotClass that is refused, or carries a namespace that means nothing."""
    yield from _refused(snapshot_class, world, "class-schema")
    if snapshot_class.namespace:
        message = "VolumeSnapshotClass is a kind without namespaces: the namespace is ignored"
        at = snapshot_class.at("metadata", "namespace")
        yield Problem(at, message, severity=Severity.INFO)


def field_too_new(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A field that the target release does not have yet."""
    yield from _refused(manifest, world, "field-too-new")


def field_type_wrong(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A value of another type than its field has."""
    yield from _refused(manifest, world, "field-type-wrong")


def field_unknown(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A key that no release knows."""
    yield from _refused(manifest, world, "field-unknown")


def group_version_unknown(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A known kind at a group or version that never served it."""
    yield from _refused(manifest, world, "group-version-unknown")


def kind_unknown(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A group of ours with a kind that it does not have; only `List` is unfolded by kubectl."""
    yield from _refused(manifest, world, "kind-unknown")
    if manifest.root == ("items", 0):
        yield from _typed_list(manifest, world)
    if manifest.root and manifest.kind == "List" and manifest.get("items") and world.in_scope:
        message = "a List inside a List: kubectl takes neither, put its items into the outer one"
        yield Problem(manifest.at("kind"), message)


def name_invalid(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A name, namespace or label that breaks the rules for these."""
    yield from _refused(manifest, world, "name-invalid")


def required_missing(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A field that its kind requires; kustomize and helm may still add it."""
    if not world.is_rendered_later(manifest):
        yield from _refused(manifest, world, "required-missing")


def snapshot_api_old(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A version of the volume snapshot API that today's clusters have dropped."""
    yield from _refused(manifest, world, "snapshot-api-old")


def type_meta_missing(manifest: Manifest, world: World) -> Iterator[Problem]:
    """No apiVersion, kind or name; kustomize and helm may still add the name."""
    if not world.is_rendered_later(manifest):
        yield from _refused(manifest, world, "type-meta-missing")


def value_not_allowed(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A value of the right type that the schema does not list, or that has another form."""
    yield from _refused(manifest, world, "value-not-allowed")


def version_not_served(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A version that the target release does not serve yet, or no more."""
    yield from _refused(manifest, world, "version-not-served")


def _refused(manifest: Manifest, world: World, rule: str) -> Iterable[Problem]:
    return refused(manifest, world, rule) if world.shape_in_scope(manifest) else ()


def _typed_list(item: Manifest, world: World) -> Iterator[Problem]:
    """`kubectl get --raw` gives such lists, and no kubectl takes them back."""
    document = item.document
    kind = document.value["kind"]
    if kind == "List" or item.is_export or not world.shape_in_scope(item):
        return
    if item.kind == kind.removesuffix("List"):
        message = f'"{kind}" cannot be applied: kubectl unfolds lists of kind "List" alone'
        yield Problem(SourceSpan(document.source, document.span(("kind",))), message)


_CSI = (VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CONTENT)
CHECKS: dict[str, Check] = {
    "class-schema": Check(class_schema, (VOLUME_SNAPSHOT_CLASS,)),
    "field-too-new": Check(field_too_new, ANY, prefilters.refused),
    "field-type-wrong": Check(field_type_wrong, ANY, prefilters.refused),
    "field-unknown": Check(field_unknown, ANY, prefilters.refused),
    "group-version-unknown": Check(group_version_unknown, ANY, prefilters.refused),
    "kind-unknown": Check(kind_unknown, ANY, prefilters.strange),
    "name-invalid": Check(name_invalid, ANY, prefilters.refused),
    "required-missing": Check(required_missing, ANY, prefilters.refused),
    "snapshot-api-old": Check(snapshot_api_old, _CSI, prefilters.refused),
    "type-meta-missing": Check(type_meta_missing, ANY, prefilters.refused),
    "value-not-allowed": Check(value_not_allowed, ANY, prefilters.refused),
    "version-not-served": Check(version_not_served, ANY, prefilters.refused),
}
