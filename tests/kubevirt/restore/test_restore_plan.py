"""A restore's plan says which claims exist afterwards, and what becomes of the others."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan, RestoreVerdict, VolumeOutcome

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: rbd}
provisioner: rbd.csi.ceph.com
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: rbd}
driver: rbd.csi.ceph.com
deletionPolicy: Delete
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: rancher.io/local-path
"""
SNAPSHOT = """
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}
"""
CONTENT = """
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshotContent
metadata: {name: kept, namespace: prod}
spec:
  virtualMachineSnapshotName: nightly
  source:
    virtualMachine:
      metadata: {name: web, namespace: prod}
      spec:
        runStrategy: Halted
        template:
          spec:
            domain: {devices: {}}
            volumes:
            - {name: root, persistentVolumeClaim: {claimName: web-root}}
            - {name: data, persistentVolumeClaim: {claimName: web-data}}
  volumeBackups:
  - volumeName: root
    persistentVolumeClaim: {metadata: {name: web-root}, spec: {}}
    volumeSnapshotName: vs-root
"""
BACKUP = """
apiVersion: backup.kubevirt.io/v1alpha1
kind: VirtualMachineBackup
metadata: {name: b1, namespace: prod}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}, pvcName: scratch}
"""
READY = """
status: {phase: Succeeded, readyToUse: true, virtualMachineSnapshotContentName: kept}
"""


def claim(name: str, storage_class: str = "rbd") -> str:
    return f"""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: {name}, namespace: prod}}
spec: {{storageClassName: {storage_class}, accessModes: [ReadWriteOnce]}}
"""


def machine(name: str = "web", strategy: str = "Halted", uid: str = "") -> str:
    return f"""
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: {name}, namespace: prod, uid: "{uid}"}}
spec:
  runStrategy: {strategy}
  template:
    spec:
      domain: {{devices: {{}}}}
      volumes:
      - {{name: root, persistentVolumeClaim: {{claimName: {name}-root}}}}
      - {{name: seed, cloudInitNoCloud: {{userData: x}}}}
"""


def restore(target: str = "web", extra: str = "", name: str = "back") -> str:
    return f"""
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineRestore
metadata: {{name: {name}, namespace: prod}}
spec:
  target: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: {target}}}
  virtualMachineSnapshotName: nightly
""" + textwrap.indent(extra, "  ")


def planned(*documents: str, release: str = "") -> RestorePlan:
    """The plan of the first restore in the documents."""
    settings = Settings(kubevirt=resolve(release) if release else None)
    text = "\n---\n".join(documents)
    return engine.plan(("-",), text.encode(), settings).restores[0]


def claims_of(plan: RestorePlan) -> dict[str, tuple[str | None, VolumeOutcome]]:
    """Claim and outcome of each volume."""
    return {volume.name: (volume.claim, volume.outcome) for volume in plan.volumes}


def test_a_restore_that_ran_says_itself_which_claim_it_made() -> None:
    made = "\nstatus: {restores: [{volumeName: other, persistentVolumeClaim: x}, %s]}\n"
    for name, expected in (("made-root", "made-root"), ("1", "restore-<uid>-root")):
        entry = f"{{volumeName: root, persistentVolumeClaim: {name}}}"
        plan = planned(*BASE, restore().rstrip() + made % entry)
        assert claims_of(plan)["root"][0] == expected


OWN_NAME = "volumeRestoreOverrides: [{volumeName: root, restoreName: copy-root}]"
STATE_CLASS = """
apiVersion: kubevirt.io/v1
kind: KubeVirt
metadata: {name: kubevirt, namespace: kubevirt}
spec:
  configuration:
    vmStateStorageClass: local
    developerConfiguration: {featureGates: [Snapshot]}
"""
TPM = machine().replace("devices: {}", "devices: {tpm: {persistent: true}}")
BASE = (CLASSES, claim("web-root"), machine(), SNAPSHOT)


