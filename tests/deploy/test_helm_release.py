"""A HelmRelease is a chart of the repository with its values, or a gap that says why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.pointing import (
    applied,
    config_map,
    git_repository,
    pointer,
    reasons,
    release,
    tree,
)
from vmsnap_lint.deploy.render.jobs import ChartJob

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.deploy.applied import Applied
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

CHART = {"charts/web/Chart.yaml": "name: web\n", "charts/web/values.yaml": "a: 1\nb: {c: 2}\n"}
NOT_HERE = (
    'its chart "./charts/none" cannot be read, as the files of GitRepository "x" are not in the '
    "repository"
)
HELM_REPOSITORY = {"kind": "HelmRepository", "name": "acme"}


def only(one: Manifest, around: Around) -> Applied:
    (found,) = applied(one, around)
    return found


def job(one: Manifest, around: Around) -> ChartJob:
    found = only(one, around)
    assert isinstance(found.job, ChartJob)
    return found.job


def test_a_chart_of_the_repository_is_installed_as_a_release(tmp_path: Path) -> None:
    around = tree(tmp_path, CHART)
    assert job(release(), around) == ChartJob(f"{around.root}/charts/web", "web", "shop")
    assert only(release(), around).uncertain == ""


@pytest.mark.parametrize("version", ["v2", "v2beta1", "v2beta2"])
def test_every_version_is_read(tmp_path: Path, version: str) -> None:
    spec = release().mapping("spec")
    one = pointer(f"helm.toolkit.fluxcd.io/{version}", "HelmRelease", spec)
    assert job(one, tree(tmp_path, CHART)).release == "web"


@pytest.mark.parametrize(
    ("spec", "name", "namespace"),
    [
        ({"targetNamespace": "eu"}, "eu-web", "eu"),
        ({"targetNamespace": "eu", "releaseName": "r"}, "r", "eu"),
        ({"releaseName": "x" * 54}, f"{'x' * 40}-45f316e10b2c", "shop"),
    ],
)
def test_the_name_and_the_namespace_of_the_release(
    tmp_path: Path, spec: dict[str, Any], name: str, namespace: str
) -> None:
    found = job(release(**spec), tree(tmp_path, CHART))
    assert (found.release, found.namespace) == (name, namespace)


def test_values_in_the_order_in_which_they_count(tmp_path: Path) -> None:
    base = config_map("base", {"values.yaml": "a: 2\n", "host": "h"}, "shop")
    one = release(
        values={"a": 3},
        valuesFrom=[
            {"kind": "ConfigMap", "name": "base"},
            {"kind": "ConfigMap", "name": "base", "valuesKey": "host", "targetPath": "x.y"},
        ],
    )
    found = job(one, tree(tmp_path, CHART, base))
    assert found.values == (b"a: 2\n", b'{"a": 3}')
    assert found.settings == ("--set", "x.y=h")


@pytest.mark.parametrize(
    ("value", "literal", "flag"),
    [
        ("'7'", False, ("--set-string", "x=7")),
        ('"7"', False, ("--set-string", "x=7")),
        ("a,b", False, ("--set", "x=a,b")),
        ("a,{b}", True, ("--set-string", r"x=a\,\{b\}")),
        ("'", False, ("--set", "x='")),
    ],
)
def test_a_value_at_a_path_is_read_as_helm_reads_flags(
    tmp_path: Path, value: str, literal: bool, flag: tuple[str, str]
) -> None:
    data = config_map("c", {"k": value}, "shop")
    reference = {"kind": "ConfigMap", "name": "c", "valuesKey": "k", "targetPath": "x",
                 "literal": literal}  # fmt: skip
    assert job(release(valuesFrom=[reference]), tree(tmp_path, CHART, data)).settings == flag


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_values_that_are_not_in_the_input_make_it_uncertain(tmp_path: Path, kind: str) -> None:
    found = only(release(valuesFrom=[{"kind": kind, "name": "s"}]), tree(tmp_path, CHART))
    assert found.uncertain == f'some of its values are in {kind} "s", which is not in the input'
    assert found.job is not None


def _with_files(*names: str, **more: Any) -> Manifest:
    source = {"kind": "GitRepository", "name": "flux-system"}
    spec = {"chart": "charts/web", "sourceRef": source, "valuesFiles": list(names), **more}
    return release(chart={"spec": spec})


def test_values_files_count_from_the_root_of_the_source(tmp_path: Path) -> None:
    around = tree(tmp_path, {**CHART, "values/prod.yaml": "a: 9\nb: 1\n"})
    found = only(_with_files("charts/web/values.yaml", "./values/prod.yaml"), around)
    assert isinstance(found.job, ChartJob)
    assert found.job.values == (b"a: 1\nb: {c: 2}\n", b"a: 9\nb: 1\n")
    assert found.uncertain == ""
    assert only(_with_files("values/prod.yaml"), around).uncertain == ""


def test_values_files_replace_the_defaults_of_the_chart(tmp_path: Path) -> None:
    around = tree(tmp_path, {**CHART, "prod.yaml": "a: 9\n"})
    found = only(_with_files("prod.yaml"), around)
    assert found.uncertain == "its valuesFiles replace the values.yaml of the chart"


def test_a_missing_values_file_makes_it_uncertain_unless_it_may_be_missing(tmp_path: Path) -> None:
    around = tree(tmp_path, CHART)
    reason = 'its values file "no.yaml" does not exist in the repository'
    assert only(_with_files("no.yaml"), around).uncertain == reason
    ignored = _with_files("no.yaml", ignoreMissingValuesFiles=True)
    assert only(ignored, around).uncertain == ""


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"chart": {"spec": {"chart": "rook", "sourceRef": HELM_REPOSITORY}}},
         'its chart "rook" of HelmRepository "acme" is not in the repository'),
        ({"chartRef": {"kind": "OCIRepository", "name": "rook"}},
         'its chart, OCIRepository "rook", is not in the repository'),
        ({"chartRef": {"kind": "HelmChart", "name": "rook"}},
         'its chart, HelmChart "rook", is not in the repository'),
        ({}, NOT_HERE),
        ({"chart": 7}, 'its chart "" of source "" is not in the repository'),
    ],
)  # fmt: skip
def test_a_chart_from_elsewhere_is_a_gap_in_the_namespace_of_the_release(
    tmp_path: Path, spec: dict[str, Any], reason: str
) -> None:
    other = {"chart": "./charts/none", "sourceRef": {"kind": "GitRepository", "name": "x"}}
    one = release(**{"chart": {"spec": other}, "targetNamespace": "eu", **spec})
    found = only(one, tree(tmp_path, CHART))
    assert [(str(gap), gap.reason) for gap in found.gaps] == [
        ('HelmRelease "web" in namespace "eu"', reason)
    ]
    assert found.job is None


def test_a_directory_that_holds_no_chart_is_a_gap(tmp_path: Path) -> None:
    around = tree(tmp_path, {"charts/x/README.md": ""})
    assert reasons(release("charts/x"), around) == ['its chart "charts/x" has no Chart.yaml']
    assert reasons(release("../x"), around) == ['its chart "../x" is outside of the repository']


def test_a_helm_chart_of_the_tree_is_followed(tmp_path: Path) -> None:
    source = {"kind": "GitRepository", "name": "flux-system"}
    spec = {"chart": "charts/web", "sourceRef": source}
    chart = pointer("source.toolkit.fluxcd.io/v1", "HelmChart", spec, "web", "shop")
    one = release(chartRef={"kind": "HelmChart", "name": "web"})
    around = tree(tmp_path, CHART, chart)
    assert job(one, around).directory == f"{around.root}/charts/web"


def test_a_git_repository_with_another_url_is_a_gap(tmp_path: Path) -> None:
    source = {"kind": "GitRepository", "name": "other", "namespace": "flux-system"}
    one = release(chart={"spec": {"chart": "./", "sourceRef": source}})
    own = git_repository("flux-system", "https://example.com/acme/fleet")
    other = git_repository("other", "https://example.com/acme/other")
    path = {"path": "charts", "sourceRef": {"kind": "GitRepository", "name": "flux-system"}}
    flux = pointer("kustomize.toolkit.fluxcd.io/v1", "Kustomization", path)
    (reason,) = reasons(one, tree(tmp_path, CHART, own, other, flux))
    assert reason == (
        'its chart "./" cannot be read, as the files of GitRepository "other" '
        "(https://example.com/acme/other) are not in the repository"
    )


def test_post_renderers_are_fields_of_a_kustomization(tmp_path: Path) -> None:
    patch = {"patch": "kind: X", "target": {"kind": "VirtualMachine"}}
    one = release(
        postRenderers=[{"kustomize": {"patches": [patch]}}, {"kustomize": 7}, 8,
                       {"kustomize": {"images": [{"name": "os", "newTag": "2"}]}}],
        commonMetadata={"labels": {"a": "b"}},
    )  # fmt: skip
    assert json.loads(job(one, tree(tmp_path, CHART)).fields) == {
        "patches": [patch], "images": [{"name": "os", "newTag": "2"}],
        "labels": [{"pairs": {"a": "b"}}],
    }  # fmt: skip


@pytest.mark.parametrize("install", [{"skipCRDs": True}, {"crds": "Skip"}])
def test_definitions_may_be_left_out(tmp_path: Path, install: dict[str, Any]) -> None:
    assert job(release(install=install), tree(tmp_path, CHART)).settings == ("--skip-crds",)


def test_what_is_suspended_may_be_out_of_date(tmp_path: Path) -> None:
    found = only(release(suspend=True, kubeConfig={"secretRef": {"name": "eu"}}),
                 tree(tmp_path, CHART))  # fmt: skip
    assert (found.uncertain[:15], found.cluster) == ("it is suspended", "shop/eu")


def test_a_release_without_a_chart_is_a_patch(tmp_path: Path) -> None:
    one = pointer("helm.toolkit.fluxcd.io/v2", "HelmRelease", {"values": {"a": 1}})
    assert applied(one, tree(tmp_path, CHART)) == []


@pytest.mark.parametrize("values", ["a: [", "- a", "7"])
def test_values_that_helm_cannot_read_are_a_gap_at_their_place(tmp_path: Path, values: str) -> None:
    data = config_map("c", {"values.yaml": values}, "shop")
    references = [{"kind": "ConfigMap", "name": "c"}]
    found = only(release(valuesFrom=references), tree(tmp_path, CHART, data))
    (gap,) = found.gaps
    assert gap.reason.startswith(("its values do not parse (", "its values are no object"))
    assert gap.at == found.pointer.at("spec", "valuesFrom", 0)
    assert found.job is None


def test_a_values_file_that_helm_cannot_read_is_a_gap(tmp_path: Path) -> None:
    around = tree(tmp_path, {**CHART, "bad.yaml": "{{ x }}"})
    (reason,) = reasons(_with_files("bad.yaml"), around)
    assert reason.startswith("its values ")
