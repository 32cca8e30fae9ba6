"""Exports and backups: what is refused of them, and what never leaves the cluster.

kubevirt v1.9.0, pkg/storage/admitters/vmexport.go, pkg/storage/export/export, pkg/storage/cbt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import BACKUP, BACKUP_TRACKER, EXPORT, PVC, SNAPSHOT, VM, Kind
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.restore.conflicts import has_ended
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_SOURCE = ("spec", "source")
_LONGEST = 63
_TEMPLATE = Kind("template.kubevirt.io", "VirtualMachineTemplate")


def backup_invalid(manifest: Manifest, world: World) -> Iterator[Problem]:
    """Its source is of the wrong group, or another backup of its source runs."""
    if not world.behaviour.backups:
        return
    kind, group = manifest.text(*_SOURCE, "kind"), manifest.text(*_SOURCE, "apiGroup")
    wanted = {one.kind: one.group for one in (VM, BACKUP_TRACKER)}.get(kind)
    if wanted and group in (VM.group, BACKUP.group) and group != wanted:
        message = f'apiGroup "{group}" has no {kind}, it must be "{wanted}"'
        yield Problem(manifest.at(*_SOURCE, "apiGroup"), message)
    if manifest.kind == BACKUP.kind:
        yield from _second_backup(manifest, world)


def backup_target_claim(backup: Manifest, world: World) -> Iterator[Problem]:
    """The claim that the backup is written to is missing, or is no file system."""
    name = backup.text("spec", "pvcName")
    if not world.behaviour.backups or not name or holds_placeholder(name) or has_ended(backup):
        return
    claim = claims.find(world.cluster, backup, name)
    at = backup.at("spec", "pvcName")
    if claim.absence is Absence.ABSENT and world.resolve(PVC, name, backup) is Absence.ABSENT:
        hint = nearest_hint(name, world.workspace.names(PVC, backup.namespace))
        where = f' in namespace "{backup.namespace}"' if backup.namespace else ""
        message = f'no PersistentVolumeClaim "{name}"{where}{hint}: the backup never begins'
        yield Problem(at, message)
    elif claim.spec is not None:
        path = (*claim.spec.path, "volumeMode")
        if claim.spec.manifest.get(*path) == "Block":
            message = f'claim "{name}" has volumeMode Block: a backup needs a file system'
            yield Problem(at, message, (claim.spec.manifest.at(*path, note="its volumeMode"),))


def backup_vm_offline(backup: Manifest, world: World) -> Iterator[Problem]:
    """Only a VM that runs can be backed up."""
    if not world.behaviour.backups or has_ended(backup):
        return
    vm, at = _backed_up(backup, world)
    if vm is not None and run_state.is_online(world.cluster, vm) is False:
        message = (
            f'VirtualMachine "{vm.name}" is not expected to run: only a running one is backed up'
        )
        yield Problem(at, message, (run_state.run_state_place(vm, "its run state"),))


def export_name_length(export: Manifest, world: World) -> Iterator[Problem]:
    """A name that the exporter makes of the claim's name is too long, or has dots."""
    if world.behaviour.export_long_names or not world.behaviour.exports:
        return
    prefix = f"{export.name}-" if export.text(*_SOURCE, "kind") == SNAPSHOT.kind else ""
    for claim, where in _exported_claims(export, world):
        name = prefix + claim
        if holds_placeholder(name) or (len(name) <= _LONGEST and "." not in claim):
            continue
        why = 'holds "."' if "." in claim else f"has {len(name)} characters, at most {_LONGEST}"
        message = f'this release cannot export claim "{claim}": the name "{name}" {why}'
        yield Problem(export.at(*_SOURCE, "name"), message, (where,) if where else ())


