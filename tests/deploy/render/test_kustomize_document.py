"""A value that kustomize set has its place in the field of the kustomization that set it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from vmsnap_lint import document
from vmsnap_lint.deploy.render.align import value_at
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument, _setter, fields_set_by
from vmsnap_lint.deploy.render.origins import Origin

KUSTOMIZATION: dict[str, Any] = {
    "namespace": "prod", "namePrefix": "a-", "nameSuffix": "-z",
    "commonLabels": {"team": "red"}, "commonAnnotations": {"note": "x"},
    "labels": [{"pairs": {"app": "web"}}],
    "replacements": [
        "no object", {"targets": "no list"},
        {"targets": ["no object", {"fieldPaths": "no list"}, {"fieldPaths": ["spec.other"]}]},
        {"targets": [{"fieldPaths": ["spec.volumes.[name=root].claim.name"]}]},
    ],
}  # fmt: skip
OBJECT: dict[str, Any] = {
    "kind": "VirtualMachine",
    "metadata": {
        "name": "a-web-z", "namespace": "prod",
        "labels": {"team": "red", "app": "web"}, "annotations": {"note": "x", "other": "y"},
    },
    "spec": {"volumes": [{"name": "root", "claim": {"name": "d"}}], "namespace": "test"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "path", "expected"),
    [
        ("namespace", ("metadata", "namespace"), ("namespace",)),
        ("namespace", ("spec", "namespace"), None),
        ("namespace", ("metadata", "name"), None),
        ("namePrefix", ("metadata", "name"), ("namePrefix",)),
        ("nameSuffix", ("metadata", "name"), ("nameSuffix",)),
        ("namePrefix", ("metadata", "namespace"), None),
        ("commonLabels", ("metadata", "labels", "team"), ("commonLabels", "team")),
        ("commonLabels", ("metadata", "labels", "app"), None),
        ("commonAnnotations", ("metadata", "annotations", "note"), ("commonAnnotations", "note")),
        ("commonAnnotations", ("metadata", "annotations", "other"), None),
        ("labels", ("metadata", "labels", "app"), ("labels",)),
        ("labels", ("metadata", "annotations", "note"), None),
        ("replacements", ("spec", "volumes", 0, "claim", "name"), ("replacements", 3)),
        ("replacements", ("spec", "volumes", 0, "name"), None),
    ],
)
def test_the_setter_of_a_value(
    field: str, path: tuple[str | int, ...], expected: tuple[str | int, ...] | None
) -> None:
    assert _setter(field, KUSTOMIZATION[field], path, value_at(OBJECT, path)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spec.volumes.0.claim", "spec/volumes/claim"),
        ("spec.volumes.*.claim", "spec/volumes/claim"),
        ("spec.volumes.-", "spec/volumes"),
        (r"metadata.annotations.example\.org/x", "metadata/annotations/example.org/x"),
    ],
)
def test_the_path_of_a_replacement(text: str, expected: str) -> None:
    assert list(fields_set_by({"targets": [{"fieldPaths": [text]}]})) == [expected]


@pytest.mark.parametrize("generator", ["configMapGenerator", "secretGenerator", "generators"])
def test_a_generated_object_stands_at_its_generator(generator: str) -> None:
    text = f"resources: []\n{generator}: [x]\n"
    (home,) = document.read("kustomization.yaml", text.encode()).documents
    maker: Any = SimpleNamespace(document=home)
    rendered = RenderedDocument({"kind": "Secret"}, 0, Origin(None, maker, ()), Any)  # type: ignore[arg-type] # no patch is read
    assert rendered.where(())[0] == "kustomization.yaml"
    assert rendered.where(())[1].line == 2
    assert rendered.where(("kind",)) == rendered.where(())


def test_without_a_generator_of_its_own_it_stands_at_the_kustomization() -> None:
    (home,) = document.read("kustomization.yaml", b"\nresources: []\n").documents
    maker: Any = SimpleNamespace(document=home)
    rendered = RenderedDocument({"kind": "Secret"}, 0, Origin(None, maker, ()), Any)  # type: ignore[arg-type] # no patch is read
    assert rendered.where(())[1].line == 2


def test_an_object_without_any_kustomization_is_a_defect() -> None:
    maker: Any = SimpleNamespace(document=None)
    with pytest.raises(ValueError, match="kustomization that parses"):
        RenderedDocument({}, 0, Origin(None, maker, ()), Any)  # type: ignore[arg-type]
