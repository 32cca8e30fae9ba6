"""The format sarif holds everything of a report, in the words of SARIF and as GitHub reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.made import MISSING, SNAPSHOT, SOURCES, UNSURE, report
from tests.report.writers.sarif_documents import run_of
from vmsnap_lint import __version__
from vmsnap_lint.core.model import (
    Cut,
    Edit,
    Fix,
    Judged,
    NotChecked,
    ObjectId,
    Related,
    Safety,
    Severity,
    Span,
    Subject,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.document import read
from vmsnap_lint.report import render
from vmsnap_lint.report.hidden import BY_BASELINE
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result
from vmsnap_lint.report.writers import sarif
from vmsnap_lint.report.writers.line_hashes import line_hashes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.document import Source

RESULT = {
    "ruleId": "source-vm-missing",
    "ruleIndex": 0,
    "level": "error",
    "message": {
        "text": 'no VirtualMachine "wbe" in namespace "prod". See [this one is declared](1).'
    },
    "locations": [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "snapshot.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 10, "startColumn": 11, "endLine": 10, "endColumn": 14},
            },
            "logicalLocations": [
                {
                    "name": "nightly",
                    "fullyQualifiedName": "VirtualMachineSnapshot prod/nightly",
                    "kind": "object",
                    "properties": {
                        "apiVersion": "snapshot.kubevirt.io/v1beta1",
                        "kind": "VirtualMachineSnapshot",
                        "namespace": "prod",
                        "name": "nightly",
                        "path": "/spec/source/name",
                    },
                }
            ],
        }
    ],
    "partialFingerprints": {
        "primaryLocationLineHash": line_hashes(SNAPSHOT, {10})[10],
        "vmsnapLint/v1": "4f1c",
    },
    "relatedLocations": [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": {"uri": "vm.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 4, "startColumn": 9, "endLine": 4, "endColumn": 12},
            },
            "message": {"text": "this one is declared"},
        }
    ],
}


def _text(of: Report, verbose: bool = False, sources: Mapping[str, Source] = SOURCES) -> str:
    return "\n".join(render("sarif", Result(of, sources), Look(verbose=verbose)))


def _run(of: Report, verbose: bool = False, sources: Mapping[str, Source] = SOURCES) -> Any:
    return run_of(_text(of, verbose, sources))


def _result(finding: Finding) -> Any:
    (result,) = _run(report(finding))["results"]
    return result


def _uri(file: str) -> Any:
    (location,) = _result(MISSING._replace(file=file))["locations"]
    return location["physicalLocation"]["artifactLocation"]


def test_everything_of_a_finding_is_in_its_result() -> None:
    run = _run(report(MISSING, UNSURE))
    first, second = run["results"]
    assert first == {**RESULT, "ruleIndex": 1}
    assert (second["level"], second["ruleIndex"]) == ("note", 0)
    assert second["message"]["text"] == "its class is not in the input."
    assert "logicalLocations" not in second["locations"][0]
    assert "relatedLocations" not in second


def test_the_run_names_the_tool_and_the_rules_that_occur() -> None:
    run = _run(report(MISSING, UNSURE, MISSING))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("vmsnap-lint", __version__)
    assert driver["informationUri"].startswith("https://")
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == ["reference-unverified", "source-vm-missing"]
    assert [ids[result["ruleIndex"]] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert run["columnKind"] == "unicodeCodePoints"
    assert "automationDetails" not in run


def test_a_clean_run_has_results_and_no_rules() -> None:
    run = _run(report())
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("apps/web vm#1 50%.yaml", "apps/web%20vm%231%2050%25.yaml"),
        ("c:d/a.yaml", "c%3Ad/a.yaml"),
        ("å/虚.yaml", "%C3%A5/%E8%99%9A.yaml"),
        ("a\\b?.yaml", "a%5Cb%3F.yaml"),
        ("byte-\udcff.yaml", "byte-%FF.yaml"),
        ("half-\ud83d.yaml", "half-%ED%A0%BD.yaml"),
        ("./a/../b.yaml", "b.yaml"),
    ],
)
def test_a_path_is_a_uri_relative_to_the_root(file: str, uri: str) -> None:
    assert _uri(file) == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_what_is_not_below_the_root_is_not_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "repo"
    here.mkdir()
    monkeypatch.chdir(here)
    outside = f"file://{tmp_path.as_posix()}/a%20b.yaml"
    assert _uri("../a b.yaml") == {"uri": outside}
    assert _uri(str(tmp_path / "a b.yaml")) == {"uri": outside}
    assert _uri("<x>.yaml") == {"uri": "%3Cx%3E.yaml", "uriBaseId": "%SRCROOT%"}
    assert _uri("<stdin>") == {"uri": "%3Cstdin%3E", "description": {"text": "<stdin>"}}
    assert _uri("") == {"uri": ".", "description": {"text": "the run"}}
    assert str(tmp_path) not in _text(report(MISSING, UNSURE))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(0, 0, 0, 0), (1, 1, 1, 1)),
        (Span(-3, -1, 2, -5), (1, 1, 2, 1)),
        (Span(5, 7, 4, 9), (5, 7, 5, 9)),
        (Span(5, 7, 5, 3), (5, 7, 5, 7)),
        (Span(5, 7, 6, 1), (5, 7, 6, 1)),
    ],
)
def test_a_region_begins_at_1_and_does_not_end_before_it_begins(
    span: Span, expected: tuple[int, ...]
) -> None:
    finding = MISSING._replace(span=span, related=(Related("vm.yaml", span, "there"),))
    result = _result(finding)
    for location in (*result["locations"], *result["relatedLocations"]):
        assert tuple(location["physicalLocation"]["region"].values()) == expected


def test_texts_of_manifests_are_no_links() -> None:
    finding = MISSING._replace(
        message=r"[x](https://evil.example) \ ]",
        related=(
            Related("vm.yaml", Span(1, 1, 1, 2), "a [note](2)"),
            Related("b]", Span(1, 1, 1, 2), ""),
        ),
    )
    text = _result(finding)["message"]["text"]
    assert text == (r"\[x\](https://evil.example) \\ \]. See [a \[note\](2)](1), [b\]](2).")


def test_the_first_sentence_is_on_one_line_and_shows_what_is_invisible() -> None:
    text = _result(MISSING._replace(message="a\nb \u202e\x1b[31m \ud800", related=()))["message"]
    assert text == {"text": r"a\\nb \\u202e\\x1b\[31m \\ud800."}


def test_links_and_related_places_are_few() -> None:
    places = tuple(Related("vm.yaml", Span(n, 1, n, 2), f"place {n}") for n in range(1, 151))
    result = _result(MISSING._replace(related=places))
    assert [place["id"] for place in result["relatedLocations"]] == list(range(1, 101))
    assert result["message"]["text"].count("](") == 10
    assert result["properties"] == {"relatedLocationsLeftOut": 50}


def test_the_severity_of_a_finding_is_its_level() -> None:
    levels = [_result(MISSING._replace(severity=level))["level"] for level in Severity]
    assert levels == ["note", "warning", "error"]


def test_suppressed_findings_are_counted_as_github_would_open_alerts() -> None:
    by_hand = Suppressed(MISSING, SuppressionKind.IN_SOURCE, "by hand")
    told = report(UNSURE)._replace(
        suppressed=(by_hand, Suppressed(MISSING, SuppressionKind.EXTERNAL, BY_BASELINE)),
        below_threshold=7,
        unverified=3,
        cut=(Cut("findings", 5, "r", Severity.ERROR),),
    )
    run = _run(told)
    assert [result["ruleId"] for result in run["results"]] == ["reference-unverified"]
    assert "suppressions" not in run["results"][0]
    assert run["properties"]["hidden"] == {
        "in_source": 1,
        "by_configuration": 0,
        "by_baseline": 1,
        "by_threshold": 7,
        "beyond_cap": 5,
        "unverified": 3,
        "beyond_limit": 0,
    }


def test_verbose_lists_suppressed_findings_as_such() -> None:
    hidden = (
        Suppressed(MISSING, SuppressionKind.IN_SOURCE, ""),
        Suppressed(MISSING, SuppressionKind.EXTERNAL, "known\n"),
    )
    run = _run(report(UNSURE)._replace(suppressed=hidden), verbose=True)
    assert [result["suppressions"] for result in run["results"]] == [
        [],
        [{"kind": "inSource", "status": "accepted"}],
        [{"kind": "external", "status": "accepted", "justification": r"known\n"}],
    ]


def test_what_was_not_checked_is_told_with_its_reason() -> None:
    broken = NotChecked("sp ace.yaml", "permission denied [13]")
    told = report(skipped=1)._replace(unread=(broken,))
    told = told._replace(not_checked=(*told.not_checked, broken))
    (invocation,) = _run(told)["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [(note["level"], note["message"]["text"]) for note in notes] == [
        ("error", r"not checked: permission denied \[13\]."),
        ("note", "not checked: a template."),
    ]
    (location,) = notes[0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "sp%20ace.yaml"
    assert _run(report(skipped=1))["invocations"][0]["executionSuccessful"] is True


def test_the_fixes_of_a_finding_are_those_of_its_result() -> None:
    finding = MISSING._replace(
        fixes=(
            Fix(
                "name [it] so",
                Safety.SAFE,
                (
                    Edit("snapshot.yaml", Span(10, 11, 10, 14), "web"),
                    Edit("vm.yaml", Span(1, 1, 1, 1), "# [x]\n\ud800"),
                    Edit("snapshot.yaml", Span(9, 1, 9, 1), ""),
                ),
            ),
            Fix("delete it", Safety.DISPLAY, (Edit("vm.yaml", Span(1, 1, 9, 1), ""),)),
        )
    )
    fix, other = _result(finding)["fixes"]
    assert fix["description"]["text"] == r"name \[it\] so"
    assert fix["properties"] == {"safety": "safe"}
    assert other["properties"] == {"safety": "display"}
    first, second = fix["artifactChanges"]
    assert first["artifactLocation"]["uri"] == "snapshot.yaml"
    assert first["replacements"] == [
        {
            "deletedRegion": {"startLine": 10, "startColumn": 11, "endLine": 10, "endColumn": 14},
            "insertedContent": {"text": "web"},
        },
        {
            "deletedRegion": {"startLine": 9, "startColumn": 1, "endLine": 9, "endColumn": 1},
            "insertedContent": {"text": ""},
        },
    ]
    assert second["replacements"][0]["insertedContent"]["text"] == "# [x]\n\ufffd"


def test_clusters_and_further_faults_are_told() -> None:
    finding = MISSING._replace(clusters=("prod", "a\nb"), applied_to=("prod", "a\nb", "c"), more=4)
    result = _result(finding)
    assert result["properties"]["clusters"] == ["prod", r"a\nb"]
    assert "(in clusters prod, a\\\\nb)." in result["message"]["text"]
    assert result["occurrenceCount"] == 5
    judged = (Judged("1.6.2", "--kubevirt", ("prod",)), Judged("1.9.0", ""))
    assert _run(report()._replace(judged=judged))["properties"]["judged_for"] == [
        {"kubevirt": "1.6.2", "source": "--kubevirt", "clusters": ["prod"]},
        {"kubevirt": "1.9.0", "source": None, "clusters": []},
    ]


def test_a_finding_of_several_objects_names_each() -> None:
    manifest = MISSING.subjects[0].manifest
    names = (ObjectId("v1", "Pod", None, "a"), ObjectId("v1", "Pod", "x", None))
    subjects = tuple(Subject(named, manifest) for named in (*names, names[0]))
    (location,) = _result(MISSING._replace(subjects=subjects))["locations"]
    assert [each["fullyQualifiedName"] for each in location["logicalLocations"]] == [
        "Pod a",
        "Pod",
    ]


def test_a_file_without_its_text_has_no_hash_of_a_line() -> None:
    """GitHub's upload computes it then; a wrong one would bring a warning for each result."""
    own = {"vmsnapLint/v1": "4f1c"}
    for sources in ({}, {"snapshot.yaml": read("snapshot.yaml", b"")}):
        (result,) = _run(report(MISSING), sources=sources)["results"]
        assert result["partialFingerprints"] == own
    (beyond,) = _run(report(MISSING._replace(span=Span(99, 1, 99, 2))))["results"]
    assert beyond["partialFingerprints"] == own


def test_no_more_results_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    worst = MISSING._replace(severity=Severity.ERROR)
    hidden = (Suppressed(worst, SuppressionKind.IN_SOURCE, ""),)
    told = report(UNSURE, worst, UNSURE, worst, UNSURE)._replace(suppressed=hidden)
    for verbose, beyond in ((False, 2), (True, 3)):
        run = _run(told, verbose)
        assert [result["level"] for result in run["results"]] == ["note", "error", "error"]
        assert run["properties"]["hidden"]["beyond_limit"] == beyond


def test_it_is_ascii_with_a_result_on_each_line() -> None:
    text = _text(report(MISSING._replace(file="虚/##vso[x].yaml"), UNSURE))
    assert text.isascii()
    assert "##vso[" not in text
    assert [json.loads(line.rstrip(","))["ruleId"] for line in text.splitlines()[-4:-2]] == [
        "source-vm-missing",
        "reference-unverified",
    ]
