"""Turns causes and rejections into problems of rules, by one table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain

from vmsnap_lint.checks.families import row
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.kinds import RESTORE, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.snapshot import vm_blockers
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from enum import Enum

    from vmsnap_lint.checks.families import CauseSource, Check
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = [
    "RULE_OF", "blockers", "class_causes", "copy_blockers", "evidence_causes", "is_due",
    "naming_places", "rejections", "rows", "snapshot_causes", "storage_problems", "vm_causes",
    "vm_refusals", "vmi_causes", "volume_causes",
]  # fmt: skip


class _Rules(Mapping["Enum", str]):
    """The rule of each cause; those of restores and copies, which few inputs have, when needed."""

    def __init__(self, usual: Mapping[Enum, str], rare: Callable[[], Mapping[Enum, str]]) -> None:
        self._usual = usual
        self._rare = rare

    def __getitem__(self, cause: Enum) -> str:
        rule = self._usual.get(cause)
        return self._rare()[cause] if rule is None else rule

    def __iter__(self) -> Iterator[Enum]:
        return chain(self._rare(), self._usual)

    def __len__(self) -> int:
        return len(self._rare()) + len(self._usual)


@cache
def _of_restores_and_copies() -> Mapping[Enum, str]:
    from vmsnap_lint.kubevirt.copies.backup_cause import BackupCause
    from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
    from vmsnap_lint.kubevirt.copies.export_cause import ExportCause
    from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause

    return {
        BackupCause.INVALID: "backup-invalid",
        BackupCause.NOT_TRACKED: "backup-cbt-off",
        BackupCause.SOURCE_MISSING: "backup-source-missing",
        BackupCause.TARGET_CLAIM: "backup-target-claim",
        BackupCause.VM_OFFLINE: "backup-vm-offline",
        CloneCause.BACKEND_STATE: "clone-backend-state",
        CloneCause.FAILED: "clone-failed",
        CloneCause.FILTER_SYNTAX: "clone-filter-syntax",
        CloneCause.MAC_COLONS: "clone-mac-colons",
        CloneCause.MAC_INVALID: "clone-mac-invalid",
        CloneCause.NAME_COLLISION: "restore-name-collision",
        CloneCause.PATCH_COLON: "restore-patch-colon",
        CloneCause.PATCH_INAPPLICABLE: "restore-patch-inapplicable",
        CloneCause.PATCH_MALFORMED: "clone-patch-malformed",
        CloneCause.PATCH_PATH: "restore-patch-path",
        CloneCause.SAME_NAME: "clone-same-name",
        CloneCause.SOURCE_INVALID: "clone-source-invalid",
        CloneCause.SOURCE_MISSING: "clone-source-missing",
        CloneCause.TARGET_API_GROUP: "clone-target-apigroup",
        CloneCause.TARGET_EXISTS: "clone-target-exists",
        CloneCause.VOLUME_UNSNAPSHOTTABLE: "clone-volume-unsnapshottable",
        ExportCause.CLAIM_TWICE: "export-claim-twice",
        ExportCause.EMPTY: "export-empty",
        ExportCause.NAME_LENGTH: "export-name-length",
        ExportCause.NOT_READY: "export-not-ready",
        ExportCause.SOURCE_INVALID: "export-source-invalid",
        ExportCause.SOURCE_MISSING: "export-source-missing",
        ExportCause.VM_RUNNING: "export-vm-running",
        RestoreCause.CLAIM_NOT_BOUND: "restore-name-collision",
        RestoreCause.CROSS_NAMESPACE: "restore-cross-namespace",
        RestoreCause.DUPLICATE_TARGET: "restore-duplicate-target",
        RestoreCause.FAILED: "restore-failed",
        RestoreCause.INPLACE_STATE: "restore-inplace-state",
        RestoreCause.INSTANCETYPE_MISSING: "restore-instancetype-missing",
        RestoreCause.NEW_VM_STATE: "restore-newvm-backend-state",
        RestoreCause.OVERRIDE_INVALID: "restore-override-invalid",
        RestoreCause.PATCH_COLON: "restore-patch-colon",
        RestoreCause.PATCH_INAPPLICABLE: "restore-patch-inapplicable",
        RestoreCause.PATCH_MALFORMED: "restore-patch-malformed",
        RestoreCause.PATCH_PATH: "restore-patch-path",
        RestoreCause.POLICY_UNKNOWN: "restore-policy-unknown",
        RestoreCause.SNAPSHOT_MISSING: "restore-snapshot-missing",
        RestoreCause.SNAPSHOT_UNUSABLE: "restore-snapshot-unusable",
        RestoreCause.TARGET_IS_OTHER_VM: "restore-target-is-other-vm",
        RestoreCause.TARGET_RUNNING: "restore-target-running",
    }


_USUAL: Mapping[Enum, str] = {
    RejectionCause.BACKUP: "backup-invalid",
    RejectionCause.DATA_VOLUME: "datavolume-invalid",
    RejectionCause.DEADLINE: "failure-deadline-invalid",
    RejectionCause.FLATTENED: "flattened-indentation",
    RejectionCause.GATE_OFF: "feature-gate-off",
    RejectionCause.GROUP_VERSION_UNKNOWN: "group-version-unknown",
    RejectionCause.KIND_UNKNOWN: "kind-unknown",
    RejectionCause.NAME: "name-invalid",
    RejectionCause.RESTORE_POLICY: "restore-policy-unknown",
    RejectionCause.RESTORE_TARGET: "restore-target-invalid",
    RejectionCause.RUN_STATE_MISSING: "run-state-missing",
    RejectionCause.RUN_STATE_TWICE: "running-and-strategy",
    RejectionCause.RUN_STRATEGY: "run-strategy-unknown",
    RejectionCause.SNAPSHOT_API_OLD: "snapshot-api-old",
    RejectionCause.SNAPSHOT_CLASS: "class-schema",
    RejectionCause.SOURCE_GROUP: "source-apigroup-invalid",
    RejectionCause.SOURCE_GROUP_MISSING: "source-apigroup-missing",
    RejectionCause.SOURCE_KIND: "source-kind-invalid",
    RejectionCause.TEMPLATE_UNUSED: "dvtemplate-unused",
    RejectionCause.TYPE_META_MISSING: "type-meta-missing",
    RejectionCause.VERSION_NOT_SERVED: "version-not-served",
    RejectionCause.VOLUME_LIST: "volume-list-invalid",
    SchemaFault.MISSING_FIELD: "required-missing",
    SchemaFault.TOO_NEW_FIELD: "field-too-new",
    SchemaFault.UNKNOWN_FIELD: "field-unknown",
    SchemaFault.WRONG_TYPE: "field-type-wrong",
    SchemaFault.WRONG_VALUE: "value-not-allowed",
    SnapshotCause.CLAIM_HELD: "claim-shared",
    SnapshotCause.CLAIM_IN_USE: "offline-claim-in-use",
    SnapshotCause.CHAIN_BROKEN: "snapshot-chain-broken",
    SnapshotCause.CONTENT_EMPTY: "content-empty",
    SnapshotCause.CONTENT_ENTRY_UNUSABLE: "content-entry-unusable",
    SnapshotCause.CONTENT_ERROR: "content-error",
    SnapshotCause.CONTENT_MISMATCH: "content-mismatch",
    SnapshotCause.CONTENT_MISSING: "content-missing",
    SnapshotCause.CONTENT_VOLUME_MISSING: "content-volume-missing",
    SnapshotCause.DEADLINE_PASSED: "failure-deadline-odd",
    SnapshotCause.FAILED: "snapshot-failed",
    SnapshotCause.GATE_OFF: "snapshot-gate-off",
    SnapshotCause.HOTPLUGGED: "hotplug-not-in-spec",
    SnapshotCause.MARKED_PARTIAL: "snapshot-partial",
    SnapshotCause.NOT_LOCKED: "snapshot-source-not-locked",
    SnapshotCause.NOT_READY: "snapshot-not-ready",
    SnapshotCause.PAUSED: "paused-with-agent",
    SnapshotCause.REVISION_MISSING: "instancetype-missing",
    SnapshotCause.RUNNING_REFUSED: "running-vm-refused",
    SnapshotCause.RUN_STATE_HANGS: "run-state-undecidable",
    SnapshotCause.SOURCE_ELSEWHERE: "source-vm-other-namespace",
    SnapshotCause.SOURCE_IS_POOL: "source-is-pool",
    SnapshotCause.SOURCE_MISSING: "source-vm-missing",
    SnapshotCause.SOURCE_OF_PLACEHOLDER: "unrendered-template",
    SnapshotCause.SOURCE_OF_POOL: "reference-unverified",
    SnapshotCause.SOURCE_UNVERIFIED: "source-vm-unverified",
    SnapshotCause.STATE_FROM_PREFERENCE: "state-from-preference",
    SnapshotCause.STATE_OF_PREFERENCE_UNVERIFIED: "reference-unverified",
    SnapshotCause.STATE_REFUSED: "backend-state-refused",
    SnapshotCause.VM_BUSY: "vm-busy",
    SnapshotCause.VM_TERMINATING: "vm-terminating",
    SnapshotCause.VOLUME_SNAPSHOT_MISMATCH: "volumesnapshot-mismatch",
    SnapshotCause.VOLUME_SNAPSHOT_MISSING: "volumesnapshot-missing",
    SnapshotCause.VOLUME_SNAPSHOT_NOT_READY: "volumesnapshot-not-ready",
    StorageCause.AMBIGUOUS_CLASS: "ambiguous-class",
    StorageCause.CLAIM_MISSING: "claim-missing",
    StorageCause.CLAIM_NOT_ADOPTED: "datavolume-invalid",
    StorageCause.CLAIM_NOT_BOUND: "claim-not-bound",
    StorageCause.CLAIM_NOT_POPULATED: "claim-not-populated",
    StorageCause.CLAIM_TERMINATING: "claim-terminating",
    StorageCause.CLAIM_WITHOUT_CLASS: "claim-without-class",
    StorageCause.CLASS_DELETED: "needed-class-deleted",
    StorageCause.CLASS_OF_OTHER_CLUSTER: "class-clusterid-mismatch",
    StorageCause.CLASS_OF_OTHER_DRIVER: "class-driver-mismatch",
    StorageCause.CLASS_WITHOUT_SECRET: "class-secret-missing",
    StorageCause.DATA_VOLUME_MISSING: "datavolume-missing",
    StorageCause.DEFAULT_CLASS: "default-class-problem",
    StorageCause.DISABLED_IN_STATUS: "vm-volume-unsnapshottable",
    StorageCause.DRIVER_UNSUPPORTED: "driver-snapshot-unsupported",
    StorageCause.IN_TREE_PROVISIONER: "in-tree-provisioner",
    StorageCause.NEVER_STARTED: "backend-state-never-started",
    StorageCause.NON_CSI_PROVISIONER: "non-csi-provisioner",
    StorageCause.NO_ACCESS_MODE: "dv-no-access-mode",
    StorageCause.NO_SNAPSHOT_CLASS: "no-snapshot-class",
    StorageCause.PROFILE_DANGLING: "profile-dangling-class",
    StorageCause.PV_NOT_CSI: "pv-not-csi",
    StorageCause.PV_OF_OTHER_DRIVER: "pv-driver-differs",
    StorageCause.SOURCE_IN_USE: "datavolume-source-in-use",
    StorageCause.SOURCE_MISSING: "datavolume-source-missing",
    StorageCause.SOURCE_UNVERIFIED: "reference-unverified",
    StorageCause.STATE_CLASS: "backend-state-class",
    StorageCause.STORAGE_CLASS_MISSING: "storage-class-missing",
    StorageCause.UNVERIFIED: "reference-unverified",
    StorageCause.WAITS_FOR_CONSUMER: "wffc-unbound-offline",
}
RULE_OF: Mapping[Enum, str] = _Rules(_USUAL, _of_restores_and_copies)
"""The rule that reports each cause: the only table of them."""


def blockers(restore: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why a restore is rejected or does not complete, each reason with its rule."""
    for blocker in world.restores.blockers(restore) if restore.group_kind == RESTORE else ():
        yield RULE_OF[blocker.cause], blocker.problem


