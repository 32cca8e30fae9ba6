"""Every field that names an object leads to it, and is found from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.editor.views import SNAPSHOT, place, view_of
from tests.files import write
from vmsnap_lint.core import kinds
from vmsnap_lint.core.relevance import of_kind
from vmsnap_lint.editor.named_fields import fields_of, followed_kinds
from vmsnap_lint.editor.navigation import definitions, references_at
from vmsnap_lint.objects.references import EACH

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.references import Edge

_NAME = "the-target"


def _versioned(kind: Kind) -> str:
    return f"{kind.group}/v1" if kind.group else "v1"


def _object(kind: Kind, name: str) -> dict[str, Any]:
    metadata = (
        {"name": name} if kind in kinds.CLUSTER_SCOPED else {"name": name, "namespace": "prod"}
    )
    value: dict[str, Any] = {
        "apiVersion": _versioned(kind),
        "kind": kind.kind,
        "metadata": metadata,
    }
    return value


def _set(value: dict[str, Any], path: tuple[str, ...], text: str) -> None:
    inner: Any = value
    for step, below in zip(path, (*path[1:], ""), strict=True):
        if step == EACH:
            inner = inner[0]
        elif not below:
            inner[step] = text
        else:
            inner = inner.setdefault(step, [{}] if below == EACH else {})


_PAIRS = [
    (edge, target)
    for kind in sorted(followed_kinds())
    for edge in fields_of(kind)
    for target in edge.targets
    if of_kind(*target) and of_kind(*kind) and edge.path != ("metadata", "name")
]


@pytest.mark.parametrize(
    ("edge", "target"),
    _PAIRS,
    ids=[f"{edge.owner.kind}/{edge.field}/{target.kind}" for edge, target in _PAIRS],
)
def test_a_reference_leads_to_its_object_and_back(
    edge: Edge, target: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    owner = _object(edge.owner, "the-owner")
    _set(owner, edge.path, _NAME)
    if edge.owner == kinds.VM:  # without a template it is a patch
        owner["spec"].setdefault("template", {"spec": {}})
    if edge.kind_at:
        _set(owner, edge.kind_at, target.kind)
    if edge.has_namespace:
        _set(owner, (*edge.path[:-1], "namespace"), "prod")
    named = _object(target, _NAME) | {"spec": {"template": {"spec": {}}}}
    texts = {
        "owner.yaml": yaml.safe_dump(owner, sort_keys=False),
        "target.yaml": yaml.safe_dump(named, sort_keys=False),
        "snapshot.yaml": SNAPSHOT,
    }
    write(tmp_path, texts)
    view = view_of()
    at, declared = place(texts["owner.yaml"], _NAME), place(texts["target.yaml"], _NAME)
    found = definitions(view, "owner.yaml", *at)
    assert [(each.file, each.span[:2]) for each in found] == [("target.yaml", declared)]
    users = references_at(view, "target.yaml", *declared, declarations=False)
    assert ("owner.yaml", at) in [(each.file, each.span[:2]) for each in users]
