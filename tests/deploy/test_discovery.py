"""Clusters of a repository as Flux and Argo CD apply them, from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from tests.builders import (
    claim,
    in_namespace,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    yaml_of,
)
from tests.files import write
from vmsnap_lint import document, engine
from vmsnap_lint.config.settings import ClusterSettings, Settings
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.deploy import expansion
from vmsnap_lint.deploy.render import dry_run
from vmsnap_lint.deploy.substitution import substituted
from vmsnap_lint.input import git, sources
from vmsnap_lint.objects.provenance import FieldPlace

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


@pytest.mark.parametrize(("prune", "is_lost"), [("true", True), ("false", False)])
def test_data_is_lost_only_where_flux_prunes(tmp_path: Path, prune: str, is_lost: bool) -> None:
    pointer = FLUX.format(name="apps", path="./apps").replace("prune: true", f"prune: {prune}")
    run = _lint(tmp_path, {"flux/apps.yaml": pointer, "apps/vm.yaml": APP})
    (found,) = [each for each in run.report.findings if each.rule == "snapshot-as-desired-state"]
    assert ("pruning deletes its data" in found.message) is is_lost


def test_a_namespace_that_flux_adds_to_a_class_is_no_mistake_of_its_author(
    tmp_path: Path, tools: str
) -> None:
    pointer = FLUX.format(name="a", path="./a").replace("prune: true", "targetNamespace: shop")
    classes = yaml_of(storage_class(), snapshot_class())
    run = _lint(tmp_path, {"flux/a.yaml": pointer, "a/c.yaml": APP + classes}, tool_path=tools)
    assert "class-schema" not in {finding.rule for finding in run.report.findings}


def test_a_directory_of_a_configured_cluster_is_no_kustomization(
    tmp_path: Path, render: dict[str, str]
) -> None:
    clusters = (ClusterSettings("prod", (str(tmp_path / "apps"),)),)
    run = _lint(tmp_path, {"apps/vm.yaml": APP}, clusters=clusters, **render)
    assert run.report.snapshots == 1
    assert "snapshot-as-desired-state" not in {finding.rule for finding in run.report.findings}


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


def test_a_configured_path_may_be_a_file(tmp_path: Path, render: dict[str, str]) -> None:
    (tmp_path / ".git").mkdir()
    paths = (str(tmp_path / "apps"), str(tmp_path / "ops/restore.yaml"))
    files = {
        "apps/web.yaml": yaml_of(vm()),
        "ops/restore.yaml": yaml_of(snap(source="wbe")),
    }
    run = _lint(tmp_path, files, **render, clusters=(ClusterSettings("prod", paths),))
    assert _found(run, tmp_path) == {("ops/restore.yaml", "source-vm-missing")}
    ((cluster,), (_, part)) = run.clusters, run.clusters[0].parts
    assert (cluster.gaps, part.objects) == ((), 1)


@pytest.mark.parametrize("names", [("prod",), ("prod", "staging")])
def test_what_no_cluster_uses_may_need_what_a_gap_of_one_makes(
    tmp_path: Path, render: dict[str, str], names: tuple[str, ...]
) -> None:
    remote = ARGO.replace("path: {path}", "chart: erp")
    files = {
        f"argo/{name}.yaml": remote.format(name=name, destination=f"name: {name}", path="")
        for name in names
    }
    files["ops/web.yaml"] = yaml_of(vm(), snap(source="wbe"))
    run = _lint(tmp_path, files, **render)
    assert _found(run, tmp_path) == {("ops/web.yaml", "source-vm-unverified")}


def test_what_no_cluster_uses_may_be_for_one_of_several(
    tmp_path: Path, render: dict[str, str]
) -> None:
    apps = {name: ARGO.format(name=name, destination=f"name: {name}", path=name) for name in "ab"}
    legacy = yaml_of(*in_namespace("shop", vm(name="legacy")))
    files = {
        "argo.yaml": "".join(apps.values()),
        "a/all.yaml": yaml_of(vm(), snap(source="legacy"), snap("typo", source="legcay")),
        "b/config.yaml": yaml_of(vm()),
        "manual/vm.yaml": legacy,
    }
    found = [
        each
        for each in _lint(tmp_path, files, **render).report.findings
        if each.rule.startswith("source-vm")
    ]
    assert [each.rule for each in found] == ["source-vm-unverified", "source-vm-missing"]
    assert f'declared by "{tmp_path}/manual/vm.yaml"' in found[0].message


SET = """
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: fleet, namespace: argocd}}
spec:
  generators: [{{clusters: {{}}}}]
  template:
    metadata: {{name: "{{{{name}}}}-vms"}}
    spec:
      source: {{repoURL: https://example.com/repo.git, {source}}}
      destination: {{server: "{{{{server}}}}", namespace: shop}}
"""


@pytest.mark.parametrize(
    ("source", "rule"),
    [("path: vms", "missing"), ("path: ./vms/", "missing"), ("path: '{{name}}'", "unverified"),
     ("chart: vms", "unverified")],
)  # fmt: skip
def test_what_a_set_makes_for_unknown_clusters_is_known_by_its_path(
    tmp_path: Path, render: dict[str, str], source: str, rule: str
) -> None:
    files = {
        "set.yaml": SET.format(source=source),
        "vms/all.yaml": yaml_of(vm(), snap(source="wbe")),
    }
    files["argo.yaml"] = ARGO.format(name="other", destination=HERE, path="other")
    files["other/config.yaml"] = yaml_of(storage_class())
    assert _found(_lint(tmp_path, files, **render), tmp_path) == {
        ("vms/all.yaml", f"source-vm-{rule}")
    }


def test_an_application_sets_the_namespace_of_what_has_one(
    tmp_path: Path, render: dict[str, str]
) -> None:
    files = {
        "argo.yaml": ARGO.format(name="all", destination=HERE, path="all"),
        "all/all.yaml": yaml_of(snapshot_class(), snap()),
    }
    run = _lint(tmp_path, files, **render)
    assert "class-schema" not in {each.rule for each in run.report.findings}


CHART_OF_APPLICATIONS = {
    "bootstrap/Chart.yaml": "apiVersion: v2\nname: bootstrap\nversion: 0.1.0\n",
    "bootstrap/values.yaml": "apps: [vms]\n",
    "bootstrap/templates/apps.yaml": "{{- range .Values.apps }}"
    + ARGO.format(name="{{ . }}", destination=HERE, path="{{ . }}")
    + "{{- end }}\n",
}


def test_a_chart_of_applications_leads_to_what_these_apply(tmp_path: Path, tools: str) -> None:
    (tmp_path / ".git").mkdir()
    files = {**CHART_OF_APPLICATIONS, "vms/all.yaml": yaml_of(vm(), snap(source="wbe"))}
    run = _lint(tmp_path, files, "bootstrap", tool_path=tools)
    assert {rule for _, rule in _found(run, tmp_path)} == {"source-vm-missing"}


def test_a_chart_of_applications_that_is_not_rendered_is_never_a_green_run(tmp_path: Path) -> None:
    files = {**CHART_OF_APPLICATIONS, "vms/all.yaml": yaml_of(vm(), snap(source="db"))}
    with pytest.raises(UsageError, match=r"bootstrap.*--allow-empty"):
        _lint(tmp_path, files, "bootstrap", tool_path="")
    found = _found(_lint(tmp_path, files, tool_path=""), tmp_path)
    assert found == {("vms/all.yaml", "source-vm-unverified")}


def test_files_outside_of_the_paths_are_named_as_seen_from_these(
    tmp_path: Path, render: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "clusters/prod/kustomization.yaml": "resources: [../base]\n",
        "clusters/base/kustomization.yaml": "resources: [apps.yaml]\n",
        "clusters/base/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "clusters/prod/self.yaml": FLUX.format(name="prod", path="./clusters/prod"),
        "apps/all.yaml": yaml_of(vm(), snap(source="wbe")),
    }
    write(tmp_path, files)
    settings = Settings(render=render["render"], tool_path=render["tool_path"])
    run = engine.lint(("clusters/prod",), None, settings)
    assert "apps/all.yaml" in {finding.file for finding in run.report.findings}


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
    assert asked == [str(tmp_path)]


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


def test_a_release_that_is_applied_by_nothing_makes_objects_in_its_namespace(
    tmp_path: Path, render: dict[str, str]
) -> None:
    """One without a namespace is for a cluster that adds one: it hides nothing in others."""
    typo = yaml_of(*in_namespace("shop", WEB, claim(), snap(source="wbe")))
    files = {
        "flux/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/app.yaml": typo,
        "off/release.yaml": RELEASE.format(name="off", chart="off", kind="HelmRepository"),
    }
    anywhere = files["off/release.yaml"].replace(", namespace: shop}", "}")
    elsewhere = files["off/release.yaml"].replace("namespace: shop", "namespace: other")
    for release, rule in (
        (files["off/release.yaml"], "source-vm-unverified"),
        (elsewhere, "source-vm-missing"),
        (anywhere, "source-vm-missing"),
    ):
        run = _lint(tmp_path, {**files, "off/release.yaml": release}, **render)
        assert rule in {finding.rule for finding in run.report.findings}


def test_nothing_is_looked_for_where_all_of_the_repository_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directories of pointers are read with the rest: the files are listed once."""
    listed: list[tuple[str, ...]] = []
    collect = sources.collect

    def counted(paths: tuple[str, ...], *given: Any, **more: Any) -> sources.Sources:
        listed.append(paths)
        return collect(paths, *given, **more)

    monkeypatch.setattr(sources, "collect", counted)
    (tmp_path / ".git").mkdir()
    files = {
        "flux/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/app.yaml": APP,
    }
    _lint(tmp_path, files)
    assert len(listed) == 1
    assert _lint(tmp_path, files, "flux").report.snapshots == 1
    assert len(listed) > 2


def test_a_pointer_that_leads_elsewhere_is_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[bytes] = []
    parts = document.parts

    def noted(data: bytes, *limits: Any) -> Any:
        decoded.append(data)
        return parts(data, *limits)

    monkeypatch.setattr(document, "parts", noted)
    monkeypatch.setattr("vmsnap_lint.document.reader.parts", noted)
    (tmp_path / ".git").mkdir()
    pointer = FLUX.format(name="apps", path="./apps")
    files = {"flux/apps.yaml": pointer, "apps/app.yaml": APP}
    assert _lint(tmp_path, files, "flux").report.snapshots == 1
    assert decoded.count(pointer.encode()) == 1


def test_a_release_is_assumed_only_for_what_is_judged(tmp_path: Path) -> None:
    """What no cluster uses and leads to nothing is judged for no release of KubeVirt."""
    operator = (
        "https://github.com/kubevirt/kubevirt/releases/download/v1.4.0/kubevirt-operator.yaml"
    )
    files = {
        "flux/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": f"resources: [app.yaml, {operator!r}]\n",
        "apps/app.yaml": APP,
        "off/release.yaml": RELEASE.format(name="off", chart="off", kind="HelmRepository"),
    }
    files["off/release.yaml"] = files["off/release.yaml"].replace(", namespace: shop}", "}")
    run = _lint(tmp_path, files, all_vms=True)
    assert [each.release for each in run.report.judged] == ["1.4.0"]


def test_pointers_that_contradict_each_other_are_for_a_cluster_each(
    tmp_path: Path, render: dict[str, str]
) -> None:
    """A cluster gets one of them: the other one has neither its class nor a second VM."""
    claimed = yaml_of(*in_namespace("shop", WEB, claim(), snap()))
    running = yaml_of(*in_namespace("shop", vm(volume("root", "root"), running=True)))
    files = {
        "argo/prod.yaml": ARGO.format(name="prod", path="prod", destination=HERE),
        "argo/test.yaml": ARGO.format(name="test", path="test", destination=HERE),
        "prod/web.yaml": claimed + yaml_of(storage_class(), snapshot_class()),
        "test/web.yaml": running,
    }
    run = _lint(tmp_path, files, all_vms=True, **render)
    assert [cluster.name for cluster in run.clusters] == ["prod", "test"]
    assert "duplicate-object" not in {finding.rule for finding in run.report.findings}


def test_a_key_that_occurs_twice_hides_no_object(tmp_path: Path) -> None:
    """The last one counts: what is not in the directory is missing for certain."""
    typo = yaml_of(*in_namespace("shop", WEB, claim(), snap(source="wbe")))
    files = {
        "argo/web.yaml": ARGO.format(name="web", path="web", destination=HERE),
        "web/web.yaml": typo.replace('"spec": {"source"', '"spec": {}, "spec": {"source"'),
    }
    found = {rule for _, rule in _found(_lint(tmp_path, files), tmp_path)}
    assert {"duplicate-key", "source-vm-missing"} <= found


@pytest.mark.parametrize(("vms", "built"), [(False, 1), (True, 2)])
def test_releases_alone_are_no_reason_to_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tools: str, *, vms: bool, built: int
) -> None:
    """What applies directories is built; what releases may make matters where there is a VM."""
    from vmsnap_lint.deploy.render import programs

    started: list[object] = []
    run_all = programs.run_all

    def counted(*given: Any, **more: Any) -> Any:
        started.extend(given[0])
        return run_all(*given, **more)

    monkeypatch.setattr(programs, "run_all", counted)
    files = {
        "clusters/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": "resources: [release.yaml]\nnamespace: shop\n",
        "apps/release.yaml": RELEASE.format(name="web", chart="web", kind="HelmRepository"),
    }
    more = {"clusters/prod/web.yaml": APP} if vms else {}
    run = _lint(tmp_path, {**files, **more}, allow_empty=True, tool_path=tools)
    assert len(started) == built
    assert [cluster.name for cluster in run.clusters] == ["prod"]


def test_a_patch_of_a_pointer_applies_nothing(tmp_path: Path, render: dict[str, str]) -> None:
    """One in a file that no kustomization lists is no cluster that has all of the repository."""
    patch = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {patches: [{patch: "[]"}]}
"""
    application = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec: {syncPolicy: {automated: {}}}
"""
    files = {
        "clusters/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/app.yaml": APP,
        "local/patches/apps.yaml": patch,
        "local/patches/argo.yaml": application,
    }
    run = _lint(tmp_path, files, **render)
    assert [cluster.name for cluster in run.clusters] == ["prod"]


def test_each_block_of_a_page_counts(tmp_path: Path) -> None:
    page = "".join(f"```yaml\n{yaml_of(snap(name))}```\n\n" for name in ("a", "b", "c"))
    run = _lint(tmp_path, {"guide.md": page}, docs=True)
    assert (run.report.snapshots, run.report.objects) == (3, 3)


@pytest.mark.parametrize("held", [True, False])
def test_a_tree_that_cannot_be_built_is_an_error_where_it_holds_ours(
    tmp_path: Path, tools: str, *, held: bool
) -> None:
    """Releases of charts from elsewhere decide about no disk: that is a note."""
    release = RELEASE.format(name="web", chart="web", kind="HelmRepository")
    files = {
        "clusters/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": "resources: [release.yaml, gone.yaml]\n",
        "apps/release.yaml": f"{release}---\n{yaml_of(storage_class())}" if held else release,
        "clusters/prod/web.yaml": APP,
    }
    run = _lint(tmp_path, files, tool_path=tools)
    failed = ("apps/kustomization.yaml", "render-failed")
    assert (failed in _found(run, tmp_path)) is held
    assert any("gone.yaml" in note.reason for note in run.report.not_checked) is not held


def test_argo_cd_that_applies_itself_is_for_the_cluster_that_it_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are those of the run, also where no file of it but pointers holds an object."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    files = {
        "apps/argocd/apps.yaml": ARGO.format(name="argocd", path="apps/argocd", destination=HERE),
        "apps/argocd/kustomization.yaml": "resources: [apps.yaml, gone.yaml]\n",
    }
    write(tmp_path, files)
    run = engine.lint((".",), None, Settings(allow_empty=True))
    assert [cluster.name for cluster in run.clusters] == ["in-cluster"]
    assert {note.file for note in run.report.not_checked} == {"apps/argocd/kustomization.yaml"}


