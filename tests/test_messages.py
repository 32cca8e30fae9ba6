"""Messages are short and have one colon at most, but for the values that they quote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.expectations import findings_of, settings_of
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.data_files import rule_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 120
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# Rules whose messages are still longer or have more colons.
_TO_SHORTEN: tuple[str, ...] = ()


def _faults(rule_id: str, root: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    for number, example in enumerate(catalog.rule(rule_id).bad):
        directory = root / str(number)
        directory.mkdir()
        patch.chdir(directory)
        for finding in findings_of(example, settings_of(example), directory):
            plain = _QUOTED.sub('""', finding.message)
            if finding.rule == rule_id and (plain.count(":") > 1 or len(plain) > LONGEST):
                yield finding.message


@pytest.mark.parametrize("rule_id", rule_ids())
def test_messages_are_short_and_have_one_colon(
    rule_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = list(_faults(rule_id, tmp_path, monkeypatch))
    assert bool(faults) == (rule_id in _TO_SHORTEN), faults


def test_the_list_of_what_is_to_be_shortened_is_sorted() -> None:
    assert list(_TO_SHORTEN) == sorted(_TO_SHORTEN)
