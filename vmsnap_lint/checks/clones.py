"""Clones: what is refused of them, and what a clone can take from its source.

A clone is a snapshot and a restore behind one object: kubevirt v1.9.0,
pkg/virt-api/webhooks/validating-webhook/admitters/vmclone-admitter.go and
pkg/virt-controller/watch/clone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import CLONE, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.restore.subject import Relation
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

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
_COPIED = ("persistentVolumeClaim", "dataVolume")


def clone_backend_state(clone: Manifest, world: World) -> Iterator[Problem]:
    """The source has a persistent TPM or EFI, which no clone can carry over."""
    vm = _machine(clone, world)
    if vm is None or not world.behaviour.clone_backend_state_refused or _is_done(clone):
        return
    places = persistent_state(vm)
    if places:
        effect = "is refused" if world.behaviour.clone_source_checked_on_admission else "fails"
        message = f"the source VM has a {places[0].note}: a clone of it {effect}"
        yield Problem(clone.at(*_SOURCE, "name"), message, places)


def clone_filter_syntax(clone: Manifest, world: World) -> Iterator[Problem]:
    """`!` may only stand first, `*` only last, and `!` not alone."""
    if not world.behaviour.clones:
        return
    for path in _FILTERS:
        texts = clone.get(*path)
        for index, text in enumerate(texts if isinstance(texts, list) else ()):
            fault = _filter_fault(text) if isinstance(text, str) else ""
            if fault:
                yield Problem(clone.at(*path, index), f'filter "{text}" is refused: {fault}')


def clone_mac_colons(clone: Manifest, world: World) -> Iterator[Problem]:
    """A new MAC address with colons becomes a patch that the restore webhook takes apart."""
    if not world.behaviour.restore_patches_checked_always or _is_done(clone):
        return
    for interface, mac in clone.mapping("spec", "newMacAddresses").items():
        if isinstance(mac, str) and ":" in mac and not holds_placeholder(mac):
            message = (
                f'MAC address "{mac}" for interface "{interface}" makes the clone fail: the '
                f'restore webhook refuses patches with ":"; write "{mac.replace(":", "-")}"'
            )
            yield Problem(clone.at("spec", "newMacAddresses", interface), message)


def clone_same_name(clone: Manifest, world: World) -> Iterator[Problem]:
    """Source and target are the same VM."""
    name = clone.text(*_TARGET, "name")
    if not world.behaviour.clone_same_name_refused or not name or holds_placeholder(name):
        return
    both = clone.text(*_SOURCE, "kind") == VM.kind == clone.text(*_TARGET, "kind")
    if both and name == clone.text(*_SOURCE, "name"):
        message = f'the target is named "{name}" like the source: the clone is refused'
        where = (clone.at(*_SOURCE, "name", note="the source"),)
        yield Problem(clone.at(*_TARGET, "name"), message, where)


def clone_source_invalid(clone: Manifest, world: World) -> Iterator[Problem]:
    """The source is no VM and no snapshot of one, or has no group; or the target is no VM."""
    if not world.behaviour.clones:
        return
    if clone.mapping(*_SOURCE):
        yield from _source_faults(clone)
    kind = clone.text(*_TARGET, "kind")
    if kind and kind != VM.kind and not holds_placeholder(kind):
        message = f'target kind "{kind}" is refused, it must be "{VM.kind}"'
        yield Problem(clone.at(*_TARGET, "kind"), message)


def clone_target_apigroup(clone: Manifest, world: World) -> Iterator[Problem]:
    """The restore that the clone makes has the target's apiGroup, and is refused without one."""
    if world.behaviour.clones and clone.mapping(*_TARGET) and not clone.get(*_TARGET, "apiGroup"):
        message = (
            f'spec.target has no apiGroup, which must be "{VM.group}": the restore that the clone '
            "makes is refused"
        )
        yield Problem(clone.at(*_TARGET, key=True), message)


def clone_volume_unsnapshottable(clone: Manifest, world: World) -> Iterator[Problem]:
    """A disk of the source cannot be snapshotted, and a clone takes all or nothing."""
    if not world.behaviour.clones or _is_done(clone):
        return
    for disk in _uncopied(clone, world):
        message = f'volume "{disk.name}" of the source cannot be cloned: {disk.reason}'
        yield Problem(clone.at(*_SOURCE, "name"), message, (disk.at,) if disk.at else ())