def test_what_lies_beside_what_pointers_apply_is_not_judged(
    tmp_path: Path, render: dict[str, str]
) -> None:
    """A path of pointers stands for what these apply, not for the directories around it."""
    (tmp_path / ".git").mkdir()
    files = {
        "clusters/prod/apps.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": yaml_of(*in_namespace("shop", WEB, claim(), snap())),
        "apps/old/web.yaml": yaml_of(*in_namespace("old", snap(source="gone"), vm(name="db"))),
        "apps/old/tree/kustomization.yaml": "resources: [vm.yaml]\n",
        "apps/old/tree/vm.yaml": yaml_of(*in_namespace("tree", snap(source="gone"))),
    }
    run = _lint(tmp_path, files, "clusters/prod", **render)
    assert run.report.snapshots == 1
    assert not any("old" in finding.file for finding in run.report.findings)
    assert _lint(tmp_path, files, **render).report.snapshots == 3


def test_a_chart_that_makes_pointers_stands_for_what_these_apply(
    tmp_path: Path, tools: str
) -> None:
    (tmp_path / ".git").mkdir()
    template = (
        "{{- range .Values.apps }}"
        + ARGO.format(name="{{ . }}", path="{{ . }}", destination=HERE)
        + "{{- end }}\n"
    )
    files = {
        "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 0.1.0\n",
        "apps/values.yaml": "apps: [web]\n",
        "apps/templates/apps.yaml": template,
        "web/web.yaml": APP,
    }
    run = _lint(tmp_path, files, "apps", tool_path=tools)
    assert (run.report.snapshots, [each.name for each in run.clusters]) == (1, ["in-cluster"])


