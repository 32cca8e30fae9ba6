"""Entries of a configuration are judged by the runs that saw what they cover, and by no others."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests import files, repositories
from tests.builders import claim, snap, snapshot_class, storage_class, vm, yaml_of
from tests.named_clusters import by_directory
from vmsnap_lint import cli
from vmsnap_lint.core.kinds import PVC, VM
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Said = Callable[..., list[str]]

CLASSES = yaml_of(storage_class(), snapshot_class())
TREE = {
    ".git/HEAD": "",
    "README.md": "# Ours\n",
    "apps/erp/app.yaml": yaml_of(snap(), vm(), claim()),
    "apps/orders/app.yaml": yaml_of(
        snap("daily", "db"), vm(name="db", strategy="Always"), claim("data")
    ),
    "infra/classes.yaml": CLASSES,
    "infra/other.yaml": "kind: Deployment\n",
}
RULE = "source-vm-running"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files.write(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def about(here: Path, capsys: pytest.CaptureFixture[str]) -> object:
    """The messages about entries, of a run with this configuration."""

    def run(entry: str, *words: str) -> list[str]:
        (here / ".vmsnap-lint.yaml").write_text(f"overrides:\n  - {entry}\n")
        cli.run(["--format=json", *words])
        found = json.loads(capsys.readouterr().out)["findings"]
        return [one["message"] for one in found if one["rule"] == "suppression-unused"]

    return run


# --- unused


@pytest.mark.parametrize(
    ("words", "is_judged"),
    [
        (["."], False),  # it hides a finding there
        (["apps/erp"], False),
        (["apps"], False),
        (["--exclude=apps/orders", "."], False),
        (["--exclude=orders", "."], False),
        (["--exclude=app*.yaml", "."], False),
        (["--exclude=orders/", "--tracked", "."], False),
        (["--root=.", "apps/erp/app.yaml"], False),
    ],
)
def test_an_entry_that_is_needed_elsewhere_is_kept(
    about: Said, words: list[str], is_judged: bool
) -> None:
    assert bool(about(f'{{paths: ["apps/**"], ignore: [{RULE}]}}', *words)) is is_judged


UNUSED = [f"{RULE} has no finding here: remove this"]


@pytest.mark.parametrize(
    ("entry", "words", "is_judged"),
    [
        ('paths: ["apps/erp/**"]', ["."], True),
        ('paths: ["apps/erp/**"]', ["apps"], True),
        ('paths: ["apps/erp/**"]', ["apps/erp"], True),
        ('paths: ["apps/erp/app.yaml"]', ["apps/erp/app.yaml"], True),
        ('paths: ["apps/erp/**"]', ["--exclude=apps/orders", "."], True),
        ('paths: ["apps/erp/**"]', ["--exclude=nothing/", "."], True),
        ('paths: ["apps/e*/**"]', ["apps/erp"], False),
        ('paths: ["erp"]', ["apps"], False),  # there may be others
        ('paths: ["erp"]', ["."], True),
        ('objects: ["VirtualMachine/web"]', ["."], True),
        ('objects: ["VirtualMachine/web"]', ["apps/erp"], False),
        ('objects: ["VirtualMachine/web"]', ["--exclude=infra/", "."], False),
        ('paths: ["apps/erp/**"], objects: ["*/web"]', ["--exclude=infra/", "."], True),
        ('paths: ["infra/other.yaml"]', ["."], False),  # nothing of it is read
    ],
)
def test_an_entry_that_hides_nothing_of_what_it_covers_is_told(
    about: Said, entry: str, words: list[str], is_judged: bool
) -> None:
    said = about(f"{{{entry}, ignore: [{RULE}]}}", *words)
    assert said == (UNUSED if is_judged else [])


def test_a_run_of_one_cluster_judges_none(
    here: Path, about: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(here, {"apps/erp/app.yaml": f"# vmsnap-lint: ignore-file[{RULE}]\n{CLASSES}"})
    by_directory(monkeypatch, {"prod": ("apps",), "staging": ("infra",)})
    entry = '{paths: ["apps/erp/**"], ignore: [claim-missing]}'
    assert len(about(entry, ".")) == 2
    assert about(entry, "--cluster=prod", ".") == []


# --- unmatched


@pytest.mark.parametrize("rest", ["ignore: [claim-missing]", "severity: {claim-missing: info}"])
@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('paths: ["legacy/**"]', '"legacy/**" names no file'),
        ('paths: ["legacy/**", "*.bak.yaml"]', '"legacy/**", "*.bak.yaml" name no file'),
        ('paths: ["legacy/**", "infra/**"]', ""),
        ('paths: ["infra/other.yaml"]', ""),
        ('objects: ["VirtualMachine/prod/web"]', '"VirtualMachine/prod/web" names no object that'),
        ('objects: ["VirtualMachin/web"]', '"VirtualMachin/web" names no object that is read'),
        ('objects: ["*/web"]', ""),
        ('objects: ["StorageClass/*"]', ""),
        ('paths: ["infra/**"], objects: ["VirtualMachine/web"]', '"VirtualMachine/web" names no'),
        ('paths: ["gone/**"], objects: ["VirtualMachine/wb"]', '"gone/**" names no file'),
    ],
)
def test_an_entry_that_names_nothing_of_a_whole_run_is_told(
    about: Said, entry: str, expected: str, rest: str
) -> None:
    said = [one for one in about(f"{{{entry}, {rest}}}", ".") if "finding here" not in one]
    assert [one[: len(expected)] for one in said] == ([expected] if expected else [])
    assert all(one.endswith(": correct it, or remove this entry") for one in said)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('paths: ["legacy/**"]', ["apps"]),
        ('paths: ["legacy/**"]', ["apps", "infra"]),
        ('paths: ["legacy/**"]', ["--exclude=legacy", "."]),
        ('paths: ["infra/legacy/**"]', ["--exclude=infra/", "."]),
        ('paths: ["*.bak.yaml"]', ["--exclude=infra/", "."]),
        ('paths: ["infra/o*.yaml"]', ["--exclude=other.yaml", "."]),
        ('paths: ["*.md"]', ["."]),
        ('objects: ["VirtualMachine/wb"]', ["apps"]),
        ('objects: ["VirtualMachine/wb"]', ["--exclude=infra/", "."]),
    ],
)
def test_a_run_of_a_part_tells_nothing(
    here: Path, about: Said, entry: str, words: list[str]
) -> None:
    if "--exclude=legacy" in words:
        files.write(here, {"legacy/old.yaml": CLASSES})
    assert about(f"{{{entry}, severity: {{{RULE}: info}}}}", *words) == []


def test_an_object_may_be_in_what_cannot_be_read(here: Path, about: Said) -> None:
    entry = '{objects: ["VirtualMachine/wb"], ignore: [claim-missing]}'
    assert len(about(entry, ".")) == 1
    broken = {"apps/x.yaml": "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n  x: [\n"}
    files.write(here, broken)
    assert about(entry, ".") == []
    assert len(about(entry.replace("VirtualMachine", "PersistentVolumeClaim"), ".")) == 1
    assert about(entry.replace("VirtualMachine", "*"), ".") == []


@pytest.mark.parametrize(
    ("gap", "is_told"),
    [
        (Gap("chart", "elsewhere"), False),
        (Gap("chart", "elsewhere", kinds=frozenset((VM,))), False),
        (Gap("chart", "elsewhere", kinds=frozenset((PVC,))), True),
        (Gap("chart", "elsewhere", namespace="other"), True),
        (Gap("chart", "elsewhere", names=frozenset(("else",))), True),
    ],
)
def test_an_object_may_be_made_by_a_gap(
    about: Said, monkeypatch: pytest.MonkeyPatch, gap: Gap, is_told: bool
) -> None:
    by_directory(monkeypatch, {"prod": ("apps", "infra")}, {"prod": (gap,)})
    entry = '{objects: ["VirtualMachine/shop/wb"], ignore: [claim-missing]}'
    assert bool(about(entry, ".")) is is_told


def test_what_is_told_stands_at_the_entry_and_can_be_left_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".vmsnap-lint.yaml").write_text(
        'overrides:\n  - severity: {claim-missing: info}\n    paths: ["legacy/**"]\n'
    )
    cli.run(["--format=concise"])
    line = '.vmsnap-lint.yaml:3:12: warning[suppression-unused] "legacy/**" names no file: '
    assert line in capsys.readouterr().out
    for words in (["--no-suppressions"], ["--ignore=suppression-unused"]):
        cli.run(["--format=concise", *words])
        assert "legacy" not in capsys.readouterr().out


# --- baselines


def test_an_entry_of_a_baseline_is_stale_where_its_file_was_seen(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stale(*words: str) -> int:
        cli.run(["--baseline=b.json", "--format=json", *words])
        entries = json.loads(capsys.readouterr().out)["stale"]
        return sum(entry["file"].startswith("apps/") for entry in entries)

    cli.run(["--write-baseline=b.json", "."])
    known = len(json.loads((here / "b.json").read_text())["findings"])
    assert known > 0
    assert [stale("."), stale("--exclude=apps/orders", "."), stale("--exclude=apps", ".")] == [
        0
    ] * 3
    assert stale("--exclude=app.yaml", ".") == 0
    shutil.rmtree(here / "apps" / "orders")
    assert stale(".") > 0
    assert stale("infra") == 0
    assert stale("--exclude=apps/*", ".") == 0


@pytest.mark.parametrize(
    "scope", ["paths: [infra/class.yaml]", "objects: [VolumeSnapshotClass/ceph-snap]"]
)
def test_an_entry_about_what_is_deleted_names_it(
    about: Said, here: Path, capsys: pytest.CaptureFixture[str], scope: str
) -> None:
    shutil.rmtree(here / ".git")
    shutil.rmtree(here / "apps")
    shutil.rmtree(here / "infra")
    repositories.commit(here, repositories.CHAIN)
    (here / "infra/class.yaml").unlink()
    entry = f"{{{scope}, ignore: [needed-class-deleted], reason: the operator has it}}"
    assert about(entry, "--since=HEAD") == []
    assert len(about(entry)) == 1
    cli.run(["--since=HEAD", "--format=json"])
    assert json.loads(capsys.readouterr().out)["summary"]["hidden"]["by_configuration"] == 1
