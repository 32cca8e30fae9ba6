"""What would fetch or run something is never built: it is listed, with its reason."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.deploy.render.remote import is_remote

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = "apiVersion: example.org/v1\nkind: Shell\nmetadata: {name: x}\n"
REMOTE = """\
apiVersion: builtin
kind: ConfigMapGenerator
metadata: {name: x}
files: ['a=b', 'https://me:secret@example.org/f']
"""
CHART = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\n"
INLINE = "transformers:\n- |-\n  apiVersion: example.org/v1\n  kind: Shell\n"
FUNCTION = """\
apiVersion: builtin
kind: Anything
metadata:
  name: x
  annotations:
    config.kubernetes.io/function: "exec: {path: ./run.sh}"
"""


@pytest.fixture
def spy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubectl that leaves a trace of being started; the current directory is empty."""
    programs = tmp_path / "programs"
    programs.mkdir()
    kubectl = programs / "kubectl"
    kubectl.write_text(f"#!/bin/sh\necho started >> {programs}/trace\n")
    kubectl.chmod(kubectl.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return programs


@pytest.mark.parametrize(
    ("kustomization", "reason"),
    [
        ("patches:\n- path: https://example.org/p.yaml?x=y\n", "https://example.org/p.yaml"),
        ("configurations:\n- https://example.org/c.yaml\n", "https://example.org/c.yaml"),
        ("openapi:\n  path: https://example.org/o.json\n", "https://example.org/o.json"),
        ("configMapGenerator:\n- files: ['a=https://example.org/f']\n", "https://example.org/f"),
        ("transformers: [plugin.yaml]\n", '"Shell"'),
        ("generators: [function.yaml]\n", "runs a program"),
        ("validators: [plugins]\n", '"Shell"'),
        ("resources: [plugin.yaml]\ntransformers: [.]\n", '"Shell"'),
        (INLINE, '"Shell"'),
        ("generators: [remote.yaml]\n", '"https://example.org/f" is remote'),
        ("generators: [chart.yaml]\n", "HelmChartInflationGenerator fetches charts and runs helm"),
    ],
)  # fmt: skip
def test_it_is_never_built(spy: Path, tmp_path: Path, kustomization: str, reason: str) -> None:
    write(tmp_path / "work", {
        "base/kustomization.yaml": f"{kustomization}namespace: prod\n",
        "base/vm.yaml": VM,
        "base/plugin.yaml": PLUGIN,
        "base/function.yaml": FUNCTION,
        "base/remote.yaml": REMOTE,
        "base/chart.yaml": CHART,
        "base/plugins/kustomization.yaml": "resources: [../plugin.yaml]\n",
        "prod/kustomization.yaml": "resources:\n- ../base\n- vm.yaml\n",
        "prod/vm.yaml": VM.replace("Halted", "Alwys"),
    })  # fmt: skip
    report = lint(str(spy))
    assert not (spy / "trace").exists()
    assert findings_at(report) == []
    skipped = not_checked(report)
    assert "base/kustomization.yaml" in skipped["prod/kustomization.yaml"]
    assert reason in skipped["prod/kustomization.yaml"]
    assert "secret" not in skipped["prod/kustomization.yaml"]
    assert set(skipped) == {"prod/kustomization.yaml"}
    never = lint(str(spy), render="never")
    assert (report.findings, report.objects) == (never.findings, never.objects)


@pytest.mark.parametrize(
    ("kustomization", "what"),
    [
        ("resources:\n- https://example.org/vm.yaml\n", "https://example.org/vm.yaml"),
        ("resources:\n- 'https://me:secret@example.org/x.yaml'\n", "https://example.org/x.yaml"),
        ("resources: [github.com/kubevirt/demo//manifests]\n", "github.com/kubevirt/demo"),
        ("bases:\n- 'git@example.org:team/base.git'\n", "git@example.org"),
        ("components:\n- 'git::ssh://example.org/x'\n", "git::ssh://example.org/x"),
        ("resources:\n- 'example.org/team/repo?ref=main'\n", "ref=main"),
        ("reſources:\n- 'HTTPS://example.org/x'\n", "HTTPS://example.org/x"),
        ("helmCharts:\n- name: x\n  repo: https://example.org\n", 'chart "x"'),
        ("HelmCharts: {name: x}\n", 'chart "'),
        ("helmChartInflationGenerator:\n- chartName: x\n", 'chart "x"'),
    ],
)  # fmt: skip
def test_it_is_left_out_of_what_is_built(
    spy: Path, tmp_path: Path, kustomization: str, what: str
) -> None:
    """No program sees it, and the rest is built."""
    (spy / "kubectl").write_text(
        "#!/bin/sh\nfor last; do :; done\n"
        f"/bin/cat $(/usr/bin/find $last/../files -name 'kustomization.yaml') >> {spy}/trace\n"
    )
    write(tmp_path / "work", {
        "base/kustomization.yaml": f"{kustomization}namespace: prod\n",
        "prod/kustomization.yaml": "resources:\n- ../base\n- vm.yaml\n",
        "prod/vm.yaml": VM,
    })  # fmt: skip
    report = lint(str(spy))
    seen = (spy / "trace").read_text()
    assert ("prod" in seen, "example.org" in seen, "helm" in seen.lower()) == (True, False, False)
    assert "github.com" not in seen
    skipped = not_checked(report)
    assert set(skipped) == {"prod/kustomization.yaml"}
    assert (
        f"built without {'' if 'chart' in what else 'remote'}" in skipped["prod/kustomization.yaml"]
    )
    assert what in skipped["prod/kustomization.yaml"]
    assert "secret" not in skipped["prod/kustomization.yaml"]


def test_what_is_on_this_disk_is_built(spy: Path, tmp_path: Path) -> None:
    """Links in values and in patches fetch nothing."""
    write(tmp_path / "work", {
        "kustomization.yaml": "resources: [vm.yaml]\nconfigMapGenerator:\n- name: x\n"
                              "  literals: ['URL=https://example.org']\n"
                              "commonAnnotations: {home: 'https://example.org/x.git'}\n",
        "vm.yaml": VM,
    })  # fmt: skip
    lint(str(spy))
    assert (spy / "trace").read_text() == "started\n"


@pytest.mark.parametrize(("field", "lifted"), [("namespace: x", True), ("newFiles: [x]", False)])
def test_the_restriction_stays_where_a_field_is_unknown(
    spy: Path, tmp_path: Path, field: str, lifted: bool
) -> None:
    """A later kustomize may read a file for it."""
    (spy / "kubectl").write_text(f'#!/bin/sh\necho "$@" >> {spy}/trace\n')
    (tmp_path / "work" / ".git").mkdir()
    write(tmp_path / "work", {
        "a/kustomization.yaml": f"resources: [../b/vm.yaml]\n{field}\n", "b/vm.yaml": VM,
    })  # fmt: skip
    lint(str(spy))
    assert ("LoadRestrictionsNone" in (spy / "trace").read_text()) is lifted


def test_a_built_in_plugin_that_stays_on_this_disk_is_built(spy: Path, tmp_path: Path) -> None:
    write(tmp_path / "work", {
        "kustomization.yaml": "resources: [vm.yaml]\ngenerators: [local.yaml, odd.yaml]\n",
        "vm.yaml": VM,
        "local.yaml": REMOTE.replace("https://me:secret@example.org/f", "f"),
        "odd.yaml": "- no object\n",
    })  # fmt: skip
    lint(str(spy))
    assert (spy / "trace").read_text() == "started\n"


@pytest.mark.parametrize(
    "manifest",
    ["apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
     "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x}\n"],
)  # fmt: skip
def test_a_repository_without_our_kinds_starts_nothing(
    spy: Path, tmp_path: Path, manifest: str
) -> None:
    write(tmp_path / "work", {
        **{f"{name}/kustomization.yaml": "resources: [../base]\n" for name in "ab"},
        "base/kustomization.yaml": "resources: [x.yaml]\n",
        "base/x.yaml": manifest,
    })  # fmt: skip
    assert findings_at(lint(str(spy))) == []
    assert not (spy / "trace").exists()


def test_only_trees_with_our_kinds_are_built(spy: Path, tmp_path: Path) -> None:
    write(tmp_path / "work", {
        "a/kustomization.yaml": "resources: [x.yaml]\n",
        "a/x.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
        "b/kustomization.yaml": "resources: [../base]\n",
        "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
        "base/vm.yaml": VM,
        "base/snapshot.yaml": SNAPSHOT,
    })  # fmt: skip
    lint(str(spy))
    assert (spy / "trace").read_text() == "started\n"


def test_never_starts_nothing(spy: Path, tmp_path: Path) -> None:
    write(tmp_path / "work", {"kustomization.yaml": "resources: [vm.yaml]\n", "vm.yaml": VM})
    report = lint(str(spy), render="never")
    assert (not_checked(report), os.path.exists(spy / "trace")) == ({}, False)  # noqa: PTH110


@given(st.text("abcxyz-_./", min_size=1, max_size=20))
def test_plain_relative_paths_are_never_remote(path: str) -> None:
    assert not is_remote(f"../{path.replace('.git', '')}") or "/_git/" in f"../{path}"
