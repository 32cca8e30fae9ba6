"""A value without places is the one that the full way reads, and costs as much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.properties import examples
from tests.shared import SHARED, needs_shared
from vmsnap_lint.document import Budget, bare_values, libyaml, plain, split
from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.encoding import decode
from vmsnap_lint.document.faults import Allowance, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator


def _compare(data: bytes, limits: Budget = Budget()) -> list[bool]:  # noqa: B008 - immutable
    """Hold the two ways together; tell for each piece whether the short one was gone."""
    text, gone = decode(data), []
    if not plain.is_simple(data, text):
        return []
    short_left, full_left = Allowance(limits, len(text)), Allowance(limits, len(text))
    for piece in split.pieces(text):
        part = text[piece.start : piece.end]
        before = short_left.nodes, short_left.containers
        found = bare_values.read(part, limits, short_left, json=piece.json)
        gone.append(found is not None)
        if found is None:
            assert (short_left.nodes, short_left.containers) == before
            continue
        full_left.nodes, full_left.containers = before
        built = compose(text, piece, limits, full_left)
        value = None if built.root is None else built.root.value
        end = piece.start + found.end if found.end >= 0 else -1
        # repr tells 1 from True and 1.0, and the order of keys.
        assert repr(found.value) == repr(value)
        assert (found.odd, end, []) == (built.odd, built.end, built.faults)
        assert (short_left.nodes, short_left.containers) == (full_left.nodes, full_left.containers)
    return gone


@examples(600)
@given(st.one_of(near_plain, yamlish))
def test_any_text_has_the_same_value(text: str) -> None:
    _compare(text.encode())


@examples(300)
@given(st.one_of(near_plain, yamlish), st.integers(1, 12), st.integers(1, 4))
def test_what_exceeds_a_limit_is_declined(text: str, most: int, depth: int) -> None:
    limits = Budget(nodes=most, containers=most // 2, depth=depth)
    text, left = decode(text.encode()), Allowance(limits, len(text))
    for piece in split.pieces(text):
        part = text[piece.start : piece.end]
        if plain.is_simple(part.encode("utf-8", "replace"), part):
            try:
                compose(text, piece, limits)
            except RejectedError:
                assert bare_values.read(part, limits, left, json=piece.json) is None


_json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text('aé"\\/\ud800\x7f{[,:]} ', max_size=4)
    | st.sampled_from([1e3, 1.5e21, -0.0, 2**63, 2**64, 10**18, "\u2028", "\U0001f600"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1", max_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@examples(400)
@given(st.dictionaries(st.text("ab1", max_size=1), _json_values, max_size=3), st.booleans())
def test_json_has_the_same_value(value: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=1)
    _compare(text.encode("utf-8", "replace"))


def _shared_texts(*folders: str) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted((SHARED / folder).rglob("*.y*ml")):
            if path.stat().st_size < 200_000:
                yield path.read_bytes()


def _mutants() -> Iterator[bytes]:
    for line in (SHARED / "probes" / "mutants.jsonl").read_text().splitlines():
        yield json.loads(line)["yaml"].encode()


@needs_shared
@pytest.mark.slow
def test_all_that_was_collected_has_the_same_value() -> None:
    usual = (*_shared_texts("probes", "corpus", "crds"), *_mutants())
    gone = [short for data in usual for short in _compare(data)]
    assert sum(gone) > 0.8 * len(gone)
    for data in _shared_texts("hostile"):
        _compare(data)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x b\nc: *x\n*x : d\n",
        'a: "\\u00e9"\nb: >-\n  folded\n  text\n',
        "a: one\n  two\n\n  three\n",
        "? a\n: b\n",
        "# only this\n",
        "---\n...\n",
        "a: 1\n...\nrest\n",
        '{"a": [1, 1.5, "b"]}',
        "a: [yes, 0777, 1e3]\nb: 12:30\n",
        "a: https://x/y?z\n",
        "a: &x {b: [c, &y d]}\ne: [*x, *y, *x]\nf: &x {g: *y}\nh: *x\n",
        "a: !!str 1\nb: !c {d: ! e}\nf: !!binary aGk=\ng: !!float 1\n",
        "a: 'b\\/c'\n",
    ],
)
@pytest.mark.parametrize("binding", [libyaml.ruamel, libyaml.pyyaml])
def test_what_is_common_is_read(text: str, binding: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libyaml, "installed", binding)
    assert _compare(text.encode()) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: 1\n'a': 2\n",
        "a: !!int b\n",
        "a: &x {b: *x}\n",
        "a: &x 1\nb: &x [*x]\n",
        "a: !!str <<\n",
        "a: *x\n",
        "a: {<<: {b: c}}\n",
        "a: .inf\n",
        "[a]: b\n",
        "~: b\n",
        "- a\n",
        "text\n",
        "a: [b\n",
        "a: [b?c]\n",
        'a: "b\\/c"\n',
        'a: !b "\\/"\n',
        "a: [" + "&x b, " + "*x, " * 101 + "]\n",
        '{"a": 1, "a": 2}',
        '{"a": 1e999}',
        '{"a": 12345678901234567890}',
        '{"a": "\\ud800"}',
    ],
)
def test_anything_else_is_left_to_the_full_way(text: str) -> None:
    assert _compare(text.encode()) == [False]


_NAMED = (
    "&x a", "&y 1", "*x", "*y", "&x [a, *y]", "&y {b: *x}", "&x {c: &y [1]}", "[*x, *y]", "a",
    "&x", "!!str 1", "! a", "!c [a]", "&x !!str 1", "!!int 1", "*x : b",
)  # fmt: skip


@examples(600)
@given(st.lists(st.sampled_from(_NAMED), min_size=1, max_size=8), st.integers(1, 6))
def test_anchors_have_the_same_value(values: list[str], depth: int) -> None:
    text = "".join(f"k{number}: {value}\n" for number, value in enumerate(values))
    _compare(text.encode(), Budget(depth=depth + 1))
