"""Feature gates: which are off, for which objects, and how certain that is."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    backup,
    claim,
    clone,
    kubevirt_cr,
    manifests_of,
    restore,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    world,
)
from vmsnap_lint.core import releases
from vmsnap_lint.core.feature_gates import FEATURE_GATES
from vmsnap_lint.core.kinds import (
    BACKUP,
    CLONE,
    EXPORT,
    HYPERCONVERGED,
    KUBEVIRT,
    RESTORE,
    SNAPSHOT,
    VM,
    Kind,
)
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.admission.gates import gate_off, gate_problem, needed_at
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

GATES = {gate.name: gate for gate in FEATURE_GATES}
DEVICES = {"devices": {"disks": [{"name": "root", "disk": {}}, {"name": "iso", "cdrom": {}}]}}


def _export(source: str = "PersistentVolumeClaim") -> dict[str, Any]:
    return {
        "apiVersion": "export.kubevirt.io/v1beta1",
        "kind": "VirtualMachineExport",
        "metadata": {"name": "out"},
        "spec": {"source": {"apiGroup": "", "kind": source, "name": "root"}},
    }


def _hyperconverged(gates: object, **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "hco.kubevirt.io/v1beta1",
        "kind": "HyperConverged",
        "metadata": {"name": "hc", "annotations": annotations},
        "spec": {"featureGates": gates},
    }


def _off(*objects: dict[str, Any], kubevirt: str = "1.8") -> set[str]:
    """The gates that are off and that one of the objects needs."""
    seen = world(objects, kubevirt)
    kinds = [Kind(*kind) for kind in seen.workspace.kinds()]
    manifests = list(chain.from_iterable(map(seen.workspace.of, kinds)))
    return {
        name
        for name, gate in GATES.items()
        if gate_problem(seen.cluster, gate) and any(any(needed_at(gate, m)) for m in manifests)
    }


@pytest.mark.parametrize(
    ("spec", "needed", "off_in", "on_in"),
    [
        (vm(volume("root", hostDisk={"path": "/a"})), "HostDisk", "0.31 1.0 1.9", ""),
        (vm(domain={"devices": {"tpm": {"persistent": True}}}), "VMPersistentState", "1.0 1.5",
         "0.59 1.6"),
        (vm(domain={"devices": {"tpm": {"persistent": False}}}), "", "", "1.5"),
        (vm(domain=DEVICES), "DeclarativeHotplugVolumes", "1.6 1.8", "1.5 1.9"),
        (vm(strategy="WaitAsReceiver"), "DecentralizedLiveMigration", "1.6 1.9", "1.5"),
        (vm(volume("root", dataVolume={"name": "root", "hotpluggable": True})), "HotplugVolumes",
         "0.36 1.8", "1.9"),
        (vm(domain={"devices": {"filesystems": [{"name": "root", "virtiofs": {}}]}}),
         "EnableVirtioFsStorageVolumes", "1.5 1.9", "1.4"),
        (vm(domain={"devices": {"disks": [{"name": "root", "lun": {"reservation": True}}]}}),
         "PersistentReservation", "1.0 1.8", "0.59 1.9"),
        (_export(), "VMExport", "0.55 1.3 1.8", "1.9"),
        (_export("VirtualMachineTemplate"), "OCIExport", "1.9", ""),
        (backup(), "IncrementalBackup", "1.8 1.9", "1.7"),
    ],
)  # fmt: skip
def test_what_needs_a_gate(spec: dict[str, Any], needed: str, off_in: str, on_in: str) -> None:
    for release in off_in.split():
        assert needed in _off(kubevirt_cr("Snapshot"), spec, kubevirt=release), release
        assert needed not in _off(kubevirt_cr("Snapshot", needed), spec, kubevirt=release), release
    for release in on_in.split():
        assert needed not in _off(kubevirt_cr("Snapshot"), spec, kubevirt=release), release


def test_a_strategy_of_1_4_needs_two_gates() -> None:
    machine = vm()
    machine["spec"]["updateVolumesStrategy"] = "Migration"
    both = {"VolumesUpdateStrategy", "VolumeMigration"}
    assert _off(kubevirt_cr("Snapshot"), machine, kubevirt="1.4") == both
    assert _off(kubevirt_cr("VolumeMigration"), machine, kubevirt="1.4") == {
        "VolumesUpdateStrategy"
    }
    assert _off(kubevirt_cr("Snapshot"), machine, kubevirt="1.5") == set()


def test_a_drive_with_a_volume_is_not_empty() -> None:
    machine = vm(volume("root"), volume("iso"), domain=DEVICES)
    assert "DeclarativeHotplugVolumes" not in _off(kubevirt_cr(), machine)
    unknown = vm(volume("root"), volume("${ISO}"), domain=DEVICES)
    assert "DeclarativeHotplugVolumes" not in _off(kubevirt_cr(), unknown)


def test_what_is_disabled_is_off_unless_it_is_listed_or_available_to_all() -> None:
    machine = vm(domain=DEVICES)
    developer = {"disabledFeatureGates": ["DeclarativeHotplugVolumes", "VMExport"]}
    off = kubevirt_cr(developerConfiguration=developer)
    assert _off(off, machine, _export(), kubevirt="1.9") == {"DeclarativeHotplugVolumes"}
    listed = {**developer, "featureGates": ["DeclarativeHotplugVolumes"]}
    on = kubevirt_cr(developerConfiguration=listed)
    assert _off(on, machine, _export(), kubevirt="1.9") == set()


def test_one_kubevirt_object_that_has_it_on_is_enough() -> None:
    assert _off(kubevirt_cr(), kubevirt_cr("VMExport"), _export()) == set()


def test_a_config_map_counts_as_long_as_it_did() -> None:
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kubevirt-config"},
        "data": {"feature-gates": "Snapshot, HostDisk"},
    }
    machine = vm(volume("root", hostDisk={"path": "/a"}))
    assert _off(kubevirt_cr(), config, machine, kubevirt="0.47") == set()
    assert _off(kubevirt_cr(), config, machine, kubevirt="0.49") == {"HostDisk"}


def test_what_the_operator_always_sets_is_on() -> None:
    tpm = vm(domain={"devices": {"tpm": {"persistent": True}}})
    assert _off(_hyperconverged({}), tpm, _export(), kubevirt="1.3") == set()


@pytest.mark.parametrize(
    ("gates", "off"),
    [
        ({}, True),
        (None, True),
        ({"incrementalBackup": False}, True),
        ({"incrementalBackup": True}, False),
        ({"incrementalBackup": "${ON}"}, False),
        ("${GATES}", False),
        ([], True),
        ([{"name": "IncrementalBackup"}], False),
        ([{"name": "incrementalBackup", "state": "Disabled"}], True),
        ([{"name": "incrementalBackup", "state": "Enabled"}], False),
    ],
)
def test_the_gates_of_hyperconverged(gates: object, off: bool) -> None:
    assert ("IncrementalBackup" in _off(_hyperconverged(gates), backup())) is off


def test_a_patch_of_hyperconverged_may_set_any_gate() -> None:
    key = "kubevirt.kubevirt.io/jsonpatch"
    patch = '[{"op": "add", "path": "/spec/configuration/...", "value": "HostDisk"}]'
    machine = vm(volume("root", hostDisk={"path": "/a"}))
    assert _off(_hyperconverged({}), machine) == {"HostDisk"}
    assert _off(_hyperconverged({}, **{key: patch}), machine) == set()


def test_a_kubevirt_object_counts_more_than_its_operator() -> None:
    assert _off(_hyperconverged({}), kubevirt_cr("IncrementalBackup"), backup()) == set()
    assert _off(_hyperconverged({"incrementalBackup": True}), kubevirt_cr("Snapshot"), backup())


def _severities(*objects: dict[str, Any]) -> dict[str, Severity | None]:
    """The severities of the problems where the release is not known."""
    known = world(objects)
    unknown = World(Cluster(known.workspace))
    problems = {name: gate_problem(unknown.cluster, gate) for name, gate in GATES.items()}
    return {name: problem.severity for name, problem in problems.items() if problem}


def test_without_a_release_it_is_certain_only_if_no_recent_one_has_it_on() -> None:
    severities = _severities(kubevirt_cr("LiveMigration"))
    assert severities["HostDisk"] is None
    assert severities["IncrementalBackup"] is None
    assert severities["Snapshot"] is Severity.WARNING
    assert severities["VMExport"] is Severity.WARNING
    assert "VMPersistentState" not in severities
    assert "Template" not in severities


def test_an_object_that_says_nothing_of_gates_proves_nothing() -> None:
    seen = world([{**kubevirt_cr(), "spec": {"imageTag": "v1.6.2"}}, _export()], "1.6")
    (export,) = seen.workspace.of(EXPORT)
    problem = gate_off(seen.cluster, export)
    assert problem is not None
    assert problem.severity is Severity.INFO


def test_where_the_gate_is_off_and_what_is_needed() -> None:
    seen = world([kubevirt_cr("Snapshot"), backup(), vm(volume("a", hostDisk={}))], "1.8")
    (owner,), (taken,), (machine,) = map(seen.workspace.of, (KUBEVIRT, BACKUP, VM))
    problem = gate_off(seen.cluster, taken)
    assert problem is not None
    assert problem.at[0] is owner
    assert problem.severity is None
    assert problem.message == (
        'feature gate "IncrementalBackup" is not listed: every backup and tracker is rejected'
    )
    (place,) = needed_at(GATES["HostDisk"], machine)
    assert place.path == ("spec", "template", "spec", "volumes", 0, "hostDisk")
    assert gate_off(seen.cluster, owner) is None


def test_every_gate_was_there_before_it_was_on() -> None:
    for gate in FEATURE_GATES:
        deciding = [*filter(gate.decides.hold, map(releases.resolve, releases.known()))]
        assert deciding, gate.name
        assert all(gate.decides.hold(r) for r in deciding if gate.on.hold(r)), gate.name


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["featureGates", "name", "state", "disks"]), inner)
    ),
    max_leaves=8,
)


@given(_JSON, _JSON, _JSON)
def test_no_type_makes_it_fail(gates: object, spec: object, domain: object) -> None:
    machine = {**vm(), "spec": {"template": {"spec": {"domain": domain, "volumes": spec}}}}
    owner = {**kubevirt_cr(), "spec": {"configuration": {"developerConfiguration": gates}}}
    for one in (owner, _hyperconverged(gates)):
        _off(one, machine, kubevirt="1.8")
    assert HYPERCONVERGED.kind == "HyperConverged"


CHAIN = (storage_class(), snapshot_class(), claim(status={"phase": "Bound"}))
HOST_DISK = volume("scratch", hostDisk={"path": "/data/x.img", "type": "Disk"})


@pytest.mark.parametrize(
    ("gates", "metadata", "verdict"),
    [
        (["Snapshot"], {}, "unknown"),
        (["Snapshot", "HostDisk"], {}, "complete"),
        (["Snapshot"], {"uid": "5a1f"}, "complete"),  # the cluster had accepted it
    ],
)
def test_a_snapshot_of_a_vm_that_a_gate_refuses(
    gates: list[str], metadata: dict[str, Any], verdict: str
) -> None:
    machine = vm(volume("root"), HOST_DISK, metadata=metadata)
    objects = (*CHAIN, kubevirt_cr(*gates), machine, snap())
    (plan,) = (seen.plan(one) for seen in (world(objects, "1.8"),) for one in _snapshots(seen))
    assert plan.verdict is Verdict(verdict)
    assert any("hostDisk" in reason for reason in plan.reasons) == (verdict == "unknown")


def test_what_kustomize_completes_is_a_doubt() -> None:
    objects = (*CHAIN, vm(volume("root")), snap(), restore(), clone(), _export())
    found = [*manifests_of("all.yaml", *objects), *manifests_of("base/kv.yaml", kubevirt_cr())]
    workspace = Workspace(found, frozenset(("all",)))
    for files, verdict in (((), "rejected"), (("base/kv.yaml",), "unknown")):
        later = frozenset[str](files)
        seen = World(Cluster(workspace, releases.resolve("1.8"), rendered_later=later))
        verdicts = {
            *(seen.plan(one).verdict for one in _snapshots(seen)),
            *(seen.restores.restore_plan(one).verdict for one in seen.workspace.of(RESTORE)),
            *(seen.copies.clone_plan(one).verdict for one in seen.workspace.of(CLONE)),
            *(seen.copies.export_plan(one).verdict for one in seen.workspace.of(EXPORT)),
        }
        assert verdicts == {Verdict(verdict)}


def _snapshots(seen: World) -> list[Manifest]:
    return seen.workspace.of(SNAPSHOT)
