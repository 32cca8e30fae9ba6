"""A prefilter never keeps back a check that finds something."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from tests.expectations import settings_of
from vmsnap_lint import engine
from vmsnap_lint.checks import ANY, FILE, all_checks, catalog
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.deploy import load
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from vmsnap_lint.checks.families import Check

FILTERED = [check for check in all_checks().values() if check.prefilter]
EXAMPLES = sorted(
    {
        example
        for rule_id in rule_ids()
        for example in chain(catalog.rule(rule_id).bad, catalog.rule(rule_id).good)
    }
)


def _is_for(check: Check, kind: tuple[str, str]) -> bool:
    return check.on == ANY or (not isinstance(check.on, str) and kind in check.on)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_what_a_check_finds_its_prefilter_lets_through(example: str) -> None:
    run = engine.lint(("-",), example.encode(), settings_of(example))
    taken = load.read(sources.collect(("-",), stdin=example.encode()))
    for world in run.worlds:
        for check in FILTERED:
            assert check.prefilter is not None
            assert check.function is not None
            if check.on == FILE:
                subjects: list[object] = list(taken.sources)
            else:
                kinds = world.workspace.kinds()
                mine = [kind for kind in kinds if _is_for(check, kind)]
                subjects = [m for kind in mine for m in world.workspace.of(kind)]  # type: ignore[arg-type]
            for subject in subjects:
                if next(iter(check.function(subject, world)), None) is not None:
                    assert check.prefilter(subject, world)
