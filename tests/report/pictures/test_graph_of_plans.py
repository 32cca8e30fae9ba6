"""The graph of plans: each object once, with its place, and each step with its state."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from tests.builders import (
    claim,
    clone,
    content,
    data_volume,
    restore,
    saved,
    snap,
    snapshot_class,
    storage_class,
    template,
    vm,
    volume,
)
from tests.report.pictures.drawn import drawn, graph, many, plans, steps
from tests.shared import ROOT
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Judged
from vmsnap_lint.kubevirt.chain_link import ChainLink
from vmsnap_lint.kubevirt.trail import Trail
from vmsnap_lint.report.pictures.builder import GraphBuilder
from vmsnap_lint.report.pictures.chosen import broken
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.pictures.labels import boxes, fold_line, label, reason_lines
from vmsnap_lint.report.pictures.object_graph import Fold, ObjectGraph, State

if TYPE_CHECKING:
    from pathlib import Path

BASE = (storage_class(), snapshot_class(), claim(), vm(), snap())


def test_a_complete_chain_leads_to_the_snapshot_class() -> None:
    assert steps(graph(*BASE)) == {
        "VirtualMachineSnapshot nightly -> VirtualMachine web": "ok",
        "VirtualMachine web -> Volume root": "ok",
        "Volume root -> PersistentVolumeClaim root": "ok",
        "PersistentVolumeClaim root -> StorageClass fast": "ok",
        "StorageClass fast -> VolumeSnapshotClass snap": "ok",
    }


def test_each_object_has_the_line_of_its_name() -> None:
    found = graph(*BASE)
    files = {node.kind: (node.file, node.line) for node in found.nodes}
    assert files == {
        "VirtualMachineSnapshot": ("4.yaml", 1),
        "VirtualMachine": ("3.yaml", 1),
        "Volume": ("3.yaml", 1),
        "PersistentVolumeClaim": ("2.yaml", 1),
        "StorageClass": ("0.yaml", 1),
        "VolumeSnapshotClass": ("1.yaml", 1),
    }


def test_lines_of_a_tree_are_those_of_names_and_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    run = engine.plan(("examples/shop",), None, Settings())
    for node in graph_of(run.plans).nodes:
        if node.state is State.MISSING:
            assert (node.file, node.line) == ("", None)
            continue
        assert node.line is not None
        line = (ROOT / node.file).read_text().splitlines()[node.line - 1]
        assert f"name: {node.name}" in line.replace("claimName", "name"), node


@pytest.mark.parametrize(
    ("objects", "step", "state"),
    [
        ((snap("s", "wbe"), vm()), "VirtualMachineSnapshot s -> VirtualMachine wbe", "broken"),
        ((snap(), vm()), "Volume root -> PersistentVolumeClaim root", "broken"),
        (
            (snap(), vm(volume("root", dataVolume={"name": "root"}))),
            "Volume root -> DataVolume root",
            "broken",
        ),
        (
            (snap(), vm(), claim()),
            "PersistentVolumeClaim root -> StorageClass fast",
            "broken",
        ),
        (
            (snap(), vm(), claim(), storage_class()),
            'StorageClass fast -> VolumeSnapshotClass none for driver "rbd.csi.ceph.com"',
            "broken",
        ),
        (
            (snap(), vm(), claim(), storage_class(provisioner="rancher.io/local-path")),
            "PersistentVolumeClaim root -> StorageClass fast",
            "broken",
        ),
        (
            (snap(), vm(volume("seed", containerDisk={"image": "x"}))),
            "VirtualMachine web -> Volume seed",
            "skipped",
        ),
    ],
)
def test_a_chain_breaks_at_the_object_that_is_at_fault(
    objects: tuple[dict[str, object], ...], step: str, state: str
) -> None:
    assert steps(graph(*objects))[step] == state
    others = [each for name, each in steps(graph(*objects)).items() if name != step]
    assert set(others) <= {"ok"}


def test_a_broken_step_tells_the_reason() -> None:
    (step,) = [edge for edge in graph(snap(), vm(), claim()).edges if edge.state is State.BROKEN]
    assert step.reason.startswith('no StorageClass "fast"')


def test_what_the_input_does_not_show_is_unknown() -> None:
    found = graph(snap(), vm(), complete=frozenset())
    assert {node.name: node.state for node in found.nodes if node.kind.startswith("Pers")} == {
        "root": State.UNKNOWN
    }
    assert steps(found)["Volume root -> PersistentVolumeClaim root"] == "unknown"


def test_what_does_not_exist_is_missing() -> None:
    found = graph(snap("s", "wbe"), vm())
    assert [node.state for node in found.nodes if node.name == "wbe"] == [State.MISSING]


def test_a_data_volume_of_a_template_stands_in_the_vm() -> None:
    made = vm(volume("root", dataVolume={"name": "root"}), dataVolumeTemplates=[template()])
    found = graph(storage_class(), snapshot_class(), made, snap())
    (node,) = [node for node in found.nodes if node.kind == "DataVolume"]
    assert (node.name, node.file) == ("root", "2.yaml")


def test_a_data_volume_leads_to_its_claim() -> None:
    machine = vm(volume("root", dataVolume={"name": "root"}))
    found = steps(graph(storage_class(), snapshot_class(), data_volume(), claim(), machine, snap()))
    assert "DataVolume root -> PersistentVolumeClaim root" in found


def test_an_object_that_many_use_is_one_node_of_a_cluster() -> None:
    found = graph_of(many(30, broken_of=5))
    kinds = [node.kind for node in found.nodes]
    assert (kinds.count("StorageClass"), kinds.count("VolumeSnapshotClass")) == (3, 3)
    assert len({node.id for node in found.nodes}) == len(found.nodes)


def test_volumes_of_one_name_are_those_of_their_vms() -> None:
    kinds = [node.kind for node in graph_of(many(4, volumes=2)).nodes]
    assert kinds.count("Volume") == 8


def test_a_restore_leads_to_its_snapshot_its_target_and_its_claims() -> None:
    found = steps(graph(*BASE, restore()))
    assert found["VirtualMachineRestore back -> VirtualMachineSnapshot nightly"] == "ok"
    assert found["VirtualMachineRestore back -> VirtualMachine web"] == "ok"
    assert found["VirtualMachineRestore back -> PersistentVolumeClaim restore-<uid>-root"] == "ok"


def test_restores_have_new_claims_of_their_own_and_share_one_that_remains() -> None:
    left_out = storage_class("dir", "rancher.io/local-path")
    machine = vm(volume("root"), volume("data"))
    base = (*BASE[:3], left_out, claim("data", "dir"), machine, snap())
    found = graph(*base, restore(), restore("again", target="web2"))
    claims = [node for node in found.nodes if node.kind == "PersistentVolumeClaim"]
    names = sorted(node.name for node in claims)
    assert names == ["data", "restore-<uid>-root", "restore-<uid>-root", "root"]
    kept = next(node.id for node in claims if node.name == "data")
    assert sum(edge.end == kept for edge in found.edges) == 3


def test_a_restore_without_its_snapshot_is_broken_there() -> None:
    found = graph(*BASE, restore(snapshot="daily"))
    assert steps(found)["VirtualMachineRestore back -> VirtualMachineSnapshot daily"] != "ok"


def test_a_clone_leads_through_the_volumes_of_its_source() -> None:
    found = steps(graph(*BASE[:-1], clone()))
    assert found["VirtualMachineClone copy -> VirtualMachine web"] == "ok"
    assert found["StorageClass fast -> VolumeSnapshotClass snap"] == "ok"


def test_an_export_leads_to_the_claims_only() -> None:
    export = {
        "apiVersion": "export.kubevirt.io/v1beta1",
        "kind": "VirtualMachineExport",
        "metadata": {"name": "out"},
        "spec": {"source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "web"}},
    }
    found = steps(graph(*BASE[:-1], export))
    assert found["VirtualMachineExport out -> VirtualMachine web"] == "ok"
    assert found["Volume root -> PersistentVolumeClaim root"] == "ok"
    assert not any("StorageClass" in step for step in found)


def test_what_is_done_needs_its_source_no_more() -> None:
    done = clone("gone") | {"status": {"phase": "Succeeded"}}
    found = graph(*BASE[:-1], done)
    assert [node.verdict for node in found.nodes if node.verdict] == ["complete"]
    assert {node.name: node.state for node in found.nodes}["gone"] is State.OK
    assert set(steps(found).values()) == {"ok"}


def test_a_volume_that_a_finished_restore_would_lose_now_is_not_broken() -> None:
    left_out = storage_class("dir", "rancher.io/local-path")
    machine = vm(volume("root"), volume("data"))
    base = (*BASE[:3], left_out, claim("data", "dir"), machine, snap())
    done = restore() | {"status": {"complete": True}}
    (root,) = [node for node in graph(*base, done).nodes if node.kind == "VirtualMachineRestore"]
    assert root.verdict == "complete"
    found = steps(graph(*base, done))
    assert found["VirtualMachineRestore back -> PersistentVolumeClaim data"] == "skipped"
    step = "VirtualMachineRestore back -> PersistentVolumeClaim data"
    assert steps(graph(*base, restore()))[step] == "broken"


def test_a_volume_stands_at_its_name(tmp_path: Path) -> None:
    text = """apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web}
