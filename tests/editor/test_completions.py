"""What is offered at the places where somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.editor.views import FILES, SNAPSHOT, VM, marked, view_of
from tests.files import write
from vmsnap_lint.core import kinds
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.editor.completions import completions
from vmsnap_lint.editor.named_fields import fields_of
from vmsnap_lint.editor.view import View
from vmsnap_lint.objects.references import EACH, EDGES

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.editor.completions import Completions
    from vmsnap_lint.objects.references import Edge

_NOTHING = View((), (), {})
_CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nspec:\n"
_CLASS = "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\n"
_COPY = "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nspec:\n"
_SAVED = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\nspec:\n"
_HEAD = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: \n  namespace: prod\nspec:\n"
_VOLUMES = f"{_HEAD}  template:\n    spec:\n      volumes:\n"
_LIST = (
    "kind: List\nitems:\n- kind: Other\n"
    "- apiVersion: kubevirt.io/v1\n  kind: VirtualMachine\n  spec:\n"
)


def _at(view: View, text: str, file: str = "new.yaml") -> Completions | None:
    plain, line, column = marked(text)
    return completions(view, file, plain, line, column)


def _labels(view: View, text: str, file: str = "new.yaml") -> list[str]:
    found = _at(view, text, file)
    return [offer.label for offer in found.offers] if found is not None else []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (SNAPSHOT.replace("name: web ", "name: ^"), ["web"]),
        (SNAPSHOT.replace("name: web ", "name: w^\n  x: ["), ["web"]),
        (SNAPSHOT.replace("name: web ", "name: x^"), []),
        (SNAPSHOT.replace("name: web ", "name: ^").replace("prod", "other"), []),
        (f"{_SAVED}  source: {{kind: VirtualMachine, name: ^", ["web"]),
        (f"{_SAVED}  source: {{kind: VirtualMachine, name: 'w^'}}", ["web"]),
        (VM.replace('"root-claim"', "^"), ["root-claim", "data"]),
        (VM.replace('"root-claim"', '"roo^'), ["root-claim"]),
        (VM.replace("            name: data", "            name: ^"), ["data", "root-claim"]),
        (VM.replace("fast", "^"), ["fast"]),
        (f"{_CLASS}driver: ^", ["driver.example.com"]),
        (f"{_CLAIM}  storageClassName: f^", ["fast"]),
        (f"{_COPY}  volumeSnapshotClassName: ^", ["snappy"]),
        ("metadata:\n  namespace: ^\nkind: PersistentVolumeClaim\napiVersion: v1", ["prod"]),
    ],
)  # fmt: skip
def test_names_of_objects_that_exist(tree: Path, text: str, labels: list[str]) -> None:
    assert _labels(view_of(), text) == labels


def test_a_name_is_told_with_its_kind_and_file(tree: Path) -> None:
    found = _at(view_of(), VM.replace('"root-claim"', "^"))
    assert found is not None
    told = {offer.label: (offer.detail, offer.documentation) for offer in found.offers}
    assert told == {
        "root-claim": ("PersistentVolumeClaim in prod", "`claim.yaml`"),
        "data": ("DataVolume in prod, made by VirtualMachine", "`vm.yaml`"),
    }


def _text_of(edge: Edge) -> str:
    """An object in which the value of a field is being typed."""
    head = f"apiVersion: {edge.owner.group}/v1\nkind: {edge.owner.kind}\n"
    lines, indent, dash = [head, "metadata:\n  namespace: prod\n"], "", ""
    for step in edge.path[:-1]:
        if step == EACH:
            dash = "- "
            continue
        lines.append(f"{indent}{dash}{step}:\n")
        indent, dash = f"{indent}{'  ' if dash else ''}  ", ""
    return "".join([*lines, f"{indent}{dash}{edge.path[-1]}: ^\n"])


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.owner.kind}/{edge.field}")
def test_every_reference_offers_names(
    edge: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    objects = [
        f"apiVersion: {target.group + '/' if target.group else ''}v1\nkind: {target.kind}\n"
        f"metadata: {{name: a-{number}, namespace: prod}}\nspec: {{template: {{spec: {{}}}}}}\n"
        for number, target in enumerate(edge.targets)
    ]
    write(tmp_path, {"objects.yaml": "---\n".join([*objects, FILES["snapshot.yaml"]])})
    view = view_of()
    known = [
        f"a-{number}" for number, target in enumerate(edge.targets)
        if any(view.named(world, target, "prod") for world in view.worlds)
    ]  # fmt: skip
    assert [each for each in _labels(view, _text_of(edge)) if each in known] == known
    if edge.targets != (kinds.CONTROLLER_REVISION,):
        assert known


@pytest.mark.parametrize(
    "edge",
    [
        e
        for kind in dict.fromkeys(e.owner for e in EDGES)
        for e in fields_of(kind)
        if len(e.kind_at) == 3
    ],
    ids=lambda edge: f"{edge.owner.kind}/{edge.field}",
)
def test_kinds_and_groups_of_references(edge: Edge) -> None:
    text = _text_of(edge).replace(f"{edge.path[-1]}: ^", f"{edge.kind_at[-1]}: ^")
    assert _labels(_NOTHING, text)[: len(edge.targets)] == [each.kind for each in edge.targets]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (f"{_HEAD}  runStrategy: Al^", ["Always"]),
        (f"{_SAVED}  source: {{kind: VirtualMachine, ^", ["name", "apiGroup"]),
        (f"{_CLAIM}  accessModes: [ReadWriteOnce, ReadO^", ["ReadOnlyMany"]),
        (f"{_HEAD}  running: ^", ["true", "false"]),
        (f"{_CLAIM}  accessModes:\n  - ReadO^", ["ReadOnlyMany"]),
        (f"{_SAVED}  deletionPolicy: ^", ["Delete", "Retain"]),
        ("apiVersion: backup.kubevirt.io/v1alpha1\nkind: ^", ["VirtualMachineBackup"]),
        ("apiVersion: ^\nkind: VirtualMachineExport", ["export.kubevirt.io/v1"]),
        ("kind: VirtualMachineRes^", ["VirtualMachineRestore"]),
        ("ap^", ["apiVersion"]),
        (f"{_HEAD}  runS^", ["runStrategy"]),
        (f"{_VOLUMES}      - name: a\n        pers^", ["persistentVolumeClaim"]),
        (f"{_VOLUMES}      - n^", ["name"]),
        (f"{_LIST}    runS^", ["runStrategy"]),
    ],
)  # fmt: skip
def test_fields_and_values_of_the_schemas(tree: Path, text: str, labels: list[str]) -> None:
    assert _labels(view_of(), text)[: len(labels)] == labels


_JSON = """\
{
  "apiVersion": "snapshot.kubevirt.io/v1beta1", "kind": "VirtualMachineSnapshot",
  "spec": {"source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "web"}},
  "metadata": {"name": "nightly", "namespace": "prod"}
}
"""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (_JSON.replace('"web"', "^"), '"web"'),
        (_JSON.replace('"web"', '"w^"'), "web"),
        (_JSON.replace('"web"', '"^'), 'web"'),
        (_JSON.replace('"source":', '^ "source":'), '"deletionPolicy": '),
        (_JSON.replace('"source":', '"^": "Retain", "source":'), "deletionPolicy"),
        (_JSON.replace('"source":', '"del^\n"source":'), 'deletionPolicy": '),
        (_JSON.replace('"spec": {', '"spec": {"deletionPolicy": ^, '), '"Delete"'),
        (f"{_HEAD}  running: {{^", ""),
        (
            '{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "spec": {"running": ^',
            "true",
        ),
        (f"{_HEAD}  template: {{\n    spec: {{\n      vol^", "volumes: "),
        (f"{_HEAD}  run^ning: true", "running"),
        (f'{_HEAD}  "runS^"', "runStrategy"),
        (f"{_CLAIM}  accessModes: [\n    ReadWriteOnce,\n    ReadO^", "ReadOnlyMany"),
    ],
)
def test_what_is_written_where_there_are_quotes_or_brackets(
    tree: Path, text: str, written: str
) -> None:
    found = _at(view_of(), text)
    texts = [offer.text or offer.label for offer in found.offers] if found is not None else [""]
    assert texts[0] == written


@pytest.mark.parametrize(("name", "written"), [("1e3", '"1e3"'), ("web", "web")])
def test_a_name_that_would_be_another_value_gets_quotes(
    tree: Path, name: str, written: str
) -> None:
    write(tree, {"claim.yaml": FILES["claim.yaml"].replace("root-claim", f'"{name}"')})
    found = _at(view_of(), VM.replace('"root-claim"', "^"))
    assert found is not None
    assert found.offers[0].text == written


def test_a_field_is_offered_once_and_told(tree: Path) -> None:
    source = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\nspec:\n  ^\n"
    found = _at(view_of(), source)
    assert found is not None
    offered = {offer.label: offer for offer in found.offers}
    assert [*offered] == ["source", "deletionPolicy", "failureDeadline"]
    assert (offered["source"].detail, offered["source"].text) == ("object, required", "source:")
    assert offered["failureDeadline"].text == "failureDeadline: "
    assert 'a duration such as `"5m"`' in offered["failureDeadline"].documentation
    assert "Since KubeVirt 0.44.1" in offered["failureDeadline"].documentation
    assert "source" not in _labels(view_of(), f"{source}  source:\n")


def test_the_rule_ids_of_a_suppression(tree: Path) -> None:
    view = view_of()
    assert _labels(view, "kind: A  # vmsnap-lint: ignore[source-vm-mis^]") == ["source-vm-missing"]
    assert _labels(view, "# vmsnap-lint: ignore-file[^")[:3] == [*rule_ids()[:3]]
    found = _at(view, "# vmsnap-lint: ignore[source-vm-missing, source-vm-^x] why")
    assert found is not None
    assert "source-vm-missing" not in [offer.label for offer in found.offers]
    assert found.span[1::2] == (42, 53)
    assert _labels(view, "# vmsnap-lint: ^") == []
    assert _labels(view, "# ignore[^") == []


def test_the_word_is_replaced_within_its_quotes(tree: Path) -> None:
    found = _at(view_of(), VM.replace('"root-claim"', '"ro^o"  # note'))
    assert found is not None
    assert found.span[1::2] == (25, 28)


def test_many_names_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    claims = [FILES["claim.yaml"].replace("root-claim", f"c-{n:03}") for n in range(300)]
    write(tmp_path, {"claims.yaml": "---\n".join(claims), "snapshot.yaml": SNAPSHOT})
    found = _at(view_of(), VM.replace('"root-claim"', "^"))
    assert found is not None
    assert found.is_cut
    assert len(found.offers) == 200
    assert _labels(view_of(), VM.replace('"root-claim"', "c-29^"))[:2] == ["c-290", "c-291"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(cut=st.integers(0, len(VM)), tail=st.text(max_size=20), at=st.integers(0, 40))
def test_no_broken_buffer_makes_it_fail(tree: Path, cut: int, tail: str, at: int) -> None:
    text = VM[:cut] + tail
    lines = text.count("\n") + 1
    view = _NOTHING
    for line in (lines - 1, lines, lines + 1):
        completions(view, "vm.yaml", text, line, at)