@pytest.mark.parametrize(
    ("target", "extra", "expected", "ending"),
    [
        ("web", "", ("restore-<uid>-root", VolumeOutcome.CREATED), RestoreVerdict.COMPLETE),
        ("copy", "", ("restore-<uid>-root", VolumeOutcome.CREATED), RestoreVerdict.COMPLETE),
        (
            "web",
            "volumeRestorePolicy: InPlace",
            ("web-root", VolumeOutcome.OVERWRITTEN),
            RestoreVerdict.COMPLETE,
        ),
        (
            "copy",
            "volumeRestorePolicy: InPlace",
            ("web-root", VolumeOutcome.LOST),
            RestoreVerdict.LOSSY,
        ),
        (
            "copy",
            "volumeRestorePolicy: PrefixTargetName",
            ("copy-root", VolumeOutcome.CREATED),
            RestoreVerdict.COMPLETE,
        ),
        # the second restore to the same VM: the claim is there, and nothing is restored into it
        (
            "web",
            "volumeRestorePolicy: PrefixTargetName",
            ("web-root", VolumeOutcome.REUSED),
            RestoreVerdict.LOSSY,
        ),
        (
            "web",
            "volumeRestoreOverrides: [{volumeName: root, restoreName: fresh}]",
            ("fresh", VolumeOutcome.CREATED),
            RestoreVerdict.COMPLETE,
        ),
        (
            "web",
            "volumeRestoreOverrides: [{volumeName: root, restoreName: web-root}]",
            ("web-root", VolumeOutcome.REUSED),
            RestoreVerdict.LOSSY,
        ),
        (
            "copy",
            f"volumeRestorePolicy: InPlace\n{OWN_NAME}",
            ("copy-root", VolumeOutcome.CREATED),
            RestoreVerdict.COMPLETE,
        ),
    ],
)
def test_the_policy_decides_the_name_and_the_fate(
    target: str, extra: str, expected: tuple[str, VolumeOutcome], ending: RestoreVerdict
) -> None:
    plan = planned(*BASE, restore(target, extra))
    assert claims_of(plan) == {"root": expected}
    assert plan.verdict is ending


def test_what_the_snapshot_does_not_hold_is_kept_or_shared() -> None:
    documents = (CLASSES, claim("web-root", "local"), machine(), SNAPSHOT)
    kept = planned(*documents, restore())
    assert claims_of(kept) == {"root": ("web-root", VolumeOutcome.REUSED)}
    assert kept.verdict is RestoreVerdict.PARTIAL
    assert claims_of(planned(*documents, restore("copy"))) == {
        "root": ("web-root", VolumeOutcome.SHARED)
    }


def test_an_exported_content_beats_the_prediction() -> None:
    plan = planned(CLASSES, claim("web-root", "local"), SNAPSHOT + READY, CONTENT, restore("copy"))
    assert claims_of(plan) == {
        "root": ("restore-<uid>-root", VolumeOutcome.CREATED),
        "data": ("web-data", VolumeOutcome.SHARED),
    }
    assert plan.verdict is RestoreVerdict.PARTIAL


def test_two_volumes_cannot_share_a_restored_claim() -> None:
    content = CONTENT + (
        "  - volumeName: data\n"
        "    persistentVolumeClaim: {metadata: {name: web-data}, spec: {}}\n"
        "    volumeSnapshotName: vs-data\n"
    )
    overrides = (
        "volumeRestoreOverrides:\n- {volumeName: root, restoreName: one}\n"
        "- {volumeName: data, restoreName: one}"
    )
    plan = planned(SNAPSHOT + READY, content, restore("web", overrides))
    assert claims_of(plan) == {
        "root": ("one", VolumeOutcome.CREATED),
        "data": ("one", VolumeOutcome.REUSED),
    }
    assert plan.verdict is RestoreVerdict.LOSSY


