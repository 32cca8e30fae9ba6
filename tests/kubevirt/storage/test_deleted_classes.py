"""The deletion of a class since a revision explains the volumes that are left out without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import profile, yaml_of
from tests.repositories import CHAIN, CLASS, commit, git
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

RULE = frozenset(("needed-class-deleted",))
OTHER = CLASS.replace("ceph-snap", "other-snap")


def messages(tree: Path, files: dict[str, str], *deleted: str) -> list[str]:
    """The messages of the rule after the chain and these files lost the deleted ones."""
    commit(tree, CHAIN | files)
    git(tree, "tag", "base")
    for name in deleted:
        (tree / name).unlink()
    settings = Settings(select=RULE, since="base")
    report = engine.lint((".",), None, settings).report
    return [f"{finding.file}: {finding.message}" for finding in report.findings]


def lost(kind: str, name: str) -> str:
    what = 'volume "rootdisk" of VirtualMachine "web" in namespace "prod"'
    return f'{kind} "{name}" is deleted since base: new snapshots leave out {what}'


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_storage_class_is_named(tree: Path) -> None:
    (message,) = messages(tree, {}, "infra/storage.yaml")
    assert lost("StorageClass", "ceph") in message
    assert message.startswith("infra/storage.yaml")


@pytest.mark.parametrize("half", ["status", "spec"])
def test_the_class_that_a_profile_names_is_named(tree: Path, half: str) -> None:
    """Of two that are deleted; what the spec names CDI takes over."""
    text = yaml_of(profile("ceph", **{half: {"snapshotClass": "ceph-snap"}}))
    files = {"infra/profile.yaml": text, "infra/a.yaml": OTHER}
    (message,) = messages(tree, files, "infra/class.yaml", "infra/a.yaml")
    assert lost("VolumeSnapshotClass", "ceph-snap") in message


def test_a_profile_that_names_another_class_is_not_explained(tree: Path) -> None:
    """That class never existed, and the profile's status counts first."""
    text = yaml_of(profile("ceph", status={"snapshotClass": "never-there"}))
    assert messages(tree, {"infra/profile.yaml": text}, "infra/class.yaml") == []


def test_a_deleted_class_of_another_driver_explains_nothing(tree: Path) -> None:
    other = CLASS.replace("driver: ", "driver: x.")
    assert messages(tree, {"infra/other.yaml": other}, "infra/other.yaml") == []
