"""Which snapshot class takes a volume: the causes on a VM's volumes. Floor 5.

How KubeVirt chooses is vmsnap_lint.storage.classes; each rule here reports its cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import gates
from vmsnap_lint.checks.check import Check
from vmsnap_lint.checks.families import caused
from vmsnap_lint.kinds import VM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.problem import Problem
    from vmsnap_lint.world import World

__all__ = ["CHECKS"]


def ambiguous_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """Several snapshot classes fit a volume, and nothing says which to take."""
    yield from caused(vm, world, "ambiguous-class")


def class_driver_mismatch(vm: Manifest, world: World) -> Iterator[Problem]:
    """A StorageProfile names a snapshot class of another driver."""
    yield from caused(vm, world, "class-driver-mismatch")


def no_snapshot_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """No snapshot class has the driver of a volume."""
    yield from caused(vm, world, "no-snapshot-class")


def profile_dangling_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """A StorageProfile names a snapshot class that does not exist."""
    yield from caused(vm, world, "profile-dangling-class")


CHECKS: dict[str, Check] = {
    "ambiguous-class": Check(ambiguous_class, (VM,), gates.caused),
    "class-driver-mismatch": Check(class_driver_mismatch, (VM,), gates.caused),
    "no-snapshot-class": Check(no_snapshot_class, (VM,), gates.caused),
    "profile-dangling-class": Check(profile_dangling_class, (VM,), gates.caused),
}