def copy_blockers(copy: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why a clone, export or backup is rejected or never completes, each reason with its rule."""
    for blocker in world.copies.blockers(copy) if copy.group_kind != RESTORE else ():
        yield RULE_OF[blocker.cause], blocker.problem


def rejections(manifest: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why the API server rejects an object in scope, each reason with its rule."""
    for cause, problem in world.rejections(manifest) if world.shape_in_scope(manifest) else ():
        if cause is SchemaFault.UNKNOWN_FIELD and _is_of_other(problem, world):
            continue  # separator-missing
        yield RULE_OF[cause], problem


def _is_of_other(problem: Problem, world: World) -> bool:
    """Whether the field belongs to an object that is above it in the same document."""
    if isinstance(problem.at, SourceSpan) or len(problem.at.path) != 1:
        return False
    document, known = problem.at.manifest.document, world.cluster.once(_joined)
    if document.file not in known:
        from vmsnap_lint.kubevirt.admission.joined import joined_objects  # few have such a field

        known[document.file] = joined_objects(document.source).keys()
    return document.index in known[document.file]


def _joined(_cluster: Cluster) -> dict[str, Container[int]]:
    """The documents of each file that hold several objects, as far as it was asked for."""
    return {}


def vm_refusals(vm: Manifest, world: World, cause: RejectionCause) -> Iterator[Problem]:
    """Why the webhook rejects a VM, or the template of a pool, with the snapshots that name it."""
    for refusal in world.vm_refusals(vm):
        if refusal.cause is cause:
            problem = refusal.problem
            yield problem._replace(related=(*problem.related, *world.named_at(vm)))


def snapshot_causes(snapshot: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why a snapshot does not complete, as far as it is written there, each cause with its rule."""
    for blocker in world.outcomes.own_blockers(snapshot):
        problem = blocker.problem
        if blocker.cause is SnapshotCause.NOT_LOCKED:
            problem = problem._replace(related=_locked(snapshot, world))
        yield RULE_OF[blocker.cause], problem


def evidence_causes(manifest: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """What a snapshot, content or VolumeSnapshot shows to be wrong with it, with its rule."""
    for blocker in world.outcomes.evidence_blockers(manifest):
        yield RULE_OF[blocker.cause], blocker.problem


def vm_causes(vm: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why snapshots of a VM in scope do not complete, as far as it is written in the VM."""
    for blocker in world.outcomes.vm_blockers(vm) if world.vm_in_scope(vm) else ():
        problem, rule_id = blocker.problem, RULE_OF[blocker.cause]
        if not isinstance(problem.at, SourceSpan) and problem.at.manifest is vm:
            yield rule_id, problem._replace(related=(*problem.related, *world.named_at(vm)))


def vmi_causes(vmi: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why snapshots of the VM of a VMI do not complete, as far as its status shows it."""
    for blocker in vm_blockers.paused_with_agent(world.cluster, vmi):
        if is_due(vmi, world):
            problem = blocker.problem._replace(related=naming_places(vmi, world))
            yield RULE_OF[blocker.cause], problem


def is_due(vmi: Manifest, world: World) -> bool:
    """Whether a snapshot of the VMI's VM is still to be taken."""
    if world.is_awaited(vmi):
        return True
    return world.policy.all_vms and world.find(VM, vmi.name, vmi) is not None


def naming_places(vmi: Manifest, world: World) -> tuple[Place, ...]:
    """The snapshots that name the VM of the VMI, as related places."""
    return tuple(
        snapshot.at("spec", "source", "name", note=f'source of snapshot "{snapshot.name}"')
        for snapshot in world.naming(vmi)[:3]
    )


def volume_causes(vm: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why volumes of a VM in scope are not snapshotted, each cause with its rule."""
    for cause in world.causes(vm):
        if cause.value.of_class:
            continue  # class_causes
        for problem in storage_problems(vm, world, cause):
            yield RULE_OF[cause], problem


def class_causes(snapshot_class: Manifest, world: World) -> Iterator[tuple[str, Problem]]:
    """Why snapshots of volumes in scope fail with a VolumeSnapshotClass, each cause once."""
    told: set[str] = set()
    for link in world.dependents.snapshot_classes.get(snapshot_class.name, ()):
        for cause in link.volume.causes:
            at = cause.at if cause.kind.value.of_class else None
            if at is not None and at.manifest is snapshot_class and cause.reason not in told:
                told.add(cause.reason)
                related = (*cause.related, link.place)
                problem = Problem(at, cause.reason, related, cause.severity, cause.fixes)
                yield RULE_OF[cause.kind], problem


def storage_problems(vm: Manifest, world: World, kind: StorageCause) -> Iterator[Problem]:
    """The problems of one kind of cause."""
    for volume, cause in world.causes(vm).get(kind, ()):
        is_state = volume.source == STATE_SOURCE  # a volume that the manifest does not name
        reason = cause.gap.brief(cause.reason) if cause.gap is not None else cause.reason
        message = reason if is_state else f'volume "{volume.name}": {reason}'
        related = (*_claim_places(vm, volume), *cause.related, *world.named_at(vm))
        yield Problem(cause.at or volume.at, message, related, cause.severity, cause.fixes)


def _locked(snapshot: Manifest, world: World) -> tuple[Place, ...]:
    """The VM that cannot be locked, or its volumes that are known to block the snapshot."""
    vm = world.source(snapshot)
    if isinstance(vm, Absence):
        return ()
    blocking = [volume for volume in world.volumes(vm) if volume.blocks]
    return tuple(volume.at._replace(note=volume.reason) for volume in blocking[:3]) or (
        vm.at("metadata", "name", note="its source"),
    )


def rows(
    on: tuple[Kind, ...] | str, source: CauseSource, causes: Iterable[Enum]
) -> dict[str, Check]:
    """The checks of these causes, all from one source."""
    return {_rule_of(cause): row(on, source) for cause in causes}


def _rule_of(cause: Enum) -> str:
    if cause not in RULE_OF:
        raise DefectError(f"no rule reports {cause}: RULE_OF in checks/causes.py needs its line")
    return RULE_OF[cause]


def _claim_places(vm: Manifest, volume: Volume) -> tuple[Place, ...]:
    """Where the PVC sets its class, else its name, if it is another object."""
    spec = volume.claim.spec if volume.claim is not None else None
    if volume.claim is None or spec is None or spec.manifest is vm:
        return ()
    note = f'PVC "{volume.claim.name}"'
    path = (*spec.path, "storageClassName")
    if spec.manifest.get(*path) is not None:
        return (spec._replace(path=path, note=note),)
    return (spec.manifest.at("metadata", "name", note=note),)