def export_source_invalid(export: Manifest, world: World) -> Iterator[Problem]:
    """Kind and group of the source are no pair that can be exported."""
    source = export.get(*_SOURCE)
    if not isinstance(source, dict) or not world.behaviour.exports:
        return
    kind, group = source.get("kind"), source.get("apiGroup") or ""
    groups = _exportable(world)
    if isinstance(kind, str) and not holds_placeholder(kind):
        if kind not in groups:
            hint = nearest_hint(kind, groups)
            message = (
                f'kind "{kind}" cannot be exported, it must be one of {", ".join(groups)}{hint}'
            )
            yield Problem(export.at(*_SOURCE, "kind"), message)
        elif isinstance(group, str) and group != groups[kind] and not holds_placeholder(group):
            wanted = f'"{groups[kind]}"' if groups[kind] else "empty"
            message = f'apiGroup "{group}" does not fit kind "{kind}", it must be {wanted}'
            at = export.at(*_SOURCE, "apiGroup") if group else export.at(*_SOURCE, key=True)
            yield Problem(at, message)
    if source.get("name") == "":
        yield Problem(export.at(*_SOURCE, "name"), "the source has an empty name")


def export_vm_running(export: Manifest, world: World) -> Iterator[Problem]:
    """The export of a VM waits until it has stopped."""
    if not world.behaviour.export_vm_source:
        return
    vm = world.find_source(VM, export)
    if export.text("status", "phase") == "Ready":
        return
    if vm is not None and run_state.is_online(world.cluster, vm) is True:
        message = (
            f'VirtualMachine "{vm.name}" is expected to run: its export waits until it is stopped'
        )
        where = run_state.run_state_place(vm, "its run state")
        yield Problem(export.at(*_SOURCE, "name"), message, (where,))


def _second_backup(backup: Manifest, world: World) -> Iterator[Problem]:
    """One at a time is admitted; that both are applied at once is likely, not certain."""
    other = world.restores.rival(backup)
    if other is not None:
        message = f'VirtualMachineBackup "{other.name}" of the same source has not ended'
        where = (other.at(*_SOURCE, key=True, note=f'backup "{other.name}"'),)
        yield Problem(backup.at(*_SOURCE, key=True), message, where, Severity.WARNING)


def _backed_up(backup: Manifest, world: World) -> tuple[Manifest | None, Place]:
    """The VM behind a backup, perhaps through its tracker, and where the backup names it."""
    at = backup.at(*_SOURCE, "name")
    tracker = world.find_source(BACKUP_TRACKER, backup)
    return world.find_source(VM, tracker if tracker is not None else backup), at


def _exportable(world: World) -> dict[str, str]:
    """The group that each kind of source has, as far as the release knows the kind."""
    behaviour = world.behaviour
    newer = {
        VM: behaviour.export_vm_source,
        BACKUP: behaviour.export_backup_source,
        _TEMPLATE: behaviour.gate_default_on,  # came with 1.9, as the gates did
    }
    kinds = (PVC, SNAPSHOT, *(kind for kind, known in newer.items() if known))
    return {kind.kind: kind.group for kind in kinds}


def _exported_claims(export: Manifest, world: World) -> Iterator[tuple[str, Place | None]]:
    """The claims that are exported, with the place that names each."""
    name = export.text(*_SOURCE, "name")
    if export.text(*_SOURCE, "kind") == PVC.kind and name:
        yield name, None
    vm, snapshot = world.find_source(VM, export), world.find_source(SNAPSHOT, export)
    for volume in world.volumes(vm) if vm is not None else ():
        if volume.persistent and volume.claim_name:
            yield volume.claim_name, volume.at
    for held in world.plan(snapshot).volumes if snapshot is not None else ():
        if held.claim and held.included is not False and held.persistent:
            yield held.claim, None


CHECKS: dict[str, Check] = {
    "backup-invalid": Check(backup_invalid, (BACKUP, BACKUP_TRACKER), sources=(rejections,)),
    "backup-target-claim": Check(backup_target_claim, (BACKUP,)),
    "backup-vm-offline": Check(backup_vm_offline, (BACKUP,)),
    "export-name-length": Check(export_name_length, (EXPORT,)),
    "export-source-invalid": Check(export_source_invalid, (EXPORT,)),
    "export-vm-running": Check(export_vm_running, (EXPORT,)),
}
