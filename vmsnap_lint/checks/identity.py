"""Who a snapshot is about: group, kind and name of its source, and where that VM is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import POOL, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot.status import is_failed, is_taken
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


def source_vm_missing(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The namespace declares VMs, but not the one that the snapshot names."""
    name = snapshot.text("spec", "source", "name")
    if world.source(snapshot) is not Absence.ABSENT or _is_over(snapshot):
        return
    if world.workspace.elsewhere(VM, snapshot.namespace, name):
        return  # source-vm-other-namespace
    if _pool(snapshot, world) is not None:
        return  # source-is-pool
    hint = nearest_hint(name, world.workspace.names(VM, snapshot.namespace))
    what = (
        f'no VirtualMachine "{name}"{_where(snapshot)}{hint}'
        if name
        else "source.name is empty, which names no VirtualMachine"
    )
    message = f"{what}: {_effect(world)}"
    yield Problem(snapshot.at("spec", "source", "name"), message)


def source_vm_other_namespace(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A VM of that name exists, but in another namespace only."""
    if world.source(snapshot) is not Absence.ABSENT or _is_over(snapshot):
        return
    name = snapshot.text("spec", "source", "name")
    others = world.workspace.elsewhere(VM, snapshot.namespace, name)
    if not others or _pool(snapshot, world) is not None:
        return
    homes = quoted(sorted({vm.namespace or "" for vm in others}))
    message = (
        f'VirtualMachine "{name}" is in namespace {homes}, the snapshot is in '
        f'"{snapshot.namespace}" and looks nowhere else: {_effect(world)}'
    )
    related = tuple(vm.at("metadata", "namespace", note="the VM is here") for vm in others[:3])
    yield Problem(snapshot.at("spec", "source", "name"), message, related)


def source_vm_unverified(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """Nothing in the input tells whether the VM exists, or what it is."""
    name = snapshot.text("spec", "source", "name")
    if not name or holds_placeholder(name) or _is_over(snapshot):
        return
    if snapshot.get("spec", "source", "kind") != VM.kind or _pool(snapshot, world) is not None:
        return
    at, why = snapshot.at("spec", "source", "name"), world.source(snapshot)
    if why is Absence.UNKNOWN and not _is_pool_member(name, snapshot, world):
        others = world.workspace.names(VM, snapshot.namespace)
        rest = ", nor any other VM of its namespace" if not others else " as far as it can be read"
        message = (
            f'VirtualMachine "{name}" is not in the input{rest}: '
            "whether the snapshot works is not checked"
        )
        yield Problem(at, message)
    elif why is Absence.AMBIGUOUS:
        several = world.workspace.candidates(VM, snapshot.namespace, name)
        if not _stand_together(several):  # duplicate-object
            message = (
                f'VirtualMachine "{name}" is defined {len(several)} times, each time differently, '
                "and none is nearer than the others: whether the snapshot works is not checked"
            )
            places = tuple(vm.at("metadata", "name", note="one of them") for vm in several[:3])
            yield Problem(at, message, places)


def source_is_pool(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The name is that of a VirtualMachinePool, and no VM has it."""
    pool = _pool(snapshot, world)
    if pool is None or _is_over(snapshot):
        return
    message = (
        f'"{pool.name}" is a VirtualMachinePool, which cannot be snapshotted: name one of its VMs, '
        f'such as "{pool.name}-0"'
    )
    related = (pool.at("metadata", "name", note="the pool"),)
    yield Problem(snapshot.at("spec", "source", "name"), message, related)


def namespace_ambiguous(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """One of snapshot and VM sets its namespace, the other leaves it to whoever applies it."""
    vm = world.source(snapshot)
    if isinstance(vm, Absence) or (snapshot.namespace is None) == (vm.namespace is None):
        return
    if world.workspace.same_namespace(snapshot.namespace, vm.namespace):
        return
    if world.is_rendered_later(snapshot) or world.is_rendered_later(vm):
        return
    if snapshot.namespace is None:
        message = (
            f'the snapshot sets no namespace, its VirtualMachine "{vm.name}" is in '
            f'"{vm.namespace}": it works only where that one is the default'
        )
        at = snapshot.at("metadata", key=True)
        yield Problem(at, message, (vm.at("metadata", "namespace", note="the VM is here"),))
        return
    message = (
        f'the snapshot is in namespace "{snapshot.namespace}", its VirtualMachine "{vm.name}" sets '
        "none: it works only where that one is the default"
    )
    at = snapshot.at("metadata", "namespace")
    yield Problem(at, message, (vm.at("metadata", "name", note="the VM sets no namespace"),))


def name_length(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM's name is longer than what is made of it can be."""
    if not world.vm_in_scope(vm) or holds_placeholder(vm.name):
        return
    length, at = len(vm.name), vm.at("metadata", "name")
    if length > _LABEL:
        message = (
            f"the name has {length} characters: snapshots and restores write it into a label, "
            f"which takes {_LABEL}"
        )
        yield Problem(at, message, world.named_at(vm))
        return
    behaviour = world.behaviour
    if behaviour.long_state_names or not behaviour.persistent_tpm or not persistent_state(vm):
        return
    if length + len(_STATE_PREFIX) > _LABEL:
        message = (
            f'the name has {length} characters: up to this release "{_STATE_PREFIX}" and the name '
            f"name the volume of its TPM or EFI state, which takes {_LABEL}"
        )
        yield Problem(at, message, (*persistent_state(vm), *world.named_at(vm)))


def _has_api_version(manifest: Manifest, _world: World) -> bool:
    """Whether the reference has an apiVersion, a field that is unknown and to be renamed."""
    field = "source" if manifest.kind == SNAPSHOT.kind else "target"
    return manifest.get("spec", field, "apiVersion") is not None


def _is_over(snapshot: Manifest) -> bool:
    """Whether an export shows that the snapshot needs its source no more."""
    return is_taken(snapshot) or is_failed(snapshot)


def _where(snapshot: Manifest) -> str:
    return f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""


def _effect(world: World) -> str:
    if world.behaviour.source_checked_on_admission:
        return "the snapshot is refused"
    return "the snapshot waits for it until its deadline, then fails"


def _pool(snapshot: Manifest, world: World) -> Manifest | None:
    """The pool that the source's name means, where it means no VM."""
    if not world.behaviour.pools or world.source(snapshot) not in _NOT_THERE:
        return None
    return world.find(POOL, snapshot.text("spec", "source", "name"), snapshot)


_NOT_THERE = (Absence.ABSENT, Absence.UNKNOWN)


def _is_pool_member(name: str, snapshot: Manifest, world: World) -> bool:
    """Whether a pool of the input makes a VM of this name."""
    pool, dash, _ = name.rpartition("-")
    return bool(dash) and world.find(POOL, pool, snapshot) is not None


def _stand_together(vms: list[Manifest]) -> bool:
    """Whether two of them are in one directory."""
    return len({vm.directory for vm in vms}) < len(vms)


CHECKS: dict[str, Check] = {
    "name-length": Check(name_length, (VM,)),
    "namespace-ambiguous": Check(namespace_ambiguous, (SNAPSHOT,)),
    "source-apigroup-invalid": row((SNAPSHOT,), rejections),
    "source-apigroup-missing": row((SNAPSHOT, RESTORE), rejections, unless=_has_api_version),
    "source-is-pool": Check(source_is_pool, (SNAPSHOT,), prefilters.unresolved),
    "source-kind-invalid": row((SNAPSHOT,), rejections),
    "source-vm-missing": Check(source_vm_missing, (SNAPSHOT,), prefilters.unresolved),
    "source-vm-other-namespace": Check(
        source_vm_other_namespace, (SNAPSHOT,), prefilters.unresolved
    ),
    "source-vm-unverified": Check(source_vm_unverified, (SNAPSHOT,), prefilters.unresolved),
}
