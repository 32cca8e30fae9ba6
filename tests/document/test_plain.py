"""The plain reader either declines or says exactly what the parser says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import line as any_line
from tests.document.texts import near_plain
from tests.properties import examples
from tests.shared import SHARED, needs_shared, unmeasured
from vmsnap_lint.document import Budget, plain, plain_lines, split
from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator


def _compare(data: bytes) -> list[bool]:
    """Hold the two readers together; tell for each piece whether the plain one took it."""
    text, taken = decode(data), []
    for piece in split.pieces(text):
        if piece.json or not plain.is_simple(data, text):
            continue
        found = plain.read(text[piece.start : piece.end], Budget())
        taken.append(found is not None)
        if found is None:
            continue
        built = compose(text, piece, Budget())
        value = None if built.root is None else built.root.value
        # repr tells 1 from True and 1.0, and the order of keys.
        assert (repr(found[0]), found[1], []) == (repr(value), built.odd, built.faults)
    return taken


@examples(600)
@given(near_plain)
def test_the_two_readers_agree_on_any_text(text: str) -> None:
    _compare(text.encode())


@examples(1000)
@given(st.one_of(any_line(), st.text(" -:#'\"ab1[]{}|,\t", max_size=12)))
def test_a_known_key_changes_nothing_of_a_line(line: str) -> None:
    assert repr(plain_lines.entry_of(line)) == repr(plain_lines._whole(line))


def _shared_texts() -> Iterator[tuple[str, bytes]]:
    for folder in ("probes", "corpus", "crds"):
        for path in sorted((SHARED / folder).rglob("*.y*ml")):
            yield str(path.relative_to(SHARED)), path.read_bytes()
    for line in (SHARED / "probes" / "mutants.jsonl").read_text().splitlines():
        mutant = json.loads(line)
        yield mutant["id"], mutant["yaml"].encode()


@needs_shared
def test_the_two_readers_agree_on_all_that_was_collected() -> None:
    taken = [took for _, data in _shared_texts() for took in _compare(data)]
    assert sum(taken) > 0.8 * len(taken)


TAKEN = {
    "---\na: 1\n": {"a": 1},
    "--- # note\na: 1\n": {"a": 1},
    "": None,
    "# note\n\n": None,
    "a:\r\n  - b\r\n": {"a": ["b"]},
    "a:\n- b\n- c: 1\n  d: ~\ne: x\n": {"a": ["b", {"c": 1, "d": None}], "e": "x"},
    "a:\n-\n  b: 1\n-\n- c\n": {"a": [{"b": 1}, None, "c"]},
    "a: [x, 'y', \"z\", 08]\nb: {}\n": {"a": ["x", "y", "z", 8], "b": {}},
    "a: \"#b: c\"  # note\n\"k\": 'it''s'\n": {"a": "#b: c", "k": "it's"},
    "a: |\n  x\n\n    y\n\nb: |-\n  # z\n  w\n\n": {"a": "x\n\n  y\n", "b": "# z\nw"},
    "a:\n- |\n x\n- |-\n  y\n": {"a": ["x\n", "y"]},
    "a: {b: 1, 2: 'c, d' }\n": {"a": {"b": 1, "2": "c, d"}},
    "a: >\n  x\n  y\nb: >-\n x\n": {"a": "x y\n", "b": "x"},
    "a: 1\n   2  \n c\nd:\n- e\n f\n": {"a": "1 2 c", "d": ["e f"]},
    "a: [b, [c], {'d': {\"e\": 08}}]\n": {"a": ["b", ["c"], {"d": {"e": 8}}]},
    "a: |\nb: |-\n\n": {"a": "", "b": ""},
    "a: http://x:1/y#z\n1: on\n": {"a": "http://x:1/y#z", "1": True},
    "a: ^(b|c)$\nd:\n  - --e\n": {"a": "^(b|c)$", "d": ["--e"]},
    "a: &x b\nc:\n  - *x\n  - &x 08 # d\n  - e: *x\n": {"a": "b", "c": ["b", 8, {"e": 8}]},
    "a: &x-1 'it''s'\nb: *x-1 # c\n": {"a": "it's", "b": "it's"},
}


@pytest.mark.parametrize("text", TAKEN)
def test_the_plain_part_of_yaml_is_taken(text: str) -> None:
    found = plain.read(text, Budget())
    assert found is not None
    assert found[0] == TAKEN[text]


DECLINED = [
    "a: *x\n", "a: *x\nb: &x c\n", "a: &x\n", "a: &x # b\n", "a: &x {b: c}\n", "a: &x |\n  b\n",
    "a: &x b\n  c\n", "a: &x &y b\n", "a: &x b: c\n", "&x a: b\n", "a: &x b\n*x : c\n",
    "a: &x b\n<<: *x\n", "a: &x b\nc:\n" + "- *x\n" * 101, "a: --\n", "a: &x b\nc: *x d\n",
    "a: !!str 1\n", "a: >\n  x\n\n  y\n", "a: >\n  x\n   y\n",
    "a: |2\n   x\n", "a: |+\n  x\n",
    "a: b # d\n c\n", "a: b\n\n c\n", "a: 'b'\n c\n", "a: b\n c: d\n", "a: b\n c #\n",
    "a: b: c\n", "a: 1\na: 2\n", "a:\n\tb: 1\n", "a: b\t\n", "? a\n: b\n", "- a\n",
    "a: {b: c: d}\n", "a: [b: c]\n", "a: [b, {c]}\n", "a: {b: {c: d}\n",
    "a: [[[[[[[[[[b]]]]]]]]]]\n",
    "a: {b: c, b: d}\n", "a: {b}\n", "a: {~: b}\n",
    "a: 'b\n  c'\n", 'a: "\\n"\n', "a: .inf\n", "~: a\n",
    "<<: {}\n", "a: 1\n b: 2\n", "  a: 1\n b: 2\n", "a: 1\n- b\n", "- - a\n", "...\n",
    "%YAML 1.1\n", "a\n", "a: @b\n", "a: |\n    x\n  y\n", "a: |\n  \n  x\n", "a: |\n\t x\n",
    "a:\rb: 1\n", "a b: 1\n",
    "a:\n  - b\n c: 1\n", "a: 9\n---\nb: 1\n", "a: - b\n", "a:\n  b\n", f"{'k' * 1001}: 1\n",
    f"{' ' * 101}a: 1\n", "a: -\n", "a: #b\nb: x #c: d\n c: e\n",
]  # fmt: skip


@pytest.mark.parametrize("text", DECLINED)
def test_anything_else_is_declined(text: str) -> None:
    assert plain.read(text, Budget()) is None


@pytest.mark.parametrize("limits", [Budget(depth=10), Budget(nodes=3)])
def test_what_might_exceed_a_limit_is_declined(limits: Budget) -> None:
    assert plain.read("a:\n  b: 1\n", limits) is None


def test_values_of_two_documents_share_no_container() -> None:
    first, second = (plain.read("a: []\nb: {}\nc: [x]\n", Budget()) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[0] is not None
    first[0]["a"].append(1)
    assert second[0] == {"a": [], "b": {}, "c": ["x"]}


def test_a_plain_file_is_read_without_the_parser() -> None:
    program = (
        "import sys; from vmsnap_lint.document import read; read('x', b'a:\\n- b: 1\\n');"
        "parsers = ('ruamel', '_ruamel', 'yaml', 'json');"
        "sys.exit(any(name.startswith(parsers) for name in sys.modules))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=False, env=unmeasured()).returncode == 0
