"""Every document of SARIF fits the official schema, whatever the report and the files hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.report.made import MISSING, SNAPSHOT, report
from tests.report.writers.sarif_documents import read, run_of
from tests.repositories import CHAIN, commit
from tests.shared import ROOT
from tests.test_cases import CASES, NAMES, settings_of
from vmsnap_lint import cli, engine
from vmsnap_lint.core.model import (
    Accepted,
    Cut,
    Edit,
    Fix,
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
from vmsnap_lint.document import read as read_source
from vmsnap_lint.report import render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result
from vmsnap_lint.report.writers.line_hashes import line_hashes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vmsnap_lint.core.model import Report
    from vmsnap_lint.document import Source

HOSTILE = (
    "::error::x", "##vso[task.debug]", "[a](1)", "</script>", "]]>", "`", "@user #1", "\u202e",
    "\N{GRINNING FACE}", "\ud800", "\udcff", "\0", "\x1b[31m", "\r\n", " ", "/", "..", "%", "#",
    ":", "?", "\\", "<", "{0}", "虚",
)  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(HOSTILE), max_size=6).map("".join), st.text(max_size=20))
NUMBERS = st.integers(-5, 2**31)
SPANS = st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
OBJECTS = st.builds(ObjectId, TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS)
SUBJECTS = st.builds(Subject, OBJECTS, st.just(MISSING.subjects[0].manifest))
FEW_TEXTS = st.lists(TEXTS, max_size=3).map(tuple)
EDITS = st.lists(st.builds(Edit, TEXTS.filter(bool), SPANS, TEXTS), min_size=1, max_size=3).map(
    tuple
)
FIXES = st.builds(Fix, TEXTS, st.sampled_from(Safety), EDITS)
FINDINGS = st.builds(
    MISSING._replace,
    file=TEXTS,
    span=SPANS,
    rule=st.sampled_from(["source-vm-missing", "reference-unverified", "yaml-invalid"]),
    severity=st.sampled_from(Severity),
    message=TEXTS,
    subjects=st.lists(SUBJECTS, max_size=3).map(tuple),
    path=TEXTS,
    related=st.lists(st.builds(Related, TEXTS, SPANS, TEXTS), max_size=3).map(tuple),
    fingerprint=st.text("0123456789abcdef", min_size=1, max_size=32),
    help=TEXTS,
    fixes=st.lists(FIXES, max_size=3).map(tuple),
    more=st.integers(0, 3),
    clusters=FEW_TEXTS,
    applied_to=FEW_TEXTS,
)
SKIPPED = st.lists(st.builds(NotChecked, TEXTS, TEXTS), max_size=3).map(tuple)
REPORTS = st.builds(
    report()._replace,
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
    suppressed=st.lists(
        st.builds(Suppressed, FINDINGS, st.sampled_from(SuppressionKind), TEXTS), max_size=2
    ).map(tuple),
    stale=st.lists(st.builds(Accepted, TEXTS, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    cut=st.lists(st.builds(Cut, st.just("findings"), st.integers(1, 9)), max_size=2).map(tuple),
    not_checked=SKIPPED,
    unread=SKIPPED,
)
TREE = {
    **CHAIN,
    "apps/sp ace #1 50%.yaml": (
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        "metadata: {name: lost, namespace: prod}\n"
        "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: wbe}}\n"
    ),
    "apps/c: colon.yaml": "apiVersion: kubevirt.io/v1\nkind: [\n",
    "apps/twice.yaml": "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nkind: VirtualMachine\n",
}


@examples(300)
@given(REPORTS, st.booleans(), st.binary(max_size=50))
def test_a_made_report_is_a_valid_document(of: Report, verbose: bool, data: bytes) -> None:
    sources = {finding.file: read_source(finding.file, data) for finding in of.findings[:2]}
    text = _text(of, sources, verbose)
    assert text.isascii()
    listed = [*of.findings, *(hidden.finding for hidden in of.suppressed if verbose)]
    run = run_of(text)
    assert Counter(result["ruleId"] for result in run["results"]) == Counter(
        each.rule for each in listed
    )
    json.dumps(run, ensure_ascii=False).encode("utf-8")  # no half of a pair


@pytest.mark.parametrize("name", NAMES)
def test_the_places_of_real_runs_are_in_the_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()  # ours has none where it is no checkout
    shutil.copytree(CASES / name, tmp_path / "case")
    monkeypatch.chdir(tmp_path / "case")
    run = engine.lint((".",), None, settings_of(CASES / name))
    results = run_of(_text(run.report, run.sources))["results"]
    assert len(results) == len(run.report.findings)
    for result in results:
        (location,) = result["locations"]
        file, region = _in_its_file(tmp_path, location["physicalLocation"])
        line = region["startLine"]
        hashed = result["partialFingerprints"]["primaryLocationLineHash"]
        assert {line: hashed} == line_hashes(file.read_bytes(), {line})
        for place in result.get("relatedLocations", ()):
            _in_its_file(tmp_path, place["physicalLocation"])


def _in_its_file(root: Path, place: Any) -> tuple[Path, Any]:
    file, region = root / place["artifactLocation"]["uri"], place["region"]
    lines = file.read_text("utf-8").split("\n")
    for line, column in (("startLine", "startColumn"), ("endLine", "endColumn")):
        assert 1 <= region[column] <= len(lines[region[line] - 1]) + 1
    return file, region


def test_the_files_of_a_built_tree_have_their_text(
    tools: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A patch, too, which is read only when a place in it is asked for."""
    monkeypatch.setenv("PATH", tools)
    results = run_of(_checked(capsys, "--render", "require", str(CASES / "overlays")))["results"]
    assert any(_file(result).endswith("overlays/test/web.yaml") for result in results)
    for result in results:
        assert "primaryLocationLineHash" in result["partialFingerprints"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "repository"
    here.mkdir()
    commit(here, TREE)
    monkeypatch.chdir(here)
    return here


def _checked(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.run(["check", "--format", "sarif", *words]) == 1
    return capsys.readouterr().out


def test_documents_are_equal_however_the_paths_are_given(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = _checked(capsys, "apps", "infra")
    run = run_of(expected)
    assert {_file(result) for result in run["results"]} >= {
        "apps/sp%20ace%20%231%2050%25.yaml",
        "apps/c%3A%20colon.yaml",
        "apps/twice.yaml",
    }
    assert str(tree) not in expected
    link = tree.parent / "link"
    link.symlink_to(tree)
    for start, words in (
        (".", ("./apps/", "./infra")),
        (".", (".",)),
        (".", (str(tree),)),
        (".", (str(link),)),
        ("apps", (".", "../infra")),
        ("infra", ("../apps", str(tree / "infra"))),
    ):
        monkeypatch.chdir(tree / start)
        assert _checked(capsys, *words) == expected


def _file(result: Any) -> str:
    uri: str = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def test_fingerprints_stay_when_lines_are_added_above(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = run_of(_checked(capsys, "."))["results"]
    for name in TREE:
        file = tree / name
        file.write_text(f"# a comment\n\n{file.read_text()}")
    after = run_of(_checked(capsys, "."))["results"]
    assert len(before) >= 3
    assert [result["partialFingerprints"] for result in after] == [
        result["partialFingerprints"] for result in before
    ]
    assert [result["locations"] for result in after] != [result["locations"] for result in before]


def test_columns_count_characters(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lead = (
        "{apiVersion: snapshot.kubevirt.io/v1beta1, kind: VirtualMachineSnapshot, metadata: "
        "{name: lost, namespace: prod, annotations: {note: '\N{GRINNING FACE}\N{FAMILY}虚'}}, "
        "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: "
    )
    text = f"{lead}wbe}}}}}}\n"
    (tree / "apps/emoji.yaml").write_text(text, "utf-8")
    results = run_of(_checked(capsys, "."))["results"]
    (region,) = (
        result["locations"][0]["physicalLocation"]["region"]
        for result in results
        if _file(result) == "apps/emoji.yaml" and "wbe" in result["message"]["text"]
    )
    column = len(lead) + 1
    assert tuple(region.values()) == (1, column, 1, column + len("wbe"))


def test_standard_input_is_a_place(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vmsnap_lint.cli.console.read_stdin", lambda *_: SNAPSHOT)
    cli.run(["check", "--format", "sarif", "--complete", "all", "-"])
    (result,) = run_of(capsys.readouterr().out)["results"]
    assert _file(result) == "%3Cstdin%3E"
    line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
    hashed = result["partialFingerprints"]["primaryLocationLineHash"]
    assert {line: hashed} == line_hashes(SNAPSHOT, {line})


def test_a_file_gets_the_whole_document(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = _checked(capsys, ".")
    assert cli.run(["check", "--format", "concise", "--output", "sarif=out.sarif", "."]) == 1
    capsys.readouterr()
    assert (tree / "out.sarif").read_text() == expected


@pytest.mark.slow
def test_the_validator_of_microsoft_finds_no_error(tmp_path: Path) -> None:
    """With the rules of GitHub: `npm install @microsoft/sarif-multitool-linux`, bin on the path."""
    program = shutil.which("Sarif.Multitool")
    if program is None:
        pytest.skip("Sarif.Multitool is not installed")
    file = tmp_path / "shop.sarif"
    words = ["check", "-v", "--format", "concise", "--output", f"sarif={file}"]
    cli.run([*words, str(ROOT / "examples" / "shop")])
    read(file.read_text())
    subprocess.run(
        [program, "validate", str(file), "--rule-kind", "Sarif;Ghas", "-o", str(tmp_path / "out")],
        check=True,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    (run,) = json.loads((tmp_path / "out").read_text("utf-8-sig"))["runs"]
    assert [
        result["ruleId"] for result in run.get("results", ()) if result["level"] == "error"
    ] == []


def _text(of: Report, sources: Mapping[str, Source], verbose: bool = False) -> str:
    return "\n".join(render("sarif", Result(of, sources), Look(verbose=verbose)))
