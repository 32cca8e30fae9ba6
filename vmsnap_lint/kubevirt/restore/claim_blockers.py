"""Finds the PVCs and revisions that keep a restore from completing.

`reconcileVolumeRestores` and `restoreInstancetypeControllerRevisions` of kubevirt v1.9.0,
pkg/storage/snapshot/restore.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import CONTROLLER_REVISION, PVC, STORAGE_CLASS
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
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["claim_blockers", "is_unbound"]

_OVERRIDES = ("spec", "volumeRestoreOverrides")
_SNAPSHOT = ("spec", "virtualMachineSnapshotName")


def claim_blockers(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """PVCs that are used as they are and are not Bound, and revisions that do not exist."""
    if subject.relation is not Relation.OTHER:
        yield from _unbound_claims(cluster, subject)
        yield from _missing_revisions(cluster, subject)


def is_unbound(cluster: Cluster, claim: Manifest) -> str:
    """The phase of a PVC for which a restore waits or fails; "" for any other PVC."""
    phase = claim.text("status", "phase")
    if phase != "Pending":
        return "" if phase == "Bound" else phase
    storage_class = cluster.find(STORAGE_CLASS, claim.text("spec", "storageClassName"), claim)
    mode = storage_class.text("volumeBindingMode") if storage_class is not None else ""
    return "" if mode == "WaitForFirstConsumer" else phase


def _unbound_claims(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    if subject.policy == "InPlace":
        return  # they are deleted and made anew
    names = ClaimNames(subject)
    for volume in subject.volumes or ():
        name, _ = names.after(volume)
        if not name or volume.included is False or volume.source == MEMORY_DUMP:
            continue
        place = claim_place(cluster, subject, name)
        claim = place.manifest if place is not None else None
        phase = is_unbound(cluster, claim) if claim is not None and claim.group_kind == PVC else ""
        if place is not None and phase:
            message = (
                f'volume "{volume.name}" is restored to PVC "{name}", which exists and is '
                f"{phase}: the restore waits until it is Bound"
            )
            problem = Problem(_named_at(subject, volume.name), message, (place,))
            yield Blocker(RestoreCause.CLAIM_NOT_BOUND, Effect.STUCK, problem)


def _named_at(subject: RestoreSubject, volume: str) -> Place:
    """Where the restore sets the name of the PVC."""
    index, _ = subject.overrides().get(volume, (None, ""))
    if index is None:
        return subject.manifest.at("spec", "volumeRestorePolicy")
    return subject.manifest.at(*_OVERRIDES, index, "restoreName")


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
