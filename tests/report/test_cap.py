"""A report lists so much that a person reads it, and counts the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from vmsnap_lint import cli
from vmsnap_lint.checks import excess
from vmsnap_lint.core.model import (
    Cut,
    Finding,
    NotChecked,
    Severity,
    Span,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.report import BY_NAME
from vmsnap_lint.report.cap import MOST_IN_LIST, MOST_IN_OBJECT, capped
from vmsnap_lint.report.summary import summary

if TYPE_CHECKING:
    from pathlib import Path

KEYS, ALIASES = 40, 20
# Each alias stands for a volume with KEYS fields that do not exist.
ALIASED = (
    f"""\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {{name: s}}
spec: {{source: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: vm}}}}
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: vm}}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {{devices: {{}}}}
      volumes:
      - &v {{name: d, {", ".join(f"q{key}: 1" for key in range(KEYS))}}}
"""
    + "      - *v\n" * (ALIASES - 1)
)
ONE_RULE = ("check", "--select", "field-unknown")


@pytest.fixture
def aliased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vm.yaml").write_text(ALIASED)
    return "vm.yaml"


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.run([*ONE_RULE, "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_an_amplified_object_is_counted_and_all_is_listed_on_request(
    aliased: str, capsys: pytest.CaptureFixture[str]
) -> None:
    every = KEYS * ALIASES
    code, few = _json(capsys, aliased)
    assert (code, len(few["findings"]), few["summary"]["errors"]) == (1, MOST_IN_OBJECT, every)
    assert [cut["count"] for cut in few["cut"]] == [every - MOST_IN_OBJECT]
    code, full = _json(capsys, "--no-cap", aliased)
    assert (code, len(full["findings"]), full["cut"]) == (1, every, [])
    assert few["summary"].pop("hidden")["beyond_cap"] == every - MOST_IN_OBJECT
    assert full["summary"].pop("hidden")["beyond_cap"] == 0
    assert full["summary"] == few["summary"]
    assert {f["path"] for f in few["findings"]} < {f["path"] for f in full["findings"]}


def test_a_baseline_accepts_all_of_them(aliased: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, first = _json(capsys, "--write-baseline", "known.json", aliased)
    assert (code, first["findings"], first["summary"]["suppressed"]) == (0, [], KEYS * ALIASES)
    code, again = _json(capsys, "--baseline", "known.json", aliased)
    assert (code, again) == (0, first)
    assert (len(again["suppressed"]), again["cut"]) == (KEYS * ALIASES, [])


def test_a_baseline_is_of_the_number_that_it_was_written_for(
    aliased: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where findings are only counted: one that stands for others stands for that many."""
    monkeypatch.setattr(excess, "MOST_HELD_OF_OBJECT", 300)
    code, first = _json(capsys, "--write-baseline", "known.json", aliased)
    assert (code, first["summary"]["suppressed"]) == (0, KEYS * ALIASES)
    assert (len(first["suppressed"]), first["cut"][0]["count"]) == (301, KEYS * ALIASES - 301)
    (tmp_path / aliased).write_text(ALIASED + "      - *v\n")
    code, more = _json(capsys, "--baseline", "known.json", aliased)
    assert code == 1
    assert more["summary"]["errors"] > 0


def test_a_comment_hides_all_of_a_file_and_only_the_findings_of_a_line(
    aliased: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / aliased).write_text("# vmsnap-lint: ignore-file[field-unknown] tried\n" + ALIASED)
    code, hidden = _json(capsys, aliased)
    assert (code, hidden["summary"]["suppressed"]) == (0, KEYS * ALIASES)
    monkeypatch.setattr(excess, "MOST_HELD_OF_OBJECT", 300)
    line = "      - &v {"
    text = ALIASED.replace(line, f"      # vmsnap-lint: ignore[field-unknown] tried\n{line}")
    (tmp_path / aliased).write_text(text)
    code, hidden = _json(capsys, aliased)
    assert hidden["summary"]["errors"] + hidden["summary"]["suppressed"] == KEYS * ALIASES
    assert hidden["summary"]["errors"] > 0


