"""The path of what is being typed, which is the parser's path where the text parses."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.editor.views import FILES, marked
from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.document.positions import Lines
from vmsnap_lint.editor.half_written import half_written

_HEAD = "kind: A\nspec:\n"


@pytest.mark.parametrize(
    ("text", "path", "written", "roles"),
    [
        ("^", (), "", "k"),
        ("ap^iVersion: v1", (), "ap", "k"),
        ("kind: ^", ("kind",), "", "v"),
        ("kind: Vir^tual # x", ("kind",), "Vir", "v"),
        (f"{_HEAD}  ^", ("spec",), "", "k"),
        (f"{_HEAD}  a: 1\n  b^", ("spec",), "b", "k"),
        (f"{_HEAD}  a:\n    b:\n      c: d^", ("spec", "a", "b", "c"), "d", "v"),
        (f"{_HEAD}  a:\n    b: 1\n  c^", ("spec",), "c", "k"),
        (f"{_HEAD}  list:\n    - ^", ("spec", "list", 0), "", "kv"),
        (f"{_HEAD}  list:\n    - a\n    - b^", ("spec", "list", 1), "b", "kv"),
        (f"{_HEAD}  list:\n  - a: 1\n    b: 2\n  - c^: 3", ("spec", "list", 1), "c", "k"),
        (f"{_HEAD}  list:\n  - a: 1\n    ^\n  - b: 1", ("spec", "list", 0), "", "k"),
        (f"{_HEAD}  list:\n  - a: 1\n    ^b:\n      c: 1", ("spec", "list", 0), "", "k"),
        (f"{_HEAD}  list:\n  -\n    a: x^", ("spec", "list", 0, "a"), "x", "v"),
        (f"{_HEAD}  list:\n  - - a\n    - ^", ("spec", "list", 0, 1), "", "kv"),
        (f'{_HEAD}  a: "x^y"', ("spec", "a"), "x", "v"),
        (f"{_HEAD}  'a b': ^", ("spec", "a b"), "", "v"),
        (f"{_HEAD}  # a:\n\n  b: ^", ("spec", "b"), "", "v"),
        (f"a:\n  b: 1\n---\n{_HEAD}  c: ^", ("spec", "c"), "", "v"),
        (f"{_HEAD}  a: {{^", ("spec", "a"), "", "k"),
        (f"{_HEAD}  a: {{b: ^", ("spec", "a", "b"), "", "v"),
        (f"{_HEAD}  a: {{b: c, d^", ("spec", "a"), "d", "k"),
        (f"{_HEAD}  a: {{b: c, d: e^f}}", ("spec", "a", "d"), "e", "v"),
        (f"{_HEAD}  a: {{b: {{c: d}}, e: 'f^", ("spec", "a", "e"), "f", "v"),
        (f"{_HEAD}  a: [b, {{c: ^", ("spec", "a", 1, "c"), "", "v"),
        (f"{_HEAD}  a: [b, c^]", ("spec", "a", 1), "c", "v"),
        (f"{_HEAD}  - {{a: ^", ("spec", 0, "a"), "", "v"),
        (f"{_HEAD}  a: &x\n    b: ^", ("spec", "a", "b"), "", "v"),
        (f"{_HEAD}  a: {{\n    b: c, # d\n    e^", ("spec", "a"), "e", "k"),
        (f"{_HEAD}  a: {{\n    b: c,\n  d: [\n  e^\n]\n", ("spec", "a", "d", 0), "e", "v"),
        (f"{_HEAD}  - a: [\n    b, https://x/y,\n    'c^d' ]\n", ("spec", 0, "a", 2), "c", "v"),
        (f"{_HEAD}  a: {{\n    b: c\n    d^\n  }}", ("spec", "a"), "d", "k"),
        (f"x: 1\nx y\n{_HEAD}  a: {{b: c^", ("spec", "a", "b"), "c", "v"),
        ('{\n  "a": {\n    "b": "c"\n    "d^', ("a",), "d", "k"),
        ('{\n  "a": {\n    "b": "c^,\n    "d": 1\n', ("a", "b"), "c", "v"),
        ('{"a": [{}, {"b":^}]}', ("a", 1, "b"), "", "v"),
        ('\ufeff{\n\t"a": {\r\n\t\t"😋": "b^', ("a", "😋"), "b", "v"),
        ('{"a": 1}\n{"b": {"c^": 1}}', ("b",), "c", "k"),
        ('{{- if eq .a "b" }}\nkind: A\nspec:\n  a: {{ .x }}\n  b: c^', ("spec", "b"), "c", "v"),
        ("{{ if .a }}\nkind: A\nspec:\n  a: {b: c^", ("spec", "a", "b"), "c", "v"),
    ],
)
def test_what_is_typed(text: str, path: tuple[str | int, ...], written: str, roles: str) -> None:
    plain, line, column = marked(text)
    found = half_written(Lines(plain), line, column)
    assert found is not None
    assert (found.path, found.written) == (path, written)
    assert "k" * found.is_key + "v" * found.is_value == roles


@pytest.mark.parametrize(
    "text",
    [
        "# kin^d", "kind: A # x^", "a: {b:^", "a: {b: c} ^", "a: {b: {c: d}}^",
        "a: |\n  text^", "a: |\n  b: ^",
        "a: >-\n  x\n  b: c^", "--^-", '{"a": {"b" "c"},\n  "d": ^', '{"a": 1}^', "a: [b, # ^",
        'a: ["b"^', "a: *x^", "a: &x^", "kind:^",
    ],
)  # fmt: skip
def test_what_is_not_told(text: str) -> None:
    plain, line, column = marked(text)
    assert half_written(Lines(plain), line, column) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "A", "spec": {"a": "^"}, "metadata": {"name": "own"}}',
        '{"metadata": {"name": "own"}, "kind": "A", "spec": {"a": "^',
        '{"kind": "A", "spec": {\n "a": 1\n ^\n "b": 2}, "metadata": {"name": "own"}}',
        "kind: A\nspec: {\n a: ^\n}\nmetadata: {\n  name: own\n}\n",
        '{"items": [{"kind": "B"}, {"kind": "A", "metadata": {"name": "own"}, "spec": {"a": ^}}]}',
    ],
)
def test_the_object_around_brackets(text: str) -> None:
    plain, line, column = marked(text)
    found = half_written(Lines(plain), line, column)
    assert found is not None
    assert found.fields == {"kind": "A", "name": "own"}
    assert found.beside in ({}, {"a": "", "b": ""})


def test_the_object_that_it_is_a_part_of() -> None:
    head = "apiVersion: v1\nkind: 'A'\nmetadata:\n  labels: {name: x}\n  name: n # note\n"
    text = f"{head}spec:\n  a: ^\n"
    plain, line, column = marked(f"kind: B\n---\n{text}---\nkind: C\n")
    found = half_written(Lines(plain), line, column)
    assert found is not None
    assert found.fields == {"apiVersion": "v1", "kind": "A", "name": "n"}


def test_the_item_of_a_list_that_it_is_a_part_of() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata:\n    name: a\n"
        "- apiVersion: v2\n  kind: B\n  spec:\n    x: ^\n  metadata:\n    name: b\n- kind: C\n"
    )
    plain, line, column = marked(text)
    found = half_written(Lines(plain), line, column)
    assert found is not None
    assert found.path == ("items", 1, "spec", "x")
    assert found.fields == {"apiVersion": "v2", "kind": "B", "name": "b"}


def test_the_keys_beside_it() -> None:
    plain, line, column = marked(f"{_HEAD}  a: x # n\n  ^\n  b:\n    c: 1\n  d: 'y'\nother: 1\n")
    found = half_written(Lines(plain), line, column)
    assert found is not None
    assert found.beside == {"a": "x", "b": "", "d": "y"}


_TEXTS = {
    **FILES,
    **{
        f"{name} as JSON {indent}": json.dumps(part.value, indent=indent)
        for name, text in FILES.items()
        for part in document.read(name, text.encode()).documents
        for indent in (None, 2)
    },
}


@pytest.mark.parametrize("name", sorted(_TEXTS))
def test_it_is_the_path_of_the_parser_where_that_reads_the_text(name: str) -> None:
    text = _TEXTS[name]
    told = 0
    for part in document.read(name, text.encode()).documents:
        for scalar in part.scalars():
            span = scalar.span
            quote = scalar.text[0] in "'\""
            found = half_written(Lines(text), span.line, span.column + quote)
            assert found is not None
            expected = scalar.path[:-1] if scalar.is_key else scalar.path
            assert found.path == expected
            assert found.is_key if scalar.is_key else found.is_value
            word = text.splitlines()[span.line - 1][
                found.span.column - 1 : found.span.end_column - 1
            ]
            assert word == scalar.text.strip("'\"")
            told += 1
    assert told > 5


@pytest.mark.parametrize("name", sorted(_TEXTS))
def test_what_is_behind_need_not_be_written_yet(name: str) -> None:
    text = _TEXTS[name]
    for part in document.read(name, text.encode()).documents:
        for scalar in part.scalars():
            span = scalar.span
            quote = scalar.text[0] in "'\""
            begun = text[: Lines(text).index(span.line, span.column + quote + 1)]
            whole = half_written(Lines(text), span.line, span.column + quote + 1)
            found = half_written(Lines(begun), span.line, span.column + quote + 1)
            assert found is not None
            assert whole is not None
            assert (found.path, found.written) == (whole.path, whole.written)


@examples(300)
@given(st.one_of(near_plain, yamlish, st.text(max_size=60)), st.data())
def test_any_text_at_any_place(text: str, data: st.DataObject) -> None:
    """The word that is told is of that line, and the place is in it."""
    lines = Lines(text)
    line = data.draw(st.integers(-1, lines.span(len(text), len(text)).line + 1))
    column = data.draw(st.integers(-1, 30))
    found = half_written(lines, line, column)
    if found is not None:
        assert found.span.line == found.span.end_line == line
        assert found.span.column <= max(column, 1) <= found.span.end_column
        assert found.span.end_column <= len(lines.line(line)) + 1
        assert lines.line(line)[: max(column, 1) - 1].endswith(found.written)


def test_a_place_far_down_a_long_text() -> None:
    above = "- kind: A\n  spec:\n    a: 1\n" * 4_000
    plain, line, column = marked(f"items:\n{above}- kind: B\n  spec:\n    b: x^\n")
    found = half_written(Lines(plain), line, column)
    assert found is not None
    assert found.path[2:] == ("spec", "b")
    assert (found.span.line, found.fields["kind"]) == (line, "B")
