"""A verdict is never softer than the findings, and what makes it worse is a finding or counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    DEFAULT,
    RBD,
    claim,
    content,
    data_volume,
    kubevirt_cr,
    persistent_volume,
    pod,
    profile,
    saved,
    snap,
    snapshot_class,
    storage_class,
    template,
    vm,
    vmi,
    volume,
    world,
)
from tests.expectations import run_of, settings_of
from tests.properties import examples
from tests.shared import SHARED
from vmsnap_lint import engine
from vmsnap_lint.checks import all_checks, catalog
from vmsnap_lint.checks.causes import RULE_OF
from vmsnap_lint.checks.cross_object import duplicate_object, reference_unverified
from vmsnap_lint.checks.runner import problems_in
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import kinds
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.kubevirt.storage.chain_objects import chain_of
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

# Causes whose warnings do not say that a snapshot fails or lacks data.
HARMLESS = {
    SnapshotCause.CLAIM_HELD,  # the rule also tells of VMs that share a PVC and are both stopped
    SnapshotCause.DEADLINE_PASSED,  # the rule also tells of deadlines that are only short
    SnapshotCause.REVISION_MISSING,  # the rule also tells of what only a start of the VM needs
    SnapshotCause.VM_BUSY,  # snapshots are taken one after the other
    StorageCause.DEFAULT_CLASS,  # of several the newest is used
}
# The data is there, only a restore fails.
OF_RESTORES = {SnapshotCause.CONTENT_ENTRY_UNUSABLE}
OF_DATA = {RULE_OF[cause] for cause in (*SnapshotCause, *StorageCause) if cause not in OF_RESTORES}
EXCUSED = {(RULE_OF[cause], Severity.WARNING) for cause in HARMLESS}
OF_SHAPE = {RULE_OF[cause] for cause in (*RejectionCause, *SchemaFault)}


def severity(rule_id: str, given: Severity | None) -> Severity:
    return given if given is not None else catalog.rule(rule_id).severity


def around(seen: World, snapshot: Manifest) -> Iterator[Manifest]:
    """The snapshot, what it depends on, and what was made for it."""
    yield snapshot
    source = seen.source(snapshot)
    made = seen.evidence.content(snapshot)
    if not isinstance(made, Absence):
        yield made
        for backup in status.backups(made):
            if found := seen.find(kinds.VOLUME_SNAPSHOT, backup.snapshot, made):
                yield found
    if status.is_taken(snapshot):
        return
    if not isinstance(source, Absence):
        yield from chain_of(seen.cluster, source, seen.volumes(source))
        if found := seen.find(kinds.VMI, source.name, source):
            yield found
    yield from seen.workspace.of(kinds.KUBEVIRT)


def softer(seen: World, snapshot: Manifest) -> list[str]:
    """The findings that a verdict of complete contradicts."""
    if seen.plan(snapshot).verdict is not Verdict.COMPLETE:
        return []
    near = list(dict.fromkeys(around(seen, snapshot)))
    exported = {manifest for manifest in near if manifest.is_export}
    wrong = []
    for rule_id, problem in problems_in(near, seen, OF_DATA | OF_SHAPE):
        level = severity(rule_id, problem.severity)
        if level is Severity.INFO or (rule_id, level) in EXCUSED:
            continue
        if rule_id in OF_DATA:
            wrong.append(f"{level}[{rule_id}]: {problem.message}")
            continue
        at = None if isinstance(problem.at, SourceSpan) else problem.at.manifest
        if level is Severity.ERROR and at not in exported:  # what a cluster has was accepted there
            wrong.append(f"{level}[{rule_id}]: {problem.message}")
    return wrong


def unexplained(seen: World, snapshot: Manifest) -> list[str]:
    """The reasons of a verdict that is worse than complete and that no finding shows."""
    plan = seen.plan(snapshot)
    shown = plan.verdict in (Verdict.COMPLETE, Verdict.EMPTY)
    if shown or (status.is_taken(snapshot) and plan.verdict is Verdict.UNKNOWN):
        return []
    if any(
        one.cause is SnapshotCause.SOURCE_OF_PLACEHOLDER for one in seen.outcomes.blockers(snapshot)
    ):
        return []  # a rule about files tells of it
    near = [*dict.fromkeys(around(seen, snapshot)), *seen.workspace.of(kinds.KUBEVIRT)]
    found = [
        *problems_in(near, seen, all_checks()),
        *reference_unverified(seen),
        *duplicate_object(seen),
    ]
    return [] if found else [plan.verdict.value, *plan.reasons]


def judged(worlds: tuple[World, ...]) -> Iterator[tuple[World, Manifest]]:
    for seen in worlds:
        for snapshot in seen.workspace.of(kinds.SNAPSHOT):
            yield seen, snapshot


@pytest.mark.parametrize("rule_id", rule_ids())
def test_the_examples_of_a_card_are_planned_as_they_are_judged(rule_id: str) -> None:
    rule = catalog.rule(rule_id)
    for example in (*rule.bad, *rule.good):
        run = run_of(example, settings_of(example)._replace(allow_empty=True, online=True))
        for seen, snapshot in judged(run.worlds):
            assert softer(seen, snapshot) == [], example
            assert unexplained(seen, snapshot) == [], example


@pytest.mark.skipif(not (SHARED / "truth").is_dir(), reason="the data is not beside this checkout")
def test_the_states_of_clusters_are_planned_as_they_are_judged() -> None:
    settings = Settings(complete=frozenset(("all",)), kubevirt=Release.parse("1.9.0"), online=True)
    for state in json.loads((SHARED / "truth" / "random.json").read_text()):
        run = engine.lint(("-",), state["yaml"].encode(), settings)
        for seen, snapshot in judged(run.worlds):
            assert softer(seen, snapshot) == [], state["id"]
            assert unexplained(seen, snapshot) == [], state["id"]


# --- generated clusters

Object = dict[str, Any]
DELETED = {"deletionTimestamp": "2026-05-01T10:00:00Z"}
CEPH = {"clusterID": "a", "csi.storage.k8s.io/snapshotter-secret-name": "s"}
PROVISIONERS = (
    RBD, "efs.csi.aws.com", "rancher.io/local-path", "csi.example.com", "kubernetes.io/aws-ebs",
    "csi.hetzner.cloud", "HX-CSI",
)  # fmt: skip


def maybe(*objects: Object) -> st.SearchStrategy[list[Object]]:
    """One of the objects, or none."""
    return st.sampled_from([[], *([one] for one in objects)])


classes = st.lists(
    st.builds(
        lambda name, provisioner, mode, cluster: storage_class(
            name, provisioner, volumeBindingMode=mode, parameters=cluster
        ),
        st.sampled_from(["fast", "slow"]),
        st.sampled_from(PROVISIONERS),
        st.sampled_from(["Immediate", "WaitForFirstConsumer"]),
        st.sampled_from([{}, {"clusterID": "a"}]),
    ),
    max_size=2,
    unique_by=lambda one: str(one["metadata"]["name"]),
)
snapshot_classes = st.lists(
    st.builds(
        lambda name, driver, marked, parameters: {
            **snapshot_class(name, driver, marked), **parameters,
        },
        st.sampled_from(["one", "two"]),
        st.sampled_from(PROVISIONERS),
        st.sampled_from([{}, {DEFAULT: "true"}, {DEFAULT: "false"}]),
        st.sampled_from([{}, {"parameters": CEPH}, {"parameters": {"clusterID": "b"}}, {"x": 1}]),
    ),
    max_size=2,
    unique_by=lambda one: str(one["metadata"]["name"]),
)  # fmt: skip
claims = maybe(
    claim(), claim(cls=None), claim(cls=""), claim(cls="slow"), claim(cls="gone"),
    claim(status={"phase": "Bound"}), claim(cls=None, status={"phase": "Bound"}),
    claim(status={"phase": "Pending"}), claim(metadata=DELETED, status={"phase": "Bound"}),
    claim("data"), data_volume(), data_volume(status={"phase": "ImportInProgress"}),
    claim(spec={"volumeName": "pv"}, status={"phase": "Bound"}), claim(spec={"accessModes": "x"}),
)  # fmt: skip
machines = st.builds(
    lambda volumes, rest, domain, metadata: vm(
        *volumes, domain=domain, metadata=metadata, **rest
    ),
    st.sampled_from([
        [volume("root")], [volume("root"), volume("data")],
        [volume("dump", memoryDump={"claimName": "root"}), volume("data")],
        [volume("cd", containerDisk={"image": "fedora"})],
        [volume("root", dataVolume={"name": "root"})],
    ]),
    st.sampled_from([
        {}, {"strategy": "Manual"}, {"strategy": "RerunOnFailure"}, {"running": True},
        {"strategy": "Stopped"}, {"dataVolumeTemplates": [template()]},
        {"status": {"snapshotInProgress": "gone"}}, {"status": {"printableStatus": "Running"}},
        {"status": {"printableStatus": "Stopped"}},
    ]),
    st.sampled_from([
        {"devices": {}}, {"devices": {"tpm": {"persistent": True}}},
        {"devices": {}, "firmware": {"bootloader": {"efi": {"persistent": True}}}},
    ]),
    st.sampled_from([{}, {}, DELETED]),
)  # fmt: skip
snapshots = st.sampled_from([
    snap(), snap(failureDeadline="1ms"), snap(failureDeadline="5"), snap(source="wbe"),
    snap(metadata={"namespace": "other"}),
    snap(status={"phase": "InProgress", "readyToUse": False}),
    snap(status={"phase": "Failed"}),
    snap(status={"phase": "Succeeded", "readyToUse": True,
                 "virtualMachineSnapshotContentName": "kept"}),
    snap(status={"phase": "Succeeded", "readyToUse": False,
                 "virtualMachineSnapshotContentName": "gone"}),
    snap(status={"phase": "InProgress", "conditions": [
        {"type": "Progressing", "status": "False", "reason": "Source not locked x"}]}),
])  # fmt: skip
others = st.tuples(
    maybe(profile(status={"snapshotClass": "one"}), profile(spec={"snapshotClass": "one"}),
          profile(spec={"snapshotClass": "gone"}), profile(status={"snapshotClass": "gone"})),
    maybe(persistent_volume("pv", csi={"driver": RBD}), persistent_volume("pv", nfs={}),
          persistent_volume("pv", csi={"driver": "csi.example.com"})),
    maybe(vmi(), vmi(phase="Succeeded")),
    maybe(pod("root"), pod("data", phase="Failed")),
    maybe(vm(name="db"), vm(name="db", strategy="Always"), vm(name="db", strategy="Manual")),
    maybe(kubevirt_cr(), kubevirt_cr("Snapshot"), kubevirt_cr(version="1.8.0")),
    maybe(content(vm(), saved("root")), content(vm(), saved("other")), content(vm())),
).map(lambda groups: [one for group in groups for one in group])  # fmt: skip
releases = st.sampled_from(["0.36", "0.58", "1.0", "1.3", "1.4.0", "1.5.0", "1.8", "1.9"])
complete = st.sampled_from([frozenset[str](), frozenset(("all",))])


clusters = st.tuples(
    classes, snapshot_classes, claims, machines.map(lambda one: [one]), others,
    snapshots.map(lambda one: [one]),
).map(lambda groups: [one for group in groups for one in group])  # fmt: skip


@examples(600)
@given(clusters, releases, complete)
def test_a_verdict_is_never_softer_than_the_findings(
    objects: list[Object], kubevirt: str, known: frozenset[str]
) -> None:
    seen = world(objects, kubevirt, known)
    seen.policy = seen.policy._replace(online=True)
    for _, one in judged((seen,)):
        assert softer(seen, one) == []
        assert unexplained(seen, one) == []
