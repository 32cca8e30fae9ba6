"""The source of a snapshot: group, kind, name and namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.checks.prefilters import unresolved, vm_in_scope
from vmsnap_lint.core.kinds import POOL, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
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
_SOURCE_NAME = ("spec", "source", "name")


def source_vm_missing(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The namespace declares VMs, but not the one that the snapshot names."""
    name = snapshot.text(*_SOURCE_NAME)
    if world.source(snapshot) is not Absence.ABSENT or _is_finished(snapshot):
        return
    if world.workspace.elsewhere(VM, snapshot.namespace, name) or _pool(snapshot, world):
        return  # source-vm-other-namespace, source-is-pool
    hint = nearest_hint(name, world.workspace.vocabulary(snapshot.namespace, VM))
    where = f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""
    what = f'no VirtualMachine "{name}"{where}{hint}' if name else "source.name is empty"
    yield Problem(snapshot.at(*_SOURCE_NAME), f"{what}: {_effect(world)}")


def source_vm_other_namespace(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A VM of that name exists, but in another namespace only."""
    source, name = world.source(snapshot), snapshot.text(*_SOURCE_NAME)
    if source not in (Absence.ABSENT, Absence.GUESSED) or _is_finished(snapshot):
        return
    vms = world.workspace.elsewhere(VM, snapshot.namespace, name)
    if vms and not _pool(snapshot, world):
        namespaces = quoted(world.workspace.namespaces_with(VM, name))
        what = f'VirtualMachine "{name}" is in namespace {namespaces}, but the snapshot is in '
        related = tuple(vm.at("metadata", "namespace", note="the VM is here") for vm in vms[:3])
        effect, severity = _effect(world), None
        if source is Absence.GUESSED:
            effect, severity = "a snapshot is of a VM of its own namespace", Severity.WARNING
        message = f'{what}"{snapshot.namespace}": {effect}'
        yield Problem(snapshot.at(*_SOURCE_NAME), message, related, severity)


def source_vm_unverified(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The input does not show whether the VM exists, or which definition of it is used."""
    name = snapshot.text(*_SOURCE_NAME)
    if not name or holds_placeholder(name) or _is_finished(snapshot):
        return
    if snapshot.get("spec", "source", "kind") != VM.kind or _pool(snapshot, world):
        return
    at, source = snapshot.at(*_SOURCE_NAME), world.source(snapshot)
    if source is Absence.UNKNOWN and not _is_pool_member(name, snapshot, world):
        yield _unverified(name, snapshot, world)
    elif source is Absence.AMBIGUOUS:
        vms = world.workspace.candidates(VM, snapshot.namespace, name)
        if len({vm.directory for vm in vms}) == len(vms):  # else duplicate-object
            count = f"{len(vms)} different definitions, and none is nearer"
            message = f'VirtualMachine "{name}" has {count}: the snapshot is not checked'
            places = tuple(vm.at("metadata", "name", note="one of them") for vm in vms[:3])
            yield Problem(at, message, places)


def _unverified(name: str, snapshot: Manifest, world: World) -> Problem:
    """The problem that the VM is not in the input, with what may make it."""
    at, what = snapshot.at(*_SOURCE_NAME), f'VirtualMachine "{name}"'
    gap = world.workspace.gap(VM, snapshot.namespace, name)
    others = world.workspace.vocabulary(snapshot.namespace, VM)
    if gap is not None:
        hint = "" if gap.is_seen else nearest_hint(name, others)
        message = gap.brief(gap.explain(f"{what}{hint}")).replace("; ", ": ", 1)
        return Problem(at, message, gap.places())
    limit = " that can be read" if others else ""
    return Problem(at, f"{what} is not in the input{limit}: the snapshot is not checked")


def source_is_pool(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The name is that of a VirtualMachinePool, and no VM has it."""
    pool = _pool(snapshot, world)
    if pool is not None and not _is_finished(snapshot):
        what = f'"{pool.name}" is a VirtualMachinePool, which cannot be snapshotted'
        message = f'{what}: name one of its VMs, such as "{pool.name}-0"'
        related = (pool.at("metadata", "name", note="the pool"),)
        yield Problem(snapshot.at(*_SOURCE_NAME), message, related)


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
    else:
        what = f'the snapshot is in namespace "{snapshot.namespace}", its VM "{vm.name}" sets none'
        at = snapshot.at("metadata", "namespace")
        place = vm.at("metadata", "name", note="the VM sets no namespace")
    yield Problem(at, f"{what}: it works only if that is the current namespace", (place,))


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


def _has_api_version(manifest: Manifest, _world: World) -> bool:
    """Whether the reference has an apiVersion, an unknown field that should be renamed."""
    field = "source" if manifest.kind == SNAPSHOT.kind else "target"
    return manifest.get("spec", field, "apiVersion") is not None


def _is_finished(snapshot: Manifest) -> bool:
    """Whether an export shows that the snapshot does not need its source anymore."""
    return is_taken(snapshot) or is_failed(snapshot)


def _effect(world: World) -> str:
    if world.behaviour.source_checked_on_admission:
        return "the snapshot is rejected"
    return "the snapshot waits for it and fails at its deadline"


def _pool(snapshot: Manifest, world: World) -> Manifest | None:
    """The pool of the source's name, if no VM has it."""
    absences = (Absence.ABSENT, Absence.GUESSED, Absence.UNKNOWN)
    is_missing = world.source(snapshot) in absences
    if not is_missing or not world.behaviour.pools:
        return None
    return world.find(POOL, snapshot.text(*_SOURCE_NAME), snapshot)


def _is_pool_member(name: str, snapshot: Manifest, world: World) -> bool:
    """Whether a pool of the input creates a VM of this name."""
    pool, dash, _ = name.rpartition("-")
    return bool(dash) and world.find(POOL, pool, snapshot) is not None


CHECKS: dict[str, Check] = {
    "name-length": Check(name_length, (VM,), vm_in_scope),
    "namespace-ambiguous": Check(namespace_ambiguous, (SNAPSHOT,)),
    "source-apigroup-invalid": row((SNAPSHOT,), rejections),
    "source-apigroup-missing": row((SNAPSHOT, RESTORE), rejections, unless=_has_api_version),
    "source-is-pool": Check(source_is_pool, (SNAPSHOT,), unresolved),
    "source-kind-invalid": row((SNAPSHOT,), rejections),
    "source-vm-missing": Check(source_vm_missing, (SNAPSHOT,), unresolved),
    "source-vm-other-namespace": Check(source_vm_other_namespace, (SNAPSHOT,), unresolved),
    "source-vm-unverified": Check(source_vm_unverified, (SNAPSHOT,), unresolved),
}
