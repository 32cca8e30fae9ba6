"""The lines beside the findings count them, and tell what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.report.made import MISSING, UNSURE, report
from vmsnap_lint.core.model import Accepted, NotChecked, Suppressed, SuppressionKind
from vmsnap_lint.report.summary import not_checked, stale, summary, suppressed, unread

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Finding


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((), "no findings in 2 files (2 objects, 1 VM snapshot)"),
        ((MISSING,), "1 error in 2 files (2 objects, 1 VM snapshot)"),
        ((MISSING,) * 10, "10 errors in 2 files (2 objects, 1 VM snapshot)"),
        ((MISSING, UNSURE, UNSURE), "1 error, 2 infos in 2 files (2 objects, 1 VM snapshot)"),
    ],
)
def test_findings_are_counted(findings: tuple[Finding, ...], expected: str) -> None:
    assert summary(report(*findings)) == expected


def test_an_error_about_a_file_says_once_what_to_do() -> None:
    left_out = (
        NotChecked("a.yaml", "cannot be read (permission denied)"),
        NotChecked("b.yaml", "is not read, as others have 8 bytes: check fewer at once"),
    )
    assert unread(left_out) == [
        '"a.yaml" cannot be read (permission denied): make it readable or exclude it',
        '"b.yaml" is not read, as others have 8 bytes: check fewer at once',
    ]


def test_what_was_left_out_is_listed_or_counted() -> None:
    few = list(not_checked(report(skipped=12).not_checked, verbose=False))
    every = list(not_checked(report(skipped=12).not_checked, verbose=True))
    assert few[:10] == every[:10]
    assert few[10:] == ["not checked: 2 more (--verbose lists them)"]
    assert every[11:] == ["not checked: chart-11.yaml: a template"]


def test_stale_entries_are_counted_or_listed() -> None:
    gone = Accepted("77aa", "claim-missing", "vm.yaml", "no \x1b claim")
    some = report()._replace(stale=(gone,) * 2)
    assert list(stale(report(), verbose=False)) == []
    assert list(stale(some._replace(stale=(gone,)), verbose=False)) == [
        "unused baseline entries: 1 (--verbose lists them)"
    ]
    assert list(stale(some, verbose=False)) == ["unused baseline entries: 2 (--verbose lists them)"]
    (line,) = stale(some._replace(stale=(gone,)), verbose=True)
    assert line.startswith("unused baseline entry: vm.yaml: claim-missing: no ")
    assert "\x1b" not in line


def test_what_is_hidden_is_counted_by_who_hides_it() -> None:
    assert list(suppressed(())) == []
    inside = Suppressed(MISSING, SuppressionKind.IN_SOURCE, "")
    outside = Suppressed(UNSURE, SuppressionKind.EXTERNAL, "")
    assert list(suppressed((inside, outside, inside))) == [
        "suppressed: 3 findings (2 in the manifests, 1 by configuration or baseline)"
    ]
