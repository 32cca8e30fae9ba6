"""What kustomize and helm build is judged while it is typed, at the places where it is written."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pygls")

from lsprotocol import types

from tests.deploy.render.trees import SNAPSHOT, VM
from tests.editor.language_client import Editor, edited, uri
from tests.files import write
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.editor.folder import Folder

if TYPE_CHECKING:
    from pathlib import Path

BASE = {
    "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "base/vm.yaml": VM,
    "base/snapshot.yaml": SNAPSHOT,
    "prod/kustomization.yaml": "namespace: prod\nresources: [../base]\n",
}
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "values.yaml": "vm: web\n",
    "templates/vm.yaml": VM,
    "templates/snapshot.yaml": SNAPSHOT.replace("name: web", "name: {{ .Values.vm }}"),
}
MISSING = "source-vm-missing"


@pytest.fixture
def tree(tmp_path: Path, tools: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    assert shutil.which("kubectl")
    return tmp_path


def test_a_tree_of_kustomize(tree: Path) -> None:
    write(tree, BASE)

    async def session(editor: Editor) -> None:
        snapshot, vm = tree / "base/snapshot.yaml", tree / "base/vm.yaml"
        editor.open(snapshot)
        editor.type(snapshot, SNAPSHOT.replace("name: web", "name: wbe"))
        await editor.until(lambda: MISSING in editor.rules(snapshot))
        assert '"wbe" in namespace "prod"' in str(editor.of(snapshot))
        editor.open(vm)
        editor.type(vm, VM.replace("name: web", "name: wbe"))
        await editor.until(lambda: MISSING not in editor.rules(snapshot))
        editor.type(vm, VM.replace("name: web", "name: [wbe"))
        await editor.until(lambda: editor.rules(vm) == ["yaml-invalid"])
        assert MISSING not in editor.rules(snapshot)

    edited([tree], session)


@pytest.mark.parametrize("is_typed", [True, False])
def test_what_breaks_a_tree_withholds_no_text_from_elsewhere(tree: Path, *, is_typed: bool) -> None:
    """A kustomization that is broken on disk, or by a text beside it, while others are typed."""
    write(tree, {**BASE, "apps/snapshot.yaml": SNAPSHOT.replace("name: web", "name: wbe")})
    folder = Folder(str(tree), lambda: Settings(tool_path=os.environ["PATH"]))
    typed, beside = str(tree / "apps/vm.yaml"), str(tree / "base/kustomization.yaml")
    texts = {typed: b"", beside: BASE["base/kustomization.yaml"].encode()}
    folder.lint(texts)
    assert "apps/snapshot.yaml" in folder.merged.files
    texts[typed] = VM.replace("name: web", "name: wbe").encode()
    if is_typed:
        texts[beside] = b"resources: [vm.yaml, nope.yaml]\n"
    else:
        (tree / "base/snapshot.yaml").unlink()
    folder.lint(texts)
    found = folder.merged.files.get("apps/snapshot.yaml")
    rules = [finding.rule for finding in found.findings] if found is not None else []
    assert not [rule for rule in rules if rule.startswith("source-vm")]
    assert "render-failed" in str(folder.merged.files["base/kustomization.yaml"].findings)


def test_a_chart(tree: Path) -> None:
    write(tree, CHART)

    async def session(editor: Editor) -> None:
        values, template = tree / "values.yaml", tree / "templates/snapshot.yaml"
        editor.open(values)
        editor.type(values, "vm: wbe\n")
        await editor.until(lambda: editor.rules(template) == [MISSING])
        editor.open(template)
        editor.type(template, SNAPSHOT)
        await editor.until(lambda: editor.rules(template) == [])

    edited([tree], session)


def test_a_template_that_helm_cannot_read_changes_nothing_else(tree: Path) -> None:
    write(tree, {**CHART, "values.yaml": "vm: wbe\n"})

    async def session(editor: Editor) -> None:
        vm, template = tree / "templates/vm.yaml", tree / "templates/snapshot.yaml"
        await editor.until(lambda: editor.rules(template) == [MISSING])
        editor.open(vm)
        editor.type(vm, VM.replace("  name: web", "  name: {{ .Values."))
        document = types.TextDocumentIdentifier(uri(vm))
        params = types.DocumentSymbolParams(document)
        await editor.client.text_document_document_symbol_async(params)  # waits for the lint
        assert editor.rules(template) == [MISSING]
        editor.type(vm, VM.replace("  name: web", "  name: {{ .Values.vm }}"))
        await editor.until(lambda: editor.rules(template) == [])

    editor = edited([tree], session)
    of_template = [it for it in editor.history if it.uri == uri(tree / "templates/snapshot.yaml")]
    assert [len(it.diagnostics) for it in of_template] == [1, 0]
