"""The VMs in scope become what their volumes depend on: claims, classes."""

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
    """One volume of one VM that a chain starts from."""

    vm: Manifest
    volume: Volume

    @property
    def place(self) -> Place:
        """The volume, as a related place."""
        note = f'volume "{self.volume.name}" of VM "{self.vm.name}" needs it'
        return self.volume.at._replace(note=note)


class Dependents:
    """What the chains run through, each with the first volume that leads there.

    `drivers` are the provisioners of the storage classes, `chosen` those of them where no
    StorageProfile decides, so that KubeVirt picks a snapshot class by itself. `is_open` says that
    some chain ends before its driver is known.
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
        if choice is None or choice.storage_class is None:
            self.is_open = True
            return
        self.storage_classes.setdefault(choice.storage_class, link)
        driver = choice.storage_class.text("provisioner")
        if not driver or holds_placeholder(driver):
            self.is_open = True
            return
        self.drivers.setdefault(driver, link)
        if choice.profile is None:
            self.chosen.setdefault(driver, link)


class User(NamedTuple):
    """One volume of one VM that mounts a claim."""

    vm: Manifest
    position: int


class Users:
    """The VMs of a workspace, by the claims that they mount."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._of: dict[str, list[User]] = {}
        for vm in workspace.of(VM):
            for claim in references(vm, MOUNTS):
                if claim.name:
                    self._of.setdefault(claim.name, []).append(User(vm, claim.entry))

    def others(self, vm: Manifest, claim: str) -> list[User]:
        """The users of the claim that are surely other VMs of the same namespace.

        Where no namespace is set, files of one directory belong together; others may be variants.
        """
        users = self._of.get(claim, [])
        return [user for user in users if self._is_other(vm, user.vm)] if len(users) > 1 else []

    def _is_other(self, vm: Manifest, other: Manifest) -> bool:
        if other.name == vm.name or holds_placeholder(other.name):
            return False
        if not self._workspace.same_namespace(vm.namespace, other.namespace):
            return False
        return vm.namespace is not None or vm.directory == other.directory
