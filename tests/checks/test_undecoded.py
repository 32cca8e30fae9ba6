"""Long definitions that no rule asks about stay as they are: they are not decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_LONG = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata:\n  name: things.example.org\nspec:\n  group: example.org\n"
    "  description: like a VirtualMachine of snapshot.storage.k8s.io\n  schema:\n"
)
_SNAPSHOT = (
    "---\napiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
    "metadata: {name: nightly}\nspec:\n"
    "  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}\n"
)
_VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\nspec: {}\n"


def test_a_lint_decodes_no_long_definition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = "".join(f"    field{number}:\n      type: string\n" for number in range(300))
    (tmp_path / "definition.yaml").write_text(_LONG + fields)
    (tmp_path / "vm.yaml").write_text(_VM)
    decoded: list[Document] = []
    monkeypatch.setattr(Document, "_decoded", decoded.append)
    run = engine.lint((str(tmp_path),), None, Settings(render="never"))
    (definition,) = (each for file, each in run.sources.items() if "definition" in file)
    assert [each.outline is not None for each in definition.documents] == [True]
    assert decoded == []


def test_a_lint_decodes_no_short_object_of_other_kinds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "".join(
        f"---\napiVersion: v1\nkind: {kind}\nmetadata:\n  name: web\n{field}:\n  a: b\n"
        for kind, field in (("ConfigMap", "data"), ("Secret", "stringData"), ("Secret", "data"))
    )
    (tmp_path / "all.yaml").write_text(_VM + other + _SNAPSHOT)
    decoded: list[Document] = []
    monkeypatch.setattr(Document, "_decoded", decoded.append)
    run = engine.lint((str(tmp_path),), None, Settings(render="never"))
    (source,) = run.sources.values()
    outlined = [each.outline is not None for each in source.documents]
    assert outlined == [False, True, True, True, False]
    assert decoded == []
