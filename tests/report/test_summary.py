"""The lines beside the findings count them, and tell what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.report.made import MISSING, UNSURE, report
from vmsnap_lint.core.model import (
    Accepted,
    Judged,
    NotChecked,
    Related,
    Severity,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.report.cap import capped
from vmsnap_lint.report.hidden import BY_BASELINE
from vmsnap_lint.report.summary import (
    at_least,
    judged_apart,
    message_of,
    not_checked,
    stale,
    summary,
    unjudged,
    unlisted,
    unread,
    verified,
)

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Finding, Report


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


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        (Judged("1.9.0", ""), "KubeVirt 1.9 (the newest known; --kubevirt sets it)"),
        (Judged("1.6.2", "--kubevirt", ("prod",)), "KubeVirt 1.6.2 (--kubevirt)"),
        (Judged("1.6.0", "the facts"), "KubeVirt 1.6 (the facts)"),
    ],
)
def test_the_release_stands_beside_the_count_with_its_origin(judged: Judged, expected: str) -> None:
    one = report()._replace(judged=(judged,))
    assert summary(one).endswith(f"), judged for {expected}")
    assert list(judged_apart(one)) == []


def test_several_releases_are_told_by_cluster() -> None:
    several = report()._replace(
        judged=(Judged("1.6.2", "--kubevirt"), Judged("1.9.0", "", ("a\x1b", "prod")))
    )
    assert "judged" not in summary(several)
    first, second = judged_apart(several)
    assert first == "in no cluster: judged for KubeVirt 1.6.2 (--kubevirt)"
    assert second.startswith("clusters a")
    assert second.endswith("prod: judged for KubeVirt 1.9 (the newest known; --kubevirt sets it)")
    assert "\x1b" not in second
    many = tuple(Judged(f"1.{number}.1", "x") for number in range(12))
    assert len(list(judged_apart(report()._replace(judged=many)))) == 11


def test_vms_without_a_snapshot_are_counted_in_words() -> None:
    assert [list(unjudged(number)) for number in (0, 1, 12)] == [
        [],
        ["1 VM is named by no snapshot and was not judged (--all-vms)"],
        ["12 VMs are named by no snapshot and were not judged (--all-vms)"],
    ]


def test_a_message_names_clusters_where_they_are_not_all() -> None:
    names = tuple("abcdefg")
    some = MISSING._replace(clusters=names[:2], applied_to=names)
    assert message_of(some) == f"{MISSING.message} (in clusters a, b)"
    assert message_of(some._replace(clusters=names[:6])).endswith(
        "(in clusters a, b, c, d, e and 1 more)"
    )
    assert message_of(some._replace(clusters=names)) == message_of(MISSING) == MISSING.message


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


INSIDE = Suppressed(MISSING, SuppressionKind.IN_SOURCE, "")
OUTSIDE = Suppressed(UNSURE, SuppressionKind.EXTERNAL, "")
KNOWN = Suppressed(MISSING, SuppressionKind.EXTERNAL, BY_BASELINE)


def _unlisted(of: Report, baseline: str = "b.json") -> list[str]:
    return list(unlisted(of, baseline, Severity.WARNING))


def test_what_is_hidden_is_counted_by_who_hides_it() -> None:
    assert _unlisted(report(MISSING)) == []
    hidden = report()._replace(suppressed=(INSIDE, OUTSIDE, INSIDE, KNOWN))
    (line,) = _unlisted(hidden)
    inside, outside = "2 suppressed in the manifests", "1 suppressed by configuration"
    assert line == f"hidden: {inside}, {outside}, 1 accepted by the baseline b.json"
    assert _unlisted(report()._replace(suppressed=(KNOWN,)), "") == []
    folded = MISSING._replace(same=(Related("a.yaml", MISSING.span, ""),) * 3)
    less = at_least(verified(report(folded, UNSURE))._replace(unverified=7), Severity.WARNING)
    references = "7 not verified (--verbose)"
    assert _unlisted(less) == [f"hidden: {references}, 3 like those above (--verbose)"]
    warned = report(MISSING._replace(severity=Severity.WARNING), UNSURE._replace(more=4))
    assert _unlisted(at_least(warned, Severity.WARNING)) == [
        "hidden: 5 below --min-severity warning"
    ]


def test_what_the_cap_leaves_out_is_hidden_too() -> None:
    every = report(*(MISSING,) * 150)._replace(suppressed=(KNOWN,) * 700 + (INSIDE,) * 700)
    accepted, inside = "700 accepted by the baseline b.json", "700 suppressed in the manifests"
    assert _unlisted(capped(every)) == [f"hidden: {inside}, {accepted}, 50 over the cap (--no-cap)"]


def test_a_run_that_hides_all_does_not_say_that_there_is_nothing() -> None:
    hiding = report()._replace(suppressed=(KNOWN, INSIDE))
    assert summary(hiding).startswith("no other findings in 2 files (")
    assert summary(hiding, "b.json").startswith("1 finding accepted in b.json, of 2 files (")
    assert summary(report(), "b.json").startswith("0 findings accepted in b.json, of 2 files (")


def test_references_that_are_counted_only_are_counted_with_those_they_stand_for() -> None:
    places = (Related("a.yaml", MISSING.span, ""),) * 3
    assert verified(report(MISSING, UNSURE._replace(more=4, same=places))).unverified == 8
