"""The format gitlab is what GitLab reads as a report of Code Quality.

GitLab refuses an entry that does not have what `ENTRY` requires, and reads no further
(app/validators/json_schemas/codeclimate.json of gitlab-org/gitlab; `ENTRY` is stricter: it has what
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format lists, and no more).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from tests.report.writers.test_sarif_documents import REPORTS, TREE
from tests.repositories import commit
from vmsnap_lint import cli
from vmsnap_lint.core.model import Cut, Severity, Span, Suppressed, SuppressionKind

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Report

TEXT = {"type": "string", "minLength": 1}
LINE = {"type": "integer", "minimum": 1}
ENTRY = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "properties": {
        "description": TEXT,
        "check_name": TEXT,
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "properties": {
                "path": TEXT,
                "lines": {
                    "type": "object",
                    "required": ["begin"],
                    "properties": {"begin": LINE, "end": LINE},
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
        "hidden": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "additionalProperties": False,
}
SCHEMA = jsonschema_rs.Draft202012Validator({"type": "array", "items": ENTRY})


def _read(text: str) -> Any:
    assert text.isascii()
    entries = json.loads(text)
    assert [error.message for error in SCHEMA.iter_errors(entries)] == []
    prints = [entry["fingerprint"] for entry in entries]
    assert len(set(prints)) == len(prints)
    return entries


def _entries(of: Report) -> Any:
    return _read("\n".join(rendered("gitlab", of, SOURCES)))


def test_everything_that_gitlab_reads_is_in_an_entry() -> None:
    first, second = _entries(report(MISSING, UNSURE))
    assert first == {
        "description": 'no VirtualMachine "wbe" in namespace "prod"',
        "check_name": "source-vm-missing",
        "fingerprint": first["fingerprint"],
        "severity": "critical",
        "location": {"path": "snapshot.yaml", "lines": {"begin": 10, "end": 10}},
        "hidden": first["hidden"],
    }
    assert second["severity"] == "minor"
    (warning,) = _entries(report(MISSING._replace(severity=Severity.WARNING)))
    assert warning["severity"] == "major"


def test_a_clean_run_is_an_empty_array_whatever_is_hidden() -> None:
    """GitLab compares it with the report of the target branch, and shows nothing without one."""
    hidden = (Suppressed(MISSING, SuppressionKind.IN_SOURCE, ""),)
    for clean in (report(), report(skipped=3)._replace(suppressed=hidden, below_threshold=2)):
        assert list(rendered("gitlab", clean, SOURCES)) == ["[]"]


def test_the_first_entry_has_the_numbers_of_what_is_not_listed() -> None:
    hidden = (Suppressed(MISSING, SuppressionKind.IN_SOURCE, ""),)
    told = report(MISSING, UNSURE)._replace(
        suppressed=hidden,
        below_threshold=2,
        cut=(Cut("findings", 5, "r", Severity.ERROR),),
    )
    first, second = _entries(told)
    numbers = {"in_source": 1, "by_threshold": 2, "beyond_cap": 5}
    assert {name: count for name, count in first["hidden"].items() if count} == numbers
    assert "hidden" not in second


def test_equal_findings_have_fingerprints_of_their_own() -> None:
    prints = [entry["fingerprint"] for entry in _entries(report(MISSING, MISSING, MISSING))]
    assert len(set(prints)) == 3
    elsewhere = MISSING._replace(file="vm.yaml")
    moved = MISSING._replace(span=Span(90, 1, 91, 2))
    again = [entry["fingerprint"] for entry in _entries(report(moved, elsewhere))]
    assert again[0] == prints[0]
    assert again[1] not in prints


@examples(300)
@given(REPORTS, st.booleans())
def test_any_report_is_one_that_gitlab_takes(of: Report, doubled: bool) -> None:
    told = of._replace(findings=of.findings * (1 + doubled))
    assert len(_entries(told)) == len(told.findings)


def test_a_path_is_that_of_the_file() -> None:
    names = (":a\u202e\\b/##[x].yaml", "å \N{GRINNING FACE}.yaml", "byte-\udcff\0.yaml")
    told = report(*(MISSING._replace(file=name) for name in names))
    paths = [entry["location"]["path"] for entry in _entries(told)]
    assert paths == [*names[:2], "byte-\ufffd\ufffd.yaml"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    commit(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_real_runs_are_equal_however_the_paths_are_given(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("check", "--format", "gitlab")
    assert cli.run([*words, "."]) == 1
    expected = capsys.readouterr().out
    paths = [entry["location"]["path"] for entry in _read(expected)]
    assert {"apps/sp ace #1 50%.yaml", "apps/c: colon.yaml", "apps/twice.yaml"} <= set(paths)
    monkeypatch.chdir(tree / "infra")
    for given_paths in (("../apps", "."), (str(tree),), ("..",)):
        cli.run([*words, *given_paths])
        assert capsys.readouterr().out == expected


def test_fingerprints_stay_when_lines_are_added_above(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = []
    for _ in range(2):
        cli.run(["check", "--format", "gitlab", "."])
        runs.append(_read(capsys.readouterr().out))
        for name in TREE:
            (tree / name).write_text(f"# a comment\n{(tree / name).read_text()}")
    before, after = runs
    assert [entry["fingerprint"] for entry in before] == [entry["fingerprint"] for entry in after]
    assert before != after


def test_the_log_has_the_numbers_for_which_the_array_has_no_place(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["check", "--format", "gitlab", "."])
    assert "VM snapshot" in capsys.readouterr().err
    cli.run(["check", "--format", "gitlab", "--quiet", "."])
    assert capsys.readouterr().err == ""
    cli.run(["check", "--format", "sarif", "."])
    assert capsys.readouterr().err == ""


def test_a_place_does_not_end_before_it_begins() -> None:
    backwards = MISSING._replace(span=Span(5, 1, 3, 1))
    (entry,) = json.loads("".join(rendered("gitlab", report(backwards))))
    assert entry["location"]["lines"] == {"begin": 5, "end": 5}
