"""The objects that the volumes of VMs in scope depend on."""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import LONGEST_NAME, holds_placeholder
from vmsnap_lint.core.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Dependents", "Link"]


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

    def prefixed(self, driver: str) -> list[str]:
        """The drivers that differ only in the prefix that Ceph's operators add, their namespace."""
        shorter = (name for name in _endings(driver) if name in self.drivers)
        return [*shorter, *self._by_ending.get(driver, ())]

    @cached_property
    def known_drivers(self) -> Vocabulary:
        """The names of the drivers."""
        return Vocabulary(self.drivers)

    @cached_property
    def _by_ending(self) -> dict[str, list[str]]:
        """The drivers by what follows the first words of their names."""
        endings: dict[str, list[str]] = {}
        for name in self.drivers:
            for ending in _endings(name):
                endings.setdefault(ending, []).append(name)
        return endings

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


def _endings(name: str) -> Iterator[str]:
    """What follows each of the first words of a name; nothing for one that is too long."""
    for _ in range(name.count(".") if len(name) <= LONGEST_NAME else 0):
        name = name.partition(".")[2]
        yield name
