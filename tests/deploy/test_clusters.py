"""Directories of several clusters side by side: what one holds says nothing of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import (
    claim,
    in_namespace,
    kubevirt_cr,
    restore,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    yaml_of,
)
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.engine import PlanRun

Files = Mapping[str, tuple[dict[str, Any], ...]]

EBS = "ebs.csi.aws.com"
VM, DB, CLAIM, NIGHTLY = vm(), vm(name="db"), claim(), snap()
APP = (VM, CLAIM, NIGHTLY)
OLD, NEW = (kubevirt_cr("Snapshot", version=version) for version in ("v1.3.0", "v1.9.0"))
CLASS, LOCAL = storage_class(provisioner=EBS), storage_class(provisioner="rancher.io/local-path")


def _written(root: Path, files: Files) -> str:
    """The files, with all objects in one namespace."""
    write(root, {name: yaml_of(*in_namespace("prod", *them)) for name, them in files.items()})
    return str(root)


def _errors(root: Path, files: Files) -> set[tuple[str, str]]:
    run = engine.lint((_written(root, files),), None, Settings(online=True))
    return {
        (finding.file.removeprefix(f"{root}/"), finding.rule)
        for finding in run.report.findings
        if finding.severity is Severity.ERROR
    }


def _plans(root: Path, files: Files) -> PlanRun:
    return engine.plan((_written(root, files),), None, Settings())


SOUND: dict[str, Files] = {
    "another release": {
        "east/kubevirt.yaml": (OLD,), "east/app.yaml": APP, "west/kubevirt.yaml": (NEW,),
        "west/app.yaml": (*APP, restore(volumeRestorePolicy="InPlace")),
    },
    "a class of the same driver": {
        "east/classes.yaml": (OLD, CLASS, snapshot_class("a", EBS)), "east/app.yaml": APP,
        "west/classes.yaml": (OLD, CLASS, snapshot_class("b", EBS)), "west/app.yaml": APP,
    },
    "a class of the same name": {
        "east/classes.yaml": (LOCAL,), "east/vm.yaml": (VM,), "west/app.yaml": APP,
    },
    "a restore to a VM of the same name": {
        "east/app.yaml": APP, "east/restore.yaml": (restore(),),
        "west/app.yaml": APP, "west/restore.yaml": (restore("again"),),
    },
    "claims of the same namespace": {
        "east/app.yaml": APP, "west/app.yaml": (vm(volume("root", "disk")), NIGHTLY),
    },
    "a claim that is pending": {
        "east/app.yaml": (VM, {**CLAIM, "status": {"phase": "Pending"}}),
        "west/app.yaml": (VM, NIGHTLY),
    },
    "another VM of the namespace": {"east/app.yaml": APP, "west/app.yaml": (CLAIM, NIGHTLY, DB)},
}  # fmt: skip


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND.keys())
def test_nothing_is_held_against_one_cluster_that_another_has(files: Files, tmp_path: Path) -> None:
    assert _errors(tmp_path, files) == set()


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND.keys())
def test_each_snapshot_has_one_plan(files: Files, tmp_path: Path) -> None:
    run = _plans(tmp_path, files)
    assert len(run.plans.snapshots) == sum(NIGHTLY in objects for objects in files.values())
    assert run.report.snapshots == len(run.plans.snapshots)


def test_each_cluster_has_its_own_faults(tmp_path: Path) -> None:
    files = {
        "clusters/east/classes.yaml": (CLASS,), "clusters/east/app.yaml": APP,
        "clusters/west/classes.yaml": (LOCAL,), "clusters/west/app.yaml": APP,
    }  # fmt: skip
    assert _errors(tmp_path, files) == {("clusters/west/app.yaml", "non-csi-provisioner")}


def test_what_stands_beside_them_is_for_all(tmp_path: Path) -> None:
    files = {
        "classes.yaml": (LOCAL,), "clusters/east/app.yaml": APP, "clusters/west/app.yaml": APP,
    }  # fmt: skip
    assert _errors(tmp_path, files) == {
        ("clusters/east/app.yaml", "non-csi-provisioner"),
        ("clusters/west/app.yaml", "non-csi-provisioner"),
    }


def test_a_snapshot_beside_them_reaches_the_vm_that_only_one_has(tmp_path: Path) -> None:
    db = (vm(volume("data"), name="db"), claim("data"))
    files = {
        "clusters/east/app.yaml": (VM,), "clusters/west/app.yaml": (VM, *db, LOCAL),
        "ops/nightly.yaml": (snap(source="db"),),
    }  # fmt: skip
    assert _errors(tmp_path, files) == {("clusters/west/app.yaml", "non-csi-provisioner")}
    assert [plan.verdict for plan in _plans(tmp_path, files).plans.snapshots] == [Verdict.PARTIAL]


def test_directories_that_share_nothing_are_one_cluster(tmp_path: Path) -> None:
    files = {
        "vms/web.yaml": (VM,), "claims/root.yaml": (CLAIM,), "snapshots/nightly.yaml": (NIGHTLY,),
        "classes/fast.yaml": (CLASS,), "classes/snapshots.yaml": (snapshot_class("a", EBS),),
    }  # fmt: skip
    assert [plan.verdict for plan in _plans(tmp_path, files).plans.snapshots] == [Verdict.COMPLETE]
    wrong = {**files, "claims/root.yaml": (claim("rooot"),)}
    assert _errors(tmp_path, wrong) == {("vms/web.yaml", "claim-missing")}


def test_a_class_that_is_copied_does_not_part_what_belongs_together(tmp_path: Path) -> None:
    files = {
        "web/app.yaml": (VM, CLAIM, CLASS), "db/class.yaml": (CLASS,),
        "db/nightly.yaml": (NIGHTLY,), "db/db.yaml": (DB,),
        "db/snapshots.yaml": (snapshot_class("a", EBS),),
    }  # fmt: skip
    assert [plan.verdict for plan in _plans(tmp_path, files).plans.snapshots] == [Verdict.COMPLETE]
