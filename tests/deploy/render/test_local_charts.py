"""Charts that a kustomization names are rendered by helm where they are in its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write

if TYPE_CHECKING:
    from pathlib import Path

CHART = "apiVersion: v2\nname: web\nversion: 1.2.3\n"
TEMPLATE = f"""\
{VM.replace("name: web", "name: {{ .Values.name }}")}---
apiVersion: v1
kind: ConfigMap
metadata: {{name: about}}
data: {{release: "{{{{ .Release.Name }}}}", namespace: "{{{{ .Release.Namespace }}}}",
  color: "{{{{ .Values.color }}}}"}}
"""
MERGED = "name: web, valuesMerge: merge, valuesFile: values.yaml, valuesInline: {name: x}"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {
        "app/snapshot.yaml": SNAPSHOT.replace("name: web", "name: wbe"),
        "app/charts/web/Chart.yaml": CHART,
        "app/charts/web/values.yaml": "name: other\ncolor: red\n",
        "app/charts/web/templates/vm.yaml": TEMPLATE,
        "app/values.yaml": "name: web\n",
    })  # fmt: skip
    return tmp_path


def kustomization(tree: Path, text: str) -> None:
    write(tree, {"app/kustomization.yaml": f"resources: [snapshot.yaml]\nnamespace: prod\n{text}"})


@pytest.mark.parametrize(
    "text",
    [
        "helmCharts: [{name: web, releaseName: a, valuesInline: {name: web}}]",
        "helmCharts: [{name: web, valuesFile: values.yaml}]",
        "helmCharts: [{name: web, additionalValuesFiles: [values.yaml]}]",
        "helmCharts: [{name: web, repo: 'https://example.org', valuesInline: {name: web}}]",
        "helmCharts: [{name: web, valuesFile: values.yaml, valuesInline: {a: b}}]",
        f"helmCharts: [{{{MERGED}}}]",
        "HelmCharts: [{name: web, valuesFile: values.yaml}]",
        "helmChartInflationGenerator: [{chartName: web, values: values.yaml}]",
        "helmChartInflationGenerator: [{chartName: web, valuesLocal: {name: web}}]",
    ],
)
def test_a_chart_in_the_tree_is_built(tree: Path, tools: str, text: str) -> None:
    kustomization(tree, text)
    report = lint(tools)
    assert findings_at(report) == [("app/snapshot.yaml", 9, "source-vm-missing")]
    assert '"web"' in report.findings[0].message + report.findings[1].message
    assert (not_checked(report), report.objects) == ({}, 3)


def test_its_home_may_be_elsewhere(tree: Path, tools: str) -> None:
    (tree / "app/charts").rename(tree / "vendor")
    kustomization(
        tree, "helmGlobals: {chartHome: ../vendor}\nhelmCharts: [{name: web, version: 1.2.3}]"
    )
    report = lint(tools, "app")
    assert (report.objects, not_checked(report)) == (3, {})
    (tree / "vendor/web-1.2.3").mkdir()
    (tree / "vendor/web").rename(tree / "vendor/web-1.2.3/web")
    assert lint(tools, "app").objects == 3


def test_a_finding_stands_in_the_template_of_the_chart(tree: Path, tools: str) -> None:
    template = tree / "app/charts/web/templates/vm.yaml"
    template.write_text(TEMPLATE.replace("Halted", "{{ .Values.run }}"))
    kustomization(tree, "helmCharts: [{name: web, valuesInline: {name: wbe, run: Always}}]")
    assert findings_at(lint(tools)) == [
        ("app/charts/web/templates/vm.yaml", 6, "source-vm-running")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "helmCharts: [{name: gone, repo: 'https://me:secret@example.org'}]",
        "helmCharts: [{name: ../../outside}]",
        "helmCharts: [{name: web, valuesFile: ../../canary.yaml}]",
        "helmCharts: [{name: web, valuesFile: gone.yaml}]",
        "helmGlobals: {chartHome: /etc}\nhelmCharts: [{name: web}]",
        "helmCharts: [x]",
        "helmCharts: {name: [x]}",
        "helmCharts: x",
    ],
)
def test_another_one_is_left_out(tree: Path, tools: str, text: str) -> None:
    """The rest is built: its VM may be made by the chart, so that it is not missing."""
    kustomization(tree, text)
    report = lint(tools)
    assert [rule for _, _, rule in findings_at(report)] == ["source-vm-unverified"]
    note = not_checked(report)["app/kustomization.yaml"]
    assert (note.startswith("built without chart "), "secret" in note) == (True, False)


def test_without_helm_its_objects_are_unknown(tree: Path, tools: str, tmp_path: Path) -> None:
    """More than a chart may be in the tree."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "kubectl").write_text("#!/bin/sh\n")
    kustomization(tree, "helmCharts: [{name: web}]")
    for found in (lint(""), lint(tools, render="never")):
        assert [rule for _, _, rule in findings_at(found)] == ["source-vm-unverified"]


def test_what_is_merged_does_not_replace_the_values_of_the_chart(tree: Path, tools: str) -> None:
    (tree / "app/charts/web/values.yaml").write_text("name: web\n")
    merged = "valuesMerge: merge, valuesInline: {name: x, color: blue}"
    kustomization(tree, f"helmCharts: [{{name: web, {merged}}}]")
    assert findings_at(lint(tools)) == [("app/snapshot.yaml", 9, "source-vm-missing")]


def test_its_settings_are_those_of_helm(tree: Path, tools: str) -> None:
    hook = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {}\n"
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    write(tree, {
        "app/charts/web/crds/crd.yaml": f"{crd}metadata: {{name: virtualmachines.x}}\n",
        "app/charts/web/templates/hook.yaml":
            hook.format("hook") + "  annotations: {helm.sh/hook: pre-install}\n",
        "app/charts/web/templates/test.yaml":
            hook.format("test") + "  annotations: {helm.sh/hook: test}\n",
        "app/charts/web/templates/api.yaml":
            '{{ if .Capabilities.APIVersions.Has "kubevirt.io/v1" }}\n' + hook.format("api")
            + '{{ end }}{{ if eq .Capabilities.KubeVersion.Minor "20" }}\n---\n'
            + hook.format("minor") + "{{ end }}\n",
    })  # fmt: skip
    kustomization(tree, "helmCharts: [{name: web}]")
    assert lint(tools).objects == 5
    kustomization(tree, "helmCharts: [{name: web, includeCRDs: true, skipTests: true}]")
    assert lint(tools).objects == 5
    settings = "skipHooks: true, apiVersions: [kubevirt.io/v1], kubeVersion: 1.20.0"
    kustomization(tree, f"helmCharts: [{{name: web, {settings}}}]")
    assert lint(tools).objects == 5


def test_its_objects_are_there_where_the_rest_cannot_be_built(tree: Path, tools: str) -> None:
    inline = "valuesInline: {name: wbe}"
    kustomization(tree, f"patches: [{{path: gone.yaml}}]\nhelmCharts: [{{name: web, {inline}}}]")
    report = lint(tools)
    assert findings_at(report) == [("app/kustomization.yaml", 3, "render-failed")]
    assert (report.objects, list(not_checked(report))) == (3, ["app/kustomization.yaml"])
