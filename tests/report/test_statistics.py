"""--statistics: numbers by rule, cluster and verdict instead of the findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.report.made import MISSING, SOURCES, UNSURE, report
from vmsnap_lint import cli
from vmsnap_lint.config.output_formats import FINDING_FORMATS
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report import BY_NAME, render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.plans import Plans
from vmsnap_lint.report.result import Result
from vmsnap_lint.report.statistics import as_fields, statistics_of, tables

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Report

WARNED = MISSING._replace(rule="vm-busy", severity=Severity.WARNING)
ABLE = [row.name for row in FINDING_FORMATS if row.statistics]


def of(one: Report) -> list[str]:
    return list(tables(statistics_of(one, Plans()), color=False))


def test_rules_are_counted_the_worst_and_most_first() -> None:
    lines = of(report(UNSURE, *(WARNED,) * 2, MISSING._replace(rule="non-csi-provisioner"), MISSING,
                      MISSING._replace(more=9)))  # fmt: skip
    assert [line.split()[:3] for line in lines[1:5]] == [
        ["11", "error", "source-vm-missing"],
        ["1", "error", "non-csi-provisioner"],
        ["2", "warning", "vm-busy"],
        ["1", "info", "reference-unverified"],
    ]
    assert lines[0] == "findings by rule"
    assert lines[5:] == [""]


def test_the_title_of_the_rule_is_told() -> None:
    line = "  1  error    source-vm-missing  the VM of the snapshot does not exist in its namespace"
    assert of(report(MISSING))[1] == line


def test_a_finding_counts_in_each_of_its_clusters() -> None:
    both = MISSING._replace(clusters=("a", "b\x1b[2J"))
    some = report(both, WARNED._replace(clusters=("a",)), UNSURE)
    lines = of(some._replace(clusters=("a", "b\x1b[2J", "clean")))
    assert lines[lines.index("findings by cluster") :] == [
        "findings by cluster",
        "  a              1 error, 1 warning",
        "  b\\x1b[2J       1 error",
        "  clean          no findings",
        "  in no cluster  1 info",
        "",
    ]
    assert "findings by cluster" not in of(report(MISSING))


def test_nothing_has_no_table() -> None:
    assert of(report()) == []
    assert as_fields(statistics_of(report(), Plans())) == {
        "rules": [], "clusters": [], "verdicts": [],
    }  # fmt: skip


@pytest.mark.parametrize("name", ABLE)
def test_texts_show_tables_only_and_programs_get_them_beside(name: str) -> None:
    one = report(MISSING)
    result = Result(one, SOURCES, statistics=statistics_of(one, Plans()))
    lines = list(render(name, result, Look()))
    if not BY_NAME[name].complete:
        assert lines == of(one)
        return
    rules = [{"rule": "source-vm-missing", "severity": "error", "count": 1}]
    values = [json.loads("\n".join(lines))] if name == "json" else map(json.loads, lines)
    (told,) = (value for value in values if "rules" in value.get("statistics", value))
    assert told.get("statistics", told)["rules"] == rules
    without = list(render(name, Result(one, SOURCES), Look()))
    assert '"rules"' not in "\n".join(without)
    assert len(without) < len(lines)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(SNAPSHOT.format(source="web"))
    (tmp_path / "b.yaml").write_text(
        SNAPSHOT.format(source="wbe").replace("nightly", "weekly") + "---\n" + MACHINE
    )
    (tmp_path / "c.yaml").write_text(CLASSES)
    return tmp_path


def test_a_run_counts_verdicts_and_keeps_its_exit_code(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["--statistics", "--format=concise", "--output=json=out.json"]) == cli.FINDINGS
    out, err = capsys.readouterr()
    assert out.endswith("objects by verdict\n  VirtualMachineSnapshot  1 stuck, 1 complete\n\n")
    assert "1  error    source-vm-missing" in out
    assert "1 error in 3 files" in err
    (verdicts,) = json.loads((tree / "out.json").read_text())["statistics"]["verdicts"]
    assert verdicts["kind"] == "VirtualMachineSnapshot"
    assert (verdicts["stuck"], verdicts["complete"], verdicts["partial"]) == (1, 1, 0)
    assert cli.run(["--statistics", "--exit-zero"]) == cli.CLEAN


def test_more_findings_than_are_listed_are_counted(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(1_100):
        text = SNAPSHOT.format(source="x").replace("nightly", f"n{number}")
        (tree / f"n{number}.yaml").write_text(text)
    cli.run(["--statistics", "--select=source-vm-missing"])
    assert capsys.readouterr().out.splitlines()[1].split()[0] == "1101"


@pytest.mark.usefixtures("tree")
def test_the_threshold_holds_for_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["--statistics", "--min-severity=error", "--all-vms"])
    assert {line.split()[1] for line in capsys.readouterr().out.splitlines()[1:2]} == {"error"}


@pytest.mark.usefixtures("tree")
def test_a_format_without_tables_is_a_mistake_where_it_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [name for name in BY_NAME if name not in ABLE]
    assert others
    for name in others:
        assert cli.run(["--statistics", "--format", name]) == cli.USAGE
        told = capsys.readouterr().err
        assert f"--statistics: {name} has none, but full, concise, grouped, json, jsonl do" in told
        assert cli.run(["--statistics", f"--output={name}=out"]) == cli.FINDINGS
        capsys.readouterr()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert cli.run(["--statistics"]) == cli.FINDINGS
    assert capsys.readouterr().out.startswith("findings by rule\n")
