"""Every public parser of a value ends at once, whatever it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.effort import quickest
from vmsnap_lint.core.values import (
    Release,
    holds_placeholder,
    is_dns1123_label,
    is_dns1123_subdomain,
    parse_duration,
    parse_quantity,
)
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.schema.crds.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

_PARSERS: list[Callable[[str], Any]] = [
    Release.parse, holds_placeholder, is_dns1123_label, is_dns1123_subdomain, parse_duration,
    parse_quantity, lambda text: nearest(text, [text + "x", text[1:]]), *FORMATS.values(),
]  # fmt: skip
_ALPHABETS = (
    "9", "a", "-", ".", "{", "{{", "}", "ENC[", "$(", "${", "@@", "@@a", "a.", "a-", "1.", "1h",
    "1 h", "0", "<", ":", "0:", "@", "a@", "A", "=", "1e9", "\t9a", "\u00b5", "%s",
)  # fmt: skip


@pytest.mark.parametrize("alphabet", _ALPHABETS)
def test_a_long_text_costs_every_parser_next_to_nothing(alphabet: str) -> None:
    text = alphabet * (2**18 // len(alphabet))

    def parsed() -> None:
        for parse in _PARSERS:
            parse(text)
            parse(text + "\n!")

    assert quickest(parsed, 2) <= 2


def test_what_is_longer_than_a_right_value_is_wrong() -> None:
    assert parse_duration("0" * 99 + "s") == 0
    assert parse_duration("0" * 100 + "s") is None
    assert parse_quantity("1" * 100) is not None
    assert parse_quantity("1" * 101) is None
    assert parse_quantity("1e999999999") is not None
    assert Release.parse("1.6" + " " * 100) is None
    assert not FORMATS["ipv6"](":" * 101)


@pytest.mark.parametrize("text", ["{{" * 9 + "}}", "ENC[" * 9 + "]", "{{}}", "ENC[]"])
def test_marks_that_enclose_anything_make_a_placeholder(text: str) -> None:
    assert holds_placeholder(text)
    assert not holds_placeholder(text.rstrip("]}"))
    assert not holds_placeholder(text[::-1])
