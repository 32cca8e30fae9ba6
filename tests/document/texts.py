"""Random texts that are nearly YAML, for properties of the readers."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["line", "near_plain", "yamlish"]

_WORDS = """
    a b name kind spec web-1 1 -1 08 0777 0o17 0x1F 1e3 1.0 1.50 .5 .inf -.inf .nan ~ null yes n
    on true False 12:30 12:30:45 2024-01-01 1_000 100000000000000000000000 18446744073709551615
    Y ^a --a --1 a:b http://x/y#z $(X) ${X} <x> == -x -- - ? ! ... --- é 中 x\u00a0y a,b a{b} [x x]
    /dev
""".split()  # noqa: SIM905 - one word a line would be harder to read
_QUOTED = (
    '"a"',
    '"a b: #c"',
    "'it''s'",
    "'x'",
    '""',
    "''",
    '"\\n"',
    '"a\tb"',
    "'a",
    '"b',
    '"a": b',
)
_FLOWS = (
    "{}", "[]", "[ ]", "{ }", "[a, b]", "[1, yes, 'x']", '["a", "b, c"]', "{a: b}", "{a: 1, a: 2}",
    "[a, [b]]", "{a: {b: [c]}}", "{a: {b: c}", "[{a: b}, {a: b c}]", "{a: {b}}", "[{}, []]",
    "{'a': {\"b\": 1}}", "[a: b]", "{a: b: c}", "[{<<: {a: b}}]", "[[[[[[[[[[[x]]]]]]]]]]]",
    "{a: {b: c, b: d}}",
    "[a,", "{a", "[.inf]", "[08, 1e3]", "['it''s']", "[a b]", "[a:b]", "[a,b]", "[a, ]",
)  # fmt: skip
_SPECIAL = (
    "|", "|-", "|+", ">", ">-", "|2", "| # note", "&x a", "*x", "!!str 1", "!!int x", "! 1", "&x",
    "&x {a: b}", "&x a: b", "&x &y a", "&x *x", "*x: a", "*x # b", "*x#", "&x-1  ~", "&\u00e9 a",
    "!!binary aGk=", "<<", "@a", "`a`", "%a", "a: b", "- a", "? a", ": a",
)  # fmt: skip

_scalar = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from(_WORDS),
    st.sampled_from(_QUOTED),
    st.sampled_from(_FLOWS),
    st.sampled_from(_SPECIAL),
    st.lists(st.sampled_from(_WORDS), min_size=2, max_size=3).map(" ".join),
)
_CALM = [
    "a",
    "web-1",
    "08",
    "yes",
    "1.0",
    "12:30",
    "x y",
    "''",
    '"a: b"',
    "~",
    "{}",
    "[a, 1]",
    "",
    "{a: b, c: 'd'}",
    "{a: {b: c}}",
    "&x a",
    "&y 08",
    "&x 'b' # c",
    "*x",
    "*y",
    '[{"a": b, c: {}}, [08]]',
]
_key = st.sampled_from(
    [*"abcde", "name", "n", "1", "08", '"a"', "'b c'", "<<", "a b", "k/x.y", "é"]
)
_tail = st.sampled_from(["", "", "", "", " ", "  # note", " #x", "#x", "\t", " \t# y"])
_dash = st.sampled_from(["", "", "", "- ", "-  ", "- - ", "-"])
_odd_line = st.sampled_from(
    [
        "",
        "  ",
        "# note",
        "    # note",
        "---",
        "--- # x",
        "...",
        "%YAML 1.1",
        "\t",
        "- ",
        "\ufeff",
        "x",
    ]
)

_further = st.sampled_from(
    ["x y", "1", "a:b", "x  ", "# no", "y # note", "a: b", "- a", "-1", "", '"z"']
)


@st.composite
def line(draw: st.DrawFn) -> str:
    """A line of YAML, or nearly so."""
    if draw(st.integers(0, 9)) == 0:
        return draw(_odd_line)
    indent = " " * draw(st.sampled_from([0, 0, 2, 2, 4, 4, 1, 3, 6]))
    kind = draw(st.integers(0, 3))
    body = draw(_key) + draw(st.sampled_from([":", ":", ": ", " :", ":  "])) if kind else ""
    value = draw(_scalar) if kind != 1 else ""
    if kind > 1:
        body += draw(st.sampled_from([" ", " ", "  ", "", "\t"]))
    return indent + draw(_dash) + body + value + draw(_tail)


@st.composite
def _nested(draw: st.DrawFn, column: int, depth: int) -> list[str]:
    """The lines of a well indented mapping or list."""
    lines: list[str] = []
    pad = " " * column
    listed = draw(st.booleans()) and depth > 0
    for number in range(draw(st.integers(1, 3))):
        head = f"{pad}- " if listed else f"{pad}k{number}:"
        shape = draw(st.integers(0, 4)) if depth < 3 else 0
        if shape < 2:
            wild = draw(st.integers(0, 40)) == 0
            value = draw(_scalar) if wild else draw(st.sampled_from(_CALM))
            lines.append(f"{head} {value}{draw(_tail) if wild else ''}")
            if draw(st.integers(0, 9)) == 0:  # a scalar of several lines
                further = draw(st.lists(_further, min_size=1, max_size=3))
                lines += [" " * (column + draw(st.sampled_from([2, 4]))) + each for each in further]
        elif shape == 2:
            block = draw(
                st.lists(st.sampled_from(["x", "  y: z", "# no", "", "x\tw", "- a"]), max_size=3)
            )
            lines.append(f"{head} {draw(st.sampled_from(['|', '|-', '>', '>-']))}")
            lines += [f"{pad}    {line}" if line else "" for line in block]
        else:
            below = draw(_nested(column + draw(st.sampled_from([*[2, 4] * 8, 0])), depth + 1))
            if listed and draw(st.booleans()):
                lines.append(f"{pad}- {below[0].lstrip(' ')}")
                lines += below[1:]
            else:
                lines += [head.rstrip(" "), *below]
    return lines


_breaks = st.sampled_from([*["\n"] * 8, "\r\n", "\r"])


@st.composite
def _joined(draw: st.DrawFn, lines: st.SearchStrategy[list[str]]) -> str:
    return draw(_breaks).join(draw(lines)) + draw(st.sampled_from(["", "\n", "\n\n"]))


yamlish = _joined(st.lists(line(), max_size=8))
near_plain = st.one_of(_joined(_nested(0, 0)), _joined(st.lists(line(), max_size=6)))
