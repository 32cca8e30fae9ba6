"""Objects that kustomize and helm build, found at the places that they are written at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM
from tests.editor.views import place, shown, view_of
from tests.files import write
from vmsnap_lint.editor.hover import hover
from vmsnap_lint.editor.lenses import lenses
from vmsnap_lint.editor.navigation import definitions, references_at
from vmsnap_lint.editor.renaming import Refusal, renamed
from vmsnap_lint.editor.symbols import symbols_in

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.editor.view import View

_PATCH = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web
spec:
  runStrategy: Always
"""
_BASE = {
    "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "base/vm.yaml": VM,
    "base/snapshot.yaml": SNAPSHOT,
}
_PROD = {
    "prod/kustomization.yaml": "namespace: prod\nresources: [../base]\npatches: [{path: p.yaml}]\n",
    "prod/p.yaml": _PATCH,
}
_DEV = {"dev/kustomization.yaml": "namespace: dev\nnamePrefix: dev-\nresources: [../base]\n"}
_TEMPLATE = f"""\
{VM.replace("name: web", "name: {{ .Values.vm.name }}")}---
{SNAPSHOT.replace("name: web", "name: charted")}"""
_CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/values.yaml": "vm:\n  name: charted\n",
    "chart/templates/all.yaml": _TEMPLATE,
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _reason(view: View, file: str, at: tuple[int, int]) -> str:
    refused = renamed(view, file, at, "new")
    assert isinstance(refused, Refusal), refused
    return refused.reason


def test_a_base_leads_to_its_own_files(here: Path, tools: str) -> None:
    write(here, {**_BASE, **_PROD})
    view = view_of(tools)
    found = definitions(view, "base/snapshot.yaml", *place(SNAPSHOT, "web"))
    assert [shown(here, each) for each in found] == ["base/vm.yaml:4: web"]
    users = references_at(view, "prod/p.yaml", *place(_PATCH, "web"))
    assert [shown(here, each) for each in users] == [
        "base/snapshot.yaml:9: web", "base/vm.yaml:4: web"
    ]  # fmt: skip
    told = hover(view, "base/vm.yaml", *place(VM, "web"))
    assert told is not None
    assert "in namespace `prod`" in told.markdown
    assert _reason(view, "base/vm.yaml", place(VM, "web")) == (
        "prod/p.yaml names it: rename it there by hand"
    )


def test_a_patch_belongs_only_to_what_it_patches(here: Path, tools: str) -> None:
    write(here, {**_BASE, **_PROD, **_DEV})
    view = view_of(tools)
    told = hover(view, "prod/p.yaml", *place(_PATCH, "web"))
    assert told is not None
    assert "`dev-web`" not in told.markdown
    written = hover(view, "base/vm.yaml", *place(VM, "web"))
    assert written is not None
    assert "`dev-web`" in written.markdown
    assert [lens.text.count("(in ") for lens in lenses(view, "base/snapshot.yaml")] == [2]


def test_what_a_prefix_renames_is_not_renamed(here: Path, tools: str) -> None:
    write(here, {**_BASE, **_DEV})
    view = view_of(tools)
    reason = _reason(view, "base/vm.yaml", place(VM, "web"))
    assert reason == 'kustomize makes "dev-web" of base/vm.yaml:4: rename it by hand'
    write(here, {**_PROD})
    reason = _reason(view_of(tools), "base/vm.yaml", place(VM, "web"))
    assert "several names" in reason


def test_without_kustomize_patches_are_known_by_what_they_name(here: Path) -> None:
    write(here, {**_BASE, **_PROD})
    reason = _reason(view_of(), "base/vm.yaml", place(VM, "web"))
    assert reason == "prod/p.yaml names it: rename it there by hand"
    (here / "prod/p.yaml").unlink()
    target = "patches: [{path: q.yaml, target: {kind: VirtualMachine, name: web}}]\n"
    operation = "[{op: remove, path: /spec/running}]\n"
    write(here, {"prod/kustomization.yaml": target, "prod/q.yaml": operation})
    reason = _reason(view_of(), "base/vm.yaml", place(VM, "web"))
    assert reason == "prod/kustomization.yaml names it: rename it there by hand"


def test_a_base_without_patches_is_renamed(here: Path, tools: str) -> None:
    write(here, _BASE)
    edits = renamed(view_of(tools), "base/snapshot.yaml", place(SNAPSHOT, "web"), "new")
    assert not isinstance(edits, Refusal)
    assert [(edit.file, edit.text) for edit in edits] == [
        ("base/snapshot.yaml", "new"), ("base/vm.yaml", "new")
    ]  # fmt: skip


def test_a_chart_leads_to_its_template_and_values(here: Path, tools: str) -> None:
    write(here, _CHART)
    view = view_of(tools)
    both = ["chart/templates/all.yaml:4: {{ .Values.vm.name }}", "chart/values.yaml:2: charted"]
    at = place(_TEMPLATE, "charted")
    assert [
        shown(here, each) for each in definitions(view, "chart/templates/all.yaml", *at)
    ] == both
    values = place(_CHART["chart/values.yaml"], "charted")
    assert [shown(here, each) for each in definitions(view, "chart/values.yaml", *values)] == both
    users = references_at(view, "chart/values.yaml", *values, declarations=False)
    assert [each.file for each in users] == ["chart/templates/all.yaml"]
    reason = _reason(view, "chart/values.yaml", values)
    assert "is a template of a chart" in reason
    told = hover(view, "chart/templates/all.yaml", *place(_TEMPLATE, "{{ .Values"))
    assert told is not None
    assert told.markdown.startswith("VirtualMachine `charted`")


def test_symbols_of_a_template_are_all_its_objects(here: Path, tools: str) -> None:
    write(here, _CHART)
    found = symbols_in(view_of(tools), "chart/templates/all.yaml")
    assert [each.name for each in found] == ["charted", "nightly"]
