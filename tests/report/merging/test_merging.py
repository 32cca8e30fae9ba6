"""Reports of many runs become one, whatever their order, and how often that is done."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.made import MISSING, SOURCES, rendered, report
from tests.report.writers import sarif_documents
from vmsnap_lint import cli
from vmsnap_lint.core.model import Finding, NotChecked, Severity, Span
from vmsnap_lint.report.merging import json_merging, sarif_merging
from vmsnap_lint.report.merging.as_result import result_of
from vmsnap_lint.report.merging.named_reports import NamedReport

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = st.sampled_from(["shop", "infra", "org/web"])
MODULES = {"json": json_merging, "sarif": sarif_merging}


def _finding(line: int, severity: Severity, clusters: tuple[str, ...] = ()) -> Finding:
    return MISSING._replace(
        span=Span(line, 1, line, 4),
        severity=severity,
        fingerprint=f"{line:032x}",
        clusters=clusters,
        applied_to=clusters,
    )


FINDINGS = st.builds(
    _finding, st.integers(1, 4), st.just(Severity.ERROR),
    st.sampled_from([(), ("prod",), ("lab", "prod")]),
)  # fmt: skip


def _value(name: str, findings: Sequence[Finding], **more: Any) -> dict[str, Any]:
    clusters = ("lab", "prod") if any(each.clusters for each in findings) else ()
    made = report(*findings)._replace(clusters=clusters, **more)
    value: dict[str, Any] = json.loads("\n".join(rendered(name, made, SOURCES)))
    return value


def _reports(name: str) -> st.SearchStrategy[list[NamedReport]]:
    one = st.builds(
        lambda repository, findings: NamedReport(repository, "a", _value(name, findings)),
        NAMES, st.lists(FINDINGS, max_size=3, unique=True),
    )  # fmt: skip
    return st.lists(one, min_size=1, max_size=4)


def _merged(name: str, reports: Sequence[NamedReport]) -> dict[str, Any]:
    module: Any = MODULES[name]
    value: dict[str, Any] = module.merged(reports)
    return value


def test_a_finding_of_no_cluster_is_the_same_in_a_run_without_any() -> None:
    plain, declared = _finding(1, Severity.ERROR), _finding(2, Severity.ERROR, ("prod",))
    values = (_value("json", [plain]), _value("json", [plain, declared]))
    reports = [NamedReport("shop", "a", value) for value in values]
    assert _merged("json", reports) == _merged("json", reports[::-1])


@pytest.mark.parametrize("name", MODULES)
@given(st.data())
def test_order_and_steps_do_not_matter(name: str, data: st.DataObject) -> None:
    """Reports in another order, or merged by and by, give the same report."""
    reports = data.draw(_reports(name))
    whole = _merged(name, reports)
    assert _merged(name, data.draw(st.permutations(reports))) == whole
    assert _merged(name, [NamedReport("", "m", whole)]) == whole
    assert _merged(name, [NamedReport("", "m", whole), NamedReport("", "n", whole)]) == whole
    repositories = {each.name for each in reports}
    apart = [
        NamedReport("", "m", _merged(name, [each for each in reports if each.name == repository]))
        for repository in repositories
    ]
    assert _merged(name, apart) == whole


@given(_reports("json"))
def test_json_keeps_each_finding(reports: list[NamedReport]) -> None:
    """Each finding is there once in its repository, in all clusters that it holds in."""
    whole = _merged("json", reports)
    listed = {(each["repository"], each["fingerprint"]) for each in whole["findings"]}
    assert listed == {
        (each.name, finding["fingerprint"])
        for each in reports
        for finding in each.value["findings"]
    }
    for entry in whole["findings"]:
        held = {
            cluster
            for each in reports
            if each.name == entry["repository"]
            for finding in each.value["findings"]
            if finding["fingerprint"] == entry["fingerprint"]
            for cluster in finding.get("clusters", ())
        }
        assert set(entry.get("clusters", ())) == held
    numbers = whole["summary"]
    assert numbers["errors"] == sum(each["summary"]["errors"] for each in whole["repositories"])


def test_repositories_are_kept_apart() -> None:
    """The same finding of two repositories is two, and a clean one is named as well."""
    value = _value("json", [_finding(1, Severity.ERROR)])
    reports = [
        NamedReport("a", "a.json", value),
        NamedReport("b", "b.json", value),
        NamedReport("clean", "c.json", _value("json", [])),
    ]
    whole = _merged("json", reports)
    assert [each["repository"] for each in whole["findings"]] == ["a", "b"]
    assert [each["name"] for each in whole["repositories"]] == ["a", "b", "clean"]
    assert whole["summary"]["errors"] == 2
    files = [finding.file for finding in result_of(whole).report.findings]
    assert files == [f"{name}/{MISSING.file}" for name in ("a", "b")]


def test_a_shard_adds_what_is_new() -> None:
    """Of two reports of one repository, what both have is counted once."""
    first, second = _finding(1, Severity.ERROR), _finding(2, Severity.WARNING)
    reports = [
        NamedReport("a", "1", _value("json", [first], files=3)),
        NamedReport("a", "2", _value("json", [first, second], files=4)),
    ]
    summary = _merged("json", reports)["summary"]
    assert (summary["errors"], summary["warnings"], summary["files"]) == (1, 1, 7)


def test_sarif_has_a_run_for_each_repository() -> None:
    """Rules are those of its results, and the official schema holds."""
    reports = [
        NamedReport("b", "b", _value("sarif", [_finding(1, Severity.ERROR)])),
        NamedReport("a", "a", _value("sarif", [])),
        NamedReport("b", "c", _value("sarif", [_finding(2, Severity.ERROR)])),
    ]
    log = sarif_documents.read("\n".join(sarif_merging.lines(_merged("sarif", reports))))
    assert [run["automationDetails"]["id"] for run in log["runs"]] == [
        "vmsnap-lint/a/", "vmsnap-lint/b/",
    ]  # fmt: skip
    assert [len(run["results"]) for run in log["runs"]] == [0, 2]
    (rule,) = log["runs"][1]["tool"]["driver"]["rules"]
    assert {result["ruleIndex"] for result in log["runs"][1]["results"]} == {0}
    assert rule["id"] == MISSING.rule
    marks = [each["partialFingerprints"]["vmsnapLint/v1"] for each in log["runs"][1]["results"]]
    assert marks == [f"{line:032x}" for line in (1, 2)]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with reports in both formats, of two repositories."""
    monkeypatch.chdir(tmp_path)
    for name, findings in (("shop", [_finding(1, Severity.WARNING)]), ("infra", [])):
        for kind in MODULES:
            path = tmp_path / "reports" / "team" / f"{name}.{kind}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(_value(kind, findings)), encoding="utf-8")
    return tmp_path


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names come from the paths, without what all have in common; NAME= wins."""
    files = [f"reports/team/{name}.json" for name in ("infra", "shop")]
    assert cli.run(["merge", "--format", "json", *files]) == cli.CLEAN
    names = [each["name"] for each in json.loads(capsys.readouterr().out)["repositories"]]
    assert names == ["infra", "shop"]
    assert (
        cli.run(["merge", "--fail-on", "warning", files[0], f"org/web={files[1]}"]) == cli.FINDINGS
    )
    out, err = capsys.readouterr()
    assert out.startswith(f"org/web/{MISSING.file}:1:1: warning[{MISSING.rule}]")
    assert "1 warning in" in err
    assert cli.run(["merge", "--output", "sarif=all.sarif", *files]) == cli.CLEAN
    log = sarif_documents.read((folder / "all.sarif").read_text(encoding="utf-8"))
    assert [run["automationDetails"]["id"] for run in log["runs"]] == [
        "vmsnap-lint/infra/", "vmsnap-lint/shop/",
    ]  # fmt: skip
    capsys.readouterr()
    logs = [file.replace("json", "sarif") for file in files]
    assert cli.run(["merge", "--fail-on", "warning", *logs]) == cli.FINDINGS
    merged = sarif_documents.read(capsys.readouterr().out)
    assert [len(run["results"]) for run in merged["runs"]] == [0, 1]


@pytest.mark.parametrize(
    "name", ["full", "concise", "grouped", "gitlab", "jsonl", "junit", "github", "markdown"]
)
@pytest.mark.usefixtures("folder")
def test_every_format_of_findings(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names the file behind its repository."""
    files = [f"reports/team/{each}.json" for each in ("infra", "shop")]
    assert cli.run(["merge", "--format", name, *files]) == cli.CLEAN
    assert f"shop/{MISSING.file}" in capsys.readouterr().out


