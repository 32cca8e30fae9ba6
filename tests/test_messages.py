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
    assert list(_faults(rule_id, tmp_path, monkeypatch)) == []
