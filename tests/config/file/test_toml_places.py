"""Every key and element of a TOML file has the line that it is written on."""

from __future__ import annotations

import json
import time
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.config.file.located import TABLE, from_toml
from vmsnap_lint.config.file.toml_places import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = st.sampled_from(["a", "b-1", "1979", "a.b", "[x]", 'q"', "'", "#", "=", "\n", "é", ""])
SCALARS = st.sampled_from(
    ["1", "-1.5e3", "true", "inf", "1979-05-27 07:32:00.5", "0x_f".replace("_", ""), '"[a] = 1"',
     "'# no, comment'", '"""a\n[b]\n""c\\""""""', "'''\nx = ['\n''''", '"\\\\"', '""', "''"]
)  # fmt: skip
BLANKS = st.sampled_from(["", " ", "\t", "\n", "\n\n", " # [a] 'b' \"\n", '# """\n'])


def paths(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all keys and elements."""
    if isinstance(value, dict):
        items: Any = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        yield (*above, step)
        yield from paths(below, (*above, step))


@st.composite
def key(draw: st.DrawFn) -> tuple[tuple[str, ...], str]:
    """The parts of a key, and how it is written."""
    parts = draw(st.lists(KEYS, min_size=1, max_size=3))
    written = [
        part if part.isascii() and part.replace("-", "").isalnum() and draw(st.booleans())
        else json.dumps(part)
        for part in parts
    ]  # fmt: skip
    return tuple(parts), draw(st.sampled_from([".", " . "])).join(written)


@st.composite
def value(draw: st.DrawFn, depth: int = 2) -> str:
    """A value as it is written."""
    kind = draw(st.integers(0, 3)) if depth else 0
    if kind < 2:
        return draw(SCALARS)
    if kind == 2:
        items = [f"{draw(BLANKS)}{draw(value(depth - 1))}{draw(BLANKS)}" for _ in range(3)]
        return f"[{','.join(items[: draw(st.integers(0, 3))])}{draw(BLANKS)}]"
    names = draw(st.lists(key(), max_size=3, unique_by=lambda named: named[0][0]))
    return "{" + ", ".join(f"{name} = {draw(value(depth - 1))}" for _, name in names) + "}"


@st.composite
def document(draw: st.DrawFn) -> str:
    """The text of a file; not all are valid."""
    text = ""
    for _ in range(draw(st.integers(0, 3))):
        for _, name in draw(st.lists(key(), max_size=3)):
            text += f"{draw(st.sampled_from(['', ' ']))}{name} = {draw(value())}"
            text += draw(st.sampled_from(["\n", "\r\n", " # c\n", "\n\n"]))
        _, name = draw(key())
        text += draw(st.sampled_from([f"[{name}]\n", f"[[ {name} ]] # [x]\n", ""]))
    return text


@given(document())
@example("a = [1.5, {b = 1.5, c = [2]},\n 3]\n[[x.y]]\n[x.y.z]\nw = 1\n[[x.y]]\nw = 2\n")
@examples(1000)
def test_every_key_and_element_has_a_line(text: str) -> None:
    try:
        expected = set(paths(tomllib.loads(text)))
    except tomllib.TOMLDecodeError:
        return
    found = lines(text)
    assert set(found) == {path for path in expected if len(path) <= 10}
    count = text.count("\n") + 1
    assert all(1 <= line <= count for line in found.values())


def test_the_line_is_that_of_the_key_or_element() -> None:
    text = 'a.b = 1\n[c]\nd = [\n  "x",\n\n  [1,\n 2],\n]\n[[e]]\nf = """\n\n"""\n[[e]]\n"f" = 2\n'
    assert lines(text) == {
        ("a",): 1, ("a", "b"): 1, ("c",): 2, ("c", "d"): 3, ("c", "d", 0): 4, ("c", "d", 1): 6,
        ("c", "d", 1, 0): 6, ("c", "d", 1, 1): 7, ("e",): 9, ("e", 0): 9, ("e", 0, "f"): 10,
        ("e", 1): 13, ("e", 1, "f"): 14,
    }  # fmt: skip


HEAD = "[tool.vmsnap-lint]\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "x = '''\n[" + " " * 200_000 + "\n'''\n",
        HEAD + "x = [" + "'a',\n" * 100_000 + "]\n",
        HEAD + "x = '" + "[" * 200_000 + "'\n",
        HEAD + "a" + ".a" * 100_000 + " = 1\n",
        HEAD + '"' + "\\\\" * 100_000 + '" = 1\n',
        HEAD + "x = '''" + "''a" * 100_000 + "'''\n",
        HEAD + '"""' * 100_000,
        HEAD + "\n".join(f"a{number} . b = 1" for number in range(20_000)),
        HEAD + "[[tool.vmsnap-lint.x]]\n" * 20_000,
        "[" * 200_000,
        HEAD + "[a\n" * 100_000,
        HEAD + "a = " + "b." * 200_000,
        HEAD + "a = '" + "b " * 200_000,
        HEAD + 'a = "' + "\\\\" * 400_000 + '"',
        HEAD + 'a = """' + "\\\n" * 200_000 + '"""',
        HEAD + "".join(f"[{'a.' * 99}a{n}]\nb=1\n" for n in range(2_000)),
        HEAD + "\n".join(f"b{n} = {{a = 1, b = 2}}" for n in range(20_000)),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    located = from_toml("pyproject.toml", text.encode())
    located.spot(("x", 7))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f"\nx = {'1' * 5_000}\n", 3, "a number has more than 4,300 digits"),
        (f"\n{'a.' * 100}a = 1\n", 3, "a key has more than 100 parts"),
        (f"\na = {'[' * 3_000}{']' * 3_000}\n", 1, "it is nested too deeply"),
        ("\na = ?\n", 3, "Invalid value"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, message: str) -> None:
    located = from_toml("pyproject.toml", (HEAD + text).encode())
    assert located.value is None
    assert located.faults == ((line, f'invalid TOML: "{message}"'),)


def test_our_table_is_found_however_it_is_written() -> None:
    forms = (
        "[tool.vmsnap-lint]\na = 1",
        "[tool]\nvmsnap-lint.a = 1",
        "tool.vmsnap-lint.a=1",
        'tool = {"vmsnap-lint" = {a = 1}}',
        '["tool"."vmsnap\\u002dlint"]\na = 1',
    )
    for text in forms:
        located = from_toml("pyproject.toml", f"\n{text}\n".encode())
        assert located.value == {"a": 1}
        assert located.spot(("a",), key=True).span.line == text.count("\n") + 2
        assert TABLE in (located.lines or {})