def mac_duplicated(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A second VM gets the MAC address of the first.

    A restore copies addresses; a clone empties those that newMacAddresses does not set
    (`generateMacAddressPatches`), so that only one set to the source's own is a second one.
    """
    if manifest.kind == CLONE.kind:
        yield from _cloned_macs(manifest, world)
        return
    it = world.restores.restoration(manifest)
    if it.relation is not Relation.NEW or it.machine is None or it.is_done:
        return
    texts = manifest.get("spec", "patches")
    changes = " ".join(t for t in (texts if isinstance(texts, list) else ()) if isinstance(t, str))
    if "macAddress" in changes or "/interfaces" in changes:
        return
    for _, mac, where in _macs(it.machine):
        message = (
            f'the new VM "{it.target_name}" gets MAC address "{mac}" of the snapshotted VM: two '
            "machines with one address cannot share a network"
        )
        yield Problem(manifest.at(*_TARGET, "name"), message, (where,))


class _Disk(NamedTuple):
    name: str
    reason: str
    at: Place | None


def _source_faults(clone: Manifest) -> Iterator[Problem]:
    kind, group = clone.text(*_SOURCE, "kind"), clone.get(*_SOURCE, "apiGroup")
    if kind and kind not in _GROUPS and not holds_placeholder(kind):
        hint = nearest_hint(kind, _GROUPS)
        message = f'source kind "{kind}" is refused, it must be one of {", ".join(_GROUPS)}{hint}'
        yield Problem(clone.at(*_SOURCE, "kind"), message)
    if clone.get(*_SOURCE, "name") == "":
        yield Problem(clone.at(*_SOURCE, "name"), "the source has an empty name")
    wanted = _GROUPS.get(kind)
    if group in (None, ""):
        which = f', which must be "{wanted}" for a {kind}' if wanted else ""
        yield Problem(clone.at(*_SOURCE, key=True), f"spec.source has no apiGroup{which}")
    elif isinstance(group, str) and wanted not in (None, group) and not holds_placeholder(group):
        message = f'apiGroup "{group}" is not that of a {kind}, "{wanted}"'
        at = clone.at(*_SOURCE, "apiGroup")
        yield Problem(at, message, severity=Severity.WARNING)


def _filter_fault(text: str) -> str:
    if text == "!":
        return '"!" negates nothing'
    if "!" in text[1:]:
        return '"!" may only stand at the beginning'
    return '"*" may only stand at the end' if "*" in text[:-1] else ""


def _is_done(clone: Manifest) -> bool:
    return clone.text("status", "phase") == "Succeeded"


def _machine(clone: Manifest, world: World) -> Manifest | None:
    """The VM that is cloned: the source itself, or the one that was snapshotted."""
    snapshot = world.find_source(SNAPSHOT, clone)
    if snapshot is not None:
        return world.evidence.machine_of(snapshot)
    return world.find_source(VM, clone)


def _uncopied(clone: Manifest, world: World) -> Iterator[_Disk]:
    """The disks that certainly stay behind."""
    vm, snapshot = world.find_source(VM, clone), world.find_source(SNAPSHOT, clone)
    for volume in world.volumes(vm) if vm is not None else ():
        if volume.included is False and volume.source in _COPIED:
            yield _Disk(volume.name, volume.reason, volume.at)
    saved = world.evidence.machine_of(snapshot) if snapshot is not None else None
    if snapshot is None or saved is None:
        return
    places = {wanted.volume: wanted for wanted in world.evidence.wanted(saved)}
    for held in world.plan(snapshot).volumes:
        wanted = places.get(held.name)
        if held.included is False and wanted is not None and wanted.source in _COPIED:
            yield _Disk(held.name, f'snapshot "{snapshot.name}" does not hold it', wanted.at)


def _macs(vm: Manifest) -> Iterator[tuple[str, str, Place]]:
    """Each interface with a fixed MAC address: its name, the address, the place."""
    for index, interface in vm.items(*_INTERFACES):
        path: tuple[Key, ...] = (*_INTERFACES, index, "macAddress")
        mac, name = vm.text(*path), interface.get("name")
        if mac and not holds_placeholder(mac) and isinstance(name, str):
            yield name, mac, vm.at(*path, note=f'interface "{name}"')


def _cloned_macs(clone: Manifest, world: World) -> Iterator[Problem]:
    vm = _machine(clone, world)
    asked = clone.mapping("spec", "newMacAddresses")
    for name, mac, where in _macs(vm) if vm is not None else ():
        wanted = asked.get(name)
        if isinstance(wanted, str) and _plain(wanted) == _plain(mac):
            message = f'interface "{name}" of the clone gets MAC address "{wanted}" of its source'
            yield Problem(clone.at("spec", "newMacAddresses", name), message, (where,))


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
