"""Exports and backups that are rejected or fail.

kubevirt v1.9.0, pkg/storage/admitters/vmexport.go, pkg/storage/export/export, pkg/storage/cbt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import BACKUP, BACKUP_TRACKER, EXPORT, PVC, SNAPSHOT, VM, Kind
from vmsnap_lint.core.messages import either, nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import LONGEST_LABEL, holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission.gates import gate_off
from vmsnap_lint.kubevirt.changed_blocks import untracked
from vmsnap_lint.kubevirt.restore.conflicts import has_ended
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_SOURCE = ("spec", "source")
_BACKUP_GROUPS = {kind.kind: kind.group for kind in (VM, BACKUP_TRACKER)}
_TEMPLATE = Kind("template.kubevirt.io", "VirtualMachineTemplate")


def backup_cbt_off(backup: Manifest, world: World) -> Iterator[Problem]:
    """KubeVirt does not track the changed blocks of the VM."""
    if not world.behaviour.backups or has_ended(backup) or _is_used_tracker(backup, world):
        return
    vm = world.find_source(VM, world.find_source(BACKUP_TRACKER, backup) or backup)
    off = None if vm is None else untracked(world.cluster, vm)
    if vm is not None and off is not None and not _is_rejected(backup, world):
        what = f'VirtualMachine "{vm.name}" has no changed block tracking'
        message = f"{what}, as {off.reason}: no backup of it starts"
        yield Problem(backup.at(*_SOURCE, "name"), message, off.at)


def backup_invalid(manifest: Manifest, world: World) -> Iterator[Problem]:
    """The source has the wrong group, or another backup of the source is in progress."""
    if not world.behaviour.backups:
        return
    kind, group = manifest.text(*_SOURCE, "kind"), manifest.text(*_SOURCE, "apiGroup")
    expected = _BACKUP_GROUPS.get(kind)
    if expected and group in _BACKUP_GROUPS.values() and group != expected:
        message = f'apiGroup "{group}" does not match kind {kind}, it must be "{expected}"'
        yield Problem(manifest.at(*_SOURCE, "apiGroup"), message)
    if manifest.kind == BACKUP.kind:
        yield from _second_backup(manifest, world)


def backup_target_claim(backup: Manifest, world: World) -> Iterator[Problem]:
    """The PVC that the backup is written to is missing, or is not a file system."""
    name = backup.text("spec", "pvcName")
    if not world.behaviour.backups or not name or holds_placeholder(name) or has_ended(backup):
        return
    claim = claims.find(world.cluster, backup, name)
    at = backup.at("spec", "pvcName")
    if claim.absence is Absence.ABSENT and world.resolve(PVC, name, backup) is Absence.ABSENT:
        hint = nearest_hint(name, world.workspace.vocabulary(backup.namespace, PVC))
        message = f"no {Ref(*PVC, backup.namespace, name)}{hint}: the backup never starts"
        yield Problem(at, message)
    elif claim.spec is not None:
        path = (*claim.spec.path, "volumeMode")
        if claim.spec.manifest.get(*path) == "Block":
            message = f'PVC "{name}" has volumeMode Block: a backup needs Filesystem'
            yield Problem(at, message, (claim.spec.manifest.at(*path, note="its volumeMode"),))


def backup_vm_offline(backup: Manifest, world: World) -> Iterator[Problem]:
    """Only a running VM can be backed up."""
    if not world.behaviour.backups or has_ended(backup):
        return
    vm = world.find_source(VM, world.find_source(BACKUP_TRACKER, backup) or backup)
    fault = "is not expected to run: only a running VM can be backed up"
    yield from _wrong_run_state(backup, vm, world, fault, online=False)


def export_name_length(export: Manifest, world: World) -> Iterator[Problem]:
    """A name that is derived from the name of the PVC is too long, or has dots."""
    if world.behaviour.export_long_names or not world.behaviour.exports:
        return
    prefix = f"{export.name}-" if export.text(*_SOURCE, "kind") == SNAPSHOT.kind else ""
    for claim, places in _exported_claims(export, world):
        name = prefix + claim
        if holds_placeholder(name) or (len(name) <= LONGEST_LABEL and "." not in claim):
            continue
        why = f'"{name}" has {len(name)} characters, at most {LONGEST_LABEL} are allowed'
        if "." in claim:
            why = 'its name has "."'
        message = f'PVC "{claim}" cannot be exported in this release: {why}'
        yield Problem(export.at(*_SOURCE, "name"), message, places)


def export_source_invalid(export: Manifest, world: World) -> Iterator[Problem]:
    """Objects of the source's kind and group cannot be exported."""
    if not export.mapping(*_SOURCE) or not world.behaviour.exports:
        return
    kind, group = export.get(*_SOURCE, "kind"), export.get(*_SOURCE, "apiGroup") or ""
    groups = _exportable(world)
    if isinstance(kind, str) and not holds_placeholder(kind):
        if kind not in groups:
            hint = nearest_hint(kind, groups)
            kinds = either(f'"{exportable}"' for exportable in groups)
            message = f'kind "{kind}" cannot be exported, it must be {kinds}{hint}'
            yield Problem(export.at(*_SOURCE, "kind"), message)
        elif isinstance(group, str) and group != groups[kind] and not holds_placeholder(group):
            expected = f'"{groups[kind]}"' if groups[kind] else "empty"
            message = f'apiGroup "{group}" does not match kind "{kind}", it must be {expected}'
            at = export.at(*_SOURCE, "apiGroup") if group else export.at(*_SOURCE, key=True)
            yield Problem(at, message)
    if export.get(*_SOURCE, "name") == "":
        yield Problem(export.at(*_SOURCE, "name"), "the source has an empty name")


