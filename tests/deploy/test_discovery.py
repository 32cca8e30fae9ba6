"""Clusters of a repository as Flux and Argo CD apply them, from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import claim, snap, snapshot_class, storage_class, vm, volume, yaml_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import ClusterSettings, Settings
from vmsnap_lint.input import git

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.engine import Run

WEB = vm(volumes=[volume("root", "root")])
APP = yaml_of(WEB, claim(), snap())
FLUX = """
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec: {{path: {path}, prune: true, sourceRef: {{kind: GitRepository, name: flux-system}}}}
"""
RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: shop}}
spec: {{chart: {{spec: {{chart: {chart}, sourceRef: {{kind: {kind}, name: flux-system}}}}}}}}
"""
ARGO = """
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  source: {{repoURL: https://example.com/repo.git, path: {path}}}
  destination: {{{destination}, namespace: shop}}
"""
HERE = "server: https://kubernetes.default.svc"
SHOP = "namespace: shop\nresources: [../base]\n"


@pytest.fixture(params=["never", "auto"])
def render(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings without renderers, and with them where they are there."""
    path = request.getfixturevalue("tools") if request.param == "auto" else ""
    return {"render": request.param, "tool_path": path}


def _lint(root: Path, files: dict[str, str], *paths: str, **settings: object) -> Run:
    write(root, files)
    named = tuple(str(root / path) for path in paths) or (str(root),)
    return engine.lint(named, None, Settings(online=True, **settings))  # type: ignore[arg-type]


def _found(run: Run, root: Path) -> set[tuple[str, str]]:
    return {
        (finding.file.removeprefix(f"{root}/"), finding.rule)
        for finding in run.report.findings
        if finding.severity.name != "INFO"
    }


def _apart(root: str) -> dict[str, str]:
    """Two clusters; only one has a class for snapshots."""
    return {
        f"{root}clusters/prod/all.yaml": FLUX.format(name="apps", path=f"./{root}apps/prod")
        + FLUX.format(name="infra", path=f"./{root}infra/prod"),
        f"{root}clusters/staging/all.yaml": FLUX.format(name="apps", path=f"./{root}apps/staging")
        + FLUX.format(name="infra", path=f"./{root}infra/staging"),
        f"{root}apps/base/kustomization.yaml": "resources: [vm.yaml]\n",
        f"{root}apps/base/vm.yaml": APP,
        f"{root}apps/prod/kustomization.yaml": SHOP,
        f"{root}apps/staging/kustomization.yaml": SHOP,
        f"{root}infra/base/kustomization.yaml": "resources: [class.yaml]\n",
        f"{root}infra/base/class.yaml": yaml_of(storage_class()),
        f"{root}infra/prod/kustomization.yaml": "resources: [../base, snap.yaml]\n",
        f"{root}infra/prod/snap.yaml": yaml_of(snapshot_class()),
        f"{root}infra/staging/kustomization.yaml": "resources: [../base]\n",
    }


def test_a_class_of_one_cluster_does_not_help_another(
    tmp_path: Path, render: dict[str, str]
) -> None:
    run = _lint(tmp_path, _apart(""), **render, complete=frozenset(("all",)))
    (finding,) = [each for each in run.report.findings if each.rule == "no-snapshot-class"]
    assert finding.clusters == ("staging",)
    assert {cluster.name for cluster in run.clusters} == {"prod", "staging"}


def test_a_path_of_pointers_stands_for_what_they_apply(
    tmp_path: Path, render: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = _apart("")
    prod = _lint(tmp_path, files, "clusters/prod", **render, complete=frozenset(("all",)))
    assert "no-snapshot-class" not in {finding.rule for finding in prod.report.findings}
    assert prod.report.snapshots == 1
    run = _lint(tmp_path, files, "clusters/staging", **render, complete=frozenset(("all",)))
    assert ("apps/base/vm.yaml", "no-snapshot-class") in _found(run, tmp_path)


def test_a_root_shows_only_what_the_pointers_of_a_path_apply(
    tmp_path: Path, render: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, _apart(""))
    rules = {}
    for path in ("clusters/staging", "clusters/prod", "infra"):
        settings = Settings(root=".", complete=frozenset(("all",)), render=render["render"])
        settings = settings._replace(tool_path=render["tool_path"])
        rules[path] = {each.rule for each in engine.lint((path,), None, settings).report.findings}
    assert "no-snapshot-class" in rules["clusters/staging"]
    assert "snapshot-as-desired-state" in rules["clusters/prod"]
    assert "snapshot-as-desired-state" not in rules["infra"]


def test_the_configuration_stands_above_pointers(tmp_path: Path, render: dict[str, str]) -> None:
    clusters = tuple(
        ClusterSettings(name, (str(tmp_path / f"apps/{name}"), str(tmp_path / f"infra/{name}")))
        for name in ("prod", "staging")
    )
    files = {
        name: text for name, text in _apart("").items() if not name.startswith("clusters/staging")
    }
    run = _lint(tmp_path, files, **render, clusters=clusters, complete=frozenset(("all",)))
    (finding,) = [each for each in run.report.findings if each.rule == "no-snapshot-class"]
    assert finding.clusters == ("staging",)


def test_pointers_that_apply_each_other_end(tmp_path: Path, render: dict[str, str]) -> None:
    files = {
        "a/ks.yaml": FLUX.format(name="b", path="./b"),
        "b/ks.yaml": FLUX.format(name="a", path="./a"),
        "b/vm.yaml": yaml_of(WEB, claim(), snap(name="wbe")),
    }
    run = _lint(tmp_path, files, **render)
    assert run.report.snapshots == 1


def test_an_application_of_applications_is_followed(tmp_path: Path, render: dict[str, str]) -> None:
    files = {
        "root.yaml": ARGO.format(name="root", path="apps", destination=HERE),
        "apps/vms.yaml": ARGO.format(name="vms", path="vms", destination=HERE),
        "apps/far.yaml": ARGO.format(name="far", path="far", destination="name: far"),
        "vms/vm.yaml": APP,
        "far/snap.yaml": yaml_of(snap(name="other")),
    }
    run = _lint(tmp_path, files, **render)
    assert {cluster.name for cluster in run.clusters} == {"in-cluster", "far"}
    only = _lint(tmp_path, files, "root.yaml", **render)
    assert only.report.snapshots == 2


def test_a_release_of_a_chart_from_elsewhere_may_make_the_vm(
    tmp_path: Path, render: dict[str, str]
) -> None:
    shop = {"namespace": "shop"}
    snapshot = {**snap(name="erp"), "metadata": {"name": "erp-1", **shop}}
    snapshot["spec"] = {
        "source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "erp"}
    }
    other = {**WEB, "metadata": {"name": "web", **shop}}
    files = {
        "release.yaml": RELEASE.format(name="erp", chart="erp", kind="HelmRepository"),
        "vms.yaml": yaml_of(snapshot, other),
    }
    found = _found(_lint(tmp_path, files, **render), tmp_path)
    assert ("vms.yaml", "source-vm-missing") not in found
    del files["release.yaml"]
    (tmp_path / "release.yaml").unlink()
    assert ("vms.yaml", "source-vm-missing") in _found(_lint(tmp_path, files, **render), tmp_path)


def test_nothing_is_rendered_for_a_tree_that_holds_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vmsnap_lint.deploy.render import programs

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a renderer was started")

    monkeypatch.setattr(programs, "run_all", refuse)
    files = {
        "clusters/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
    }
    assert not _lint(tmp_path, files, allow_empty=True).report.findings


def test_git_is_asked_once_for_the_urls_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def remotes(root: str) -> tuple[str, ...]:
        asked.append(root)
        return ("https://example.com/repo.git",)

    monkeypatch.setattr(git, "remotes", remotes)
    source = """
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: "https://example.com/repo.git"}
"""
    files = {
        f"clusters/{name}/all.yaml": FLUX.format(name="apps", path="./apps") + source
        for name in "abcdefgh"
    }
    (tmp_path / ".git").mkdir()
    run = _lint(tmp_path, {"apps/vm.yaml": APP, **files}, render="never")
    assert len(run.clusters) == len(files)
    # once to see what else is to be read, once to follow the clusters
    assert asked == [str(tmp_path)] * 2


def test_what_several_clusters_have_counts_once(tmp_path: Path, render: dict[str, str]) -> None:
    files = {
        f"clusters/{name}/all.yaml": FLUX.format(name="apps", path="./apps").replace(
            "prune: true", f"targetNamespace: {name}"
        )
        for name in "abc"
    }
    run = _lint(tmp_path, {"apps/vm.yaml": APP, **files}, **render)
    assert len(run.clusters) == len(files)
    # three objects of the application, and a pointer in each cluster
    assert (run.report.snapshots, run.report.objects) == (1, 6)
