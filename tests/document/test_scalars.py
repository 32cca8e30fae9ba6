"""Every scalar is read as Kubernetes reads it, as a value and as a key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint.document import read
from vmsnap_lint.document.scalars import json_value, key_text, looks_odd, plain, tagged

VALUES = [
    ("yes", True), ("Y", True), ("n", False), ("OFF", False), ("tRUE", "tRUE"), ("Null", None),
    ("", None), ("010", 8), ("08", 8), ("0o17", 15), ("-0O10", -8), ("0X1f", 31), ("0b101", 5),
    ("0b-1", -1), ("1_000", 1000), ("0x_1", 1), ("1_e3", 1000), ("_1", "_1"), ("1e3", 1000),
    (".5", 0.5), (".5_0", 0.5), ("+.5", 0.5), (".", "."), ("..", ".."), ("1.", 1),
    ("1e400", "1e400"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01"), ("=", "="),
    ("1Gi", "1Gi"), ("5m", "5m"),
    ("9223372036854775807", 2**63 - 1), ("18446744073709551615", 2**64 - 1),
    ("+9223372036854775808", 9223372036854776000), ("100000000000000000000000", 1e23), ("-0.0", 0),
    ("120000000000000000.0", 120000000000000000), ("0x" + "f" * 17, "0x" + "f" * 17),
    ("1" * 400, "1" * 400), ("１", "１"), ("٣", "٣"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_plain_scalar_has_the_value_that_kubernetes_gives_it(text: str, value: object) -> None:
    found = json_value(plain(text))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "1"), ("yes", "true"), ("N", "false"), ("1.50", "1.5"), ("12e10", "1.2e+11"),
        ("1.23456789012345678", "1.2345679"), (".inf", ".inf"), ("-.INF", "-.inf"),
        (".nan", ".nan"), ("1e5_0", ".inf"), ("0.0001", "0.0001"), ("0.00001", "1e-05"),
        ("1234567.0", "1.234567e+06"),
        ("123456.0", "123456"), ("0.0", "0"), ("3.4028235e38", "3.4028235e+38"), ("", None),
        ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", None), ("a", "a"),
    ],
)  # fmt: skip
def test_a_key_becomes_the_text_that_kubernetes_makes_of_it(text: str, key: str | None) -> None:
    assert key_text(plain(text)) == key


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("int", "0x10", 16), ("float", "1", 1.0), ("bool", "yes", True), ("null", "", None),
        ("str", "1", "1"), ("binary", "aG\nk=", "hi"), ("binary", "/w==", "\ufffd"),
        ("binary", "", ""), ("set", "x", "x"), ("timestamp", "2024-02-29", "2024-02-29"),
        ("timestamp", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
    ],
)  # fmt: skip
def test_a_tag_decides_what_a_scalar_is(tag: str, text: str, value: object) -> None:
    assert tagged(f"tag:yaml.org,2002:{tag}", text) == value


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("int", "1.5"), ("int", "a"), ("bool", "maybe"), ("null", "x"), ("binary", "@"),
        ("binary", "aGk"), ("timestamp", "x"),
        ("timestamp", "2023-02-29"), ("timestamp", "2024-13-01"), ("float", "a"),
        ("timestamp", "2024-01-01T25:00:00Z"), ("timestamp", "2024-01-01 10:00:00Z"),
    ],
)  # fmt: skip
def test_a_tag_that_does_not_fit_is_refused(tag: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"!!"):
        tagged(f"tag:yaml.org,2002:{tag}", text)


def test_odd_is_what_is_read_otherwise_than_it_looks() -> None:
    odd = ["yes", "No", "on", "OFF", "y", "N", "0777", "0o17", "0x1F", "0b1", "1_0", "1e3", "08"]
    odd += ["+7", ".5", "1.", "12:30", "1:2:3", "-1:30"]
    even = ["true", "False", "7", "-7", "0", "1.5", "1.0", "-0.25", "null", "~", "a", "1Gi", "5m"]
    even += ["2024-01-01", "v1", "1.2.3", "a:1", "02:00:zz"]
    assert [text for text in odd + even if looks_odd(text, plain(text))] == odd


def test_an_integer_that_loses_digits_is_odd() -> None:
    assert looks_odd("100000000000000000000000", plain("100000000000000000000000"))
    assert looks_odd("9223372036854775808", plain("9223372036854775808"))


ROWS: list[dict[str, Any]] = (
    [json.loads(line) for line in (SHARED / "yaml-scalars.jsonl").read_text().splitlines()]
    if (SHARED / "yaml-scalars.jsonl").exists()
    else []
)


def _written(row: dict[str, Any]) -> str:
    return "" if row["scalar"] == "(nothing)" else row["scalar"]


@needs_shared
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["scalar"])
def test_every_measured_scalar_as_a_value(row: dict[str, Any]) -> None:
    source = read("x.yaml", f"k: {_written(row)}\n".encode())
    expected = row["kubernetes"]
    if "error" in expected:
        assert (source.documents, len(source.faults)) == ((), 1)
    else:
        assert [document.value for document in source.documents] == [{"k": expected["json"]}]
        assert source.faults == ()


@needs_shared
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["scalar"])
def test_every_measured_scalar_as_a_key(row: dict[str, Any]) -> None:
    source = read("x.yaml", f"? {_written(row)}\n: 1\n".encode())
    expected = row["kubernetes"]
    if "keyError" in expected:
        assert (source.documents, len(source.faults)) == ((), 1)
    else:
        assert [document.value for document in source.documents] == [{expected["asKey"]: 1}]
