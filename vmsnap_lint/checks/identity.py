"""The source of a snapshot: group, kind, name and namespace."""

from __future__ import annotations

from vmsnap_lint.checks.causes import rejections, snapshot_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.checks.prefilters import vm_in_scope
from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]

_LABEL = 63
_STATE_PREFIX = "persistent-state-for-"


def namespace_ambiguous(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """Only one of snapshot and VM sets its namespace, and the other gets the current one."""
    vm = world.source(snapshot)
    if isinstance(vm, Absence) or (snapshot.namespace is None) == (vm.namespace is None):
        return
    if world.workspace.same_namespace(snapshot.namespace, vm.namespace):
        return
    if world.is_rendered_later(snapshot) or world.is_rendered_later(vm):
        return
    if snapshot.namespace is None:
        what = f'the snapshot sets no namespace, its VM "{vm.name}" is in "{vm.namespace}"'
        at = snapshot.at("metadata", key=True)
        place = vm.at("metadata", "namespace", note="the VM is here")
        without, within = snapshot, vm
    else:
        what = f'the snapshot is in namespace "{snapshot.namespace}", its VM "{vm.name}" sets none'
        at = snapshot.at("metadata", "namespace")
        place = vm.at("metadata", "name", note="the VM sets no namespace")
        without, within = vm, snapshot
    from vmsnap_lint.objects import mending

    fixes = mending.moved_to(without, (within,))
    message = f"{what}: it works only if that is the current namespace"
    yield Problem(at, message, (place,), fixes=fixes)


def name_length(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM's name is too long for a label value, or for the name of its state volume."""
    length, at = len(vm.name), vm.at("metadata", "name")
    if length <= _LABEL - len(_STATE_PREFIX) or holds_placeholder(vm.name):
        return
    if length > _LABEL:
        what = f"the name has {length} characters: snapshots and restores use it as a label value"
        yield Problem(at, f"{what}, which may have {_LABEL}", world.named_at(vm))
        return
    behaviour = world.behaviour
    if behaviour.persistent_tpm and not behaviour.long_state_names and persistent_state(vm):
        what = f'"{_STATE_PREFIX}{vm.name}" would have {length + len(_STATE_PREFIX)} characters'
        message = f"{what}: volume names of TPM or EFI state may have {_LABEL} in this release"
        yield Problem(at, message, (*persistent_state(vm), *world.named_at(vm)))


def _is_told_elsewhere(snapshot: Manifest, world: World) -> bool:
    """Whether the kind is wrong, or files of one directory contradict each other."""
    if snapshot.get("spec", "source", "kind") != VM.kind:
        return True  # source-kind-invalid
    if world.source(snapshot) is not Absence.AMBIGUOUS:
        return False
    name = snapshot.text("spec", "source", "name")
    vms = world.workspace.candidates(VM, snapshot.namespace, name)
    return len({vm.directory for vm in vms}) != len(vms)  # duplicate-object


def _has_api_version(manifest: Manifest, _world: World) -> bool:
    """Whether the reference has an apiVersion, an unknown field that should be renamed."""
    field = "source" if manifest.kind == SNAPSHOT.kind else "target"
    return manifest.get("spec", field, "apiVersion") is not None


CHECKS: dict[str, Check] = {
    "name-length": Check(name_length, (VM,), vm_in_scope),
    "namespace-ambiguous": Check(namespace_ambiguous, (SNAPSHOT,)),
    "source-apigroup-invalid": row((SNAPSHOT,), rejections),
    "source-apigroup-missing": row((SNAPSHOT, RESTORE), rejections, unless=_has_api_version),
    "source-is-pool": row((SNAPSHOT,), snapshot_causes),
    "source-kind-invalid": row((SNAPSHOT,), rejections),
    "source-vm-missing": row((SNAPSHOT,), snapshot_causes),
    "source-vm-other-namespace": row((SNAPSHOT,), snapshot_causes),
    "source-vm-unverified": row((SNAPSHOT,), snapshot_causes, unless=_is_told_elsewhere),
}
