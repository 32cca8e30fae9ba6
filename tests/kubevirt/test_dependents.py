"""What the chains of snapshotted VMs run through, and who else uses a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders import (
    RBD,
    claim,
    data_volume,
    in_namespace,
    profile,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    world,
)
from vmsnap_lint.core.kinds import VM

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.world import World

PART: frozenset[str] = frozenset()


def others(seen: World, name: str = "web") -> set[str]:
    (mine, *_) = [one for one in seen.workspace.of(VM) if one.name == name]
    sharing = seen.users_of_claims.others(mine, "root")
    return {user.vm.name for user in sharing.first} if sharing is not None else set()


def test_only_what_a_snapshot_needs_is_reached() -> None:
    needed = [storage_class(), claim(), vm(), snap(), snapshot_class()]
    rest = [storage_class("slow", "x.csi"), claim("other", "slow"), vm(volume("other"), name="db")]
    reach = world(needed + rest).dependents
    assert set(reach.drivers) == set(reach.chosen) == {RBD}
    assert [one.name for one in reach.storage_classes] == ["fast"]
    assert [link.vm.name for link in reach.snapshot_classes["snap"]] == ["web"]
    assert not reach.is_open


def test_without_a_snapshot_nothing_is_reached() -> None:
    reach = world([storage_class(), claim(), vm(), snapshot_class()]).dependents
    assert (reach.drivers, reach.storage_classes, reach.is_open) == ({}, {}, False)


def test_a_chain_without_its_class_is_open() -> None:
    assert world([claim(), vm(), snap()], complete=PART).dependents.is_open
    assert world([claim(), vm(), snap(), storage_class(provisioner="${P}")]).dependents.is_open


def test_where_a_profile_decides_kubevirt_does_not_choose() -> None:
    objects = [storage_class(), claim(), vm(), snap(), snapshot_class()]
    reach = world([*objects, profile(status={"snapshotClass": "snap"})]).dependents
    assert set(reach.drivers) == {RBD}
    assert reach.chosen == {}


def test_the_data_volumes_of_reached_vms_are_reached() -> None:
    mounted = vm(volume("root", dataVolume={"name": "root"}))
    reach = world([data_volume(), data_volume("other"), mounted, snap()]).dependents
    assert [one.name for one in reach.data_volumes] == ["root"]


def test_another_vm_of_the_namespace_uses_the_claim() -> None:
    both = in_namespace("prod", vm(), vm(name="db"))
    assert others(world(both, complete=PART)) == {"db"}
    assert others(world([both[0], *in_namespace("test", vm(name="db"))])) == set()


def test_a_second_definition_of_the_same_vm_is_no_other_vm() -> None:
    assert others(world([vm(), vm(strategy="Always")], complete=PART)) == set()


def test_without_namespaces_only_one_directory_belongs_together() -> None:
    both = [vm(), vm(name="db")]
    assert others(world(both, complete=PART, folders=("a", "a"))) == {"db"}
    assert others(world(both, complete=PART, folders=("a", "b"))) == set()
