"""What an expert says of whole public directories holds, row by row, built or as written.

The rows are those of CASES.tsv with the scope `dir`; FORBIDDEN has what their `must_not_report`
rules out, in the names of our rules. Nearly none of them holds a snapshot, so each is looked at
with `--all-vms`, too: what is wrong to say must not be said there either.
"""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import lint
from tests.shared import SHARED, needs_shared
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Report

pytestmark = needs_shared

CORPUS = SHARED / "corpus"
TABLE = CORPUS / "CASES.tsv"
ROWS = {
    row["case"]: row["path"]
    for row in csv.DictReader(
        TABLE.read_text(encoding="utf-8").splitlines() if TABLE.is_file() else (), delimiter="\t"
    )
    if row["scope"] == "dir"
}
SHAPE = {
    "field-type-wrong", "field-unknown", "required-missing", "type-meta-missing",
    "value-not-allowed", "yaml-invalid",
}  # fmt: skip
RUN_STATE = {"run-state-missing", "run-state-undecidable", "run-strategy-unknown"}
DUPLICATE = {"duplicate-object"}
CLASSES = {
    "ambiguous-class", "class-driver-mismatch", "no-snapshot-class", "non-csi-provisioner",
    "storage-class-missing",
}  # fmt: skip
# What the row rules out even with --all-vms. The sample of an error (C020) and a quantity that is
# none (C010) are noted by the expert himself.
FORBIDDEN = {
    "C004": CLASSES,
    "C005": {"source-vm-missing", "duplicate-object"},
    "C006": DUPLICATE | SHAPE | {"namespace-ambiguous", "source-vm-other-namespace"},
    "C007": DUPLICATE | SHAPE | RUN_STATE,
    "C010": SHAPE - {"value-not-allowed"} | RUN_STATE,
    "C012": SHAPE | {"storage-class-missing", "kustomize-reference-not-rewritten"},
    "C013": SHAPE | {"run-state-missing"},
    "C018": DUPLICATE | CLASSES | SHAPE,
    "C019": DUPLICATE | CLASSES | SHAPE,
    "C020": DUPLICATE | CLASSES,
    "C021": DUPLICATE | CLASSES | SHAPE,
    "C022": DUPLICATE | CLASSES | SHAPE,
    "C023": {"field-unknown", "group-version-unknown", "kind-unknown", "source-vm-missing"},
    "C025": SHAPE | {"group-version-unknown", "kind-unknown", "source-vm-missing"},
    "C026": SHAPE | {"kind-unknown", "run-state-missing", "non-csi-provisioner"},
    "C027": DUPLICATE | {"encoding-unsupported", "server-fields-in-source", "yaml-invalid"},
    "C028": SHAPE | DUPLICATE,
    "C032": SHAPE | {"render-failed", "unrendered-template"},
    "C035": SHAPE | {"render-failed", "unrendered-template"},
}  # fmt: skip
WITH_SNAPSHOTS = {"C004", "C005"}


def linted(case: str, rendering: str, tools: str, **settings: object) -> Report:
    """The report of a row's directory."""
    os.chdir(CORPUS)
    return lint(tools, ROWS[case], render=rendering, allow_empty=True, **settings)


def rules(report: Report, least: Severity = Severity.INFO) -> set[str]:
    """The rules that found something."""
    return {one.rule for one in report.findings if one.severity >= least}


@pytest.fixture(autouse=True)
def _stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)


def test_no_row_is_forgotten() -> None:
    assert set(ROWS) == set(FORBIDDEN)


@pytest.mark.parametrize("rendering", ["auto", "never"])
@pytest.mark.parametrize("case", sorted(ROWS))
def test_a_row_holds(case: str, rendering: str, tools: str) -> None:
    report = linted(case, rendering, tools)
    assert not rules(report) & FORBIDDEN[case]
    if case not in WITH_SNAPSHOTS:
        assert (report.findings, report.snapshots) == ((), 0)
    everything = linted(case, rendering, tools, all_vms=True)
    assert not rules(everything) & (FORBIDDEN[case] - {"render-failed"})


@pytest.mark.parametrize("rendering", ["auto", "never"])
def test_the_snapshot_and_its_vm_meet_across_directories(rendering: str, tools: str) -> None:
    """C004: of the two definitions of the class none is taken, whichever comes first."""
    report = linted("C004", rendering, tools)
    assert rules(report, Severity.ERROR) == {"source-vm-running"}
    assert not any("local-path" in one.message for one in report.findings)


@pytest.mark.parametrize("rendering", ["auto", "never"])
def test_a_snapshot_that_is_linted_alone_is_no_error(rendering: str, tools: str) -> None:
    """C005: its VM lies elsewhere."""
    report = linted("C005", rendering, tools)
    assert report.exit_code(Severity.ERROR) == 0
    assert rules(report, Severity.WARNING) == {"source-vm-unverified"}


def test_what_is_found_in_a_patched_vm_stands_in_its_base(tools: str) -> None:
    """C007: the patch says nothing of it."""
    report = linted("C007", "auto", tools, all_vms=True)
    places = {one.file for one in report.findings}
    assert places
    assert all("/base/" in place for place in places)


def test_a_chart_that_is_not_rendered_is_one_note(tools: str) -> None:
    """C032: not one for each template."""
    report = linted("C032", "never", tools)
    assert [one.file for one in report.not_checked] == [ROWS["C032"].rstrip("/")]
