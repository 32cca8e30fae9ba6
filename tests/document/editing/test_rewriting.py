"""Edits change what they are for, and no other byte; without certainty there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.document.editing.documents import TEXTS, operation_on
from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    EntryRemoved,
    ItemAdded,
    KeyRenamed,
    ScalarSet,
    intended,
    same,
)
from vmsnap_lint.document.editing.rewriting import are_certain, drafted, edits_of, rewritten
from vmsnap_lint.document.positions import Lines

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.document.editing.operations import Operation


def _changes(text: str, edits: tuple[Edit, ...]) -> list[tuple[int, int, str]]:
    lines = Lines(text.removeprefix("\ufeff"))
    found = []
    for edit in edits:
        start = lines.index(edit.span.line, edit.span.column)
        end = lines.index(edit.span.end_line, edit.span.end_column)
        assert start is not None
        assert end is not None
        found.append((start, end, edit.text))
    return found


def _edited(text: str, *operations: Operation, number: int = 0) -> str:
    """The text after the operations on one of its documents; "" where there are no edits."""
    of = document.read("a.yaml", text.encode()).documents[number]
    home = of.home(())
    assert home is not None
    draft = drafted(home, operations)
    edits = edits_of(draft) if draft is not None else ()
    return rewritten(text.removeprefix("\ufeff"), _changes(text, edits)) if edits else ""


VM = """\
spec:
  running: true  # on
  list:
    - name: a
      to: {b: c}
    # about b
    - name: b
      text: |
        some
        text

