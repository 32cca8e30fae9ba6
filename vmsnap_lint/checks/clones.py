"""Clones that are rejected or fail, and MAC addresses that two VMs get.

The causes come from vmsnap_lint.kubevirt.copies.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import copy_blockers, rows
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import CLONE, RESTORE
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.restore.subject import Relation
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

    _Mac = tuple[str, str, Place]

__all__ = ["CHECKS"]

_TARGET = ("spec", "target")
_INTERFACES = ("spec", "template", "spec", "domain", "devices", "interfaces")
_NEW_MACS = ("spec", "newMacAddresses")


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
    for name, mac, where in _macs(world.copies.cloned_vm(clone)):
        new_mac = clone.text(*_NEW_MACS, name)
        if _plain(new_mac) == _plain(mac):
            message = f'interface "{name}" of the clone gets MAC address "{new_mac}" of its source'
            yield Problem(clone.at(*_NEW_MACS, name), message, (where,))


def _plain(mac: str) -> str:
    return mac.lower().replace(":", "").replace("-", "")


# rules of other families
_ELSEWHERE = (
    CloneCause.NAME_COLLISION, CloneCause.PATCH_COLON, CloneCause.PATCH_INAPPLICABLE,
    CloneCause.PATCH_PATH,
)  # fmt: skip
CHECKS: dict[str, Check] = {
    **rows((CLONE,), copy_blockers, (cause for cause in CloneCause if cause not in _ELSEWHERE)),
    "mac-duplicated": Check(mac_duplicated, (CLONE, RESTORE)),
}