def test_unread_input_stays_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that could not read all of its input makes the merged one end with 2."""
    note = NotChecked("vm.yaml", "permission denied")
    for kind in MODULES:
        value = _value(kind, [], unread=(note,), not_checked=(note,))
        (folder / f"x.{kind}").write_text(json.dumps(value), encoding="utf-8")
        assert cli.run(["merge", f"x.{kind}"]) == cli.USAGE
        assert '"x/vm.yaml" permission denied' in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_directory_of_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """All reports below it, named by their places in it; a merged one keeps its names."""
    for path in Path().rglob("*.sarif"):
        path.unlink()
    assert cli.run(["merge", "--format", "json", "reports"]) == cli.CLEAN
    whole = capsys.readouterr().out
    assert [each["name"] for each in json.loads(whole)["repositories"]] == [
        "team/infra",
        "team/shop",
    ]
    Path("all.json").write_text(whole, encoding="utf-8")
    assert cli.run(["merge", "--format", "json", "night=reports", "all.json"]) == cli.CLEAN
    names = [each["name"] for each in json.loads(capsys.readouterr().out)["repositories"]]
    assert names == ["night/team/infra", "night/team/shop", "team/infra", "team/shop"]
    Path("none").mkdir()
    assert cli.run(["merge", "none"]) == cli.USAGE
    assert 'no report (*.json, *.sarif) in "none"' in capsys.readouterr().err


HOSTILE = {
    "": "is no JSON, or is cut off",
    "{": "is no JSON, or is cut off",
    "[" * 100_000: "is no JSON, or is cut off",
    "[]": "neither findings nor runs",
    '{"findings": []}': "schema_version is null, expected 1",
    '{"findings": [], "schema_version": 2}': "schema_version is 2, expected 1",
    '{"findings": [], "schema_version": 1}': "is no report of vmsnap-lint",
    '{"findings": [1], "schema_version": 1}': "is no report of vmsnap-lint",
    '{"findings": %s, "schema_version": 1}'
    % ("[" * 900 + "]" * 900): "is no report of vmsnap-lint",
    '{"findings": [], "schema_version": NaN}': "NaN is no number of JSON",
    '{"findings": [], "schema_version": 1, "more": -1e999}': "-1e999 is no number of JSON",
    '{"runs": []}': "is no report of vmsnap-lint",
    '{"runs": [{}], "version": "2.1.0"}': "is no report of vmsnap-lint: runs/0",
    '{"runs": [null], "version": "2.1.0"}': "is no report of vmsnap-lint: runs/0",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_report(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One clear message with the file."""
    (folder / "x.json").write_text(text, encoding="utf-8")
    assert cli.run(["merge", "x.json"]) == cli.USAGE
    err = capsys.readouterr().err
    assert '"x.json"' in err
    assert HOSTILE[text] in err