@pytest.mark.parametrize(
    ("documents", "release", "ending"),
    [
        ((restore(),), "", RestoreVerdict.UNKNOWN),
        ((SNAPSHOT, restore()), "", RestoreVerdict.UNKNOWN),
        ((SNAPSHOT.replace("nightly", "weekly"), restore()), "", RestoreVerdict.STUCK),
        ((SNAPSHOT.replace("nightly", "weekly"), restore()), "1.4", RestoreVerdict.REJECTED),
        ((SNAPSHOT + "status: {phase: Failed}", restore()), "", RestoreVerdict.STUCK),
        ((SNAPSHOT + "status: {phase: Failed}", restore()), "1.4", RestoreVerdict.REJECTED),
        ((*BASE, machine("api"), restore("api")), "", RestoreVerdict.STUCK),
        ((*BASE, machine("api"), restore("api")), "1.4", RestoreVerdict.REJECTED),
        ((CLASSES, machine(strategy="Always"), SNAPSHOT, restore()), "", RestoreVerdict.STUCK),
        (
            (CLASSES, machine(strategy="Manual"), SNAPSHOT, restore()),
            "1.4.0",
            RestoreVerdict.REJECTED,
        ),
        ((*BASE, restore(extra="volumeOwnershipPolicy: VM")), "", RestoreVerdict.REJECTED),
        ((*BASE, restore(name="b"), restore(name="a")), "", RestoreVerdict.REJECTED),
        ((*BASE, restore() + "status: {complete: true}"), "", RestoreVerdict.COMPLETE),
        # the state of the TPM gets a class without snapshots
        (
            (CLASSES, STATE_CLASS, claim("web-root"), TPM, SNAPSHOT, restore()),
            "",
            RestoreVerdict.STUCK,
        ),
        (
            (*BASE, restore().replace("kind: VirtualMachine,", "kind: Pod,")),
            "",
            RestoreVerdict.REJECTED,
        ),
    ],
)
def test_the_ending(documents: tuple[str, ...], release: str, ending: RestoreVerdict) -> None:
    plan = planned(*documents, release=release)
    assert plan.verdict is ending, plan.reasons
    assert plan.reasons or ending is RestoreVerdict.COMPLETE


def test_the_outcome_does_not_depend_on_the_order_of_the_input() -> None:
    documents = (*BASE, restore(name="a"), restore(name="b"))
    text = "\n---\n".join(documents)
    turned = "\n---\n".join(reversed(documents))
    plans = [
        {plan.name: plan for plan in engine.plan(("-",), one.encode(), Settings()).restores}
        for one in (text, turned)
    ]
    assert plans[0]["a"].verdict is plans[1]["a"].verdict is RestoreVerdict.COMPLETE
    assert plans[0]["b"].verdict is plans[1]["b"].verdict is RestoreVerdict.REJECTED


@pytest.mark.parametrize(("apart", "severity"), [(False, "warning"), (True, "info")])
def test_files_of_their_own_may_be_steps_of_a_guide(
    apart: bool, severity: str, tmp_path: Path
) -> None:
    first, second = ("1.yaml", "2.yaml") if apart else ("both.yaml", "both.yaml")
    for name, text in ((first, SNAPSHOT), (second, restore())):
        with (tmp_path / name).open("a") as file:
            file.write(f"---\n{text}\n")
    settings = Settings(select=frozenset(("restore-with-snapshot",)))
    report = engine.lint((str(tmp_path),), None, settings).report
    assert [str(finding.severity) for finding in report.findings] == [severity]


def test_a_kustomization_keeps_a_restore_in_sync(tmp_path: Path) -> None:
    files = {"vm.yaml": machine(), "restore.yaml": restore()}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    settings = Settings(select=frozenset(("restore-as-desired-state",)))
    assert engine.lint((str(tmp_path),), None, settings).report.findings == ()
    (tmp_path / "kustomization.yaml").write_text("resources: [vm.yaml, restore.yaml]\n")
    (finding,) = engine.lint((str(tmp_path),), None, settings).report.findings
    assert finding.file.endswith("restore.yaml")


@pytest.mark.parametrize("odd", ["[{}]", "{a: b}", "null", "5", '""'])
def test_odd_values_where_names_and_types_belong_break_nothing(odd: str) -> None:
    lost = machine().replace("{name: seed, ", f"{{name: {odd}, ")
    ended = BACKUP + f"status: {{conditions: [{{type: {odd}, status: {odd}}}]}}\n"
    text = "\n---\n".join((CLASSES, claim("web-root", "local"), lost, SNAPSHOT, ended))
    report = engine.lint(("-",), f"{text}\n---\n{restore('copy')}".encode(), Settings()).report
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
