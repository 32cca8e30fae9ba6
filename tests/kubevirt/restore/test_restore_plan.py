"""A restore's plan says which claims exist afterwards, and what becomes of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import (
    backup,
    claim,
    content,
    in_namespace,
    kubevirt_cr,
    restore,
    saved,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    yaml_of,
)
from tests.files import write
from tests.shared import SHARED, needs_shared
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan, VolumeOutcome
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Finding

Object = dict[str, Any]

CLASSES = (storage_class(), snapshot_class(), storage_class("local", "rancher.io/local-path"))
SEED = volume("seed", cloudInitNoCloud={"userData": "x"})
READY = snap(
    status={
        "phase": "Succeeded", "readyToUse": True, "virtualMachineSnapshotContentName": "kept",
    },
)  # fmt: skip
FAILED = snap(status={"phase": "Failed"})


def machine(name: str = "web", **rest: Any) -> Object:
    """A VM whose claim is not named like its volume."""
    return vm(volume("root", f"{name}-root"), SEED, name=name, **rest)


def kept(*backups: Object) -> Object:
    """The content of the snapshot of a VM with two claims."""
    two = vm(volume("root", "web-root"), volume("data", "web-data"))
    return content(*in_namespace("prod", two), *backups)


def renamed(**claims: str) -> Object:
    """The overrides that give the volumes these claims."""
    overrides = [{"volumeName": name, "restoreName": claim} for name, claim in claims.items()]
    return {"volumeRestoreOverrides": overrides}


def text_of(*objects: Object) -> str:
    return yaml_of(*in_namespace("prod", *objects))


def planned(*objects: Object, release: str = "") -> dict[str, RestorePlan]:
    """The plans of the restores among the objects, by their names."""
    settings = Settings(kubevirt=resolve(release) if release else None)
    run = engine.plan(("-",), text_of(*objects).encode(), settings)
    return {plan.name: plan for plan in run.plans.restores}


def claims_of(plan: RestorePlan) -> dict[str, tuple[str | None, VolumeOutcome]]:
    """Claim and outcome of each volume."""
    return {volume.name: (volume.claim, volume.outcome) for volume in plan.volumes}


def findings_of(rule: str, path: Path) -> tuple[Finding, ...]:
    settings = Settings(select=frozenset((rule,)))
    return engine.lint((str(path),), None, settings).report.findings


BASE = (*CLASSES, claim("web-root"), machine(), snap())
IN_PLACE = {"volumeRestorePolicy": "InPlace"}
PREFIX = {"volumeRestorePolicy": "PrefixTargetName"}


@pytest.mark.parametrize(
    ("name", "expected"), [("made-root", "made-root"), (1, "restore-<uid>-root")]
)
def test_a_restore_that_ran_says_itself_which_claim_it_made(name: object, expected: str) -> None:
    made = [
        {"volumeName": "other", "persistentVolumeClaim": "x"},
        {"volumeName": "root", "persistentVolumeClaim": name},
    ]
    plans = planned(*BASE, restore(status={"restores": made}))
    assert claims_of(plans["back"])["root"][0] == expected


@pytest.mark.parametrize(
    ("target", "spec", "claim_name", "outcome", "verdict"),
    [
        ("web", {}, "restore-<uid>-root", "created", "complete"),
        ("copy", {}, "restore-<uid>-root", "created", "complete"),
        ("web", IN_PLACE, "web-root", "overwritten", "complete"),
        ("copy", IN_PLACE, "web-root", "lost", "partial"),
        ("copy", PREFIX, "copy-root", "created", "complete"),
        # the second restore to the same VM: the claim is there, and nothing is restored into it
        ("web", PREFIX, "web-root", "reused", "partial"),
        ("web", renamed(root="fresh"), "fresh", "created", "complete"),
        ("web", renamed(root="web-root"), "web-root", "reused", "partial"),
        ("copy", IN_PLACE | renamed(root="copy-root"), "copy-root", "created", "complete"),
    ],
)
def test_the_policy_decides_the_name_and_the_outcome(
    target: str, spec: Object, claim_name: str, outcome: str, verdict: str
) -> None:
    plan = planned(*BASE, restore(target=target, **spec))["back"]
    assert claims_of(plan) == {"root": (claim_name, VolumeOutcome(outcome))}
    assert plan.verdict is Verdict(verdict)


def test_what_the_snapshot_does_not_hold_is_kept_or_shared() -> None:
    objects = (*CLASSES, claim("web-root", "local"), machine(), snap())
    same = planned(*objects, restore())["back"]
    assert claims_of(same) == {"root": ("web-root", VolumeOutcome.REUSED)}
    assert same.verdict is Verdict.PARTIAL
    copy = planned(*objects, restore(target="copy"))["back"]
    assert claims_of(copy) == {"root": ("web-root", VolumeOutcome.SHARED)}


def test_an_exported_content_beats_the_prediction() -> None:
    objects = (*CLASSES, claim("web-root", "local"), READY, kept(saved("root", "web-root")))
    plan = planned(*objects, restore(target="copy"))["back"]
    assert claims_of(plan) == {
        "root": ("restore-<uid>-root", VolumeOutcome.CREATED),
        "data": ("web-data", VolumeOutcome.SHARED),
    }
    assert plan.verdict is Verdict.PARTIAL


def test_two_volumes_cannot_share_a_restored_claim() -> None:
    both = kept(saved("root", "web-root"), saved("data", "web-data"))
    plan = planned(READY, both, restore(**renamed(root="one", data="one")))["back"]
    assert claims_of(plan) == {
        "root": ("one", VolumeOutcome.CREATED),
        "data": ("one", VolumeOutcome.REUSED),
    }
    assert plan.verdict is Verdict.PARTIAL


TPM = machine(domain={"devices": {"tpm": {"persistent": True}}})
STATE_WITHOUT_SNAPSHOTS = kubevirt_cr("Snapshot", vmStateStorageClass="local")
VERDICTS = {
    "no snapshot and no VM": ((restore(),), "", "unknown"),
    "a snapshot of no VM": ((snap(), restore()), "", "unknown"),
    "another snapshot": ((snap("weekly"), restore()), "", "stuck"),
    "another snapshot, checked": ((snap("weekly"), restore()), "1.4", "rejected"),
    "a failed snapshot": ((FAILED, restore()), "", "stuck"),
    "a failed snapshot, to a new VM": ((FAILED, restore(target="copy")), "", "rejected"),
    "a failed snapshot, checked": ((FAILED, restore()), "1.4", "rejected"),
    "another VM": ((*BASE, machine("api"), restore(target="api")), "", "stuck"),
    "another VM, checked": ((*BASE, machine("api"), restore(target="api")), "1.4", "rejected"),
    "a VM that runs": ((*CLASSES, machine(strategy="Always"), snap(), restore()), "", "stuck"),
    "a VM that may run, checked": (
        (*CLASSES, machine(strategy="Manual"), snap(), restore()), "1.4.0", "rejected",
    ),
    "no such ownership": ((*BASE, restore(volumeOwnershipPolicy="VM")), "", "rejected"),
    "the first of two restores": ((*BASE, restore("b"), restore("a")), "", "complete"),
    "a restore that is done": ((*BASE, restore(status={"complete": True})), "", "complete"),
    "a state whose class has no snapshots": (
        (*CLASSES, STATE_WITHOUT_SNAPSHOTS, claim("web-root"), TPM, snap(), restore()), "", "stuck",
    ),
    "a target that is a Pod": ((*BASE, restore(target_kind="Pod")), "", "rejected"),
}  # fmt: skip


@pytest.mark.parametrize(("objects", "release", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict(objects: tuple[Object, ...], release: str, verdict: str) -> None:
    plan = next(iter(planned(*objects, release=release).values()))
    assert plan.verdict is Verdict(verdict), plan.reasons
    assert plan.reasons or plan.verdict is Verdict.COMPLETE


def test_of_two_restores_the_one_that_is_applied_later_is_rejected() -> None:
    objects = (*BASE, restore("a"), restore("b"))
    for first, second, plans in (
        ("a", "b", planned(*objects)), ("b", "a", planned(*reversed(objects))),
    ):  # fmt: skip
        assert plans[first].verdict is Verdict.COMPLETE
        assert plans[second].verdict is Verdict.REJECTED


def test_a_restore_that_is_rejected_itself_is_in_nobodys_way() -> None:
    first = restore("a", volumeOwnershipPolicy="VM")
    plans = planned(*BASE, first, restore("b"), restore("c"))
    verdicts = [str(plans[name].verdict.value) for name in "abc"]
    assert verdicts == ["rejected", "complete", "rejected"]


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({"both.yaml": text_of(snap(), restore())}, "warning"),
        ({"1.yaml": text_of(snap()), "2.yaml": text_of(restore())}, "info"),
    ],
    ids=["together", "apart"],
)
def test_files_of_their_own_may_be_steps_of_a_guide(
    files: dict[str, str], severity: str, tmp_path: Path
) -> None:
    write(tmp_path, files)
    found = findings_of("restore-with-snapshot", tmp_path)
    assert [str(finding.severity) for finding in found] == [severity]


def test_a_kustomization_keeps_a_restore_in_sync(tmp_path: Path) -> None:
    write(tmp_path, {"vm.yaml": text_of(machine()), "restore.yaml": text_of(restore())})
    assert findings_of("restore-as-desired-state", tmp_path) == ()
    write(tmp_path, {"kustomization.yaml": "resources: [vm.yaml, restore.yaml]\n"})
    (finding,) = findings_of("restore-as-desired-state", tmp_path)
    assert finding.file.endswith("restore.yaml")


@pytest.mark.parametrize("odd", [[{}], {"a": "b"}, None, 5, ""], ids=json.dumps)
def test_odd_values_where_names_and_types_belong_break_nothing(odd: object) -> None:
    nameless = vm(volume("root", "web-root"), {**SEED, "name": odd})
    ended = backup(status={"conditions": [{"type": odd, "status": odd}]})
    objects = (*CLASSES, claim("web-root", "local"), nameless, snap(), ended)
    text = text_of(*objects, restore(target="copy"))
    report = engine.lint(("-",), text.encode(), Settings()).report
    assert "restore-shares-volume" in {finding.rule for finding in report.findings}


@needs_shared
def test_probes_of_restores_are_judged_as_the_webhooks_judge_them() -> None:
    """Alone, and with the objects that the webhooks were given as existing."""
    probes = SHARED / "probes"
    context = (probes / "context-cluster.yaml").read_text()
    differing = []
    for line in (probes / "verdicts.jsonl").read_text().splitlines():
        verdict = json.loads(line)
        if not verdict["file"].startswith(("restore-", "clone-", "export-", "backup-")):
            continue
        text = (probes / verdict["file"]).read_text()
        if _refuses(text) is verdict["accepted"]:
            differing.append(verdict["file"])
        within = text.replace("metadata:\n", "metadata:\n  namespace: default\n", 1)
        existing = verdict.get("withContext")
        if existing and _refuses(f"{within}\n---\n{context}") is existing[0]["accepted"]:
            differing.append(f"{verdict['file']} with context")
    assert differing == []


def _refuses(text: str) -> bool:
    report = engine.lint(("-",), text.encode(), Settings()).report
    return any(str(finding.severity) == "error" for finding in report.findings)
