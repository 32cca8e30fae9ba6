"""What expressions read is what the table of the model promises, or unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    claim,
    clone,
    data_volume,
    in_namespace,
    restore,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    world,
)
from tests.checks.by_policy.judging import judged, policy, verdict
from tests.properties import examples
from vmsnap_lint.checks.by_policy.evidence import Evidence
from vmsnap_lint.checks.by_policy.matching import JUDGED
from vmsnap_lint.checks.by_policy.policy_findings import judged_by_policies
from vmsnap_lint.config.policies.verdict_model import (
    FIELDS,
    KEYS,
    MAPS,
    SUBJECTS,
    TYPES,
    variables_of,
)
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.deploy.units import Unit

pytest.importorskip("cel_expr_python")

EXPORT = {
    "apiVersion": "export.kubevirt.io/v1",
    "kind": "VirtualMachineExport",
    "metadata": {"name": "out"},
    "spec": {
        "ttlDuration": "2h",
        "source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "web"},
    },
}
DISK = (storage_class(), snapshot_class(), claim())
WHOLE = (vm(), *DISK, snap(), restore(), clone(), EXPORT)
EVERYTHING = FIELDS | {field.name for fields in SUBJECTS.values() for field in fields}
WANTED = EVERYTHING | {"cluster", "snapshots"}
SCALARS = {"bool": bool, "int": int, "string": str}


def assert_typed(value: Any, kind: str, *, whole: bool) -> None:
    """Whether a value has the fields of its type, all of them if `whole`, and their types."""
    if kind in SCALARS:
        assert type(value) is SCALARS[kind]
    elif kind.startswith("list("):
        for item in value:
            assert_typed(item, kind[5:-1], whole=whole)
    elif kind.startswith("map("):
        assert all(isinstance(text, str) for item in value.items() for text in item)
    else:
        fields = {field.name: field.type for field in TYPES[kind]}
        fields |= {name + KEYS: fields[name] for name in MAPS & fields.keys()}
        assert value.keys() == fields.keys() if whole else value.keys() <= fields.keys()
        for name, below in value.items():
            assert_typed(below, fields[name], whole=whole)


@pytest.mark.parametrize("kind", JUDGED, ids=[kind.kind for kind in JUDGED])
@pytest.mark.parametrize("raw", [True, False])
def test_the_variables_have_the_fields_and_types_of_the_model(kind: Any, raw: bool) -> None:
    seen = world(in_namespace("prod", *WHOLE))
    (subject,) = seen.workspace.of(kind)
    values = Evidence(seen, WANTED, raw=raw).variables(subject, WANTED)
    assert values.keys() == variables_of(kind.kind).keys()
    for name, value in values.items():
        # a restored PVC has a name with the UID of its restore
        is_certain = name not in ("plan", "cluster") or kind in JUDGED[:2]
        assert_typed(value, variables_of(kind.kind)[name], whole=is_certain)


@pytest.mark.parametrize("kind", JUDGED, ids=[kind.kind for kind in JUDGED])
def test_of_nothing_but_the_object_much_is_unknown_and_nothing_is_wrong(kind: Any) -> None:
    alone = next(each for each in WHOLE if each["kind"] == kind.kind)
    seen = world([alone], complete=frozenset())
    (subject,) = seen.workspace.of(kind)
    for name, value in Evidence(seen, WANTED, raw=False).variables(subject, WANTED).items():
        assert_typed(value, variables_of(kind.kind)[name], whole=False)


FACTS = [
    ("vm", "vm.exists && vm.name == 'web' && vm.namespace == 'prod'"),
    ("vm", "vm.runStrategy == 'Halted' && !vm.running"),
    ("vm", "plan.complete && plan.known && plan.verdict == 'complete' && plan.reasons.size() == 0"),
    ("vm", "vm.volumes.size() == 1 && vm.volumes[0].name == 'root'"),
    ("vm", "plan.volumes.all(v, v.persistent && v.included && v.claim == 'root')"),
    ("vm", "vm.volumes.all(v, v.size == 1 * Gi && v.accessModes == ['ReadWriteOnce'])"),
    (
        "vm",
        "vm.volumes.all(v, v.volumeMode == 'Filesystem' && v.source == 'persistentVolumeClaim')",
    ),
    ("vm", "plan.volumes.all(v, v.storageClass.provisioner == 'rbd.csi.ceph.com')"),
    (
        "vm",
        "plan.volumes.all(v, v.storageClass.reclaimPolicy == 'Delete' && v.storageClass.exists)",
    ),
    ("vm", "plan.volumes.all(v, v.snapshotClass.name == 'snap' && v.snapshotClass.exists)"),
    ("vm", "plan.volumes.all(v, v.snapshotClass.deletionPolicy == 'Delete')"),
    ("vm", "snapshots.map(s, s.name) == ['nightly'] && snapshots.all(s, s.plan.complete)"),
    ("vm", "cluster.major == 1 && cluster.minor == 9 && cluster.name == ''"),
    ("vm", "cluster.release.startsWith('1.9') && cluster.complete == ['all']"),
    ("vm", "!has(vm.labels.tier) && !('tier' in vm.labels) && vm.annotations.size() == 0"),
    ("snapshot", "snapshot.sourceKind == 'VirtualMachine' && snapshot.sourceName == vm.name"),
    ("snapshot", "!has(snapshot.failureDeadline) && snapshot.failureDeadline == ''"),
    ("snapshot", "!snapshot.online && plan.complete && snapshot.plan == plan"),
    ("snapshot", "snapshots.size() == 1 && snapshots[0].name == snapshot.name"),
    ("restore", "restore.targetName == vm.name && restore.targetKind == 'VirtualMachine'"),
    ("restore", "restore.snapshotName == snapshot.name && snapshot.exists"),
    ("restore", "!has(restore.targetReadinessPolicy) && restore.patches == []"),
    ("restore", "plan.volumes.all(v, v.outcome == 'created' && v.sourceClaim == 'root')"),
    ("clone", "clone.sourceName == vm.name && !snapshot.exists && clone.targetName == ''"),
    ("export", "export.sourceKind == 'VirtualMachine' && !has(export.tokenSecretRef)"),
    ("export", "duration(export.ttlDuration) < duration('24h') && plan.volumes.all(v, v.included)"),
]


def test_the_facts_of_a_whole_cluster_are_known() -> None:
    """All in one process, which takes longer to start than to answer."""
    seen = world(in_namespace("prod", *WHOLE))
    subjects = tuple(one for kind in JUDGED for one in seen.workspace.of(kind))
    texts = [(kind, text) for kind, fact in FACTS for text in (fact, f"!({fact})")]
    policies = [policy(text, kind)._replace(id=f"p{at}") for at, (kind, text) in enumerate(texts)]
    found = judged_by_policies(policies, [Unit(("",), subjects, ())], [seen])
    assert found.not_checked == ()
    unmet = {rule for rule, _ in found.problems}
    assert [at for at in range(len(texts)) if f"policy/p{at}" in unmet] == [
        *range(1, len(texts), 2)
    ]


UNKNOWN = frozenset[str]()
LATER = vm(metadata={"labels": {"tier": "${TIER}", "app": "web"}})
OPEN = [
    # what the input does not show
    ("plan.complete", [vm(), snap()]),
    ("!plan.complete", [vm(), snap()]),
    ("plan.verdict == 'complete'", [vm()]),
    ("plan.volumes.all(v, v.snapshotClass.deletionPolicy == 'Retain')", [vm()]),
    ("vm.volumes.all(v, v.size < 100 * Gi)", [vm()]),
    ("vm.running", [vm(strategy="Manual")]),
    ("!vm.running", [vm(strategy="Manual")]),
    ("vm.runStrategy == 'Halted'", [vm(strategy="${STRATEGY}")]),
    # what a templating tool writes
    ("vm.labels.tier == 'gold'", [LATER]),
    ("vm.labels.tier != 'gold'", [LATER]),
    ("has(vm.labels.tier) && vm.labels.tier == 'gold'", [LATER]),
    ("'tier' in vm.labels && vm.labels['tier'] in ['gold', 'silver']", [LATER]),
    ("vm.labels.exists(key, vm.labels[key] == 'gold')", [LATER]),
    ("vm.labels.?tier.orValue('none') == 'gold'", [LATER]),
    ("vm.labels[?'tier'].orValue('none') == 'gold'", [LATER]),
    ("vm.labels.owner == 'us' || vm.labels.tier == 'gold'", [LATER]),
    ("duration(vm.labels.tier) < duration('1h')", [LATER]),
    ("vm.labels.tier.matches('^g')", [LATER]),
    (
        "plan.volumes.all(v, v.snapshotClass.parameters.pool == 'a')",
        [vm(), storage_class(), snapshot_class() | {"parameters": {"pool": "${POOL}"}}, claim()],
    ),
    ("vm.name == 'web'", [vm(name="${NAME}")]),
    ("vm.namespace == 'prod'", [vm(metadata={"namespace": "${NS}"})]),
    ("vm.labels.size() == 0", [vm(metadata={"labels": {"${KEY}": "a"}})]),
    ("snapshots.size() == 0", [vm(), snap(source="${NAME}")]),
    ("snapshots.size() > 0", [vm(), snap(source="${NAME}")]),
    ("snapshots.all(s, s.name == 'a')", [vm(), snap(source="${NAME}")]),
    ("size(snapshots) >= 3", [vm(), snap(), snap("b", "${NAME}")]),
    ("snapshots.size() == 3", [vm(), snap(), snap("b", "${NAME}")]),
]


@pytest.mark.parametrize(("require", "objects"), OPEN)
def test_what_rests_on_unknown_evidence_is_unknown(require: str, objects: list[Any]) -> None:
    assert verdict(policy(require), objects, complete=UNKNOWN) == "unknown"


DECIDED = [
    ("plan.complete || vm.name == 'web'", [vm()], "met"),
    ("plan.complete && vm.name == 'other'", [vm()], "unmet"),
    ("plan.known", [vm()], "unmet"),
    ("plan.known && plan.complete", [vm()], "unmet"),
    ("vm.labels.app == 'web'", [LATER], "met"),
    ("vm.labels.app == 'db'", [LATER], "unmet"),
    ("'tier' in vm.labels || true", [LATER], "met"),
    ("has(vm.labels.tier)", [LATER], "met"),
    ("vm.labels.size() == 3", [LATER], "unmet"),
    ("vm.labels.owner == 'us'", [LATER], "unmet"),
    ("'tier' in vm.labels && vm.labels.app == 'db'", [LATER], "unmet"),
    ("snapshots.exists(s, s.name == 'nightly')", [vm(), snap(), snap("b", "${NAME}")], "met"),
    ("snapshots.all(s, s.name == 'a')", [vm(), snap(), snap("b", "${NAME}")], "unmet"),
    ("vm.volumes.exists(v, v.name == 'root')", [vm()], "met"),
    ("vm.volumes.all(v, v.persistent)", [vm(volume("cd", containerDisk={"image": "x"}))], "unmet"),
    ("plan.volumes.size() == 0", [vm(volume("cd", containerDisk={"image": "x"}))], "met"),
]


@pytest.mark.parametrize(("require", "objects", "expected"), DECIDED)
def test_what_the_rest_decides_is_known(require: str, objects: list[Any], expected: str) -> None:
    assert verdict(policy(require), objects, complete=UNKNOWN) == expected


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("vm.labels.tier == 'gold'", "unmet"),
        ("has(vm.labels.tier) && vm.labels.tier == 'gold'", "unmet"),
        ("duration(vm.name) > duration('1m')", "unmet"),
        ("vm.volumes[3].persistent", "unmet"),
    ],
)
def test_an_expression_that_fails_on_what_is_known_is_not_met(require: str, expected: str) -> None:
    assert verdict(policy(require), [vm()], complete=UNKNOWN) == expected


def test_an_object_that_is_absent_for_certain_has_no_values() -> None:
    absent = (
        "!vm.exists && vm.name == '' && vm.volumes == [] && !vm.running && vm.labels.size() == 0"
    )
    objects = [restore(target="gone"), snap(), vm(), *DISK]
    assert verdict(policy(absent, "restore"), objects) == "met"
    assert verdict(policy("vm.exists", "restore"), [restore()], complete=UNKNOWN) == "unknown"


def test_what_cdi_decides_of_a_data_volume_is_unknown() -> None:
    disks = [vm(volume("root", dataVolume={"name": "root"})), data_volume(), *DISK[:2]]
    modes = "vm.volumes.all(v, v.accessModes == ['ReadWriteOnce'])"
    assert verdict(policy(modes), disks) == "unknown"
    assert verdict(policy("vm.volumes.all(v, v.size == 1 * Gi)"), disks) == "met"


def test_snapshots_that_were_taken_count() -> None:
    taken = {**snap(), "status": {"readyToUse": True, "indications": ["Online"]}}
    assert verdict(policy("snapshots.size() == 1"), [vm(), *DISK, taken]) == "met"
    assert verdict(policy("snapshot.online", "snapshot"), [vm(), *DISK, taken]) == "met"


def test_a_vm_that_is_defined_twice_has_the_same_snapshots() -> None:
    twice = [vm(), vm(strategy="Always"), snap()]
    found = judged(policy("snapshots.size() == 1"), *twice, complete=UNKNOWN)
    assert (found.unmet, found.unknown) == ([], {})
    assert judged(policy("snapshots.size() == 0"), *twice, complete=UNKNOWN).unmet == ["web", "web"]


def test_many_snapshots_of_a_vm_are_each_made_once() -> None:
    objects = in_namespace("prod", vm(), *DISK, *(snap(f"s{at}") for at in range(50)))
    seen = world(objects)
    evidence = Evidence(seen, WANTED, raw=False)
    made = {id(one) for each in seen.workspace.of(JUDGED[1])
            for one in evidence.variables(each, {"snapshots"})["snapshots"]}  # fmt: skip
    assert len(made) == 50
    assert seen.workspace.of(VM)


ODD: list[Any] = [
    None,
    "",
    "${X}",
    "x",
    0,
    1.5,
    True,
    [],
    [None],
    ["x", 3],
    {},
    {"": None},
    {"a": "b"},
]
NAMES: list[Any] = [{"a": 1}, "${X}", None, 3, ["root"], "root"]
ODD += [[{"name": name, "persistentVolumeClaim": {"claimName": "root"}}] for name in NAMES]
ODD += [[{"name": "root", "persistentVolumeClaim": {"claimName": name}}] for name in NAMES]
ODD += [[{"name": "root", "persistentVolumeClaim": name}] for name in NAMES]
CORNERS: list[tuple[str, ...]] = [
    ("spec",), ("spec", "source"), ("spec", "source", "name"), ("spec", "target"),
    ("spec", "failureDeadline"), ("spec", "patches"), ("spec", "virtualMachineSnapshotName"),
    ("spec", "template"), ("spec", "template", "spec", "volumes"), ("spec", "runStrategy"),
    ("spec", "running"), ("spec", "resources"), ("spec", "accessModes"), ("spec", "volumeMode"),
    ("spec", "storageClassName"), ("metadata", "labels"), ("metadata", "annotations"),
    ("metadata", "namespace"), ("metadata", "name"), ("status",), ("status", "indications"),
    ("provisioner",), ("parameters",), ("deletionPolicy",), ("driver",), ("reclaimPolicy",),
]  # fmt: skip


def _bent(objects: list[Any], corner: tuple[str, ...], value: Any) -> Any:
    """The objects, each with this value at this path."""
    bent = json.loads(json.dumps(objects))
    for whole in bent:
        part: Any = whole
        for step in corner[:-1]:
            part = part.setdefault(step, {}) if isinstance(part, dict) else {}
        if isinstance(part, dict):
            part[corner[-1]] = value
    return bent


@examples(120)
@given(st.sampled_from(CORNERS), st.sampled_from(ODD), st.booleans())
def test_malformed_objects_have_values_of_the_right_types(
    corner: tuple[str, ...], value: Any, raw: bool
) -> None:
    seen = world(_bent(in_namespace("prod", *WHOLE), corner, value), complete=frozenset())
    evidence = Evidence(seen, WANTED, raw=raw)
    for kind in JUDGED:
        for subject in seen.workspace.of(kind):
            for name, made in evidence.variables(subject, WANTED).items():
                assert_typed(made, variables_of(kind.kind)[name], whole=False)
            assert json.dumps(evidence.variables(subject, WANTED))


def test_a_name_that_the_cluster_makes_up_is_unknown() -> None:
    made_up = clone() | {"metadata": {"generateName": "copy-"}}
    found = judged(policy("clone.name.startsWith('copy-')", "clone"), vm(), made_up)
    assert not found.unmet
    assert list(found.unknown.values()) == ['the input does not show "name"']
