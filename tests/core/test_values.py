"""Single values read as Go and Kubernetes read them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import SHARED, needs_shared
from vmsnap_lint.core.values import (
    Release,
    holds_placeholder,
    is_dns1123_label,
    is_dns1123_subdomain,
    parse_duration,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.6", Release(1, 6)),
        ("v1.6.3", Release(1, 6, 3)),
        ("0.59.0", Release(0, 59, 0)),
        ("v1.9.0-rc.2", Release(1, 9, 0)),
        (" v1.6.3-96-gabcdef ", Release(1, 6, 3)),
        ("1", None),
        ("1.x", None),
        ("", None),
        ("1.6.3.4", None),
        ("١.٦", None),
    ],
)
def test_release(text: str, expected: Release | None) -> None:
    assert expected == Release.parse(text)


def test_releases_order_and_print() -> None:
    assert Release(0, 59, 2) < Release(1, 4, 0) < Release(1, 4, 1) < Release(1, 10, 0)
    assert str(Release(1, 6, 3)) == "1.6.3"
    assert Release(1, 6, 3).line == (1, 6)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5m", 300),
        ("1.5h", 5400),
        (".5s", 0.5),
        ("1.s", 1),
        ("0", 0),
        ("-0", 0),
        ("+5m", 300),
        ("-5m", -300),
        ("1h30m", 5400),
        ("1µs", 1e-6),
        ("1μs", 1e-6),
        ("1us", 1e-6),
        ("2ns", 2e-9),
        ("3ms", 3e-3),
        ("000" * 30 + "5m", 300),
        ("9223372036854775807ns", 9223372036.854775807),
        ("-9223372036854775808ns", -9223372036.854775808),
    ],
)
def test_durations_that_go_reads(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "5", "1d", "5 min", "5m ", " 5m", ".s", "-", "+", "m", "1_0s", "5M", "--5m", "12:30:45",
     "٣s", "5m\n", "1e3s", "9223372036854775808ns", "2562048h", "9" * 5000 + "h"],
)  # fmt: skip
def test_durations_that_go_refuses(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(0, 2500000), st.integers(0, 59), st.decimals("0", "59.999", places=3))
def test_a_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: object) -> None:
    total = hours * 3600 + minutes * 60 + float(str(seconds))
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == pytest.approx(total)
    assert parse_duration(f"-{hours}h{minutes}m{seconds}s") == pytest.approx(-total)


@needs_shared
def test_deadlines_as_the_cluster_reads_them() -> None:
    """Every probe refused for its duration is refused here, every accepted one is read."""
    tried = 0
    assert SHARED is not None
    for line in (SHARED / "probes" / "verdicts.jsonl").read_text().splitlines():
        probe = json.loads(line)
        for result in probe.get("kubectl") or ():
            applied = result.get("object")
            spec = applied.get("spec") if isinstance(applied, dict) else None
            deadline = spec.get("failureDeadline") if isinstance(spec, dict) else None
            if not isinstance(deadline, str):
                continue
            messages = [error.get("message", "") for error in result.get("errors", ())]
            refused = any(message.startswith("time: ") for message in messages)
            assert (parse_duration(deadline) is None) == refused, probe["file"]
            tried += 1
    assert tried > 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1Gi", 2**30),
        ("1.5Gi", 3 * 2**29),
        ("1E", 10**18),
        ("1Ei", 2**60),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1e-3", Fraction(1, 1000)),
        ("1k", 1000),
        ("100m", Fraction(1, 10)),
        ("1u", Fraction(1, 10**6)),
        ("1n", Fraction(1, 10**9)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("+1", 1),
        ("-1", -1),
        ("0", 0),
        (10, 10),
        (1.5, Fraction(3, 2)),
        (1e30, 10**30),
    ],
)
def test_quantities_that_kubernetes_reads(value: object, expected: Fraction) -> None:
    assert parse_quantity(value) == expected


@pytest.mark.parametrize(
    "value",
    ["", "Gi", "4GiB", "1 Gi", " 1Gi", "1Gi ", "1K", "1ki", "1gi", "1e", "0x1", "1e3Gi", "--1",
     "1.2.3", ".", "1_000", "٣", "9" * 5000, True, None, [], float("inf"), float("nan"),
     pytest.param(10**5000, id="endless")],
)  # fmt: skip
def test_quantities_that_kubernetes_refuses(value: object) -> None:
    assert parse_quantity(value) is None


@given(st.integers(-(10**18), 10**18), st.sampled_from(["", "k", "M", "Gi", "Ti"]))
def test_a_quantity_of_whole_numbers_is_exact(number: int, suffix: str) -> None:
    factor = {"": 1, "k": 10**3, "M": 10**6, "Gi": 2**30, "Ti": 2**40}[suffix]
    assert parse_quantity(f"{number}{suffix}") == number * factor


def test_an_endless_exponent_costs_nothing() -> None:
    huge = parse_quantity("1e999999999")
    assert huge is not None
    assert huge > 10**100
    assert parse_quantity("1e99999999999") is None


@pytest.mark.parametrize(
    ("name", "label", "subdomain"),
    [
        ("web", True, True),
        ("web-1", True, True),
        ("1web", True, True),
        ("web.prod", False, True),
        ("a" * 63, True, True),
        ("a" * 64, False, True),
        ("a" * 253, False, True),
        ("a" * 254, False, False),
        ("Web", False, False),
        ("web_1", False, False),
        ("-web", False, False),
        ("web-", False, False),
        ("web..prod", False, False),
        ("web\n", False, False),
        ("", False, False),
        ("wéb", False, False),
    ],
)
def test_dns1123(name: str, label: bool, subdomain: bool) -> None:
    assert is_dns1123_label(name) == label
    assert is_dns1123_subdomain(name) == subdomain


def test_a_generated_name_may_end_in_a_dash() -> None:
    assert is_dns1123_subdomain("web-", prefix=True)
    assert is_dns1123_label("web-", prefix=True)
    assert is_dns1123_subdomain("web.-", prefix=True)
    assert not is_dns1123_subdomain("-", prefix=True)


@pytest.mark.parametrize(
    "text",
    ["$VAR", "snap-$date", "${VAR}", "${VAR:=x}", "pre-${VAR}-post", "$(VAR)",
     "{{ .Release.Name }}", "a{{x}}b",
     "<name>", "<YOUR NAME>", "@@X@@", "a-@@X_Y@@", "@DOMAIN_NAME@", "ENC[AES256_GCM,data:x]",
     "%s", "%d", "{{ a\n }}",
     "<vm>-nightly", "<app>-<purpose>", "prod-<vm>", "a<b>", "<%= vm %>-a", "a-%s", "%s.b",
     "%VM%-a",
     "@VM@-snap", "{vm}", "web-{date}", "[vm]-nightly", "a-[vm].b", "[vm name]", "[your-vm]"],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    assert holds_placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["", "web", "$", "a$", "$1", "$$", "a < b", "<", "user@example.com", "@", "100%", "%",
     "%sure", "ENC", "{ a: {b: c} }", "}}", "{{", "a %s b", "${", "me@host@",
     "a-%sure", "50%A", "{}", "{a}b", '{"op": "add"}', "[ReadWriteOnce]", "[a, b-c]", "a[0]",
     "a-[]", "[a-b", "1 <2> 3", "-@"],
)  # fmt: skip
def test_what_looks_like_a_placeholder_and_is_none(text: str) -> None:
    assert not holds_placeholder(text)
