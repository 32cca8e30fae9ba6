"""A prefilter never holds back a check that has something to report."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.expectations import run_of, settings_of
from vmsnap_lint.checks import ANY, FILE, all_checks, catalog
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.deploy import load
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.checks.families import Check
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World

FILTERED = [check for check in all_checks().values() if check.prefilter]


@pytest.mark.parametrize("rule_id", rule_ids())
def test_what_a_check_reports_its_prefilter_lets_through(rule_id: str) -> None:
    rule = catalog.rule(rule_id)
    for example in (*rule.bad, *rule.good):
        for world in run_of(example, settings_of(example)).worlds:
            for check in FILTERED:
                assert check.prefilter is not None
                assert check.function is not None
                for subject in _subjects(check, world, example):
                    if next(iter(check.function(subject, world)), None) is not None:
                        assert check.prefilter(subject, world), example


@cache
def _sources(example: str) -> tuple[Source, ...]:
    return tuple(load.read(sources.collect(("-",), stdin=example.encode())).sources)


def _subjects(check: Check, world: World, example: str) -> Iterator[object]:
    if check.on == FILE:
        yield from _sources(example)
        return
    for kind in world.workspace.kinds():
        if check.on == ANY or (not isinstance(check.on, str) and kind in check.on):
            yield from world.workspace.of(kind)  # type: ignore[arg-type]
