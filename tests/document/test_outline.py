"""An outline says what the full way says of an object, or there is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.properties import examples
from tests.shared import SHARED, needs_shared
from vmsnap_lint.document import Budget, plain, read, split
from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.encoding import decode
from vmsnap_lint.document.faults import Allowance
from vmsnap_lint.document.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = "apiVersion: a/v1\nkind: Thing\nmetadata:\n  name: web\n"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _compare(text: str) -> bool:
    """Hold an outline against the full way; tell whether there was one."""
    limits = Budget()
    left = Allowance(limits, len(text))
    found = outline(text, limits, left)
    if found is None:
        return False
    full_left = Allowance(limits, len(text))
    built = compose(text, split.Piece(0, len(text)), limits, full_left)
    assert built.root is not None
    value = built.root.value
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    is_export = bool(metadata.get("uid") or metadata.get("resourceVersion") or value.get("status"))
    assert (built.faults, built.odd, text[built.end :].strip()) == ([], found.odd, "")
    assert found[:5] == (
        _text(value.get("apiVersion")), _text(value.get("kind")), _text(metadata.get("name")),
        _text(metadata.get("namespace")), is_export,
    )  # fmt: skip
    assert (left.nodes, left.containers) == (full_left.nodes, full_left.containers)
    return True


@examples(1000)
@given(st.one_of(near_plain, yamlish), st.booleans())
def test_any_text_has_the_outline_of_its_value(text: str, below: bool) -> None:
    if below:
        text = "spec:\n" + "".join(f"  {line}\n" for line in text.split("\n"))
    text = HEAD + text
    if plain.is_simple(text.encode("utf-8", "replace"), text):
        _compare(text)


@pytest.mark.parametrize("field", ["status", "metadata: {}\nstatus", '"status"'])
@pytest.mark.parametrize("value", ['"\\\n  "', '"\n  "', "''", '""', "[]", "|\n  x", "a\n  b", ""])
def test_an_empty_status_is_none(field: str, value: str) -> None:
    """Also one that is written over two lines."""
    _compare(f"apiVersion: a/v1\nkind: Thing\n{field}: {value}\n")


@pytest.mark.parametrize("field", ["uid", "resourceVersion", "name", "namespace", '"uid"'])
@pytest.mark.parametrize("value", ["\n    a:", "\n  - a", "\n   - a: b", "", " []", " {}"])
def test_a_field_of_metadata_that_holds_more_is_no_text(field: str, value: str) -> None:
    _compare(f"apiVersion: a/v1\nkind: Thing\nmetadata:\n  {field}:{value}\n  labels: {{}}\n")


_SPACES = ("", " ", "  ", "   ", "    ", "      ")
_DASHES = ("", "", "", "- ", "-", "- - ")
_NAMES = ("", "a:", "b:", "c:", "status:", "'q':", "1:", "y:", "metadata:", "uid:")
_REST = (
    "", "", "x", "word: word", "one two", "two #", " # note", "|", ">-", "|+", "'x'", "'open",
    "end'", '"x', "x\\", 'x"', '"a\\nb"', "[]", "{}", "[a, 1]", "[yes]", "1", "08", "1e3", "yes",
    "~", "-1", "- x", "a:b", "a#b", "x:", ".inf", "&a x", "*a", "...", "---", "\t", "# note",
    "[a, -1]", "<<", "?", "? x", "-", "''", "'it''s'", "{a: b}", "é", ":x",
)  # fmt: skip
_line = st.tuples(*map(st.sampled_from, (_SPACES, _DASHES, _NAMES, _REST)))


@examples(3000)
@given(st.lists(_line, min_size=1, max_size=7), st.booleans())
def test_lines_that_go_on_have_the_outline_of_their_value(
    lines: list[tuple[str, str, str, str]], ends: bool
) -> None:
    written = "\n".join(f"{a}{b}{c}{' ' if c and d else ''}{d}" for a, b, c, d in lines)
    _compare(HEAD + written + ("\n" if ends else ""))


def _shared_texts(*folders: str) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted((SHARED / folder).rglob("*.y*ml")):
            if path.stat().st_size < 500_000:
                yield path.read_bytes()


def _mutants() -> Iterator[bytes]:
    for line in (SHARED / "probes" / "mutants.jsonl").read_text().splitlines():
        yield json.loads(line)["yaml"].encode()


def _outlined(data: bytes) -> list[bool]:
    """Hold all pieces of a file against the full way; tell which have an outline."""
    text = decode(data)
    if not plain.is_simple(data, text):
        return []
    pieces = (piece for piece in split.pieces(text) if not piece.json)
    return [_compare(text[piece.start : piece.end]) for piece in pieces]


@needs_shared
@pytest.mark.slow
def test_all_that_was_collected_has_the_outline_of_its_value() -> None:
    usual = (*_shared_texts("probes", "corpus", "crds"), *_mutants())
    found = [outlined for data in usual for outlined in _outlined(data)]
    assert sum(found) > 0.5 * len(found)
    for data in _shared_texts("hostile"):
        _outlined(data)


@pytest.mark.parametrize(
    "text",
    [
        "image:\n  tag: v1\nstatus: on\n",
        "a: {b: [1, {c: 1e3}]}\nd: !!binary aGk=\ne: &e 'x'\nf: *e\n",
        '{"panels": [1, "\\u0041\\/", 1e3, {"t": "a\\tb"}], "n": null}',
        "a: 1\n...\nb: 2\n",
    ],
)
def test_what_is_no_object_is_decoded_when_it_is_used(text: str) -> None:
    (values,) = read("a.yaml", text.encode()).documents
    assert values.outline is not None
    assert (values.outline.kind, values.is_object) == ("", False)
    (piece,) = split.pieces(text)
    built = compose(text, piece, Budget())
    assert built.root is not None
    assert repr(values.value) == repr(built.root.value)
    assert (values.odd, values.shape) == (built.odd, dict)


@pytest.mark.parametrize(
    "text", ["metadata: {}", "spec: 1", "kind:", "apiVersion: 1", "a: apiVersion"]
)
def test_what_may_be_an_object_is_decoded_at_once(text: str) -> None:
    (part,) = read("a.yaml", text.encode()).documents
    assert part.outline is None
    assert part.is_object
