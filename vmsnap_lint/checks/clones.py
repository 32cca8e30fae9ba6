"""Clones that are rejected or fail.

A clone creates a snapshot and a restore: kubevirt v1.9.0,
pkg/virt-api/webhooks/validating-webhook/admitters/vmclone-admitter.go and
pkg/virt-controller/watch/clone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import CLONE, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.restore.subject import Relation
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

    _Mac = tuple[str, str, Place]

__all__ = ["CHECKS"]

_SOURCE = ("spec", "source")
_TARGET = ("spec", "target")
_INTERFACES = ("spec", "template", "spec", "domain", "devices", "interfaces")
_FILTERS = (
    ("spec", "annotationFilters"),
    ("spec", "labelFilters"),
    ("spec", "template", "annotationFilters"),
    ("spec", "template", "labelFilters"),
)
_GROUPS = {kind.kind: kind.group for kind in (VM, SNAPSHOT)}
_NEW_MACS = ("spec", "newMacAddresses")
_COPIED = ("persistentVolumeClaim", "dataVolume")


def clone_backend_state(clone: Manifest, world: World) -> Iterator[Problem]:
    """The source has a persistent TPM or EFI, which a clone cannot copy."""
    vm = _cloned_vm(clone, world)
    if vm is None or not world.behaviour.clone_backend_state_refused or _is_done(clone):
        return
    places = persistent_state(vm)
    if places:
        effect = "is rejected" if world.behaviour.clone_source_checked_on_admission else "fails"
        message = f"the source VM has a {places[0].note}: its clone {effect}"
        yield Problem(clone.at(*_SOURCE, "name"), message, places)


def clone_filter_syntax(clone: Manifest, world: World) -> Iterator[Problem]:
    """A filter with `!` or `*` where it is not allowed."""
    for path in _FILTERS if world.behaviour.clones else ():
        for text, at in status.strings(clone, *path):
            if fault := _filter_fault(text):
                yield Problem(at, f'filter "{text}" is rejected: {fault}')


def clone_mac_colons(clone: Manifest, world: World) -> Iterator[Problem]:
    """A new MAC address with colons becomes a patch that the restore webhook rejects."""
    if not world.behaviour.restore_patches_checked_always or _is_done(clone):
        return
    for interface, mac in clone.mapping(*_NEW_MACS).items():
        if isinstance(mac, str) and ":" in mac and not holds_placeholder(mac):
            message = (
                f'MAC address "{mac}" of interface "{interface}" has colons, which the restore '
                f'webhook rejects: write "{mac.replace(":", "-")}"'
            )
            yield Problem(clone.at(*_NEW_MACS, interface), message)


def clone_same_name(clone: Manifest, world: World) -> Iterator[Problem]:
    """Source and target are the same VM."""
    name = clone.text(*_TARGET, "name")
    if not world.behaviour.clone_same_name_refused or not name or holds_placeholder(name):
        return
    both = clone.text(*_SOURCE, "kind") == VM.kind == clone.text(*_TARGET, "kind")
    if both and name == clone.text(*_SOURCE, "name"):
        message = f'the target has the same name as the source, "{name}": the clone is rejected'
        where = (clone.at(*_SOURCE, "name", note="the source"),)
        yield Problem(clone.at(*_TARGET, "name"), message, where)


def clone_source_invalid(clone: Manifest, world: World) -> Iterator[Problem]:
    """The source is not a VM or a snapshot, or has no group; or the target is not a VM."""
    if not world.behaviour.clones:
        return
    if clone.mapping(*_SOURCE):
        yield from _source_faults(clone)
    kind = clone.text(*_TARGET, "kind")
    if kind and kind != VM.kind and not holds_placeholder(kind):
        message = f'target kind "{kind}" is rejected, it must be "{VM.kind}"'
        yield Problem(clone.at(*_TARGET, "kind"), message)


def clone_target_apigroup(clone: Manifest, world: World) -> Iterator[Problem]:
    """The restore that the clone creates has the target's apiGroup, and is rejected without one."""
    if world.behaviour.clones and clone.mapping(*_TARGET) and not clone.get(*_TARGET, "apiGroup"):
        message = (
            f'spec.target has no apiGroup, which must be "{VM.group}": the restore created by the '
            "clone is rejected"
        )
        yield Problem(clone.at(*_TARGET, key=True), message)


def clone_volume_unsnapshottable(clone: Manifest, world: World) -> Iterator[Problem]:
    """A disk of the source cannot be snapshotted, and a clone needs all of them."""
    if not world.behaviour.clones or _is_done(clone):
        return
    for name, reason, place in _uncopied(clone, world):
        message = f'volume "{name}" of the source cannot be cloned: {reason}'
        yield Problem(clone.at(*_SOURCE, "name"), message, (place,))


