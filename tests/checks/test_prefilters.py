"""A prefilter that only saves time never skips a check that has something to report."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.expectations import run_of, settings_of
from vmsnap_lint import engine
from vmsnap_lint.checks import FILE, all_checks, catalog
from vmsnap_lint.checks.prefilters import vm_in_scope, vm_is_snapshotted, vm_lists_in_scope
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.deploy import load
from vmsnap_lint.input import sources
from vmsnap_lint.kubevirt.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.checks.families import Check
    from vmsnap_lint.document import Source

FILTERED = [check for check in all_checks().values() if check.prefilter]
SCOPES = (vm_in_scope, vm_is_snapshotted, vm_lists_in_scope)
SAVING_TIME = [check for check in FILTERED if check.prefilter not in SCOPES]
OF_VMS_IN_SCOPE = [i for i, check in all_checks().items() if check.prefilter in SCOPES]


@pytest.mark.parametrize("rule_id", rule_ids())
def test_what_a_check_reports_its_prefilter_lets_through(rule_id: str) -> None:
    rule = catalog.rule(rule_id)
    for example in (*rule.bad, *rule.good):
        for world in run_of(example, settings_of(example)._replace(allow_empty=True)).worlds:
            for check in SAVING_TIME:
                assert check.prefilter is not None
                assert check.function is not None
                for subject in _subjects(check, world, example):
                    if next(iter(check.function(subject, world)), None) is not None:
                        assert check.prefilter(subject, world), example


@pytest.mark.parametrize("rule_id", OF_VMS_IN_SCOPE)
def test_rules_of_vms_in_scope_report_nothing_of_others(
    rule_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(World, "vm_in_scope", lambda _world, _vm: False)
    monkeypatch.setattr(World, "is_snapshotted", lambda _world, _vm: False)
    for example in catalog.rule(rule_id).bad:
        settings = settings_of(example)._replace(select=frozenset({rule_id}))
        assert engine.lint(("-",), example.encode(), settings).report.findings == ()


@cache
def _sources(example: str) -> tuple[Source, ...]:
    return tuple(load.read(sources.collect(("-",), stdin=example.encode())).sources)


def _subjects(check: Check, world: World, example: str) -> Iterator[object]:
    if check.on == FILE:
        yield from _sources(example)
        return
    for kind in world.workspace.kinds():
        if check.is_on(kind):
            yield from world.workspace.of(kind)  # type: ignore[arg-type]
