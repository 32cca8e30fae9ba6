"""What fills a PVC is followed to its end, and what the input lacks decides nothing by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    claim,
    data_volume,
    in_namespace,
    manifests_of,
    pod,
    snap,
    snapshot_class,
    storage_class,
    the_plan,
    vm,
    volume,
    world,
)
from vmsnap_lint.core.kinds import DATA_VOLUME, VM
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.kubevirt.storage.claim_sources import source_cause, unread
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

Object = dict[str, Any]
ALL = frozenset(("all",))
PART: frozenset[str] = frozenset()
WEB = vm(volume("root", dataVolume={"name": "root"}))
DRIVER = "csi.example.com"
CHAIN = (storage_class(provisioner=DRIVER), snapshot_class(driver=DRIVER), WEB, snap())
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab-1", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("pvc", "snapshot", "dataSource", "name", "x")), inner)
    ),
    max_leaves=8,
)


def _clone(*, name: str = "root", status: Object | None = None, **spec: Any) -> Object:
    one = data_volume(name)
    one["spec"] = {
        **spec,
        "storage": {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"]},
    }
    return one if status is None else {**one, "status": status}


def _of_claim(source: str = "gold", **rest: Any) -> Object:
    return _clone(source={"pvc": {"name": source, "namespace": "default"}}, **rest)


def _of_data_source(name: str = "os") -> Object:
    return _clone(sourceRef={"kind": "DataSource", "name": name, "namespace": "default"})


def _data_source(name: str = "os", namespace: str = "default", **source: Any) -> Object:
    metadata = {"name": name, "namespace": namespace}
    spec = {"source": {key: {"name": value} for key, value in source.items()}}
    return {
        "apiVersion": "cdi.kubevirt.io/v1beta1",
        "kind": "DataSource",
        "metadata": metadata,
        "spec": spec,
    }


def _cron(manages: str = "os") -> Object:
    spec = {"managedDataSource": manages}
    api = "cdi.kubevirt.io/v1beta1"
    metadata = {"name": "daily", "namespace": "default"}
    return {"apiVersion": api, "kind": "DataImportCron", "metadata": metadata, "spec": spec}


def _plan(*objects: Object, kubevirt: str = "1.9", complete: frozenset[str] = ALL) -> SnapshotPlan:
    cluster = in_namespace("default", *CHAIN, *objects)
    return the_plan(*cluster, kubevirt=kubevirt, complete=complete)


def _causes(*objects: Object, complete: frozenset[str] = PART) -> list[StorageCause]:
    seen = world(in_namespace("default", *CHAIN, *objects), complete=complete)
    (machine,) = [one for one in seen.workspace.of(VM) if one.name == "web"]
    (root,) = seen.volumes(machine)
    return [cause.kind for cause in root.causes]


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ((_of_claim(),), 'no PersistentVolumeClaim "gold"'),
        ((_of_data_source(),), 'no DataSource "os"'),
        ((_of_data_source(), _data_source(pvc="gold")), 'no PersistentVolumeClaim "gold"'),
        ((_of_data_source(), _data_source(snapshot="gold")), 'no VolumeSnapshot "gold"'),
        ((_of_data_source(), _data_source(dataSource="os")), "names itself"),
        ((_of_data_source(), _data_source(dataSource="b")), 'no DataSource "b"'),
        (
            (
                _of_data_source(),
                _data_source(dataSource="b"),
                _data_source("b", dataSource="c"),
                _data_source("c", pvc="gold"),
                claim("gold"),
            ),
            "which names another one",
        ),
        ((_of_data_source(), _data_source()), "neither a PVC nor a VolumeSnapshot"),
    ],
)
def test_a_source_that_is_not_there_makes_the_snapshot_stuck(
    objects: tuple[Object, ...], told: str
) -> None:
    plan = _plan(*objects)
    assert plan.verdict.value == "stuck"
    assert told in plan.reasons[0]


@pytest.mark.parametrize(
    "objects",
    [
        (_of_claim(), claim("gold")),
        (_of_claim(), data_volume("gold")),
        (
            _of_claim(),
            vm(
                volume("gold", dataVolume={"name": "gold"}),
                name="other",
                dataVolumeTemplates=[{"metadata": {"name": "gold"}, "spec": {}}],
            ),
        ),
        (_of_data_source(), _data_source(pvc="gold"), claim("gold")),
        (
            _of_data_source(),
            _data_source(dataSource="b"),
            _data_source("b", pvc="gold"),
            claim("gold"),
        ),
        (_of_data_source(), _cron()),
        (_of_data_source(), _data_source(pvc="os-1f2e3d"), _cron()),
        (_of_claim(status={"phase": "Succeeded"}),),
        (_of_claim(status={"phase": "Succeeded"}), claim("root", status={"phase": "Bound"})),
    ],
)
def test_what_is_there_or_made_or_read_already_is_no_fault(objects: tuple[Object, ...]) -> None:
    assert StorageCause.SOURCE_MISSING not in _causes(*objects, complete=ALL)


@pytest.mark.parametrize(
    ("named", "is_misspelt"), [("fedra", True), ("fedora", False), ("fedora2", False), ("x", False)]
)
def test_a_data_source_of_almost_the_name_of_a_cron_is_misspelt(
    named: str, is_misspelt: bool
) -> None:
    objects = (_of_data_source(named), _cron("fedora"))
    kind = StorageCause.SOURCE_MISSING if is_misspelt else StorageCause.SOURCE_UNVERIFIED
    assert _causes(*objects) == [kind]
    verdict = "unknown" if is_misspelt else "complete"
    assert _plan(*objects, complete=frozenset(("StorageProfile",))).verdict.value == verdict


def test_before_1_5_the_empty_pvc_is_left_out() -> None:
    plan = _plan(_of_claim(), kubevirt="1.3")
    assert plan.verdict.value == "partial"


def test_a_guess_leaves_the_outcome_open() -> None:
    plan = _plan(_of_claim("quite-another"), claim("gold"), complete=PART)
    assert plan.verdict.value == "unknown"
    assert "quite-another" in plan.reasons[0]


def test_a_source_that_the_input_does_not_show_decides_nothing() -> None:
    elsewhere = _clone(sourceRef={"kind": "DataSource", "name": "os", "namespace": "images"})
    assert _causes(elsewhere) == [StorageCause.SOURCE_UNVERIFIED]
    assert _plan(elsewhere, complete=PART).verdict.value == "complete"


@pytest.mark.parametrize("mark", ["prePopulated", "checkStaticVolume"])
def test_what_has_its_data_needs_no_source(mark: str) -> None:
    filled = _of_claim()
    filled["metadata"]["annotations"] = {f"cdi.kubevirt.io/storage.{mark}": "root"}
    assert _causes(filled, complete=ALL) == []


@pytest.mark.parametrize(
    ("user", "waits"),
    [
        (vm(volume("gold"), name="base", strategy="Always"), True),
        (vm(volume("gold"), name="base"), False),
        (pod("gold"), True),
        (pod("gold", phase="Failed"), False),
        (pod("gold", phase="Succeeded"), False),
    ],
)
def test_cdi_waits_for_those_who_use_the_source(user: Object, waits: bool) -> None:
    plan = _plan(_of_claim(), claim("gold", status={"phase": "Bound"}), user, complete=PART)
    assert plan.verdict.value == ("unknown" if waits else "complete")


def test_who_only_reads_the_source_does_not_hold_it() -> None:
    mount = {"persistentVolumeClaim": {"claimName": "gold", "readOnly": True}}
    reader = pod("other")
    reader["spec"]["volumes"] = [{"name": "gold", **mount}]
    assert _plan(_of_claim(), claim("gold"), reader).verdict.value == "complete"


@given(ANY, ANY)
def test_no_source_is_too_odd(inside: Any, named: Any) -> None:
    one = data_volume()
    one["spec"] = {"source": inside, "sourceRef": named, "storage": {}}
    source = {**_data_source(), "spec": {"source": inside}}
    seen = world([one, source, _of_data_source()])
    for found in seen.workspace.of(DATA_VOLUME):
        reference = unread(seen.cluster, found)
        if reference is not None:
            source_cause(seen.cluster, reference, found)


def test_ten_thousand_that_name_each_other_take_no_time() -> None:
    count = 10_000
    sources = [_data_source(f"s{n}", dataSource=f"s{(n + 1) % count}") for n in range(count)]
    clones = [
        _clone(name=f"d{n}", sourceRef={"kind": "DataSource", "name": f"s{n}"})
        for n in range(count)
    ]
    machine = vm(*(volume(f"d{n}", dataVolume={"name": f"d{n}"}) for n in range(count)))
    objects = in_namespace("default", machine, snap(), *sources, *clones)
    parts = (objects[at : at + 500] for at in range(0, len(objects), 500))
    manifests = [one for part in parts for one in manifests_of("all.yaml", *part)]
    seen = World(Cluster(Workspace(manifests)))
    (found,) = seen.workspace.of(VM)
    start = time.process_time()
    blocked = sum(one.blocks for one in seen.volumes(found))
    assert blocked == count
    assert time.process_time() - start < 5
