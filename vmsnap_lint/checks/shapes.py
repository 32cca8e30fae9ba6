"""What the API server rejects of one object by its kind and its schema.

Most rules are causes that vmsnap_lint.kubevirt.admission finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.checks.families import ANY, Check, row
from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT_CONTENT
from vmsnap_lint.core.model import Severity
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]


def class_schema(snapshot_class: Manifest, _world: World) -> Iterator[Problem]:
    """A VolumeSnapshotClass with a namespace, which means nothing."""
    if snapshot_class.namespace:
        message = "VolumeSnapshotClass is a kind without namespaces: the namespace is ignored"
        at = snapshot_class.at("metadata", "namespace")
        yield Problem(at, message, severity=Severity.INFO)


def kind_unknown(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A list that kubectl does not unfold: of another kind than `List`, or inside one."""
    if manifest.root == ("items", 0):
        yield from _typed_list(manifest, world)
    if manifest.root and manifest.kind == "List" and manifest.get("items") and world.in_scope:
        message = "a List inside a List: kubectl takes neither, put its items into the outer one"
        yield Problem(manifest.at("kind"), message)


def _typed_list(item: Manifest, world: World) -> Iterator[Problem]:
    """`kubectl get --raw` gives such lists, and no kubectl takes them back."""
    document = item.document
    kind = document.value["kind"]
    if kind == "List" or item.is_export or not world.shape_in_scope(item):
        return
    if item.kind == kind.removesuffix("List"):
        message = f'"{kind}" cannot be applied: kubectl unfolds lists of kind "List" alone'
        yield Problem(SourceSpan(document.source, document.span(("kind",))), message)


def _is_rendered_later(manifest: Manifest, world: World) -> bool:
    """Whether kustomize or helm may still add what is missing."""
    return world.is_rendered_later(manifest)


_CSI = (VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CONTENT)
CHECKS: dict[str, Check] = {
    "class-schema": Check(class_schema, (VOLUME_SNAPSHOT_CLASS,), sources=(rejections,)),
    "field-too-new": row(ANY, rejections),
    "field-type-wrong": row(ANY, rejections),
    "field-unknown": row(ANY, rejections),
    "group-version-unknown": row(ANY, rejections),
    "kind-unknown": Check(kind_unknown, ANY, prefilters.listed, sources=(rejections,)),
    "name-invalid": row(ANY, rejections),
    "required-missing": row(ANY, rejections, unless=_is_rendered_later),
    "snapshot-api-old": row(_CSI, rejections),
    "type-meta-missing": row(ANY, rejections, unless=_is_rendered_later),
    "value-not-allowed": row(ANY, rejections),
    "version-not-served": row(ANY, rejections),
}