@pytest.mark.usefixtures("folder")
def test_a_summary_may_have_more_than_numbers() -> None:
    """As one of a later version, or one that was damaged."""
    value = _value("json", [_finding(1, Severity.ERROR)])
    for number, more in enumerate(("text", 1, {"of": 1}, None, [1])):
        value["summary"] |= {"more": more}
        Path(f"{number}.json").write_text(json.dumps(value), encoding="utf-8")
    reports = [f"shop={number}.json" for number in range(5)]
    assert cli.run(["merge", "--format", "json", *reports]) == cli.FINDINGS


def test_a_whole_number_may_have_a_point(folder: Path) -> None:
    value = _value("sarif", [_finding(1, Severity.ERROR)])
    value["runs"][0]["results"][0]["ruleIndex"] = 0.0
    (folder / "x.sarif").write_text(json.dumps(value), encoding="utf-8")
    assert cli.run(["merge", "--format", "sarif", "x.sarif"]) == cli.FINDINGS


def test_no_entry_of_a_merged_report_is_lost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of a repository that the report does not list is told, and no defect."""
    whole = _merged("json", [NamedReport("shop", "a", _value("json", [MISSING]))])
    for stray in ("other", None):
        whole["findings"][0].pop("repository", None)
        whole["findings"][0] |= {"repository": stray} if stray else {}
        (folder / "x.json").write_text(json.dumps(whole), encoding="utf-8")
        assert cli.run(["merge", "x.json"]) == cli.USAGE
        assert "an entry is of none of its repositories" in capsys.readouterr().err


def test_the_entries_of_a_merged_report_are_read_once() -> None:
    """Not once for each repository: there may be thousands."""
    reads = 0

    class Entry(dict[str, Any]):
        def items(self) -> Any:
            nonlocal reads
            reads += 1
            return super().items()

    one = _value("json", [_finding(1, Severity.ERROR)])
    whole = _merged("json", [NamedReport(str(number), "", one) for number in range(30)])
    whole["findings"] = [Entry(each) for each in whole["findings"]]
    assert len(dict(json_merging.of_repositories(whole))) == 30
    assert reads == 30


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", MODULES)
@given(data=st.data())
def test_no_report_makes_it_crash(kind: str, data: st.DataObject) -> None:
    """A report in which anything is replaced by anything is merged or refused."""
    noted = (NotChecked("a", "b"),)
    value = _value(kind, [_finding(1, Severity.ERROR, ("prod",))], not_checked=noted)
    _damage(value, data)
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.json")
        path.write_text(json.dumps(value), encoding="utf-8")
        code = cli.run(["merge", "--format", kind, str(path), str(path)])
    assert code in (cli.CLEAN, cli.FINDINGS, cli.USAGE)


def _damage(at: Any, data: st.DataObject) -> None:
    """Replaces or removes something in a value."""
    keys = list(at) if isinstance(at, dict) else list(range(len(at)))
    key = data.draw(st.sampled_from(keys))
    if isinstance(at[key], (dict, list)) and at[key] and data.draw(st.booleans()):
        _damage(at[key], data)
    elif data.draw(st.booleans()) and isinstance(at, dict):
        del at[key]
    else:
        at[key] = data.draw(JSON)


@pytest.mark.usefixtures("folder")
def test_formats_are_not_mixed(capsys: pytest.CaptureFixture[str]) -> None:
    """Logs of SARIF make no other format, and stand beside none."""
    sarif, other = "reports/team/shop.sarif", "reports/team/shop.json"
    assert cli.run(["merge", sarif, other]) == cli.USAGE
    assert f'"{other}" is of format json' in capsys.readouterr().err
    assert cli.run(["merge", "--format", "junit", sarif]) == cli.USAGE
    assert "make no junit" in capsys.readouterr().err
    assert cli.run(["merge"]) == cli.USAGE
    assert "merge needs reports" in capsys.readouterr().err


def test_versions_are_not_mixed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules of two versions have no place in one run."""
    value = _value("sarif", [])
    value["runs"][0]["tool"]["driver"]["version"] = "0.0.1"
    (folder / "old.sarif").write_text(json.dumps(value), encoding="utf-8")
    assert cli.run(["merge", "a=old.sarif", "a=reports/team/shop.sarif"]) == cli.USAGE
    assert 'the reports of "a" are of different versions (0.0.1, ' in capsys.readouterr().err
