"""Cheap questions that tell which checks may have something to say of a manifest.

Most manifests are sound, and most checks look at the same few facts: asked once, these save the
calls. A gate gives a superset of the rules that speak (tests/checks/test_gates.py), false if none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import ARGO_APPLICATION, FLUX_KUSTOMIZATION, POD, VM, VMI
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects.references import TEMPLATES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Container

    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "caused", "defined", "exported", "faulty", "held", "held_up", "reached", "refused", "restless",
    "strange", "synced", "templated", "unresolved",
]  # fmt: skip


class _Every:
    """Holds every rule id."""

    def __contains__(self, _rule: object) -> bool:
        return True


_EVERY = _Every()
_USUAL = "app.kubernetes.io/"


def caused(vm: Manifest, world: World) -> Container[str]:
    """The causes on the chains of a VM that is reached."""
    return world.causes(vm)


def refused(manifest: Manifest, world: World) -> Container[str]:
    """The rules behind the refusals of an object."""
    found = world.refusals(manifest)
    return {refusal.rule for refusal in found} if found else ()


def exported(manifest: Manifest, _world: World) -> Container[str]:
    """For rules of what was read from a cluster."""
    return _EVERY if manifest.is_export else ()


def faulty(source: Source, _world: World) -> Container[str]:
    """For rules of files that could not be read as they stand."""
    return _EVERY if source.faults else ()


def reached(vm: Manifest, world: World) -> Container[str]:
    """For rules of VMs that are to be snapshotted."""
    return _EVERY if world.is_reached(vm) else ()


def strange(manifest: Manifest, world: World) -> Container[str]:
    """For rules of objects that are refused, or stand in a list."""
    return _EVERY if manifest.root or world.refusals(manifest) else ()


def defined(manifest: Manifest, world: World) -> Container[str]:
    """For rules that CRDs bring along."""
    return _EVERY if world.cluster.crds.defines(manifest.group_kind) else ()


def held(manifest: Manifest, _world: World) -> Container[str]:
    """For rules of finalizers and owners."""
    metadata = manifest.value.get("metadata")
    if not isinstance(metadata, dict):
        return ()
    return _EVERY if "finalizers" in metadata or "ownerReferences" in metadata else ()


def synced(manifest: Manifest, world: World) -> Container[str]:
    """For rules of snapshots and their VMs that a GitOps tool applies: something says so."""
    of = world.workspace.of
    if world.trees or of(ARGO_APPLICATION) or of(FLUX_KUSTOMIZATION) or _is_marked(manifest):
        return _EVERY
    if manifest.group_kind == VM:
        return _EVERY if any(map(_is_marked, world.snapshots_of(manifest))) else ()
    vm = world.source(manifest)
    return _EVERY if not isinstance(vm, Absence) and _is_marked(vm) else ()


def _is_marked(manifest: Manifest) -> bool:
    """Whether a tool may have left a mark: it has a domain, and is no usual label."""
    metadata = manifest.mapping("metadata")
    labels = metadata.get("labels")
    return bool(metadata.get("annotations")) or (
        isinstance(labels, dict)
        and any("/" in key and not key.startswith(_USUAL) for key in labels)
    )


def templated(vm: Manifest, _world: World) -> Container[str]:
    """For rules of dataVolumeTemplates."""
    return _EVERY if vm.get(*TEMPLATES) else ()


def unresolved(snapshot: Manifest, world: World) -> Container[str]:
    """For rules of snapshots whose source is not found."""
    return _EVERY if isinstance(world.source(snapshot), Absence) else ()


def restless(vm: Manifest, world: World) -> Container[str]:
    """For rules of run states: all but a VM that asks to be off and of which no more is known."""
    off = run_state.declared(vm) is Declared.HALTED and not vm.is_export
    return () if off and not world.workspace.of(VMI) else _EVERY


def held_up(vm: Manifest, world: World) -> Container[str]:
    """For rules of what an export shows to be in the way: pods, or another version of the VM."""
    seen = vm.is_export or world.workspace.of(POD) or len(world.workspace.definitions(vm)) > 1
    return _EVERY if seen else ()
