"""Real public manifests: nothing wild is said of them, and what is said is pinned for review.

After a change of rules, `python -m tests.test_corpus` writes the pins anew; read the difference.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.report.made import rendered
from tests.shared import ROOT, SHARED, needs_shared
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = SHARED / "corpus"
PINS = ROOT / "tests" / "corpus.txt"
TREES = sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []
# The only trees that hold a snapshot, restore, clone, export or backup of KubeVirt's groups.
WITH_SNAPSHOTS = {"kubermatic-labs__kubevirt-labs", "kubevirt__kubevirt"}
TABLE = CORPUS / "CASES.tsv"
CASES = (
    list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    if TABLE.is_file()
    else []
)
# A file that is named is held against its schema: the expert notes these faults himself.
NAMED_FAULTS = {"C114": {"value-not-allowed"}}  # memory "4GiB" is no quantity

pytestmark = needs_shared


def _findings(path: Path) -> tuple[Finding, ...]:
    return engine.lint((str(path),), None, Settings(allow_empty=True)).report.findings


def _pins() -> str:
    """One line a finding, tree by tree, then all trees together."""
    lines = []
    for name in [*TREES, ""]:
        run = engine.lint((str(CORPUS / name),), None, Settings(allow_empty=True))
        lines.append(f"== {name or 'all together'}")
        lines += (line.replace(f"{CORPUS}/", "") for line in rendered("concise", run.report, {}))
    return "\n".join(lines) + "\n"


def test_the_findings_are_those_that_were_reviewed() -> None:
    assert _pins() == PINS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(TREES) - WITH_SNAPSHOTS))
def test_a_tree_without_snapshots_has_no_findings(name: str) -> None:
    assert _findings(CORPUS / name) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_no_error_where_an_expert_sees_none(case: dict[str, str]) -> None:
    """The expert's column calls for no error in any case, nor does `must_not_report` allow one.

    A VM that runs is an error by our policy alone (`--snapshot-mode offline`).
    """
    found = _findings(CORPUS / case["path"])
    errors = {finding.rule for finding in found if finding.severity is Severity.ERROR}
    assert errors <= {"source-vm-running", *NAMED_FAULTS.get(case["case"], ())}


def test_two_definitions_of_a_class_are_not_chosen_between() -> None:
    """C004: one StorageClass name, two provisioners, in directories of equal distance."""
    found = _findings(CORPUS / "kubermatic-labs__kubevirt-labs")
    assert {finding.rule for finding in found} == {
        "reference-unverified", "restore-target-running", "restore-with-snapshot",
        "source-vm-running",
    }  # fmt: skip
    assert not any("local-path" in finding.message for finding in found)


if __name__ == "__main__":
    PINS.write_text(_pins(), encoding="utf-8")
