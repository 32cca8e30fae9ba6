"""Every value, key and comment is where its span says, in any encoding and with any line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.document import read
from vmsnap_lint.document.compose import places
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.source import _places

if TYPE_CHECKING:
    from vmsnap_lint.document import Document, Source

TEXT = """\
# note
kind: VM  # x
"name": 'it''s' # y
list:
  - a: 1
    b: [é, "😀 #", {c: d}]
  - &x !!str 5
  - *x
  -   - deep
empty:
block: |  # header
    one
    # two

tail: &t {k: v}
more:
  <<: *t
  own: >-
    folded
    text
"""

PLACES = [
    (("kind",), "VM"),
    (("name",), "'it''s'"),
    (("list", 0, "a"), "1"),
    (("list", 0), "a"),
    (("list",), "- a"),
    (("list", 0, "b"), '[é, "😀 #", {c: d}]'),
    (("list", 0, "b", 0), "é"),
    (("list", 0, "b", 1), '"😀 #"'),
    (("list", 0, "b", 2, "c"), "d"),
    (("list", 1), "5"),
    (("list", 2), "*x"),
    (("list", 3, 0), "deep"),
    (("empty",), ""),
    (("block",), "|  # header\n    one\n    # two"),
    (("more", "k"), "v"),
    (("more", "own"), ">-\n    folded\n    text"),
    (("more", "missing", 3), "<<"),
    (("list", 9), "- a"),
    (("list", 0, "a", "x"), "1"),
    (("nothing",), "kind"),
    ((), "kind"),
]


def _cut(source: Source, document: Document, path: tuple[str | int, ...], *, key: bool) -> str:
    line, column, end_line, end_column = document.span(path, key)
    lines = [source.line(number) for number in range(line, end_line + 1)]
    lines[-1] = lines[-1][: end_column - 1]
    lines[0] = lines[0][column - 1 :]
    return "\n".join(lines)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_span_cuts_out_what_is_written_there(encoding: str, ends: str) -> None:
    source = read("x.yaml", TEXT.replace("\n", ends).encode(encoding))
    (document,) = source.documents
    found = [(path, _cut(source, document, path, key=False)) for path, _ in PLACES]
    assert found == PLACES


def test_a_key_has_its_own_span() -> None:
    source = read("x.yaml", TEXT.encode())
    (document,) = source.documents
    paths: list[tuple[str | int, ...]] = [
        ("name",),
        ("list", 0, "b"),
        ("more", "k"),
        ("list", 1),
        (),
    ]
    assert [_cut(source, document, path, key=True) for path in paths] == [
        '"name"', "b", "k", "5", "kind"
    ]  # fmt: skip


def test_places_in_later_documents_count_from_the_top_of_the_file() -> None:
    source = read("x.yaml", b"a: 1\n---\n\nb:\n  c: 2\n--- # x\n{d: [3]}\n")
    spans = [
        source.documents[0].span(("a",)),
        source.documents[1].span(("b", "c")),
        source.documents[2].span(("d", 0)),
    ]
    assert spans == [(1, 4, 1, 5), (5, 6, 5, 7), (7, 6, 7, 7)]


def test_places_in_json_are_known() -> None:
    source = read("x.json", b'{\n\t"a": ["x\\/y", {"b": -1.5e1}]\n}\n{"c": null}')
    first, second = source.documents
    spans = [first.span(("a", 0)), first.span(("a", 1, "b")), first.span(("a", 1, "b"), key=True)]
    assert spans == [(2, 8, 2, 14), (2, 22, 2, 28), (2, 17, 2, 20)]
    assert (first.span(()), second.span(("c",))) == ((1, 1, 1, 2), (4, 7, 4, 11))


def test_a_break_that_only_yaml_knows_does_not_shift_lines() -> None:
    source = read("x.yaml", 'a: "x\u2028y\x85z"\nb: c\n'.encode())
    assert source.documents[0].span(("b",)) == (2, 4, 2, 5)


def test_scalars_come_in_order_with_path_style_and_value() -> None:
    (document,) = read(
        "x.yaml", b"a: yes\n'b':\n- \"c\"\n- *d\n".replace(b"*d", b"|\n  x\n")
    ).documents
    assert [(s.path, s.text, s.style, s.value, s.is_key) for s in document.scalars()] == [
        (("a",), "a", Style.PLAIN, "a", True),
        (("a",), "yes", Style.PLAIN, True, False),
        (("b",), "'b'", Style.SINGLE, "b", True),
        (("b", 0), '"c"', Style.DOUBLE, "c", False),
        (("b", 1), "|\n  x", Style.LITERAL, "x\n", False),
    ]


def test_what_an_alias_repeats_is_reported_once() -> None:
    (document,) = read("x.yaml", b"a: &x {b: 1}\nc: *x\nd: {<<: *x}\n").documents
    assert [scalar.text for scalar in document.scalars()] == ["a", "b", "1", "c", "d", "<<"]


def test_a_hash_inside_a_value_is_no_comment() -> None:
    source = read("x.yaml", TEXT.encode())
    assert [tuple(comment) for comment in source.comments()] == [
        (1, 1, "# note"),
        (2, 11, "# x"),
        (3, 17, "# y"),
        (11, 11, "# header"),
    ]


def test_comments_of_separators_and_of_empty_documents_are_found() -> None:
    source = read("x.yaml", b"# a\n--- # b\na: 'x # y\n  # z'\nb: #c\n---\n# d\n")
    assert [comment.text for comment in source.comments()] == ["# a", "# b", "#c", "# d"]


def test_where_nothing_parses_whole_lines_are_comments() -> None:
    source = read("x.yaml", b"# a\na: [ # b\n  # c\n")
    assert [comment.text for comment in source.comments()] == ["# a", "# c"]


def test_json_has_no_comments() -> None:
    assert read("x.json", b'{"a": " # b"}').comments() == ()


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("tail", ["", "x", "\n"])
def test_a_stretch_has_the_lines_that_are_there(ends: str, tail: str) -> None:
    text = f"a: 1\n\n# é\nb: 2\n{tail}"
    lines = read("a.yaml", text.replace("\n", ends).encode()).lines
    every = text.split("\n")
    for first in range(1, len(every) + 2):
        for number in range(len(every) + 2):
            expected = every[first - 1 :][:number]
            assert lines.stretch(first, number) == expected, (first, number)


@pytest.mark.parametrize(
    "text",
    [
        "kind: a\n", "kind:\n", "kind:", "# of\n\n  # it\nkind: a\nname: b\n", "\r\n#\r\nkind: a",
        "\n\rkind: a\r", "%YAML 1.1\n---\nkind: a\n", "---\nkind: a\n---\n# next\nname: b\n",
        "# x\x85kind: a\nname: b\n", "# x\u2028kind: a\nname: b\n", "kind:a", "kind: a: b",
        "kind:\x85 a\n", "  kind: a\n", "&a kind: a\n", "? kind\n: a\n", "{kind: a}", "- kind: a\n",
        '"kind": a\n', "\ufeffkind: a\n", "kind: {\na: b}\n", "true: a\n", "<<: {kind: a}\n",
        "--- kind: a\n", "\t# tab\nkind: a\n", "--- # it\n# of\nkind: a\n",
        "---#\nkind: a\n", "---\n---\nkind: a\n",
        "---\n\n&a\nkind: a\n", "--- |\nkind: a\n", "--- &a\nkind: a\n", "---\r\nkind: a\r\n",
        "!!map\nkind: a\n", "kind : a\n",
        "{\n}", "---\n# it\n{\n  # of\n  kind: a,\n}\n", " {\r\nkind: a}", '{\n  "kind": "a"\n}\n',
        '{\n}\n{\n  "kind": "a"\n}\n', "{ \nkind: a}", "{ # of\nkind: a}", "--- {\nkind: a}\n",
        "&a {\nkind: a}\n", "- {\nkind: a}\n", "{\n  ? kind\n  : a,\n}\n", "{\rkind: a}",
        "{\n\n  kind: a}\n---\n{\nname: b}\n", "{\n  [a]: b}\n", "{\x85kind: a}",
    ],
)  # fmt: skip
def test_where_a_document_begins_is_told_as_by_a_parse(text: str) -> None:
    for part in read("a.yaml", text.encode()).documents:
        source = part.source
        start, end, is_scalar = places(source.lines.text, source.piece(part.index)).place(
            (), key=False
        )
        lines = source.lines
        assert part.span(()) == (lines.span if is_scalar else lines.head)(start, end)


@pytest.mark.parametrize(("text", "end"), [("kind: a\n", 5), ("{\n  kind: a,\n}\n", 2)])
def test_where_a_document_begins_costs_no_parse(
    text: str, end: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (part,) = read("a.yaml", f"---\n# of it\n{text}".encode()).documents
    monkeypatch.setattr("vmsnap_lint.document.compose.places", None)
    assert part.span(()) == (3, 1, 3, end)


def test_places_of_plain_documents_cost_no_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    (part,) = read("a.yaml", b"kind: a\nspec:\n  b: [c]\n  d: e\n").documents
    monkeypatch.setattr("vmsnap_lint.document.compose.places", None)
    assert part.span(("spec", "d")) == (4, 6, 4, 7)
    assert part.span(("spec", "d"), key=True) == (4, 3, 4, 4)
    assert part.span(("spec", "b")) == (3, 6, 3, 9)


def test_no_more_than_a_few_trees_of_places_are_kept() -> None:
    source = read("a.yaml", b"a: [b]\n---\n" * 40)
    for part in source.documents:
        assert part.span(("a", 0)).column == 5
    assert _places.cache_info().currsize <= 16