spec:
  template:
    spec:
      volumes:
      - cloudInitNoCloud:
          userData: x
        name: seed
"""
    (tmp_path / "vm.yaml").write_text(text)
    run = engine.plan((str(tmp_path),), None, Settings(all_vms=True))
    assert {node.name: node.line for node in graph_of(run.plans).nodes} == {"web": 3, "seed": 10}


def test_a_reason_with_a_long_name_is_told_to_its_end() -> None:
    name = "c" * 253
    told = "".join(reason_lines(f'StorageClass "{name}" uses "nfs", not a CSI driver; left out'))
    assert re.fullmatch(
        r'StorageClass ?"c{10,}\.\.\.c{10,}" ?uses ?"nfs", ?not ?a ?CSI ?driver', told
    )


@pytest.mark.parametrize("name", ["mermaid", "dot", "svg"])
def test_a_picture_tells_for_which_release_it_is(name: str) -> None:
    if name == "svg":
        pytest.importorskip("pygraphviz")
    of = plans(*BASE)._replace(judged=(Judged("1.7", "--kubevirt"),))
    assert re.search(r"judged for KubeVirt 1(\.|#46;)7 ", drawn(name, of))


def test_a_preview_begins_with_the_vm() -> None:
    found = graph(*BASE[:-1], all_vms=True)
    assert [(node.kind, node.verdict) for node in found.nodes if node.verdict] == [
        ("VirtualMachine", "complete")
    ]
    assert "VirtualMachine web -> Volume root" in steps(found)


def test_a_previewed_vm_tells_the_reason_that_no_step_tells() -> None:
    domain = {"devices": {"tpm": {"persistent": True}}}
    found = graph(*BASE[:3], vm(domain=domain), all_vms=True, kubevirt="1.0")
    (node,) = [node for node in found.nodes if node.verdict]
    assert node.state is State.BROKEN
    assert node.note == node.reasons[0] != ""
    assert label(node)[:3] == ("VirtualMachine", "web", f"✕ {node.verdict}")
    assert " ".join(label(node)[3:]).startswith(node.note[:60])


def test_a_taken_snapshot_leads_through_its_content() -> None:
    status = {"phase": "Succeeded", "readyToUse": True, "virtualMachineSnapshotContentName": "kept"}
    taken = snap(status=status)
    found = steps(graph(*BASE[:-1], taken, content(vm(), saved("root"))))
    assert found["Volume root -> PersistentVolumeClaim root"] == "ok"
    assert found["PersistentVolumeClaim root -> VolumeSnapshot vs-root"] == "broken"


def test_places_are_no_part_of_what_plans_are_compared_by() -> None:
    one, other = plans(*BASE), plans(vm(name="x"), *BASE)
    assert one.snapshots == other.snapshots
    first, second = one.snapshots[0].trail, other.snapshots[0].trail
    assert first.links != second.links
    assert hash(first) == hash(second)
    assert Trail() == Trail(ChainLink("Kind", None, "name"))
    assert Trail() != ()


def test_the_objects_of_a_plan_are_followed_once_and_only_when_somebody_looks() -> None:
    followed = []

    def follow() -> Trail:
        followed.append(1)
        return Trail(ChainLink("Kind", None, "name"), breaks_at="Kind", is_certain=False)

    trail = Trail.later(follow)
    assert (trail, followed) == (Trail(), [])
    assert [each.name for each in trail.links] == ["name"]
    assert (trail.breaks_at, trail.is_certain, len(followed)) == ("Kind", False, 1)


def test_the_graph_is_the_same_for_objects_in_any_order_of_a_file() -> None:
    names = sorted(steps(graph(*BASE)).items())
    shuffled = list(BASE)
    random.Random(7).shuffle(shuffled)
    assert sorted(steps(graph(*shuffled)).items()) == names


def test_an_object_that_is_written_twice_keeps_the_worse_verdict() -> None:
    builder, link = GraphBuilder(), ChainLink("VirtualMachineSnapshot", "prod", "nightly")
    builder.root(link, "", State.BROKEN, "partial", ("a disk is missing",))
    builder.root(link, "", State.OK, "complete", ())
    (node,) = builder.graph().nodes
    assert (node.state, node.verdict) == (State.BROKEN, "partial")
    builder.root(link, "", State.BROKEN, "failed", ("it fails",))
    assert builder.graph().nodes[0].reasons == ("it fails",)


def test_of_a_snapshot_without_data_no_volume_is_broken() -> None:
    disk = volume("s", containerDisk={"image": "x"})
    found = broken(graph(vm(disk), snap()))
    assert [node.kind for node in found.nodes] == ["VirtualMachineSnapshot", "VirtualMachine"]


@pytest.mark.parametrize(("number", "listed"), [(3, 3), (4, 1)])
def test_many_complete_namespaces_are_one_line(number: int, listed: int) -> None:
    folds = tuple(Fold("c", f"ns{at}", "VirtualMachineSnapshot", 5) for at in range(number))
    lines = [fold_line(fold) for box in boxes(ObjectGraph(folded=folds)) for fold in box.folded]
    assert len(lines) == listed
    whole = "20 complete snapshots in 4 namespaces"
    assert lines == ([whole] if listed == 1 else ["5 complete snapshots"] * 3)
