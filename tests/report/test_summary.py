"""The lines beside the findings count them, and tell what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.report.made import MISSING, UNSURE, report
from vmsnap_lint.core.model import Accepted, Judged, NotChecked, Suppressed, SuppressionKind
from vmsnap_lint.report.summary import (
    judged_apart,
    message_of,
    not_checked,
    stale,
    summary,
    suppressed,
    unjudged,
    unread,
)

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


def test_what_is_hidden_is_counted_by_who_hides_it() -> None:
    assert list(suppressed(())) == []
    inside = Suppressed(MISSING, SuppressionKind.IN_SOURCE, "")
    outside = Suppressed(UNSURE, SuppressionKind.EXTERNAL, "")
    assert list(suppressed((inside, outside, inside))) == [
        "suppressed: 3 findings (2 in the manifests, 1 by configuration or baseline)"
    ]
