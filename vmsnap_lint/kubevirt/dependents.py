"""The objects that the volumes of VMs in scope depend on, and the users of PVCs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.references import MOUNTS, references

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.workspace import Workspace

__all__ = ["Dependents", "Link", "User", "Users"]


class Link(NamedTuple):
    """One volume of one VM, the start of a chain."""

    vm: Manifest
    volume: Volume

    @property
    def place(self) -> Place:
        """The volume, as a related place."""
        note = f'needed by volume "{self.volume.name}" of VM "{self.vm.name}"'
        return self.volume.at._replace(note=note)


class Dependents:
    """The objects of all chains, each with the first volume that needs it.

    `drivers` are the provisioners of the storage classes, `chosen` those without a StorageProfile,
    for which KubeVirt chooses the snapshot class. `is_open` is True if the driver of some chain is
    unknown.
    """

    def __init__(self, chains: Iterable[tuple[Manifest, tuple[Volume, ...]]]) -> None:
        self.data_volumes: dict[Manifest, Link] = {}
        self.storage_classes: dict[Manifest, Link] = {}
        self.snapshot_classes: dict[str, list[Link]] = {}
        self.drivers: dict[str, Link] = {}
        self.chosen: dict[str, Link] = {}
        self.is_open = False
        for vm, volumes in chains:
            for volume in volumes:
                if volume.persistent:
                    self._add(Link(vm, volume))

    def _add(self, link: Link) -> None:
        volume = link.volume
        if volume.claim is not None and volume.claim.data_volume is not None:
            self.data_volumes.setdefault(volume.claim.data_volume, link)
        if volume.snapshot_class:
            self.snapshot_classes.setdefault(volume.snapshot_class, []).append(link)
        choice = volume.choice
        storage_class = choice.storage_class if choice is not None else None
        if storage_class is not None:
            self.storage_classes.setdefault(storage_class, link)
        driver = storage_class.text("provisioner") if storage_class is not None else ""
        if not driver or holds_placeholder(driver):
            self.is_open = True
            return
        self.drivers.setdefault(driver, link)
        if choice is not None and choice.profile is None:
            self.chosen.setdefault(driver, link)


class User(NamedTuple):
    """One volume of one VM that uses a PVC."""

    vm: Manifest
    position: int


class Users:
    """The VMs of a workspace, by the PVCs that they use."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._of: dict[str, list[User]] = {}
        for vm in workspace.of(VM):
            for claim in references(vm, MOUNTS):
                if claim.name:
                    self._of.setdefault(claim.name, []).append(User(vm, claim.entry))

    def others(self, vm: Manifest, claim: str) -> list[User]:
        """The users of the PVC that are certainly other VMs of the same namespace.

        Without a namespace only files of one directory belong together; others may be variants.
        """
        users = self._of.get(claim, [])
        return [user for user in users if self._is_other(vm, user.vm)] if len(users) > 1 else []

    def _is_other(self, vm: Manifest, other: Manifest) -> bool:
        if other.name == vm.name or holds_placeholder(other.name):
            return False
        if not self._workspace.same_namespace(vm.namespace, other.namespace):
            return False
        return vm.namespace is not None or vm.directory == other.directory
