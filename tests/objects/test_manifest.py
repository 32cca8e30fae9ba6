"""What a document holds: itself, or the items of a list, with the type that the list gives."""

from __future__ import annotations

import pytest

from vmsnap_lint import document
from vmsnap_lint.core.model import Span
from vmsnap_lint.objects.manifest import Manifest, manifests


def _objects(text: str) -> list[Manifest]:
    (only,) = document.read("a.yaml", text.encode()).documents
    return list(manifests(only))


@pytest.mark.parametrize("own", ["", "kind: VirtualMachine, ", "apiVersion: v1, "])
def test_a_typed_list_gives_its_items_their_type(own: str) -> None:
    (vm,) = _objects(
        "apiVersion: kubevirt.io/v1\nkind: VirtualMachineList\n"
        f"items:\n- {{{own}metadata: {{name: wéb, namespace: a}}}}\n"
    )
    assert (vm.group, vm.kind, vm.name, vm.namespace) == (
        "kubevirt.io", "VirtualMachine", "wéb", "a",
    )  # fmt: skip
    start = len(own) + len("- {metadata: {name: ") + 1
    span = vm.document.span((*vm.root, "metadata", "name"))
    assert span == Span(4, start, 4, start + 3)


def test_a_typed_item_keeps_its_type() -> None:
    (one,) = _objects(
        "apiVersion: kubevirt.io/v1\nkind: VirtualMachineList\n"
        "items:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
    )
    assert (one.group, one.kind) == ("", "Pod")


def test_a_plain_list_gives_nothing() -> None:
    (one,) = _objects("apiVersion: v1\nkind: List\nitems:\n- {metadata: {name: a}}\n")
    assert (one.group, one.kind, one.name) == ("", "", "a")


_LONG = (
    "apiVersion: a/v1\nkind: Thing\nmetadata:\n  name: web\nspec:\n" + 400 * "  a: |\n    text\n"
)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("  group: snapshot.example\n", True),
        ("  group: 'snapshot.example'\n", True),
        ('  group: "snapshot.\\\n    example"\n', True),
        ("  group: other.example\n", False),
        ('  group: "\\"snapshot.\\" \\n"\n', False),
    ],
)
def test_a_word_is_looked_for_without_decoding(
    more: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(
        line.replace("  a:", f"  a{number}:") for number, line in enumerate(_LONG.splitlines(True))
    )
    (one,) = _objects(text + more)
    assert one.document.outline is not None
    assert one.may_hold("snapshot.example") is expected
    with monkeypatch.context() as patch:
        patch.setattr("vmsnap_lint.document.compose.compose", None)
        one.may_hold("snapshot.example")
    assert (one.text("spec", "group") == "snapshot.example") is expected


def test_a_decoded_object_may_hold_any_word() -> None:
    (one,) = _objects('kind: Pod\nx: "snap\\x73hot"\n')
    assert one.may_hold("snapshot")
