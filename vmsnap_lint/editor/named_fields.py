"""The fields of an object that name others: the table of references, and what rules do not follow.

Fields that are only followed in an editor: kubernetes core/v1, kubevirt v1.9.0 pool/v1beta1.
"""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.references import EACH, EDGES, Edge, edges_of, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.references import Reference

__all__ = ["NAME", "edge_at", "fields_of", "followed_kinds", "reference_at", "references_of"]

NAME = ("metadata", "name")
"""The path of the name of an object."""
_CLASS = (kinds.STORAGE_CLASS,)
_DATA_SOURCE = ("spec", "dataSource")
_DATA_SOURCE_REF = ("spec", "dataSourceRef")
_FILLERS = (kinds.VOLUME_SNAPSHOT, kinds.PVC)
_IN_POOL = ("spec", "virtualMachineTemplate")
_MORE = (
    Edge(kinds.PVC, ("spec", "storageClassName"), _CLASS),
    Edge(kinds.PVC, ("spec", "volumeName"), (kinds.PV,)),
    Edge(kinds.PVC, (*_DATA_SOURCE, "name"), _FILLERS, (*_DATA_SOURCE, "kind")),
    Edge(
        kinds.PVC, (*_DATA_SOURCE_REF, "name"), _FILLERS, (*_DATA_SOURCE_REF, "kind"),
        has_namespace=True,
    ),
    Edge(kinds.PV, ("spec", "storageClassName"), _CLASS),
    Edge(kinds.PV, ("spec", "claimRef", "name"), (kinds.PVC,), has_namespace=True),
    Edge(
        kinds.SNAPSHOT, ("status", "virtualMachineSnapshotContentName"), (kinds.CONTENT,)
    ),
    Edge(kinds.STORAGE_PROFILE, ("metadata", "name"), _CLASS),
    Edge(kinds.STORAGE_PROFILE, ("status", "snapshotClass"), (kinds.VOLUME_SNAPSHOT_CLASS,)),
    Edge(
        kinds.VOLUME_SNAPSHOT, ("spec", "source", "volumeSnapshotContentName"),
        (kinds.VOLUME_SNAPSHOT_CONTENT,),
    ),
    Edge(
        kinds.VOLUME_SNAPSHOT_CONTENT, ("spec", "volumeSnapshotClassName"),
        (kinds.VOLUME_SNAPSHOT_CLASS,),
    ),
    Edge(
        kinds.VOLUME_SNAPSHOT_CONTENT, ("spec", "volumeSnapshotRef", "name"),
        (kinds.VOLUME_SNAPSHOT,), has_namespace=True,
    ),
    *(
        edge._replace(owner=kinds.VMI, path=("spec", *edge.path[3:]))
        for edge in edges_of(kinds.VM)
        if edge.path[:3] == ("spec", "template", "spec")
    ),
    *(
        edge._replace(
            owner=kinds.POOL,
            path=(*_IN_POOL, *edge.path),
            kind_at=(*_IN_POOL, *edge.kind_at) if edge.kind_at else (),
        )
        for edge in edges_of(kinds.VM)
    ),
)  # fmt: skip


@cache
def followed_kinds() -> frozenset[kinds.Kind]:
    """The kinds of which every reference is known: those that name others, or are named."""
    edges = (*EDGES, *_MORE)
    return frozenset(kind for edge in edges for kind in (edge.owner, *edge.targets))


@cache
def fields_of(kind: kinds.Kind) -> tuple[Edge, ...]:
    """The fields of a kind that name other objects."""
    return (*edges_of(kind), *(edge for edge in _MORE if edge.owner == kind))


def references_of(manifest: Manifest) -> Iterator[Reference]:
    """The references of an object."""
    return references(manifest, fields_of(manifest.group_kind))


def reference_at(manifest: Manifest, path: Path) -> Reference | None:
    """The reference whose name (or the kind of it) is at a path."""
    edge = edge_at(manifest.group_kind, path)
    if edge is None:
        return None
    at = references(manifest, (edge,))
    return next((each for each in at if path in (each.path, edge.kind_at)), None)


def edge_at(kind: kinds.Kind, path: Path) -> Edge | None:
    """The field with a name, or its field with the kind, that a path leads to."""
    for edge in fields_of(kind):
        if path == edge.kind_at or _fits(edge.path, path):
            return edge
    return None


def _fits(pattern: tuple[str, ...], path: Path) -> bool:
    return len(pattern) == len(path) and all(
        isinstance(step, int) if wanted == EACH else step == wanted
        for wanted, step in zip(pattern, path, strict=True)
    )
