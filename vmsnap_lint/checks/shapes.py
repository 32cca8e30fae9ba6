"""Single objects that the API server rejects.

Most rules are causes that vmsnap_lint.kubevirt.admission finds.
"""

from __future__ import annotations

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import rejections, rows
from vmsnap_lint.checks.families import ANY, Check, row
from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT_CONTENT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.objects.manifest import Manifest, SourceSpan
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document import Document
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.remedies import Remedy


__all__ = ["CHECKS"]


def class_schema(snapshot_class: Manifest, _world: World) -> Iterator[Problem]:
    """A VolumeSnapshotClass with a namespace, which has no effect.

    kustomize sets one where it does not know that a kind has none: no mistake of the author.
    """
    if snapshot_class.namespace and _is_written(snapshot_class, "metadata", "namespace"):
        message = "VolumeSnapshotClass is cluster-scoped: its namespace is ignored"
        from vmsnap_lint.objects import mending

        at = snapshot_class.at("metadata", "namespace")
        fixes = mending.without(at, safety=Safety.SAFE)
        yield Problem(at, message, severity=Severity.INFO, fixes=fixes)


def kind_unknown(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A list that kubectl does not expand: of another kind than `List`, or inside one."""
    if manifest.root == ("items", 0):
        yield from _typed_list(manifest, world)
    if manifest.root and manifest.kind == "List" and manifest.get("items") and world.in_scope:
        what = "a List inside a List is not accepted by kubectl"
        yield Problem(manifest.at("kind"), f"{what}: move its items to the outer List")


def _typed_list(item: Manifest, world: World) -> Iterator[Problem]:
    """The answer of `kubectl get --raw`, which kubectl does not accept."""
    document = item.document
    kind = document.value["kind"]
    if kind == "List" or item.is_export or not world.shape_in_scope(item):
        return
    if item.kind == kind.removesuffix("List"):
        message = f'"{kind}" cannot be applied: kubectl expands only lists of kind "List"'
        at = SourceSpan(document.source, document.span(("kind",)))
        yield Problem(at, message, fixes=_as_list(document))


def _as_list(document: Document) -> tuple[Remedy, ...]:
    """A plain List, where each item says itself what it is."""
    items = [item for item in document.value["items"] if isinstance(item, dict)]
    if not all(item.get("apiVersion") and item.get("kind") for item in items):
        return ()
    from vmsnap_lint.objects.remedies import Remedy, SetScalar

    whole = Manifest(document, document.value, ())
    changes = (SetScalar(whole.at("apiVersion"), "v1"), SetScalar(whole.at("kind"), "List"))
    return (Remedy("set apiVersion: v1 and kind: List", Safety.SAFE, changes),)


def _is_rendered_later(manifest: Manifest, world: World) -> bool:
    """Whether kustomize or Helm may still add what is missing."""
    return world.is_rendered_later(manifest)


_OF_ANY_OBJECT = (
    SchemaFault.TOO_NEW_FIELD, SchemaFault.WRONG_TYPE, SchemaFault.UNKNOWN_FIELD,
    SchemaFault.WRONG_VALUE, RejectionCause.GROUP_VERSION_UNKNOWN, RejectionCause.NAME,
    RejectionCause.VERSION_NOT_SERVED,
)  # fmt: skip
_OF_CSI = (VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CONTENT)


def _is_written(manifest: Manifest, *path: str) -> bool:
    """Whether a value stands in the file of the object, and was not set by what applies it."""
    return manifest.document.where((*manifest.root, *path))[0] == manifest.file


CHECKS: dict[str, Check] = {
    **rows(ANY, rejections, _OF_ANY_OBJECT),
    "class-schema": Check(class_schema, (VOLUME_SNAPSHOT_CLASS,), sources=(rejections,)),
    "kind-unknown": Check(kind_unknown, ANY, prefilters.listed, sources=(rejections,)),
    "required-missing": row(ANY, rejections, unless=_is_rendered_later),
    "snapshot-api-old": row(_OF_CSI, rejections),
    "type-meta-missing": row(ANY, rejections, unless=_is_rendered_later),
}
