"""A prefilter that only saves time never skips a check that finds something."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from tests.expectations import settings_of
from vmsnap_lint import engine
from vmsnap_lint.checks import FILE, all_checks, catalog
from vmsnap_lint.checks.prefilters import vm_in_scope
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.deploy import load
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.world import World

FILTERED = [check for check in all_checks().values() if check.prefilter]
SAVING_TIME = [check for check in FILTERED if check.prefilter is not vm_in_scope]
EXAMPLES = sorted(
    {
        example
        for rule_id in rule_ids()
        for example in chain(catalog.rule(rule_id).bad, catalog.rule(rule_id).good)
    }
)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_what_a_check_finds_its_prefilter_lets_through(example: str) -> None:
    run = engine.lint(("-",), example.encode(), settings_of(example))
    taken = load.read(sources.collect(("-",), stdin=example.encode()))
    for world in run.worlds:
        for check in SAVING_TIME:
            assert check.prefilter is not None
            assert check.function is not None
            if check.on == FILE:
                subjects: list[object] = list(taken.sources)
            else:
                kinds = world.workspace.kinds()
                mine = [kind for kind in kinds if check.is_on(kind)]
                subjects = [m for kind in mine for m in world.workspace.of(kind)]  # type: ignore[arg-type]
            for subject in subjects:
                if next(iter(check.function(subject, world)), None) is not None:
                    assert check.prefilter(subject, world)


def test_rules_of_vms_to_be_snapshotted_find_nothing_in_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the snapshots, the examples of these rules have no VM in scope."""
    monkeypatch.setattr("vmsnap_lint.kubevirt.world.World.vm_in_scope", _never)
    rules = {
        rule_id: check for rule_id, check in all_checks().items() if check.prefilter is vm_in_scope
    }
    assert rules
    for rule_id in rules:
        for example in catalog.rule(rule_id).bad:
            settings = settings_of(example)._replace(select=frozenset({rule_id}))
            assert engine.lint(("-",), example.encode(), settings).report.findings == ()


def _never(_world: World, _vm: object) -> bool:
    return False
