"""The clusters are listed with their parts, their gaps, and the files that none of them uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import files
from tests.builders import claim, manifests_of, snap, vm, yaml_of
from tests.named_clusters import by_directory
from vmsnap_lint import cli
from vmsnap_lint.core.kinds import PVC, VM, Kind
from vmsnap_lint.deploy.applied import NamedCluster, Part
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.report.cluster_list import Listed, as_json, as_text

if TYPE_CHECKING:
    from pathlib import Path

(RELEASE,) = manifests_of("apps/web.yaml", vm())
GAPS = (
    Gap('HelmRelease "web"', "its chart is not in the repository", RELEASE.at("spec"), "shop"),
    Gap("virtctl image-upload", "it runs elsewhere", kinds=frozenset((VM, PVC)),
        names=frozenset(("b", "a"))),
)  # fmt: skip
PARTS = (
    Part('Kustomization "apps"', "clusters/prod/apps.yaml", 3, "apps/prod", 12, "built"),
    Part('HelmRelease "虚"', "apps/web.yaml", 1, "", 0, "its chart is not in the repository"),
)
CLUSTERS = (NamedCluster("prod", "Flux", PARTS, GAPS), NamedCluster("staging", "Flux"))
TEXT = """\
cluster prod (declared by Flux)
  Kustomization "apps"  clusters/prod/apps.yaml:3  apps/prod  12 objects  built
  HelmRelease "虚"      apps/web.yaml:1                       0 objects   its chart is not in the \
repository
  gap: HelmRelease "web" (apps/web.yaml:1): its chart is not in the repository; it may make any \
object in namespace "shop"
  gap: virtctl image-upload: it runs elsewhere; it may make PersistentVolumeClaim or \
VirtualMachine "a" or "b"

cluster staging (declared by Flux)

files with objects that no cluster uses
  legacy/vm.yaml
"""


def test_text_has_the_parts_and_gaps_of_each() -> None:
    lines = as_text(Listed(CLUSTERS, (), ("legacy/vm.yaml",)), color=False)
    assert "".join(f"{line}\n" for line in lines) == TEXT


def test_without_clusters_it_says_who_can_declare_them() -> None:
    line, gap = as_text(Listed((), GAPS[:1], ("legacy/vm.yaml",)), color=False)
    assert line.startswith("no cluster is declared: ")
    assert gap.startswith('  gap: HelmRelease "web" (apps/web.yaml:1): its chart is not in')


def test_json_has_the_same() -> None:
    value = json.loads("\n".join(as_json(Listed(CLUSTERS, GAPS[:1], ("legacy/vm.yaml",)))))
    assert list(value) == ["schema_version", "clusters", "gaps", "unused"]
    assert (value["schema_version"], value["unused"]) == (1, ["legacy/vm.yaml"])
    prod, staging = value["clusters"]
    assert value["gaps"] == prod["gaps"][:1]
    assert staging == {"name": "staging", "origin": "Flux", "units": [], "gaps": []}
    assert prod["units"][0] == {
        "what": 'Kustomization "apps"', "file": "clusters/prod/apps.yaml", "line": 3,
        "directory": "apps/prod", "objects": 12, "state": "built",
    }  # fmt: skip
    assert prod["gaps"] == [
        {
            "what": 'HelmRelease "web"', "reason": "its chart is not in the repository",
            "scope": {"namespace": "shop", "kinds": [], "names": []},
            "file": "apps/web.yaml", "line": 1,
        },
        {
            "what": "virtctl image-upload", "reason": "it runs elsewhere",
            "scope": {
                "namespace": None, "kinds": ["PersistentVolumeClaim", "VirtualMachine"],
                "names": ["a", "b"],
            },
            "file": None, "line": None,
        },
    ]  # fmt: skip


def test_names_of_a_hostile_tree_are_escaped() -> None:
    evil = "\x1b[2J\u202e##vso[x]"
    part = Part(evil, evil, 1, evil, 1, evil)
    gap = Gap(evil, evil, namespace=evil, names=frozenset((evil,)))
    hostile = Listed((NamedCluster(evil, evil, (part,), (gap,)),), (gap,), (evil,))
    lines = [*as_text(hostile, color=False), *as_json(hostile)]
    assert all(line.isprintable() and "##vso[" not in line for line in lines)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files.write(tmp_path, {
        "prod/app.yaml": yaml_of(snap(), vm()), "left/over.yaml": yaml_of(claim()),
    })  # fmt: skip
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_lists_them(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_directory(monkeypatch, {"prod": ("prod",)}, {"prod": GAPS[1:]})
    assert cli.run(["clusters"]) == cli.CLEAN
    out = capsys.readouterr().out
    assert out.startswith("cluster prod (declared by configuration)\n  path ")
    assert out.endswith("files with objects that no cluster uses\n  left/over.yaml\n")
    assert cli.run(["clusters", "--format=json", "--cluster=prod", "."]) == cli.CLEAN
    value = json.loads(capsys.readouterr().out)
    assert [cluster["name"] for cluster in value["clusters"]] == ["prod"]


def test_the_paths_of_json_are_those_of_the_repository(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / ".git").mkdir()
    (here / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (here / "left" / "deep").mkdir()
    monkeypatch.chdir(here / "left" / "deep")
    part = Part("x", "../over.yaml", 1, "../../prod", 1, "built")
    gap = Gap("x", "y", manifests_of(str(here / "prod" / "app.yaml"), vm())[0].at("spec"))
    listed = Listed((NamedCluster("prod", "Flux", (part,)),), (gap,), ("../over.yaml",))
    value = json.loads("\n".join(as_json(listed)))
    (unit,) = value["clusters"][0]["units"]
    assert (unit["file"], unit["directory"]) == ("left/over.yaml", "prod")
    assert (value["gaps"][0]["file"], value["unused"]) == ("prod/app.yaml", ["left/over.yaml"])


def test_the_command_ends_as_others_do(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["clusters"]) == cli.CLEAN
    assert cli.run(["clusters", "nowhere"]) == cli.USAGE
    (here / "empty").mkdir()
    assert cli.run(["clusters", "empty"]) == cli.USAGE
    assert cli.run(["clusters", "--allow-empty", "empty"]) == cli.CLEAN
    capsys.readouterr()


def test_a_directory_of_that_name_is_not_passed_over_in_silence(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "prod").rename(here / "clusters")
    for words, is_told in (
        (["clusters"], True), (["clusters", "."], False), (["clusters", "-q"], False),
    ):  # fmt: skip
        assert cli.run(words) == cli.CLEAN
        assert ('write "clusters/" to check' in capsys.readouterr().err) is is_told
    assert cli.run(["clusters/"]) == cli.CLEAN
    assert "1 VM snapshot" in capsys.readouterr().err


def test_many_kinds_of_a_gap_are_counted() -> None:
    gap = Gap("a script", "it is not read", kinds=frozenset(Kind("", f"K{n}") for n in range(12)))
    *_, last = as_text(Listed((), (gap,)), color=False)
    assert last.endswith("or 4 other kinds")
