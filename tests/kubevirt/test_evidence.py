"""Plans say what is not known, and what may make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import (
    claim,
    in_namespace,
    kubevirt_cr,
    manifests_of,
    persistent_volume,
    restore,
    snap,
    snapshot_class,
    storage_class,
    the_plan,
    vm,
    volume,
)
from vmsnap_lint.core import releases
from vmsnap_lint.core.kinds import (
    DATA_VOLUME,
    PVC,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.storage import preferences
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

NONE: frozenset[str] = frozenset()
GAP = Gap('HelmRelease "x"', "its chart is elsewhere")
MAY = 'HelmRelease "x" may make it (its chart is elsewhere)'
SAVED = (storage_class(), snapshot_class())


def seen(*objects: dict[str, Any], gaps: tuple[Gap, ...] = (GAP,)) -> World:
    found = manifests_of("all.yaml", *in_namespace("lab", *objects))
    return World(Cluster(Workspace(found, gaps=gaps), releases.resolve("1.9")))


def reasons(world: World) -> tuple[str, ...]:
    (snapshot,) = world.workspace.of(SNAPSHOT)
    plan = world.plan(snapshot)
    assert plan.verdict is Verdict.UNKNOWN
    return plan.reasons


def test_a_vm_that_a_gap_may_make() -> None:
    (reason,) = reasons(seen(snap(), vm(name="other")))
    assert reason == f'VirtualMachine "web" is not in the input: {MAY}'


def test_a_vm_of_another_namespace_is_a_guess() -> None:
    (elsewhere,) = in_namespace("prod", vm())
    (reason,) = reasons(seen(snap(), elsewhere, gaps=()))
    assert reason == (
        'VirtualMachine "web" is in namespace "prod", but the snapshot is in "lab": '
        "a snapshot is of a VM of its own namespace"
    )


def test_a_snapshot_that_a_gap_may_make() -> None:
    world = seen(restore(), vm(), snap(name="other"))
    (back,) = world.workspace.of(RESTORE)
    plan = world.restores.restore_plan(back)
    assert plan.reasons == (f'VirtualMachineSnapshot "nightly" is not in the input; {MAY}',)


@pytest.mark.parametrize("kind", [STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS, PVC])
def test_what_a_volume_needs_may_be_made_by_a_gap(kind: Kind) -> None:
    objects = {STORAGE_CLASS: storage_class("near"), VOLUME_SNAPSHOT_CLASS: snapshot_class(),
               PVC: claim()}  # fmt: skip
    other_driver = snapshot_class("nas", "nfs.csi.k8s.io")
    kept = [one for of, one in objects.items() if of != kind]
    gap = GAP._replace(kinds=frozenset((kind,)))
    if kind == VOLUME_SNAPSHOT_CLASS:
        kept = [storage_class(), claim(), other_driver]
    elif kind == PVC:
        kept = [storage_class(), snapshot_class(), claim("other")]
    (reason,) = reasons(seen(snap(), vm(), *kept, gaps=(gap,)))
    assert '; HelmRelease "x" may make ' in reason


def test_a_claim_that_is_only_guessed_to_be_missing_leaves_the_verdict_open() -> None:
    (reason,) = reasons(seen(snap(), vm(volume("installer")), claim("root"), *SAVED, gaps=()))
    assert reason.endswith("without it the snapshot waits and fails")
    plan = the_plan(snap(), vm(volume("rooot")), claim("root"), *SAVED, complete=NONE)
    assert plan.verdict is Verdict.STUCK
    dumped = claim("root", metadata={"uid": "1"})
    plan = the_plan(snap(), vm(volume("installer")), dumped, *SAVED, complete=NONE)
    assert plan.verdict is Verdict.STUCK


def test_a_volume_without_csi_needs_no_class() -> None:
    bound = claim(cls="nfs", spec={"volumeName": "pv1"})
    nfs = persistent_volume("pv1", nfs={"server": "x", "path": "/"})
    plan = the_plan(snap(), vm(), bound, nfs, complete=NONE)
    assert plan.verdict is Verdict.PARTIAL
    assert "is an NFS volume, not a CSI volume" in plan.reasons[0]
    csi = persistent_volume("pv1", csi={"driver": "x", "volumeHandle": "1"})
    assert the_plan(snap(), vm(), bound, csi, complete=NONE).verdict is Verdict.UNKNOWN


def test_a_running_vm_holds_a_claim_of_an_offline_one() -> None:
    shared = claim(spec={"accessModes": ["ReadWriteMany"]})
    other = vm(name="db", strategy="Always")
    plan = the_plan(snap(), vm(), other, shared, *SAVED, complete=NONE)
    assert plan.verdict is Verdict.STUCK
    assert plan.reasons == (
        'the VM is stopped, but VM "db" runs with its PVC "root"; the snapshot waits',
    )
    halted = the_plan(snap(), vm(), vm(name="db"), shared, *SAVED, complete=NONE)
    assert halted.verdict is Verdict.COMPLETE
    online = the_plan(snap(), vm(strategy="Always"), other, shared, *SAVED, complete=NONE)
    assert online.verdict is Verdict.COMPLETE


def test_a_data_volume_of_a_gap_makes_the_claim() -> None:
    gap = GAP._replace(kinds=frozenset((DATA_VOLUME,)), names=frozenset(("root",)))
    world = seen(snap(), vm(), claim("other"), *SAVED, gaps=(gap,))
    assert reasons(world) == (
        f'volume "root": PersistentVolumeClaim "root" is not in the input; {MAY}',
    )


@pytest.mark.parametrize(
    ("preference", "unknown"),
    [
        ({"name": "windows.11"}, False),
        ({"name": "fedora"}, False),
        ({"name": "desktop"}, True),
        ({"name": "fedora", "kind": "VirtualMachinePreference"}, True),
        ({"name": "${X}"}, False),
        ({}, False),
    ],
)
def test_preferences_that_nobody_knows(preference: dict[str, str], *, unknown: bool) -> None:
    machine = vm()
    machine["spec"]["preference"] = preference
    (one,) = manifests_of("vm.yaml", machine)
    cluster = Cluster(Workspace([one]), releases.resolve("1.9"))
    assert preferences.is_unknown(cluster, one) is unknown


def test_the_gate_is_looked_at_where_every_vm_is() -> None:
    plan = the_plan(snap(), vm(), kubevirt_cr("LiveMigration"), kubevirt="1.8", complete=NONE)
    assert plan.verdict is Verdict.REJECTED
