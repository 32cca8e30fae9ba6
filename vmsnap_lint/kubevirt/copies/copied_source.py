"""The object that a clone, export, backup or tracker copies, or why the input does not show it.

All of them are in the namespace of the copy (kubevirt v1.9.0, pkg/virt-controller/watch/clone,
pkg/storage/export/export and pkg/storage/cbt).
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import BACKUP_TRACKER, DATA_VOLUME, PVC, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.kubevirt.snapshot.source_vm import is_made_by_pool, not_seen
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["SOURCE", "SOURCE_NAME", "CopiedSource", "copied_source", "missing"]

SOURCE = ("spec", "source")
SOURCE_NAME = (*SOURCE, "name")
_KINDS = {kind.kind: kind for kind in (BACKUP_TRACKER, PVC, SNAPSHOT, VM)}
_GONE = (Absence.ABSENT, Absence.GUESSED)


class CopiedSource(NamedTuple):
    """The source of a copy: its kind (None for any other), its name and the object.

    For a PVC that only a DataVolume or template declares, `found` is that object.
    """

    kind: Kind | None
    name: str
    found: Manifest | Absence
    unseen: str = ""

    def of(self, kind: Kind) -> Manifest | None:
        """The object, if it is of that kind and in the input."""
        if self.kind != kind or isinstance(self.found, Absence):
            return None
        return self.found

    @property
    def is_missing(self) -> bool:
        """Whether it does not exist, as far as the input shows."""
        return self.found in _GONE


def copied_source(cluster: Cluster, copy: Manifest) -> CopiedSource:
    """The object that `spec.source` names."""
    name, kind = copy.text(*SOURCE_NAME), _KINDS.get(copy.text(*SOURCE, "kind"))
    if kind is None or not name or holds_placeholder(name):
        return CopiedSource(kind, name, Absence.UNKNOWN)
    found = _claim(cluster, copy, name) if kind == PVC else _object(cluster, copy, kind, name)
    unseen = not_seen(cluster, kind, name, copy) if found is Absence.UNKNOWN else ""
    return CopiedSource(kind, name, found, unseen)


def missing(cluster: Cluster, copy: Manifest, source: CopiedSource, effect: str) -> Problem | None:
    """The problem that the source does not exist, if so; a warning where that is guessed."""
    if source.kind is None or not source.is_missing:
        return None
    others = cluster.workspace.elsewhere(source.kind, copy.namespace, source.name)
    severity = Severity.WARNING if source.found is Absence.GUESSED else None
    from vmsnap_lint.objects import mending

    at = copy.at(*SOURCE_NAME)
    if others:
        homes = quoted(cluster.workspace.namespaces_with(source.kind, source.name))
        what = f'{source.kind.kind} "{source.name}" is in namespace {homes}, not in '
        message = f'{what}"{copy.namespace}": {effect}'
        fixes = mending.moved_to(copy, others)
    else:
        kinds = (PVC, DATA_VOLUME) if source.kind == PVC else (source.kind,)
        known = cluster.workspace.vocabulary(copy.namespace, *kinds)
        hint, fixes = nearest_hint(source.name, known), mending.named(at, source.name, known)
        message = f"no {Ref(*source.kind, copy.namespace, source.name)}{hint}: {effect}"
    return Problem(at, message, _places(others), severity, fixes)


def _places(others: list[Manifest]) -> tuple[Place, ...]:
    return tuple(
        other.at("metadata", "namespace", note=f"the {other.kind} is here") for other in others
    )


def _object(cluster: Cluster, copy: Manifest, kind: Kind, name: str) -> Manifest | Absence:
    found = cluster.resolve(kind, name, copy)
    if not isinstance(found, Absence) or found is Absence.AMBIGUOUS:
        return found
    if found is Absence.UNKNOWN:
        found = _guessed(cluster, copy, kind, name)
    if found in _GONE and not cluster.workspace.is_complete(kind):
        return Absence.UNKNOWN if _may_be_made(cluster, copy, kind, name) else found
    return found


def _may_be_made(cluster: Cluster, copy: Manifest, kind: Kind, name: str) -> bool:
    """Whether another object of the input makes one of that name."""
    if kind == VM:
        return is_made_by_pool(cluster, name, copy) or cluster.makes_vm(name, copy)
    return kind == SNAPSHOT and cluster.generates_snapshot(name, copy)


def _guessed(cluster: Cluster, copy: Manifest, kind: Kind, name: str) -> Absence:
    """What objects of that name in other namespaces say of one in this namespace."""
    workspace, namespace = cluster.workspace, copy.namespace
    if not workspace.elsewhere(kind, namespace, name) or workspace.gap(kind, namespace, name):
        return Absence.UNKNOWN
    homes = [home for home in workspace.namespaces_with(kind, name) if home != namespace]
    return Absence.ABSENT if nearest(namespace or "", homes) else Absence.GUESSED


def _claim(cluster: Cluster, copy: Manifest, name: str) -> Manifest | Absence:
    """The PVC, or the DataVolume or VM that makes it; absent only if no upload can make it."""
    claim, workspace = claims.find(cluster, copy, name), cluster.workspace
    if claim.spec is not None:
        return claim.spec.manifest
    if claim.absence is Absence.UNKNOWN:
        return _guessed(cluster, copy, PVC, name)
    if claim.absence is not Absence.ABSENT:
        return Absence.UNKNOWN
    kinds = (PVC, DATA_VOLUME)
    is_certain = any(workspace.is_certain(kind, copy.namespace) for kind in kinds)
    if is_certain or workspace.misspelt(name, copy.namespace, *kinds):
        return Absence.ABSENT
    return Absence.GUESSED