@pytest.mark.parametrize("form", ["{{{}}}\n", "{{\n  {},\n}}\n"])
def test_pointers_may_be_written_as_json(tmp_path: Path, form: str) -> None:
    (tmp_path / ".git").mkdir()
    fields = (
        '"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", '
        '"metadata": {"name": "apps"}, "spec": {"path": "./apps", "prune": true}'
    )
    files = {"flux/apps.yaml": form.format(fields), "apps/web.yaml": APP}
    assert _lint(tmp_path, files, "flux").report.snapshots == 1


FILLED = """
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  path: ./apps/{name}
  targetNamespace: shop
  postBuild: {{substitute: {{NAME: {name}}}}}
  patches:
    - target: {{kind: VirtualMachine}}
      patch: |
        - {{op: add, path: /metadata/labels, value: {{a: b}}}}
  sourceRef: {{kind: GitRepository, name: flux-system}}
"""


def _filled() -> dict[str, str]:
    """Two pointers in a file each, which might be for a cluster each."""
    return {
        **{f"flux/{name}.yaml": FILLED.format(name=name) for name in "ab"},
        **{f"apps/{name}/kustomization.yaml": "resources: [vm.yaml]\n" for name in "ab"},
        **{f"apps/{name}/vm.yaml": yaml_of(vm(name="${NAME}")) for name in "ab"},
    }