def mac_duplicated(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A second VM gets the MAC address of the first.

    A restore copies addresses; a clone empties those that newMacAddresses does not set
    (`generateMacAddressPatches`), so that only one set to the source's own is a second one.
    """
    if manifest.kind == CLONE.kind:
        yield from _cloned_macs(manifest, world)
        return
    subject = world.restores.subject(manifest)
    if subject.relation is not Relation.NEW or subject.is_done:
        return
    patches = " ".join(patch for patch, _ in status.strings(manifest, "spec", "patches"))
    if "macAddress" in patches or "/interfaces" in patches:
        return
    name, at = subject.target_name, manifest.at(*_TARGET, "name")
    known = world.cluster.once(_known_macs)
    if subject.saved_vm not in known:
        known[subject.saved_vm] = tuple(_macs(subject.saved_vm))
    for _, mac, where in known[subject.saved_vm]:
        message = (
            f'the new VM "{name}" gets MAC address "{mac}" of the snapshotted VM: '
            "both cannot use the same network"
        )
        yield Problem(at, message, (where,))


def _source_faults(clone: Manifest) -> Iterator[Problem]:
    kind, group = clone.text(*_SOURCE, "kind"), clone.get(*_SOURCE, "apiGroup")
    if kind and kind not in _GROUPS and not holds_placeholder(kind):
        hint = nearest_hint(kind, _GROUPS)
        kinds = f'"{VM.kind}" or "{SNAPSHOT.kind}"'
        message = f'source kind "{kind}" is rejected, it must be {kinds}{hint}'
        yield Problem(clone.at(*_SOURCE, "kind"), message)
    if clone.get(*_SOURCE, "name") == "":
        yield Problem(clone.at(*_SOURCE, "name"), "the source has an empty name")
    expected = _GROUPS.get(kind)
    if group in (None, ""):
        which = f', which must be "{expected}" for a {kind}' if expected else ""
        yield Problem(clone.at(*_SOURCE, key=True), f"spec.source has no apiGroup{which}")
    elif isinstance(group, str) and expected not in (None, group) and not holds_placeholder(group):
        message = f'apiGroup "{group}" does not match kind {kind}, which has "{expected}"'
        yield Problem(clone.at(*_SOURCE, "apiGroup"), message, severity=Severity.WARNING)


def _filter_fault(text: str) -> str:
    if text == "!":
        return 'nothing follows "!"'
    if "!" in text[1:]:
        return '"!" is allowed only at the beginning'
    return '"*" is allowed only at the end' if "*" in text[:-1] else ""


def _is_done(clone: Manifest) -> bool:
    return clone.text("status", "phase") == "Succeeded"


def _cloned_vm(clone: Manifest, world: World) -> Manifest | None:
    """The VM that is cloned: the source itself, or the one that was snapshotted."""
    snapshot = world.find_source(SNAPSHOT, clone)
    if snapshot is not None:
        return world.evidence.vm_of(snapshot)
    return world.find_source(VM, clone)


def _uncopied(clone: Manifest, world: World) -> Iterator[tuple[str, str, Place]]:
    """The disks that certainly are not cloned: name, reason, place."""
    vm, snapshot = world.find_source(VM, clone), world.find_source(SNAPSHOT, clone)
    for volume in world.volumes(vm) if vm is not None else ():
        if volume.included is False and volume.source in _COPIED:
            yield volume.name, volume.reason, volume.at
    if snapshot is None:
        return
    expected = world.evidence.expected(world.evidence.vm_of(snapshot))
    places = {volume.volume: volume.at for volume in expected if volume.source in _COPIED}
    for planned in world.plan(snapshot).volumes if places else ():
        if planned.included is False and planned.name in places:
            reason = f'snapshot "{snapshot.name}" does not contain it'
            yield planned.name, reason, places[planned.name]


def _known_macs(_cluster: Cluster) -> dict[Manifest | None, tuple[_Mac, ...]]:
    """The addresses of VMs that were looked up, each once for all restores."""
    return {}


def _macs(vm: Manifest | None) -> Iterator[_Mac]:
    """Each interface with a fixed MAC address: its name, the address, the place."""
    if vm is None:
        return
    for index, interface in vm.items(*_INTERFACES):
        path: tuple[Key, ...] = (*_INTERFACES, index, "macAddress")
        mac, name = vm.text(*path), interface.get("name")
        if mac and not holds_placeholder(mac) and isinstance(name, str):
            yield name, mac, vm.at(*path, note=f'interface "{name}"')


def _cloned_macs(clone: Manifest, world: World) -> Iterator[Problem]:
    for name, mac, where in _macs(_cloned_vm(clone, world)):
        new_mac = clone.text(*_NEW_MACS, name)
        if _plain(new_mac) == _plain(mac):
            message = f'interface "{name}" of the clone gets MAC address "{new_mac}" of its source'
            yield Problem(clone.at(*_NEW_MACS, name), message, (where,))


def _plain(mac: str) -> str:
    return mac.lower().replace(":", "").replace("-", "")


CHECKS: dict[str, Check] = {
    "clone-backend-state": Check(clone_backend_state, (CLONE,)),
    "clone-filter-syntax": Check(clone_filter_syntax, (CLONE,)),
    "clone-mac-colons": Check(clone_mac_colons, (CLONE,)),
    "clone-same-name": Check(clone_same_name, (CLONE,)),
    "clone-source-invalid": Check(clone_source_invalid, (CLONE,)),
    "clone-target-apigroup": Check(clone_target_apigroup, (CLONE,)),
    "clone-volume-unsnapshottable": Check(clone_volume_unsnapshottable, (CLONE,)),
    "mac-duplicated": Check(mac_duplicated, (CLONE, RESTORE)),
}
