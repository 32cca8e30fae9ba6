"""The hashes of lines are those that GitHub's upload computes.

The expected ones were computed by `hash` of src/fingerprints.ts of github/codeql-action at f3f1edb,
run by Node 20 on files of these bytes.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.report.writers.line_hashes import line_hashes

_END = "c129715d7a2bc9a3:1"
_LONG = "52b56201ffb58620:1 c33be7e0cf7c3ca:1"
_MANIFEST = f"1cf84d557de8b635:1 e9efee3511d5aef3:1 57a24e24bf88026a:1 {_END}"
_REPEATED = " ".join(f"6cd14a24bde8d379:{number}" for number in range(1, 9))
_BEFORE_THE_END = (
    "6cd14a2583a01f5f:1 b813980da2f704a:1 d9e17b7836f314d5:1 f617454638f57900:1 "
    "7653ec4f17f788cb:1 5bf377a89920b036:1 d74c139c7daedb41:1 1178b4e42ba675ec:1 "
    "4407e9c450826c37:1 45b032973de42a22:1 1078e1bcc0439bad:1 b011144e2f9f2cd8:1"
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", _END),
        (b"a", "53b5d4aabe50d64:1"),
        (b"kind: VirtualMachine\nmetadata:\n  name: web\n", _MANIFEST),
        (b"kind: VirtualMachine\r\nmetadata:\r\n\tname: web\r\n", _MANIFEST),
        (
            b"kind: VirtualMachine\rmetadata:\r \nname: web",
            "dc68f7d72f2a0c1:1 907097109051a1bf:1 1d7de5d331624dd6:1 4b1211802414ad84:1",
        ),
        ("name: \N{GRINNING FACE} 虚拟机\n".encode(), f"975cc774dbb90464:1 {_END}"),
        (b"\xef\xbb\xbfkind: VM\n", f"e06804642b4f88a3:1 {_END}"),
        (
            b"\xff\xfe" + "kind: VM\nname: web\n".encode("utf-16-le"),
            "5b39669f924852d9:1 de248366f1df1726:1 dbb503105d3f7427:1",
        ),
        (
            b"a: \xff\xc3\nb: \xe2\x82\n\xf0\x9f",
            "a723b6fe5759da6a:1 97ff18fca71edbef:1 8989dec65f08d110:1",
        ),
        (b"x" * 99 + b"\ny\n", f"52b56201ffb585b2:1 c33be7e0cf7c3ca:1 {_END}"),
        (b"x" * 100 + b"\ny\n", f"{_LONG} {_END}"),
        (b"x" * 101 + b"\ny\n", f"{_LONG} {_END}"),
        (b"- disk: a\n" * 20, f"{_REPEATED} {_BEFORE_THE_END} {_END}"),
        (  # texts that differ and have the same hash
            b"ab" + b"x" * 98 + b"\nb=" + b"x" * 98 + b"\n",
            f"182ceb3216179f1f:1 182ceb3216179f1f:2 {_END}",
        ),
        (b"\0\n\0\n", f"e59faa7405410b57:1 fab6606a19b511d5:1 {_END}"),
        (b"   \t\n\t\n  ", "5b5d4caf73a13177:1 3c5bef55b72b93c9:1 c129715d7a2bc9a3:1"),
    ],
)
def test_they_are_those_of_github(data: bytes, expected: str) -> None:
    assert " ".join(_all(data).values()) == expected


@examples(300)
@given(st.text("ab \t\r\n\N{GRINNING FACE}\0", max_size=400), st.integers(1, 9))
def test_a_hash_is_that_of_the_text_from_the_line_on(text: str, number: int) -> None:
    """Written as it is described: digits to the base 37, and repetitions counted from above."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = []
    for index in range(len(lines)):
        rest = "\n".join(lines[index:]).replace(" ", "").replace("\t", "")
        raw = rest.encode("utf-16-be")
        units = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
        window = [*units, 0xFFFF, *[0] * 100][:100]
        value = sum(unit * 37 ** (99 - place) for place, unit in enumerate(window)) % 2**64
        found.append(value)
    expected = {
        line: f"{value:x}:{found[:line].count(value)}" for line, value in enumerate(found, 1)
    }
    assert _all(text.encode()) == expected
    asked = {number} if number in expected else set()
    assert line_hashes(text.encode(), {number}) == {line: expected[line] for line in asked}


def test_lines_that_no_file_has_have_none() -> None:
    assert line_hashes(b"a\n", {0, -1, 3}) == {}
    assert line_hashes(b"a\n", set()) == {}


def _all(data: bytes) -> dict[int, str]:
    return line_hashes(data, range(1, len(data) + 2))
