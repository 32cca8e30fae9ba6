"""Within brackets and braces a colon that no space follows is a part of the value."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.document import Budget, FaultKind, plain, read
from vmsnap_lint.document.colons import MaskedText, mask_colons, mask_marks

# test_kubectl holds kubectl to the same.
TAKEN: dict[str, Any] = {
    "[a, https://x/y]": ["a", "https://x/y"],
    "{image: quay.io/a:1, url: http://x}": {"image": "quay.io/a:1", "url": "http://x"},
    "{a:1}": {"a:1": None},
    "[a:b]": ["a:b"],
    "{a: b:c}": {"a": "b:c"},
    '{"a":1}': {"a": 1},
    "{'a':b:c}": {"a": "b:c"},
    "{\"a\":http://x:80, 'b':z:1}": {"a": "http://x:80", "b": "z:1"},
    "{a:}": {"a:": None},
    "{a:, b}": {"a:": None, "b": None},
    "[a:, b: c]": ["a:", {"b": "c"}],
    "[fe80::1, a:: b]": ["fe80::1", {"a:": "b"}],
    "[a :b, c]": ["a :b", "c"],
    "[-:c, -a:b]": ["-:c", "-a:b"],
    "[a:#b, c:d # e:f\n ]": ["a:#b", "c:d"],
    "[12:30:45, 1:2]": ["12:30:45", "1:2"],
    "[a & b:c, &x d:e, *x]": ["a & b:c", "d:e", "d:e"],
    "[&x:b, c:d]": None,
    "{&x a: b:c, d: *x }": {"a": "b:c", "d": "a"},
    "[!!str a:b, !<tag:yaml.org,2002:str> 1, x:y]": ["a:b", "1", "x:y"],
    "[a\":b, c':d:e]": ["a\":b", "c':d:e"],
    "[\"a:b\", 'c:d', e:f]": ["a:b", "c:d", "e:f"],
    "[a\n b:c\n :d]": ["a b:c :d"],
    "[? a:b : c]": [{"a:b": "c"}],
    "[{a: [b:c]}, d:e]": [{"a": ["b:c"]}, "d:e"],
    '["\\ue000", a:b]': ["\ue000", "a:b"],
    "[\ue000, \ue001:a]": ["\ue000", "\ue001:a"],
    "[\ufeffa:b]": ["\ufeffa:b"],
    "[::1]": None,
    "[a, :b]": None,
    "{x: ::}": None,
    '{a:"x"}': {'a:"x"': None},
    "{a: -}": {"a": "-"},
    "[?x]": [{"x": None}],
    "[- x]": None,
    "[a?b:c]": None,
    "{a:{b}}": None,
    "[a:b]]": None,
    "[a:b": None,
    "[*x:b]": None,
    '["a" :b]': [{"a": "b"}],
    '["a":b]': [{"a": "b"}],
}  # fmt: skip


@pytest.mark.parametrize("text", TAKEN)
def test_a_colon_is_read_as_kubectl_reads_it(text: str) -> None:
    source = read("x.yaml", f"a: {text}\n".encode())
    refused = {fault.kind for fault in source.faults}
    values = [document.value["a"] for document in source.documents]
    if TAKEN[text] is None:
        assert refused in ({FaultKind.SYNTAX}, {FaultKind.TEMPLATE})
    else:
        assert (values, refused) == ([TAKEN[text]], set())


def test_all_that_stands_beside_it_is_read_as_before() -> None:
    text = (
        "x: &y [a:b]  # c:d\nz: *y\nw: |\n  a:b [c:d]\n  : x\nv: \"a:b\\\n  c:d\"\n"
        "t: 'x:y\n  z:w'\ns: !<tag:yaml.org,2002:str> 1\nr: !!str 2\nq: e:f\n"
    )  # fmt: skip
    source = read("x.yaml", text.encode())
    (document,) = source.documents
    assert document.value == {
        "x": ["a:b"], "z": ["a:b"], "w": "a:b [c:d]\n: x\n", "v": "a:bc:d", "t": "x:y z:w",
        "s": "1", "r": "2", "q": "e:f",
    }  # fmt: skip
    assert [(c.line, c.column, c.text) for c in source.comments()] == [(1, 14, "# c:d")]


def test_places_and_texts_are_those_of_the_file() -> None:
    source = read("x.yaml", "é:\n  - {i: [x:1, 'y:2'], 😀: z:3}\n".encode())
    (document,) = source.documents
    assert [(s.path[2:], s.text, s.value, s.span.column) for s in document.scalars()] == [
        ((), "é", "é", 1),
        (("i",), "i", "i", 6),
        (("i", 0), "x:1", "x:1", 10),
        (("i", 1), "'y:2'", "y:2", 15),
        (("😀",), "😀", "😀", 23),
        (("😀",), "z:3", "z:3", 26),
    ]
    assert document.span(("é", 0, "i", 1)) == (2, 15, 2, 20)


@examples(200)
@given(st.text("ab:[]{},? '\"&*!<>#-|\n\\ue0\ue000\ufeff", max_size=40), st.integers(0, 39))
def test_a_veil_shows_the_text_as_it_is(text: str, index: int) -> None:
    veiled = mask_marks(text)
    for _ in range(3):
        assert veiled.text.translate(veiled.masks) == text
        veiled = mask_colons(veiled, index) or veiled


def test_a_text_that_uses_all_characters_is_left_alone() -> None:
    text = "a:b" + "".join(map(chr, range(0xE000, 0xF900)))
    assert mask_colons(MaskedText(text, {}), 1) is None
    assert mask_marks(text + "\ufeff").masks == {}


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "b:c, " * 20_000 + "]\n",
        "a: [b:c, " + "x" * 1_000_000 + "]\n",
        "a: [b:c, " + ":" * 100_000 + "x]\n",
        "a: [" + "b :c, " * 20_000 + "]\n",
    ],
)
def test_colons_cost_little_time(text: str) -> None:
    start = time.process_time()
    read("x", text.encode())
    assert time.process_time() - start < 10


def test_many_odd_colons_are_read_in_a_small_text() -> None:
    source = read("x", ("a: [" + "b :c, " * 100 + "]\n").encode())
    assert source.documents[0].value == {"a": ["b :c"] * 100}


def test_the_plain_reader_leaves_colons_to_the_parser() -> None:
    assert plain.read("a: [b:c]\n", Budget()) is None


@pytest.mark.parametrize("text", ['a: "\\/"\n', 'a: ["x\\\\\\/"]\n', 'b: {"\\/": 1}\n'])
def test_an_escape_that_json_alone_has_is_refused(text: str) -> None:
    (fault,) = read("x", text.encode()).faults
    assert "unknown escape" in fault.message
    assert fault.span.column == text.rindex("\\/") + 1


@pytest.mark.parametrize("text", ["a: \n\ufeff\n", "a: |\n\ufeff\n", "a: 1\n\ufeffb: 2\n\ufeff"])
def test_a_mark_that_begins_a_line_is_no_blank(text: str) -> None:
    source = read("x", text.encode())
    assert [fault.kind for fault in source.faults] == [FaultKind.SYNTAX]


def test_a_mark_within_a_document_is_a_character_like_others() -> None:
    source = read("x", "a: 1\n\ufeffb: [\ufeffc:d]\n".encode())
    assert source.documents[0].value == {"a": 1, "\ufeffb": ["\ufeffc:d"]}
    assert [scalar.text for scalar in source.documents[0].scalars()][2:] == ["\ufeffb", "\ufeffc:d"]


@pytest.mark.parametrize(
    ("word", "hidden"),
    [
        ("b:c", "b#c"), ("b::c", "b##c"), ("b:c:::d:e", "b#c###d#e"), ("é:f", "é#f"),
        ("&g:h i:j", "&g:h i#j"), ("[k:l", "[k#l"), ("x,!m:n o:p", "x,!m:n o#p"),
        ("s:t::", "s#t#:"),
    ],
)  # fmt: skip
def test_all_colons_within_words_are_masked_at_once(word: str, hidden: str) -> None:
    text = f"a: [b:c, {word} , b::c]\n"
    masked = mask_colons(MaskedText(text, {}), text.index(":c"))
    assert masked is not None
    (mask,) = masked.masks
    assert masked.text.replace(chr(mask), "#") == f"a: [b#c, {hidden} , b##c]\n"
