"""The symbols of files nest as editors need them, and are found by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.editor.views import VM, view_of
from tests.files import write
from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.document.encoding import decode
from vmsnap_lint.editor.symbols import symbols_in, symbols_named
from vmsnap_lint.editor.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.editor.symbols import FileSymbol


def _nest(symbols: Iterable[FileSymbol], within: Span | None = None) -> None:
    for symbol in symbols:
        inside = [symbol.name_span, symbol.span] if within is None else [symbol.name_span]
        for inner, outer in ((symbol.name_span, symbol.span), (symbol.span, within)):
            if outer is not None:
                assert outer[:2] <= inner[:2] <= inner[2:] <= outer[2:], inside
        assert symbol.name
        _nest(symbol.children, symbol.span)


def test_a_vm_has_its_volumes_and_disks(tree: Path) -> None:
    (vm,) = symbols_in(view_of(), "vm.yaml")
    assert (vm.name, vm.detail, vm.span[:2]) == ("web", "VirtualMachine in prod", (1, 1))
    assert [(each.name, each.detail) for each in vm.children] == [
        ("data", "DataVolume"), ("root", "volume"), ("second", "volume"), ("root", "disk"),
        ("second", "disk"),
    ]  # fmt: skip
    assert vm.span.end_line == VM.count("\n")
    _nest([vm])


def test_each_object_of_a_file(tree: Path) -> None:
    found = symbols_in(view_of(), "classes.yaml")
    assert [(each.name, each.span[0], each.span[2]) for each in found] == [
        ("fast", 1, 5), ("snappy", 7, 12)
    ]  # fmt: skip
    _nest(found)


def test_the_items_of_a_list_and_objects_without_a_name(tree: Path) -> None:
    lines = "".join(f"  {line}\n" for line in VM.splitlines())
    text = f"kind: List\nitems:\n-{lines[1:]}- {{kind: Secret}}\n"
    write(tree, {"list.yaml": text})
    found = symbols_in(view_of(), "list.yaml")
    assert [each.name for each in found] == ["web", "(no name)"]
    _nest(found)


def test_objects_of_all_files_by_name(tree: Path) -> None:
    view = view_of()
    found = [(each.name, each.kind, each.namespace, each.file) for each in symbols_named(view, "R")]
    assert found == [("root-claim", "PersistentVolumeClaim", "prod", "claim.yaml")]
    assert len(symbols_named(view, "")) == 6
    assert symbols_named(view, "none of that name") == []


def test_a_file_that_is_not_known_has_none() -> None:
    assert symbols_in(View((), (), {}), "x.yaml") == []


@pytest.mark.parametrize("anchor", ["&a ", "!!map "])
def test_marks_before_an_object(tree: Path, anchor: str) -> None:
    text = f"--- {anchor}\n{VM}---\n{VM}"
    source = document.read("a.yaml", text.encode())
    _nest(symbols_in(View((), (), {"a.yaml": source}), "a.yaml"))


@examples(300)
@given(st.one_of(near_plain, yamlish))
def test_symbols_of_any_text_nest(text: str) -> None:
    for whole in (
        text,
        f"kind: VirtualMachine\napiVersion: kubevirt.io/v1\nspec:\n{text}",
        f"{VM}{text}",
    ):
        source = document.read("a.yaml", decode(whole.encode("utf-8", "surrogatepass")).encode())
        _nest(symbols_in(View((), (), {"a.yaml": source}), "a.yaml"))
