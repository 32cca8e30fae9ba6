"""Conditions on a manifest that several checks share, each evaluated once.

`vm_in_scope` is a part of its rules. The others only save calls, because most manifests have no
problems: the checks that they skip would find nothing (tests/checks/test_prefilters.py).
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import POD, VM, VMI
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "defined", "exported", "faulty", "filled", "has_owners",
    "listed", "may_be_blocked", "may_run", "synced",
    "unresolved", "vm_in_scope", "vm_is_snapshotted",
    "vm_lists_in_scope",
]  # fmt: skip

_OWNERS = ("finalizers", "ownerReferences")


def exported(manifest: Manifest, _world: World) -> bool:
    """For rules of what was read from a cluster."""
    return manifest.is_export


def faulty(source: Source, _world: World) -> bool:
    """For rules of files that could not be read."""
    return bool(source.faults)


def vm_lists_in_scope(vm: Manifest, world: World) -> bool:
    """For rules of the lists in such a VM, or in what VMs are made from."""
    return world.vm_in_scope(vm) or (vm.is_indirect and world.in_scope)


def vm_in_scope(vm: Manifest, world: World) -> bool:
    """For rules of VMs that are to be snapshotted, or cloned."""
    return world.vm_in_scope(vm)


def vm_is_snapshotted(vm: Manifest, world: World) -> bool:
    """For rules of what snapshots contain, of VMs that are not only cloned."""
    return world.is_snapshotted(vm)


def listed(manifest: Manifest, _world: World) -> bool:
    """For rules of the items of lists."""
    return bool(manifest.root)


def defined(manifest: Manifest, world: World) -> bool:
    """For rules of CRDs."""
    return world.cluster.crds.defines(manifest.group_kind)


def has_owners(manifest: Manifest, world: World) -> bool:
    """For rules of finalizers and owners that are KubeVirt's."""
    if manifest.document.outline is not None and not _may_have_owners(manifest, world):
        return False
    metadata = manifest.value.get("metadata")
    if not isinstance(metadata, dict):
        return False
    return any(field in metadata for field in _OWNERS)


def _may_have_owners(manifest: Manifest, world: World) -> bool:
    """Whether a long object may have some: told without decoding it."""
    if not manifest.document.is_object or not world.shape_in_scope(manifest):
        return False
    return manifest.may_hold(VM.group) and any(map(manifest.may_hold, _OWNERS))


def filled(manifest: Manifest, world: World) -> bool:
    """For rules of what fills DataVolumes, and volumes of VMs that are saved or copied."""
    if manifest.group_kind != VM:
        return True
    if not world.vm_in_scope(manifest) and manifest not in world.copied_vms:
        return False
    return any(volume.causes for volume in world.volumes(manifest))


def synced(manifest: Manifest, world: World) -> bool:
    """For rules of snapshots and VMs that may be applied by a GitOps tool."""
    if world.is_synced or _is_marked(manifest):
        return True
    if manifest.group_kind == VM:
        return any(map(_is_marked, world.snapshots_of(manifest)))
    vm = world.source(manifest)
    return not isinstance(vm, Absence) and _is_marked(vm)


def _is_marked(manifest: Manifest) -> bool:
    """Whether it has annotations, or labels of a tool: with a domain, but not the common one."""
    metadata = manifest.value.get("metadata")
    if not isinstance(metadata, dict):
        return False
    if metadata.get("annotations"):
        return True
    labels = metadata.get("labels")
    for key in labels if isinstance(labels, dict) else ():
        if "/" in key and not key.startswith("app.kubernetes.io/"):
            return True
    return False


def unresolved(snapshot: Manifest, world: World) -> bool:
    """For rules of snapshots whose source is not found."""
    return isinstance(world.source(snapshot), Absence)


def may_run(vm: Manifest, world: World) -> bool:
    """For rules of run states: not for halted VMs of which only the manifest is known."""
    is_off = run_state.declared(vm) is Declared.HALTED and not vm.is_export
    return not is_off or bool(world.workspace.of(VMI))


def may_be_blocked(vm: Manifest, world: World) -> bool:
    """For rules of exported clusters: with pods, or another version of the VM."""
    workspace = world.workspace
    return vm.is_export or bool(workspace.of(POD)) or len(workspace.definitions(vm)) > 1
