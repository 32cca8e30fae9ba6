"""An Application of Argo CD is its sources with their settings, or gaps that say why not."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.pointing import application, applied, pointer, reasons, tree
from vmsnap_lint.deploy.render.jobs import ChartJob, KustomizeJob

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.deploy.applied import Applied
    from vmsnap_lint.deploy.around import Around

URL = "https://example.com/acme/fleet.git"
PLAIN = {"apps/vm.yaml": "kind: X\n", "apps/x/more.yaml": "kind: X\n"}
BUILT = {"apps/kustomization.yaml": "resources: [vm.yaml]\n", "apps/vm.yaml": ""}
CHART = {"charts/web/Chart.yaml": "name: web\n"}


def of(path: str, **source: Any) -> dict[str, Any]:
    return {"repoURL": URL, "path": path, **source}


def only(around: Around, **source: Any) -> Applied:
    (found,) = applied(application(source=source), around)
    return found


def names(found: Applied, around: Around) -> list[str]:
    assert isinstance(found.job, KustomizeJob)
    assert found.job.as_written
    return [os.path.relpath(path, around.root) for path in found.job.files]


def test_a_directory_is_applied_as_it_is_written(tmp_path: Path) -> None:
    around = tree(tmp_path, {**PLAIN, "apps/a.json": "{}", "apps/b.yml": "", "apps/c.txt": ""})
    found = only(around, **of("apps"))
    assert names(found, around) == ["apps/a.json", "apps/b.yml", "apps/vm.yaml"]
    assert (found.cluster, found.namespace, found.uncertain) == ("", "shop", "")


@pytest.mark.parametrize("path", [".", "./", ""])
def test_the_root_is_a_path(tmp_path: Path, path: str) -> None:
    around = tree(tmp_path, {"vm.yaml": "", "x/y.yaml": ""})
    assert names(only(around, **of(path)), around) == ["vm.yaml"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"recurse": True}, ["apps/vm.yaml", "apps/x/more.yaml"]),
        ({"recurse": True, "include": "*.yaml", "exclude": "x/*"}, ["apps/vm.yaml"]),
        ({"recurse": True, "include": "{vm,none}.yaml"}, ["apps/vm.yaml"]),
        ({"recurse": True, "exclude": "*m*.yaml"}, []),
        ({"include": 7, "recurse": "yes"}, ["apps/vm.yaml"]),
    ],
)
def test_settings_of_a_directory(
    tmp_path: Path, settings: dict[str, Any], expected: list[str]
) -> None:
    around = tree(tmp_path, PLAIN)
    found = only(around, **of("apps", directory=settings))
    assert (names(found, around) if found.job else []) == expected


def test_a_file_can_be_left_out_by_a_comment(tmp_path: Path) -> None:
    skipped = {"apps/skip.yaml": "# +argocd:skip-file-rendering\nkind: X\n"}
    around = tree(tmp_path, {**PLAIN, **skipped})
    assert names(only(around, **of("apps")), around) == ["apps/vm.yaml"]


def test_a_jsonnet_program_is_a_gap_beside_the_files(tmp_path: Path) -> None:
    around = tree(tmp_path, {**PLAIN, "apps/a.jsonnet": "{}"})
    found = only(around, **of("apps"))
    assert names(found, around) == ["apps/vm.yaml"]
    assert [gap.reason for gap in found.gaps] == [
        '"a.jsonnet" is a jsonnet program, which is not run'
    ]


@pytest.mark.parametrize(
    ("files", "job"),
    [
        (BUILT, KustomizeJob),
        ({"apps/Chart.yaml": ""}, ChartJob),
        ({"apps/Chart.yaml": "", "apps/kustomization.yml": ""}, KustomizeJob),
    ],
)
def test_the_directory_shows_the_tool(tmp_path: Path, files: dict[str, str], job: type) -> None:
    assert isinstance(only(tree(tmp_path, files), **of("apps")).job, job)


def test_settings_count_more_than_what_the_directory_shows(tmp_path: Path) -> None:
    around = tree(tmp_path, BUILT)
    found = only(around, **of("apps", directory={"exclude": "kustomization.yaml"}))
    assert names(found, around) == ["apps/vm.yaml"]


@pytest.mark.parametrize(
    ("source", "reason", "at"),
    [
        ({"chart": "rook", "repoURL": "https://charts.example.com"},
         'its chart "rook" of https://charts.example.com is not in the repository', "chart"),
        (of("nowhere"), f'its path "nowhere" of {URL} is not in the repository', "repoURL"),
        ({"path": "/apps"},
         'its path "/apps" is an absolute path, which is never read', "path"),
        ({"path": "../x"}, 'its path "../x" is outside of the repository', "path"),
        ({"path": "apps/vm.yaml"},
         'its path "apps/vm.yaml" is no directory in the repository', "path"),
        (of("apps", plugin={"name": "x"}), "a plugin of Argo CD makes its objects", "plugin"),
        (of("apps", helm={}), "its directory has no Chart.yaml", "path"),
        (of("apps", kustomize={}), "its directory has no kustomization.yaml", "path"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_gap_at_its_place(
    tmp_path: Path, source: dict[str, Any], reason: str, at: str
) -> None:
    found = only(tree(tmp_path, PLAIN), **source)
    (gap,) = found.gaps
    assert (str(gap), gap.reason) == ('Application "web" in namespace "shop"', reason)
    assert gap.at == found.pointer.at("spec", "source", at)
    assert found.job is None


def test_settings_of_two_tools_are_a_gap(tmp_path: Path) -> None:
    found = only(tree(tmp_path, BUILT), **of("apps", kustomize={}, directory={}))
    reason = "it has settings for kustomize and directory, so that Argo CD refuses it"
    assert [gap.reason for gap in found.gaps] == [reason]


@pytest.mark.parametrize(
    ("destination", "cluster"),
    [
        ({"server": "https://kubernetes.default.svc/"}, ""),
        ({"name": "in-cluster"}, ""),
        ({"name": "prod"}, "prod"),
        ({"server": "https://10.0.0.1:6443"}, "https://10.0.0.1:6443"),
        ({"server": 7}, ""),
    ],
)
def test_the_destination_is_the_cluster(
    tmp_path: Path, destination: dict[str, Any], cluster: str
) -> None:
    one = application(destination=destination, source=of("apps"))
    (found,) = applied(one, tree(tmp_path, PLAIN))
    assert (found.cluster, found.namespace) == (cluster, None)


def test_settings_of_kustomize_are_its_fields(tmp_path: Path) -> None:
    around = tree(tmp_path, {**BUILT, "part/kustomization.yaml": ""})
    settings = {
        "namePrefix": "a-", "nameSuffix": "-b", "namespace": "n",
        "commonLabels": {"l": "1"}, "commonAnnotations": {"x": "y"},
        "components": ["../part"], "replicas": [{"name": "r", "count": "2"}, {"name": "s"}],
        "images": ["os=new/os:1", "reg:5000/a/b@sha256:0", "plain:2"],
        "patches": [{"path": "p.yaml", "target": {"kind": "VirtualMachine"}}, {"patch": "kind: X"}],
    }  # fmt: skip
    found = only(around, **of("apps", kustomize=settings)).job
    assert isinstance(found, KustomizeJob)
    assert json.loads(found.fields) == {
        "namePrefix": "a-", "nameSuffix": "-b", "namespace": "n",
        "labels": [{"pairs": {"l": "1"}, "includeSelectors": True}],
        "commonAnnotations": {"x": "y"}, "components": ["../part"],
        "replicas": [{"name": "r", "count": 2}],
        "images": [
            {"name": "os", "newName": "new/os", "newTag": "1"},
            {"name": "reg:5000/a/b", "digest": "sha256:0"},
            {"name": "plain", "newTag": "2"},
        ],
        "patches": [
            {"patch": "", "path": "p.yaml", "target": {"kind": "VirtualMachine"}},
            {"patch": "kind: X"},
        ],
    }  # fmt: skip


def chart(around: Around, **helm: Any) -> ChartJob:
    found = only(around, **of("charts/web", helm=helm)).job
    assert isinstance(found, ChartJob)
    return found


def test_a_chart_is_a_release_of_the_name_of_the_application(tmp_path: Path) -> None:
    around = tree(tmp_path, CHART)
    assert chart(around) == ChartJob(f"{around.root}/charts/web", "web", "shop")
    named = chart(around, releaseName="r", namespace="n", skipCrds=True)
    assert (named.release, named.namespace, named.settings) == ("r", "n", ("--skip-crds",))


def test_values_in_the_order_in_which_they_count(tmp_path: Path) -> None:
    files = {
        **CHART,
        "charts/web/a.yaml": "a: 1\n",
        "env/b.yaml": "b: 1\n",
        "env/web.yaml": "w: 1\n",
    }
    around = tree(tmp_path, files)
    paths = ["a.yaml", "../../env/b.yaml", "/env/$ARGOCD_APP_NAME.yaml"]
    found = chart(around, valueFiles=paths, values="v: 1\n")
    assert found.values == (b"a: 1\n", b"b: 1\n", b"w: 1\n", b"v: 1\n")
    assert chart(around, values="v: 1\n", valuesObject={"o": 1}).values == (b'{"o": 1}',)
    assert chart(around, valueFiles=["/env/*.yaml"]).values == (b"b: 1\n", b"w: 1\n")


def test_parameters_are_flags(tmp_path: Path) -> None:
    parameters = [
        {"name": "a", "value": "x,y"}, {"name": "b", "value": "1", "forceString": True},
        {"name": "c", "value": "{x,y}"}, {"name": "d", "value": "$ARGOCD_APP_NAMESPACE-${X}"},
        {"value": "x"}, 7,
    ]  # fmt: skip
    assert chart(tree(tmp_path, CHART), parameters=parameters).settings == (
        "--set", r"a=x\,y", "--set-string", "b=1", "--set", "c={x,y}", "--set", "d=shop-${X}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("helm", "reason"),
    [
        ({"valueFiles": ["no.yaml"]},
         'its values file "no.yaml" does not exist in the repository'),
        ({"valueFiles": ["../../../no.yaml"], "ignoreMissingValueFiles": False},
         'its values file "../../../no.yaml" is outside of the repository'),
        ({"valueFiles": ["https://u:p@example.com/v.yaml"]},
         'its values file "https://example.com/v.yaml" is remote'),
        ({"valueFiles": ["$none/v.yaml"]},
         'its values file "$none/v.yaml" has a part that is not known'),
        ({"valueFiles": ["no*.yaml"]}, 'its values file "no*.yaml" fits no file in the repository'),
        ({"fileParameters": [{"name": "a", "path": "b"}]}, "its fileParameters are not read"),
        ({"valueFiles": ["no.yaml"], "ignoreMissingValueFiles": True}, ""),
    ],
)  # fmt: skip
def test_values_that_are_not_there_make_it_uncertain(
    tmp_path: Path, helm: dict[str, Any], reason: str
) -> None:
    assert only(tree(tmp_path, CHART), **of("charts/web", helm=helm)).uncertain == reason


def test_values_files_of_another_source(tmp_path: Path) -> None:
    around = tree(tmp_path, {**CHART, "env/prod.yaml": "p: 1\n"})
    values = {"repoURL": URL, "ref": "values"}
    one = application(
        sources=[of("charts/web", helm={"valueFiles": ["$values/env/prod.yaml"]}), values]
    )
    (found,) = applied(one, around)
    assert isinstance(found.job, ChartJob)
    assert found.job.values == (b"p: 1\n",)


def test_values_files_of_a_source_that_is_elsewhere(tmp_path: Path) -> None:
    around = tree(tmp_path, CHART)
    values = {"repoURL": "https://example.com/acme/values.git", "ref": "values"}
    one = application(sources=[of("charts/web", helm={"valueFiles": ["$values/p/v.yaml"]}), values])
    (found,) = applied(one, around)
    assert found.uncertain == (
        'its values file "$values/p/v.yaml" is in https://example.com/acme/values.git, '
        "which is not in the input"
    )


def test_every_source_counts(tmp_path: Path) -> None:
    around = tree(tmp_path, {**PLAIN, **CHART})
    found = applied(application(sources=[of("apps"), of("none"), 7, of("charts/web")]), around)
    assert [type(each.job).__name__ for each in found] == ["KustomizeJob", "NoneType", "ChartJob"]
    assert found[1].gaps[0].at == found[1].pointer.at("spec", "sources", 1, "repoURL")


def test_a_hydrated_application_is_what_it_is_made_from(tmp_path: Path) -> None:
    around = tree(tmp_path, PLAIN)
    one = application(sourceHydrator={"drySource": of("apps"), "syncSource": {"path": "env"}})
    (found,) = applied(one, around)
    assert names(found, around) == ["apps/vm.yaml"]


def test_another_repository_with_the_root_is_not_this_one(tmp_path: Path) -> None:
    own = application(source=of("apps"))
    other = application(source={"repoURL": "https://example.com/acme/web.git", "path": "."})
    around = tree(tmp_path, PLAIN, own, other)
    assert reasons(own, around) == []
    assert reasons(other, around) == [
        'its path "." of https://example.com/acme/web.git is not in the repository'
    ]


def test_an_object_of_another_kind_applies_nothing(tmp_path: Path) -> None:
    around = tree(tmp_path, PLAIN)
    assert applied(pointer("v1", "Application", {"source": of("apps")}), around) == []


def test_files_beside_the_manifests_set_what_the_source_sets(tmp_path: Path) -> None:
    files = {
        "apps/.argocd-source.yaml": "kustomize: {namePrefix: a-, nameSuffix: -b}\npath: x\n",
        "apps/.argocd-source-web.yaml": "kustomize: {namePrefix: c-, nameSuffix: null}\n",
    }
    found = only(tree(tmp_path, {**BUILT, **files}), **of("apps")).job
    assert isinstance(found, KustomizeJob)
    assert json.loads(found.fields) == {"namePrefix": "c-"}


def test_a_file_of_settings_that_does_not_parse_is_a_gap(tmp_path: Path) -> None:
    around = tree(tmp_path, {**BUILT, "apps/.argocd-source.yaml": "kustomize: ["})
    assert [gap.reason for gap in only(around, **of("apps")).gaps] == [
        '".argocd-source.yaml" does not parse'
    ]


def test_a_name_with_steps_reads_no_file_outside(tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_text("kustomize: {namePrefix: x}\n")
    around = tree(tmp_path / "r", {**BUILT, "apps/.argocd-source-../x": ""})
    spec = {"source": of("apps")}
    name = "../../../out"
    (found,) = applied(pointer("argoproj.io/v1alpha1", "Application", spec, name), around)
    assert found.job == KustomizeJob(f"{around.root}/apps")


@pytest.mark.parametrize("helm", [{"values": "a: ["}, {"valueFiles": ["bad.yaml"]}])
def test_values_that_helm_cannot_read_are_a_gap_at_their_place(
    tmp_path: Path, helm: dict[str, Any]
) -> None:
    around = tree(tmp_path, {**CHART, "charts/web/bad.yaml": "- a\n"})
    found = only(around, **of("charts/web", helm=helm))
    (gap,) = found.gaps
    assert gap.reason.startswith("its values ")
    assert gap.at == found.pointer.at("spec", "source", "helm", *helm)
    assert found.job is None