# end
"""
RUN = ("spec", "running")
LIST = ("spec", "list")


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        (ScalarSet(RUN, False), "running: true", "running: false"),
        (ScalarSet(RUN, "true"), "running: true", 'running: "true"'),
        (ScalarSet(RUN, None), "running: true", "running: null"),
        (ScalarSet((*LIST, 0, "name"), "no"), "name: a", 'name: "no"'),
        (ScalarSet((*LIST, 0, "to", "b"), "a, b"), "{b: c}", '{b: "a, b"}'),
        (ScalarSet((*LIST, 1, "text"), "a\nb\n"), "some\n        text", "a\n        b"),
        (ScalarSet((*LIST, 1, "text"), "a"), "|\n        some\n        text", "a"),
        (KeyRenamed(RUN, "runStrategy"), "running: true", "runStrategy: true"),
        (EntryAdded(("spec",), "x", 1, "running"), "  running", "  x: 1\n  running"),
        (EntryAdded(("spec",), "x", 1), "        text\n", "        text\n  x: 1\n"),
        (
            EntryAdded((*LIST, 0), "x", {"y": ["1", {"z": None}]}),
            "to: {b: c}\n",
            'to: {b: c}\n      x:\n        "y":\n          - "1"\n          - z: null\n',
        ),
        (EntryAdded((*LIST, 0), "x", 1, "name"), "- name: a", "- x: 1\n      name: a"),
        (EntryAdded((*LIST, 0, "to"), "x", "y"), "{b: c}", '{b: c, x: "y"}'),
        (EntryAdded((*LIST, 0, "to"), "x", 1, "b"), "{b: c}", "{x: 1, b: c}"),
        (
            ItemAdded(LIST, {"name": "c", "to": {}}),
            "        text\n",
            "        text\n    - name: c\n      to: {}\n",
        ),
        (EntryRemoved(RUN), "\n  running: true  # on", ""),
        (EntryRemoved((*LIST, 0, "name")), "name: a\n      to", "to"),
        (EntryRemoved((*LIST, 0, "to")), "\n      to: {b: c}", ""),
        (EntryRemoved((*LIST, 0, "to", "b")), "{b: c}", "{}"),
        (EntryRemoved((*LIST, 0)), "\n    - name: a\n      to: {b: c}", ""),
    ],
)
def test_an_operation_is_written_as_a_person_would(
    operation: Operation, old: str, new: str
) -> None:
    assert VM.count(old) == 1
    assert _edited(VM, operation) == VM.replace(old, new)


def test_operations_go_together_and_name_places_of_what_is_there_before() -> None:
    both = _edited(VM, KeyRenamed(RUN, "runStrategy"), ScalarSet(RUN, "Always"))
    assert both == VM.replace("running: true", "runStrategy: Always")


@pytest.mark.parametrize(
    ("text", "operation", "new"),
    [
        ("a: 'x'\n", ScalarSet(("a",), "it's"), "a: 'it''s'\n"),
        ('a: "x"\n', ScalarSet(("a",), "y"), 'a: "y"\n'),
        ("a: 'x'\n", ScalarSet(("a",), 1), "a: 1\n"),
        ("a:\n", ScalarSet(("a",), "x"), "a: x\n"),
        ("a: # c\n", ScalarSet(("a",), "x"), "a: x # c\n"),
        ("a:\n", EntryAdded(("a",), "b", 1), "a:\n  b: 1\n"),
        ("a: ~\n", EntryAdded(("a",), "b", 1), "a: {b: 1}\n"),
        ("a:\n", ItemAdded(("a",), 1), "a:\n  - 1\n"),
        ("a: []\n", ItemAdded(("a",), 1), "a: [1]\n"),
        ('{"a":1}', EntryAdded((), "b", "x"), '{"a":1,"b":"x"}'),
        ('{"a": 1}', EntryAdded((), "b", "x", "a"), '{"b": "x", "a": 1}'),
        ('{"a":{"b":1}}', EntryAdded(("a",), "c", {"d": [1]}, "b"), '{"a":{"c":{"d":[1]},"b":1}}'),
        ('{"a":[1,2]}', ItemAdded(("a",), 3), '{"a":[1,2,3]}'),
        ('{"a":\n 1}', EntryAdded((), "b", 2), '{"a":\n 1, "b": 2}'),
        ("- 1\n- 2\n", EntryRemoved((0,)), "- 2\n"),
        ("a:\n- 1\nb: 2", ItemAdded(("a",), "x"), "a:\n- 1\n- x\nb: 2"),
        ("a: 1", EntryAdded((), "b", "x"), "a: 1\nb: x"),
        ("a: 1\r\nb: 2\r\n", EntryAdded((), "c", 3, "b"), "a: 1\r\nc: 3\r\nb: 2\r\n"),
        ("a: 1\r\nb: 2\r\n", EntryRemoved(("b",)), "a: 1\r\n"),
        ("a: 1\nb: 2", EntryRemoved(("b",)), "a: 1"),
        ("a:\n  b: 1  # c\n", EntryRemoved(("a", "b")), "a: {}  # c\n"),
        ("a:\n  - b\n", EntryRemoved(("a", 0)), "a: []\n"),
        ('"a": 1\n', EntryAdded((), "b", 2), '"a": 1\n"b": 2\n'),
        ("a: 'x'\n", EntryAdded((), "b", "y"), "a: 'x'\nb: 'y'\n"),
        ('a: "x"\nc: z\n', EntryAdded((), "b", "y", "a"), 'b: "y"\na: "x"\nc: z\n'),
        ("# head\na: 1\n", EntryAdded((), "b", 2, "a"), "# head\nb: 2\na: 1\n"),
        (
            "a:\r\n  # one\r\n  # of b\r\n  b: 1\r\n",
            EntryAdded(("a",), "c", 2, "b"),
            "a:\r\n  c: 2\r\n  # one\r\n  # of b\r\n  b: 1\r\n",
        ),
        (
            "- a: 1\n  # of 1\n- b: 2\n",
            EntryAdded((1,), "c", 3, "b"),
            "- a: 1\n  # of 1\n- c: 3\n  b: 2\n",
        ),
        ('{"a":{"b":1}}', EntryAdded(("a",), "c", "x"), '{"a":{"b":1,"c":"x"}}'),
        (
            '{\n  "a": [\n    1\n  ]\n}\n',
            ItemAdded(("a",), "x"),
            '{\n  "a": [\n    1,\n    "x"\n  ]\n}\n',
        ),
        ("a: {\n  b: 1,\n}\n", EntryAdded(("a",), "c", 2), "a: {\n  b: 1,\n  c: 2,\n}\n"),
        ("a: &x 1\n", ScalarSet(("a",), 2), "a: &x 2\n"),
        ("a: !!str 1\n", ScalarSet(("a",), "2"), 'a: !!str "2"\n'),
    ],
)  # fmt: skip
def test_styles_are_kept(text: str, operation: Operation, new: str) -> None:
    assert _edited(text, operation) == new


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("a: &x {b: 1}\nc: *x\n", ScalarSet(("a", "b"), 2)),
        ("a: &x {b: 1}\nc: *x\n", ScalarSet(("c", "b"), 2)),
        ("a: &x {b: 1}\nc: *x\n", EntryAdded(("c",), "d", 2)),
        ("a: &x {b: 1}\nc: {<<: *x}\n", ScalarSet(("c", "b"), 2)),
        ("a: &x {b: 1}\nc: {<<: *x}\n", EntryRemoved(("a", "b"))),
        ("a: &x 1\nb: *x\n", EntryRemoved(("a",))),
        ("a: !!int 1\n", ScalarSet(("a",), "x")),
        ("a: 1\n", KeyRenamed(("b",), "c")),
        ("a: 1\nb: 2\n", KeyRenamed(("a",), "b")),
        ("a: {b: 1}\n", ScalarSet(("a",), 1)),
        ("a: 1\n", EntryAdded((), "a", 2)),
        ("a: 1\n", ItemAdded(("a",), 2)),
    ],
)
def test_what_would_change_something_else_is_left(text: str, operation: Operation) -> None:
    assert _edited(text, operation) == ""


def test_another_document_of_the_file_is_not_touched() -> None:
    text = "a: 1\n---\na: 1\n---\na: 1\n"
    assert _edited(text, ScalarSet(("a",), 2), number=1) == "a: 1\n---\na: 2\n---\na: 1\n"
    assert _edited("\ufeffa: 1\n", ScalarSet(("a",), 2)) == "a: 2\n"


@examples(1500)
@given(TEXTS, st.data())
def test_edits_make_what_is_meant_and_touch_no_other_byte(text: str, data: st.DataObject) -> None:
    source = document.read("a.yaml", text.encode("utf-8", "surrogatepass"))
    assume(len(source.documents) == 1)
    (before,) = source.documents
    operation = data.draw(operation_on(before.value))
    home = before.home(())
    assert home is not None
    draft = drafted(home, [operation])
    edits = edits_of(draft) if draft is not None else ()
    if not edits:
        return
    new = rewritten(source.lines.text, _changes(text, edits))
    (after,) = document.read("a.yaml", new.encode("utf-8", "surrogatepass")).documents
    assert same(after.value, intended(before.value, [operation]))
    if "\r\n" in text:
        assert "\n" not in new.replace("\r\n", "")
    if not isinstance(operation, EntryRemoved | ScalarSet):
        assert new.count("# about") == text.count("# about")


@examples(300)
@given(TEXTS, st.data())
def test_drafts_that_are_certain_together_are_so_one_by_one(text: str, data: st.DataObject) -> None:
    source = document.read("a.yaml", text.encode("utf-8", "surrogatepass"))
    assume(len(source.documents) == 1)
    (before,) = source.documents
    home = before.home(())
    assert home is not None
    operations = data.draw(st.lists(operation_on(before.value), min_size=2, max_size=4))
    drafts = [draft for each in operations if (draft := drafted(home, [each])) is not None]
    if len(drafts) > 1 and are_certain(drafts):
        assert all(edits_of(draft) for draft in drafts)