def test_what_was_made_to_compare_pointers_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = mock.Mock(side_effect=substituted)
    monkeypatch.setattr(expansion, "substituted", replaced)
    run = _lint(tmp_path, _filled(), all_vms=True, render="never")
    assert [cluster.name for cluster in run.clusters] == ["cluster"]
    assert {m.name for each in run.worlds for m in each.workspace.of(VM)} == {"a", "b"}
    assert replaced.call_count == 2


def test_no_place_of_a_field_and_no_patch_is_read_before_a_finding_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _filled()
    expected = _lint(tmp_path, files, all_vms=True, render="never").report.findings
    monkeypatch.setattr(FieldPlace, "located", None)
    monkeypatch.setattr(dry_run, "patches", None)
    run = _lint(tmp_path, files, all_vms=True, render="never")
    assert run.report.findings == expected


def test_comments_in_the_file_of_a_patch_are_read(tmp_path: Path) -> None:
    deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    files = {
        "flux/all.yaml": FLUX.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": "resources: [vm.yaml]\npatches: [{path: patch.yaml}]\n",
        "apps/vm.yaml": APP,
        "apps/patch.yaml": f"# vmsnap-lint: ignore[no-such-rule]\n{deployment}",
    }
    run = _lint(tmp_path, files, render="never")
    assert ("apps/patch.yaml", "suppression-unknown-rule") in _found(run, tmp_path)
