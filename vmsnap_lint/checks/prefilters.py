"""Cheap questions that tell which checks may have something to say of a manifest.

Most manifests are sound, and most checks look at the same few facts: asked once, these save the
calls. A prefilter never keeps back a check that finds something (tests/checks/test_prefilters.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import ARGO_APPLICATION, FLUX_KUSTOMIZATION, POD, VM, VMI
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects.references import TEMPLATES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "defined", "exported", "faulty", "held", "held_up", "listed", "restless", "synced",
    "templated", "unresolved", "vm_in_scope",
]  # fmt: skip


_USUAL = "app.kubernetes.io/"


def exported(manifest: Manifest, _world: World) -> bool:
    """For rules of what was read from a cluster."""
    return manifest.is_export


def faulty(source: Source, _world: World) -> bool:
    """For rules of files that could not be read as they stand."""
    return bool(source.faults)


def vm_in_scope(vm: Manifest, world: World) -> bool:
    """For rules of VMs that are to be snapshotted."""
    return world.vm_in_scope(vm)


def listed(manifest: Manifest, _world: World) -> bool:
    """For rules of objects that stand in a list."""
    return bool(manifest.root)


def defined(manifest: Manifest, world: World) -> bool:
    """For rules that CRDs bring along."""
    return world.cluster.crds.defines(manifest.group_kind)


def held(manifest: Manifest, _world: World) -> bool:
    """For rules of finalizers and owners."""
    metadata = manifest.value.get("metadata")
    if not isinstance(metadata, dict):
        return False
    return "finalizers" in metadata or "ownerReferences" in metadata


def synced(manifest: Manifest, world: World) -> bool:
    """For rules of snapshots and their VMs that a GitOps tool applies: something says so."""
    of = world.workspace.of
    if world.trees or of(ARGO_APPLICATION) or of(FLUX_KUSTOMIZATION) or _is_marked(manifest):
        return True
    if manifest.group_kind == VM:
        return any(map(_is_marked, world.snapshots_of(manifest)))
    vm = world.source(manifest)
    return not isinstance(vm, Absence) and _is_marked(vm)


def _is_marked(manifest: Manifest) -> bool:
    """Whether a tool may have left a mark: it has a domain, and is no usual label."""
    metadata = manifest.mapping("metadata")
    labels = metadata.get("labels")
    return bool(metadata.get("annotations")) or (
        isinstance(labels, dict)
        and any("/" in key and not key.startswith(_USUAL) for key in labels)
    )


def templated(vm: Manifest, _world: World) -> bool:
    """For rules of dataVolumeTemplates."""
    return bool(vm.get(*TEMPLATES))


def unresolved(snapshot: Manifest, world: World) -> bool:
    """For rules of snapshots whose source is not found."""
    return isinstance(world.source(snapshot), Absence)


def restless(vm: Manifest, world: World) -> bool:
    """For rules of run states: all but a VM that asks to be off and of which no more is known."""
    off = run_state.declared(vm) is Declared.HALTED and not vm.is_export
    return not off or bool(world.workspace.of(VMI))


def held_up(vm: Manifest, world: World) -> bool:
    """For rules of what an export shows to be in the way: pods, or another version of the VM."""
    workspace = world.workspace
    return vm.is_export or bool(workspace.of(POD)) or len(workspace.definitions(vm)) > 1
