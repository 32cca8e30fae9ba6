"""More tools installed never means that less is seen, whatever of a tree cannot be built."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.render.trees import SNAPSHOT, VM, lint, write
from tests.shared import SHARED, needs_shared
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Report

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
PVC = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: root, namespace: prod}
spec: {storageClassName: local, accessModes: [ReadWriteOnce]}
"""
CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: rancher.io/local-path
"""
PLACED = "  namespace: prod\nspec:"
FILES = {
    "vm.yaml": VM.replace("spec:", PLACED, 1),
    "snapshot.yaml": SNAPSHOT.replace("spec:", PLACED, 1),
    "misspelt.yaml": SNAPSHOT.replace("spec:", PLACED, 1).replace("nightly", "other")
                     .replace("name: web", "name: wbe") + "  failureDeadline: 1d\n",
    "pvc.yaml": PVC,
    "class.yaml": CLASS,
}  # fmt: skip
# What makes a build fail, or leaves something out of it. None of it changes an object.
TROUBLES = (
    "", "gone.yaml", "https://example.org/crds.yaml", "https://example.org/x.yaml",
    "github.com/example/x//base?ref=v1", "../outside", "broken.yaml", "../nothing",
)  # fmt: skip
FIELDS = (
    "", "namespace: prod", "namePrefx: x", "helmCharts: [{name: gone}]", "namespace: [",
    "transformers: [plugin.yaml]", "patches: [{path: gone.yaml}]", "helmCharts: [{name: web}]",
    "configurations: ['https://example.org/c.yaml']",
)  # fmt: skip

names = st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=5, unique=True)
troubles = st.lists(st.sampled_from(TROUBLES), max_size=2, unique=True)
CASES = SHARED / "cases"
# kustomize makes a string of what is no boolean to it; helm makes the VM.
DISPROVED = {"kustomize-running-y", "vm-made-by-helmrelease"}
BUILT = sorted({
    file.relative_to(CASES).parts[0]
    for name in ("kustomization.yaml", "Chart.yaml")
    for file in CASES.rglob(name)
} - DISPROVED)  # fmt: skip


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """A base, an overlay that includes it, a chart and plain files."""
    tree: dict[str, str] = {"base/plugin.yaml": "kind: Shell\n", "base/broken.yaml": "a: [\n"}
    for directory, below in (("base", []), ("overlay", ["../base"])):
        own = draw(names) if directory == "base" else draw(st.lists(names, max_size=1))
        files = own if directory == "base" else [f"{name}" for some in own for name in some]
        entries = [*below, *files, *filter(None, draw(troubles))]
        listed = ", ".join(f"'{entry}'" for entry in entries)
        fields = draw(st.sampled_from(FIELDS))
        tree[f"{directory}/kustomization.yaml"] = f"resources: [{listed}]\n{fields}\n"
        tree |= {f"{directory}/{name}": apart(FILES[str(name)], directory) for name in files}
    if draw(st.booleans()):
        home = draw(st.sampled_from(["web/", "", "base/charts/web/"]))
        tree[f"{home}Chart.yaml"] = CHART
        tree[f"{home}templates/x.yaml"] = draw(st.sampled_from(["{{ fail `x` }}", "a: b", "a: ["]))
        tree[f"{home}examples/misspelt.yaml"] = apart(FILES["misspelt.yaml"], "example")
    return tree


def apart(text: str, name: str) -> str:
    """An object that no other directory has: what two declare is for two clusters."""
    words = (
        "nightly",
        "other",
        "name: web",
        "Name: local",
        "{name: local",
        "{name: root",
        "e: root",
    )
    for word in words:
        text = re.sub(rf"{re.escape(word)}(?=[,}}\n])", f"{word}-{name}", text)
    return text


def found(report: Report) -> set[tuple[str, int, str]]:
    """The findings that are more than information, without those about the tools themselves.

    A VM that a chart may make is missing for certain where the chart is built and does not.
    """
    return {
        (one.file, one.span.line, one.rule.replace("vm-unverified", "vm-missing"))
        for one in report.findings
        if one.severity > Severity.INFO and one.rule != "render-failed"
    }


@given(tree=trees())
def test_what_is_found_without_tools_is_found_with_them(
    tmp_path_factory: pytest.TempPathFactory, tools: str, tree: dict[str, str]
) -> None:
    work = tmp_path_factory.mktemp("tree")
    write(work, tree)
    (work / ".git").mkdir()
    here = Path.cwd()
    os.chdir(work)
    try:
        without, built = lint(tools, render="never"), lint(tools)
    finally:
        os.chdir(here)
        shutil.rmtree(work)
    assert found(without) <= found(built)


@needs_shared
@pytest.mark.parametrize("name", BUILT)
def test_on_kinds_of_trees_that_were_reported(
    name: str, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES / name)
    assert found(lint(tools, render="never")) <= found(lint(tools))
