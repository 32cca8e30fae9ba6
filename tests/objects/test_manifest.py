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
