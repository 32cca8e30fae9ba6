"""A plan tells people, and programs, what a snapshot would hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.plans import BY_NAME, Plans, plan_json, plan_tree, render

if TYPE_CHECKING:
    from vmsnap_lint.config.output_formats import Format

PLAN = SnapshotPlan(
    namespace="prod",
    name="nightly",
    source="web",
    verdict=Verdict.PARTIAL,
    reasons=('volume "data" is left out',),
    volumes=(
        VolumePlan("虚root", "web-root", True, "ceph", "ceph-snap", "", True),
        VolumePlan("data", "web-data", False, "nfs", None, "no snapshot class", True),
        VolumePlan("spare", "elsewhere", None, None, None, "", True),
        VolumePlan("seed", None, False, None, None, "not persistent", False),
    ),
)
TREE = """\
VirtualMachineSnapshot "nightly" in namespace "prod" of VirtualMachine "web"
  partial: it becomes Ready without a persistent volume
  - volume "data" is left out
  ├─ 虚root  yes  PVC web-root -> StorageClass ceph -> VolumeSnapshotClass ceph-snap
  ├─ data    NO   PVC web-data -> StorageClass nfs
  │               no snapshot class
  ├─ spare   ?    PVC elsewhere
  └─ seed    no   not persistent
"""


def test_a_tree_shows_every_volume_with_its_chain_and_the_reason() -> None:
    assert "\n".join(plan_tree.render(Plans((PLAN,)), Look())) == TREE


def test_a_tree_can_do_without_unicode() -> None:
    lines = list(plan_tree.render(Plans((PLAN,)), Look(unicode=False)))
    assert [line[:5] for line in lines[3:8]] == ["  |- ", "  |- ", "  |  ", "  |- ", "  `- "]


def test_a_machine_is_named_as_one() -> None:
    machine = SnapshotPlan(None, "web", "web", Verdict.COMPLETE, (), ())
    assert list(plan_tree.render(Plans(vms=(machine,)), Look())) == [
        'VirtualMachine "web", snapshot preview',
        "  complete: it contains every persistent volume",
        "",
    ]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_words(verdict: Verdict) -> None:
    lines = list(plan_tree.render(Plans((SnapshotPlan(None, "s", "", verdict, (), ()),)), Look()))
    assert lines[1].startswith(f"  {verdict.value}: ")


def test_names_of_a_hostile_manifest_are_escaped() -> None:
    evil = "\x1b[2J"
    volume = VolumePlan(evil, evil, False, evil, evil, evil, True)
    plan = SnapshotPlan(evil, evil, evil, Verdict.PARTIAL, (evil,), (volume,))
    assert all(line.isprintable() for line in plan_tree.render(Plans((plan,), (plan,)), Look()))


def test_json_has_the_promised_shape() -> None:
    value = json.loads(
        "".join(
            plan_json.render(Plans((PLAN,), not_checked=(NotChecked("a.yaml", "why"),)), Look())
        )
    )
    keys = ["schema_version", "snapshots", "restores", "clones", "exports", "not_checked"]
    assert list(value) == keys
    (snapshot,) = value["snapshots"]
    assert list(snapshot) == ["namespace", "name", "source", "verdict", "reasons", "volumes"]
    assert snapshot["verdict"] == "partial"
    assert snapshot["reasons"] == ['volume "data" is left out']
    assert [volume["included"] for volume in snapshot["volumes"]] == [True, False, None, False]
    assert snapshot["volumes"][0] == {
        "name": "虚root",
        "claim": "web-root",
        "included": True,
        "storage_class": "ceph",
        "snapshot_class": "ceph-snap",
        "reason": "",
    }


def test_json_lists_machines_only_when_asked() -> None:
    value = json.loads("".join(plan_json.render(Plans(vms=(PLAN,)), Look())))
    assert [machine["name"] for machine in value["machines"]] == ["nightly"]


@pytest.mark.parametrize("row", BY_NAME.values(), ids=BY_NAME)
def test_every_format_renders_empty_plans(row: Format) -> None:
    """One that holds all of a run says so of an empty one, too; lines for people are none."""
    if row.extra:
        pytest.importorskip("pygraphviz")
    assert any(render(row.name, Plans(), Look())) == row.complete