def export_vm_running(export: Manifest, world: World) -> Iterator[Problem]:
    """The export of a VM waits until it has stopped."""
    if world.behaviour.export_vm_source and export.text("status", "phase") != "Ready":
        fault = "is expected to run: its export waits until it is stopped"
        vm = world.find_source(VM, export)
        yield from _wrong_run_state(export, vm, world, fault, online=True)


def _wrong_run_state(
    manifest: Manifest, vm: Manifest | None, world: World, fault: str, *, online: bool
) -> Iterator[Problem]:
    """The fault of the source if the VM is in that run state."""
    if vm is not None and run_state.is_online(world.cluster, vm) is online:
        where = run_state.run_state_place(vm, "its run state")
        at = manifest.at(*_SOURCE, "name")
        yield Problem(at, f'VirtualMachine "{vm.name}" {fault}', (where,))


def _second_backup(backup: Manifest, world: World) -> Iterator[Problem]:
    """One at a time is admitted; that both are applied at once is likely, not certain."""
    other = world.restores.conflicting(backup)
    if other is not None:
        message = f'VirtualMachineBackup "{other.name}" of the same source has not finished'
        where = (other.at(*_SOURCE, key=True, note=f'backup "{other.name}"'),)
        yield Problem(backup.at(*_SOURCE, key=True), message, where, Severity.WARNING)


def _is_used_tracker(manifest: Manifest, world: World) -> bool:
    """Whether it is a tracker that a backup names, which is reported instead."""
    return manifest.kind == BACKUP_TRACKER.kind and any(
        world.find_source(BACKUP_TRACKER, backup) is manifest
        for backup in world.workspace.of(BACKUP)
    )


def _is_rejected(backup: Manifest, world: World) -> bool:
    """Whether the gate of backups is certainly off, of which feature-gate-off tells."""
    off = gate_off(world.cluster, backup)
    return off is not None and off.severity is None


def _exportable(world: World) -> dict[str, str]:
    """The group of each kind of source that the release can export."""
    behaviour = world.behaviour
    newer = {
        VM: behaviour.export_vm_source,
        BACKUP: behaviour.export_backup_source,
        _TEMPLATE: behaviour.gate_default_on,  # came with 1.9, as the gates did
    }
    kinds = (PVC, SNAPSHOT, *(kind for kind, known in newer.items() if known))
    return {kind.kind: kind.group for kind in kinds}


def _exported_claims(export: Manifest, world: World) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """The PVCs that are exported, with the place that names each, if it is another one."""
    name = export.text(*_SOURCE, "name")
    if export.text(*_SOURCE, "kind") == PVC.kind and name:
        yield name, ()
    vm, snapshot = world.find_source(VM, export), world.find_source(SNAPSHOT, export)
    for volume in world.volumes(vm) if vm is not None else ():
        if volume.persistent and volume.claim_name:
            yield volume.claim_name, (volume.at,)
    for planned in world.plan(snapshot).volumes if snapshot is not None else ():
        if planned.claim and planned.included is not False and planned.persistent:
            yield planned.claim, ()


CHECKS: dict[str, Check] = {
    "backup-cbt-off": Check(backup_cbt_off, (BACKUP, BACKUP_TRACKER)),
    "backup-invalid": Check(backup_invalid, (BACKUP, BACKUP_TRACKER), sources=(rejections,)),
    "backup-target-claim": Check(backup_target_claim, (BACKUP,)),
    "backup-vm-offline": Check(backup_vm_offline, (BACKUP,)),
    "export-name-length": Check(export_name_length, (EXPORT,)),
    "export-source-invalid": Check(export_source_invalid, (EXPORT,)),
    "export-vm-running": Check(export_vm_running, (EXPORT,)),
}
