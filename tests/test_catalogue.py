"""Each rule speaks of its smallest failing example, alone, and not of the nearest that is fine.

All rules run. Where the example holds a second fault of its own, the row names its rule, too.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.catalogue import coverage, reading, restores, statuses, storage
from tests.catalogue.objects import obj
from tests.catalogue.silent import SILENT
from vmsnap_lint import engine
from vmsnap_lint.checks import all_checks
from vmsnap_lint.cli.command import Command
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.catalogue.objects import Files, Object, Row
    from tests.catalogue.silent import Silent
    from vmsnap_lint.core.model import Finding

ROWS = (*reading.ROWS, *storage.ROWS, *coverage.ROWS, *statuses.ROWS, *restores.ROWS)
IDS = [f"{number}-{one.rule}" for number, one in enumerate(ROWS)]
# They are about files, trees, settings and earlier versions: their own tests show them.
ELSEWHERE = frozenset((
    "crd-validation-failed", "encoding-unsupported", "needed-class-deleted", "render-failed",
    "snapshot-data-deleted", "spec-immutable-drift", "suppression-expired",
    "suppression-unknown-rule", "suppression-unused",
))  # fmt: skip


def found(
    given: str | list[Object] | Files, flags: str, root: Path, patch: pytest.MonkeyPatch
) -> tuple[Finding, ...]:
    """What all rules find in an example."""
    files = given if isinstance(given, dict) else {"all.yaml": given}
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else "\n---\n".join(map(json.dumps, content))
        file.write_text(text)
    patch.chdir(root)
    command = parse(["check", *shlex.split(flags), "."])
    assert isinstance(command, Command)
    return engine.lint((".",), None, command.settings).report.findings


def test_every_rule_has_a_row() -> None:
    rows = {one.rule for one in ROWS}
    assert rows == set(all_checks()) - ELSEWHERE


@pytest.mark.parametrize("case", ROWS, ids=IDS)
def test_the_smallest_failing_example_is_found_once(
    case: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = found(case.bad, case.flags, tmp_path, monkeypatch)
    mine = {str(one.severity) for one in findings if one.rule == case.rule}
    others = {
        one.rule: one.message
        for one in findings
        if one.severity is Severity.ERROR and one.rule != case.rule
    }
    assert (mine, set(others)) == ({case.severity}, set(case.also)), others


@pytest.mark.parametrize("case", ROWS, ids=IDS)
def test_the_nearest_sound_example_is_left_alone(
    case: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = case.flags if case.good_flags is None else case.good_flags
    findings = found(case.good, flags, tmp_path, monkeypatch)
    assert [one.message for one in findings if one.rule == case.rule] == []


@pytest.mark.parametrize("case", SILENT, ids=[f"{one.rules}-{one.why}" for one in SILENT])
def test_what_cannot_be_told_is_no_finding(
    case: Silent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = found(case.given, case.flags, tmp_path, monkeypatch)
    rules = set(case.rules.split()) or set(all_checks())
    assert [(one.rule, one.message) for one in findings if one.rule in rules] == []


def test_kinds_of_other_projects_are_told_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = obj("VirtualMachineSnapshot", "s", api="virtualization.deckhouse.io/v1alpha2", spec={})
    two = obj("VirtualMachineSnapshot", "t", api="virtualization.deckhouse.io/v1alpha2", spec={})
    typo = obj("VirtualMachineSnapshot", "u", api="snapshot.kubvirt.io/v1beta1", spec={})
    (tmp_path / "all.yaml").write_text("\n---\n".join(map(json.dumps, (one, two, typo))))
    monkeypatch.chdir(tmp_path)
    report = engine.lint((".",), None, Settings()).report
    what = "VirtualMachineSnapshot of virtualization.deckhouse.io (2 objects)"
    assert report.not_checked == (("all.yaml", f"{what} is a kind of another project"),)
    assert [finding.rule for finding in report.findings] == ["kind-unknown"]