def test_a_long_name_that_many_findings_relate_to_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In messages, related places, objects and paths."""
    claim = "persistentVolumeClaim: {claimName: c}"
    volumes = "".join(f"      - {{name: v{number}, {claim}}}\n" for number in range(200))
    head, _, _ = ALIASED.partition("      - &v")
    long = "n" * 100_000
    (tmp_path / "vm.yaml").write_text(head.replace("{name: s}", f"{{name: {long}}}") + volumes)
    monkeypatch.chdir(tmp_path)
    for name in ("full", "concise", "json"):
        cli.run(["check", "--format", name, "--complete", "all", "vm.yaml"])
        out, err = capsys.readouterr()
        assert "claim-missing" in out
        assert ("n" * 200 in out) == (name != "concise")
        assert "n" * 254 not in out + err
    cli.run(["plan", "vm.yaml"])
    cli.run(["plan", "--format", "json", "vm.yaml"])
    out, err = capsys.readouterr()
    assert "n" * 200 in out
    assert "n" * 254 not in out + err


def _many(finding: Finding, number: int, file: str = "") -> list[Finding]:
    placed = finding._replace(file=file or finding.file)
    return [placed._replace(span=Span(line, 1, line, 2)) for line in range(1, number + 1)]


def test_of_a_rule_in_an_object_the_first_hundred_are_listed() -> None:
    findings = (*_many(MISSING, MOST_IN_OBJECT + 5), *_many(UNSURE, 3))
    full = report(*findings)
    few = capped(full)
    assert few.findings == (*findings[:MOST_IN_OBJECT], *findings[-3:])
    assert few.cut == (
        Cut("findings", 5, MISSING.rule, Severity.ERROR, MISSING.file, MISSING.object),
    )
    assert few.severities() == full.severities() == {Severity.ERROR: 105, Severity.INFO: 3}


def test_of_a_rule_in_a_run_the_first_thousand_are_listed() -> None:
    findings = [one for n in range(30) for one in _many(UNSURE, 50, f"file-{n:02}.yaml")]
    few = capped(report(*findings))
    assert list(few.findings) == findings[:MOST_IN_LIST]
    assert few.cut == (Cut("findings", 500, UNSURE.rule, Severity.INFO),)


def test_findings_of_another_severity_are_counted_by_themselves() -> None:
    """So that the exit code and the summary are those of all findings."""
    other = MISSING._replace(rule=UNSURE.rule, subjects=(), file="vm.yaml")
    few = capped(report(*_many(UNSURE, MOST_IN_OBJECT), other))
    assert [(cut.severity, cut.number) for cut in few.cut] == [(Severity.ERROR, 1)]
    assert few.exit_code(Severity.ERROR) == 1
    assert summary(few).startswith("1 error, 100 infos in")


def test_a_finding_that_stands_for_others_is_listed_for_itself() -> None:
    few = capped(report(MISSING._replace(more=7)))
    assert few.findings == (MISSING,)
    assert [cut.number for cut in few.cut] == [7]


def test_the_lists_beside_the_findings_are_cut_too() -> None:
    hidden = Suppressed(MISSING._replace(more=4), SuppressionKind.IN_SOURCE, "by hand")
    notes = tuple(NotChecked(str(number), "x") for number in range(MOST_IN_LIST + 3))
    full = report()._replace(suppressed=(hidden,), not_checked=notes)
    few = capped(full)
    assert few.not_checked == notes[:MOST_IN_LIST]
    assert few.cut == (Cut("suppressed", 4), Cut("not_checked", 3))
    for name in ("suppressed", "stale", "not_checked"):
        assert few.total(name) == full.total(name)


def test_a_small_report_is_not_changed() -> None:
    assert capped(report(MISSING, UNSURE)) == report(MISSING, UNSURE)


def test_every_format_tells_what_is_left_out() -> None:
    few = capped(report(*_many(MISSING, MOST_IN_OBJECT + 5)))
    texts = {name: "\n".join(rendered(name, few, SOURCES)) for name in BY_NAME}
    more = 'and 5 more in VirtualMachineSnapshot "nightly" (--no-cap lists all)'
    assert texts["concise"].endswith(f"snapshot.yaml: error[{MISSING.rule}] {more}")
    assert texts["full"].endswith(f"error[{MISSING.rule}]: {more}\n --> snapshot.yaml\n")
    value = json.loads(texts["json"])
    assert value["summary"]["errors"] == MOST_IN_OBJECT + 5
    assert value["cut"] == [
        {
            "list": "findings",
            "count": 5,
            "rule": MISSING.rule,
            "severity": "error",
            "file": "snapshot.yaml",
            "object": value["findings"][0]["object"],
        }
    ]


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (Cut("findings", 5, "r", Severity.INFO, "a"), "a: info[r] and 5 more in this file"),
        (Cut("findings", 5, "r", Severity.INFO), "info[r] and 5 more in this run"),
    ],
)
def test_what_is_left_out_of_a_file_or_of_the_run_is_named(cut: Cut, expected: str) -> None:
    (line,) = rendered("concise", report()._replace(cut=(cut,)), SOURCES)
    assert line == f"{expected} (--no-cap lists all)"


def test_every_fault_of_the_shape_is_listed_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    head = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
    fields = "".join(f"x{number}: 1\n" for number in range(1_500))
    (tmp_path / "s.yaml").write_text(head + fields)
    arguments = ["--select", "field-unknown", "--format", "json", "--no-cap", "s.yaml"]
    assert cli.run(arguments) == 1
    full = json.loads(capsys.readouterr().out)
    assert len(full["findings"]) == 1_500
    assert not any("looked for" in finding["message"] for finding in full["findings"])
