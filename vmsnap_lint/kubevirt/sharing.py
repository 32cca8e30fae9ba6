"""Which VMs use one PVC, and whether any of them can write to it."""

from __future__ import annotations

from itertools import islice

from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import MOST_NAMES, MOST_PLACES, quoted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.run_state import is_online
from vmsnap_lint.objects.references import MOUNTS, VOLUMES, references

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

    _Group = tuple[str, str | None, str | None]
    _Disks = dict[str, list[tuple[int, dict[str, Any]]]]

__all__ = ["Sharing", "User", "Users"]

_MOST_KEPT = 16
_DISKS = ("spec", "template", "spec", "domain", "devices", "disks")


class User(NamedTuple):
    """One volume of one VM that uses a PVC."""

    vm: Manifest
    position: int


class Sharing(NamedTuple):
    """The other VMs that use a PVC: the first three of their volumes, and their names in words.

    `read_only` is True where none of them can write to it, `may_run` where one is not surely off.
    """

    first: tuple[User, ...]
    names: str
    read_only: bool
    may_run: bool


class Users:
    """The VMs of a cluster, by the PVCs that they use; each PVC and each VM is looked at once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._home = cluster.workspace.home
        self._unset = self._home(None)
        self._groups: dict[_Group, list[User]] = {}
        self._totals: dict[_Group, _Total] = {}
        self._disks: dict[Manifest, _Disks] = {}
        self._last: Manifest | None = None
        self._shares = False
        for vm in cluster.workspace.of(VM):
            if not holds_placeholder(vm.name):
                for claim in references(vm, MOUNTS):
                    self._add(User(vm, claim.entry), claim.name)

    def _add(self, user: User, claim: str) -> None:
        home = self._home(user.vm.namespace)
        if not claim:
            return
        self._groups.setdefault((claim, home, None), []).append(user)
        if home == self._unset:  # only without a namespace does the directory matter
            self._groups.setdefault((claim, home, user.vm.directory), []).append(user)

    def others(self, vm: Manifest, claim: str) -> Sharing | None:
        """The users of the PVC that are certainly other VMs of the same namespace, if any.

        Without a namespace only files of one directory belong together; others may be variants.
        """
        directory = vm.directory if vm.namespace is None else None
        group = (claim, self._home(vm.namespace), directory)
        users = self._groups.get(group, ())
        if not users or (len(users) == 1 and users[0].vm is vm):
            return None
        if group not in self._totals:
            self._totals[group] = _Total.of(
                (user, self.reads_only(user), is_online(self._cluster, user.vm) is not False)
                for user in users
            )
        return self._totals[group].without(vm.name)

    def reads_only(self, user: User) -> bool:
        """Whether the volume is read-only, by its PVC or by its disk."""
        volume = user.vm.mapping(*VOLUMES, user.position)
        if user.vm.get(*VOLUMES, user.position, "persistentVolumeClaim", "readOnly") is True:
            return True
        disks = self._disks_of(user.vm).get(str(volume.get("name")), ())
        disk = next((disk for _, disk in disks), {})
        drive = disk.get("cdrom")
        if "cdrom" in disk:
            return not (isinstance(drive, dict) and drive.get("readonly") is False)
        buses = (disk.get("disk"), disk.get("lun"))
        return any(isinstance(bus, dict) and bus.get("readonly") is True for bus in buses)

    def shareable(self, vm: Manifest, volume: str) -> Place | None:
        """The place where the disk of that volume is set to shareable."""
        if vm is not self._last:
            disks = vm.items(*_DISKS)
            self._last, self._shares = vm, any("shareable" in disk for _, disk in disks)
        for index, disk in self._disks_of(vm).get(volume, ()) if self._shares else ():
            if disk.get("shareable") is True:
                return vm.at(*_DISKS, index, "shareable")
        return None

    def _disks_of(self, vm: Manifest) -> _Disks:
        """The disks of a VM by their volumes, each with its index."""
        if vm not in self._disks:
            if len(self._disks) >= _MOST_KEPT:
                self._disks.clear()  # each is asked for several times in a row
            disks: _Disks = {}
            for index, disk in vm.items(*_DISKS):
                disks.setdefault(str(disk.get("name")), []).append((index, disk))
            self._disks[vm] = disks
        return self._disks[vm]


class _Total(NamedTuple):
    """All users of a PVC: their names, the first three of each name, who may write, who may run."""

    names: list[str]
    known: frozenset[str]
    first: list[User]
    writers: frozenset[str]
    runners: frozenset[str]

    @classmethod
    def of(cls, users: Iterable[tuple[User, bool, bool]]) -> _Total:
        """The sum of the users, each with whether it only reads, and whether it may run."""
        counts: dict[str, int] = {}
        writers, runners, first = set(), set(), []
        for user, reads_only, may_run in users:
            name = user.vm.name
            counts[name] = counts.get(name, 0) + 1
            if counts[name] <= MOST_PLACES:
                first.append(user)
            if not reads_only:
                writers.add(name)
            if may_run:
                runners.add(name)
        known = frozenset(counts)
        return cls(sorted(counts), known, first, frozenset(writers), frozenset(runners))

    def without(self, name: str) -> Sharing | None:
        """The users but for VMs of that name; None where there are no others."""
        others = [other for other in self.names[: MOST_NAMES + 1] if other != name]
        if not others:
            return None
        first = islice((user for user in self.first if user.vm.name != name), MOST_PLACES)
        names = quoted(others, len(self.names) - (name in self.known))
        writers, runners = (
            len(others) - (name in others) for others in (self.writers, self.runners)
        )
        return Sharing(tuple(first), names, writers == 0, runners > 0)
