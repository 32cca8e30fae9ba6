"""Finds the PVCs and revisions that keep a restore from completing.

`reconcileVolumeRestores` and `restoreInstancetypeControllerRevisions` of kubevirt v1.9.0,
pkg/storage/snapshot/restore.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import CONTROLLER_REVISION, PVC, STORAGE_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.claim_names import ClaimNames, claim_place
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.objects.manifest import Place

__all__ = ["claim_blockers", "unbound"]

_OVERRIDES = ("spec", "volumeRestoreOverrides")
_SNAPSHOT = ("spec", "virtualMachineSnapshotName")


def claim_blockers(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """PVCs that are used as they are and are not Bound, and revisions that do not exist."""
    if subject.relation is not Relation.OTHER:
        yield from _unbound_claims(cluster, subject)
        yield from _missing_revisions(cluster, subject)


def unbound(cluster: Cluster, place: Place) -> Effect | None:
    """The effect of a PVC that a restore uses as it is: None for one that is Bound, or may be."""
    claim = place.manifest
    phase = claim.text("status", "phase") if claim.group_kind == PVC else ""
    if phase != "Pending":
        return None if phase in ("", "Bound") else Effect.STUCK
    name = claim.text("spec", "storageClassName")
    storage_class = cluster.resolve(STORAGE_CLASS, name, claim) if name else Absence.ABSENT
    if isinstance(storage_class, Absence):
        return Effect.STUCK if storage_class is Absence.ABSENT else Effect.DOUBT
    waits = storage_class.text("volumeBindingMode") == "WaitForFirstConsumer"
    return None if waits else Effect.STUCK


def _unbound_claims(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    if subject.policy == "InPlace":
        return  # they are deleted and made anew
    names, overrides = ClaimNames(subject), subject.overrides()
    for volume in subject.volumes or ():
        name, _ = names.after(volume)
        if not name or volume.included is False or volume.source == MEMORY_DUMP:
            continue
        place = claim_place(cluster, subject, name)
        effect = unbound(cluster, place) if place is not None else None
        if place is not None and effect is not None:
            message = (
                f'volume "{volume.name}" is restored to PVC "{name}", which exists and is '
                f"{place.manifest.text('status', 'phase')}: the restore waits until it is Bound"
            )
            index, _ = overrides.get(volume.name, (None, ""))
            at = subject.manifest.at("spec", "volumeRestorePolicy")
            if index is not None:
                at = subject.manifest.at(*_OVERRIDES, index, "restoreName")
            certain = effect if volume.included else Effect.DOUBT
            yield Blocker(RestoreCause.CLAIM_NOT_BOUND, certain, Problem(at, message, (place,)))


def _missing_revisions(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """The revision of an instancetype or preference of the saved VM does not exist."""
    vm = subject.saved_vm
    if vm is None:
        return
    for field in ("instancetype", "preference"):
        name = vm.text("spec", field, "revisionName")
        if not name or holds_placeholder(name):
            continue
        if cluster.resolve(CONTROLLER_REVISION, name, subject.manifest) is Absence.ABSENT:
            certain = cluster.workspace.is_complete(CONTROLLER_REVISION)
            effect = "never completes" if certain else "may never complete"
            message = (
                f'ControllerRevision "{name}" with the {field} of the snapshotted VM is not in the '
                f"input: the restore {effect}"
            )
            where = vm.at("spec", field, "revisionName", note="the snapshotted VM names it")
            severity = Severity.ERROR if certain else None
            problem = Problem(subject.manifest.at(*_SNAPSHOT), message, (where,), severity)
            stuck = Effect.STUCK if certain else Effect.DOUBT
            yield Blocker(RestoreCause.INSTANCETYPE_MISSING, stuck, problem)
