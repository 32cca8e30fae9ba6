"""The format github: annotations as GitHub reads them, and the rest in the log."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.properties import examples
from tests.report.hostile import REPORTS
from tests.report.made import MISSING, UNSURE, rendered, report
from tests.report.workflow_commands import WorkflowCommand, is_annotation, read
from vmsnap_lint.core.model import Cut, Finding, Related, Report, Severity, Span
from vmsnap_lint.report.portable import in_repository
from vmsnap_lint.report.result import Result
from vmsnap_lint.report.terminal import visible

ADDRESS = "https://vmsnap-lint.github.io/vmsnap-lint/rules"


def lines(*findings: Finding) -> list[str]:
    return list(rendered("github", report(*findings)))


def command(finding: Finding) -> WorkflowCommand:
    (line,) = lines(finding)
    found = read(line)
    assert found is not None
    return found


def commands(of: Report) -> list[WorkflowCommand]:
    return [found for line in rendered("github", of) if (found := read(line))]


def numbered(severity: Severity, count: int) -> list[Finding]:
    return [MISSING._replace(severity=severity, message=f"no. {n}") for n in range(count)]


def test_a_finding_is_one_annotation_at_its_place() -> None:
    (line,) = lines(MISSING)
    place = "file=snapshot.yaml,line=10,endLine=10,col=11,endColumn=14,title=source-vm-missing"
    told = (
        'no VirtualMachine "wbe" in namespace "prod"',
        "vm.yaml:4: this one is declared",
        "help: Name a VirtualMachine of the same namespace.",
        f"{ADDRESS}/source-vm-missing/",
    )
    assert line == f"::error {place}::{'%0A'.join(told)}"


def test_each_severity_has_its_command_and_errors_come_first() -> None:
    found = [read(line) for line in lines(UNSURE, MISSING, *numbered(Severity.WARNING, 1))]
    assert [each and each.name for each in found] == ["error", "warning", "notice"]


def test_columns_are_left_out_over_several_lines() -> None:
    """GitHub refuses an annotation of several lines with columns."""
    found = command(MISSING._replace(span=Span(2, 3, 4, 1)))
    assert set(found.properties) == {"file", "line", "endLine", "title"}
    assert (found.properties["line"], found.properties["endLine"]) == ("2", "4")


@pytest.mark.parametrize(
    "file",
    ["a:b,c.yaml", "100%.yaml", "%0A.yaml", "a b=c.yaml", "x\ny.yaml", "虚拟机.yaml", "<x>.yaml"],
)
def test_a_path_is_read_back_as_it_is(file: str) -> None:
    assert command(MISSING._replace(file=file)).properties["file"] == file


@pytest.mark.parametrize("text", ["50%", "%0Aforged", "::error::x", "a\n::error::x", "a,b:c"])
def test_a_message_is_read_back_without_new_lines(text: str) -> None:
    assert command(MISSING._replace(message=text)).message.splitlines()[0] == visible(text)


def test_an_input_that_is_no_file_gets_its_place_in_the_message() -> None:
    found = command(MISSING._replace(file="<stdin>"))
    assert set(found.properties) == {"title"}
    assert found.message.startswith("<stdin>:10: no VirtualMachine")


@pytest.mark.parametrize(
    ("severity", "name"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning")]
)
def test_ten_of_a_type_are_annotations_and_the_others_lines(severity: Severity, name: str) -> None:
    shown = lines(*numbered(severity, 13))
    assert [line.startswith(f"::{name} ") for line in shown[:10]] == [True] * 10
    assert shown[10] == f"::notice title=vmsnap-lint::3 more {name}s in the log"
    assert shown[11:] == [
        f"snapshot.yaml:10:11: {name}[source-vm-missing] no. {number}" for number in (10, 11, 12)
    ]


def test_the_number_of_others_is_among_the_ten_notices_that_github_shows() -> None:
    found = commands(report(*numbered(Severity.INFO, 20)))
    assert [each.name for each in found] == ["notice"] * 10
    assert found[-1].message == "11 more notices in the log"


def test_what_is_hidden_is_a_notice_with_the_numbers() -> None:
    cut = Cut("findings", 7, "source-vm-missing", Severity.ERROR, "snapshot.yaml")
    shown = list(rendered("github", report()._replace(below_threshold=4, unverified=2, cut=(cut,))))
    assert shown[0] == (
        "::notice title=vmsnap-lint::not listed: 4 below --min-severity, 7 over the cap, "
        "2 not verified"
    )
    assert shown[1:] == [
        "snapshot.yaml: error[source-vm-missing] and 7 more in this file (--no-cap lists all)"
    ]


def test_what_no_pull_request_can_change_is_no_notice() -> None:
    shown = list(rendered("github", report()._replace(unverified=2)))
    assert shown == ["not listed: 2 not verified"]


def test_of_many_related_places_the_first_are_told() -> None:
    places = tuple(Related(f"{n}.yaml", Span(n, 1, n, 2), "here") for n in range(1, 6))
    told = command(MISSING._replace(related=places)).message.splitlines()
    assert told[1:5] == [
        "1.yaml:1: here", "2.yaml:2: here", "3.yaml:3: here", "and 2 more places",
    ]  # fmt: skip


@examples(75)
@given(REPORTS)
def test_every_command_is_ours_whatever_a_report_holds(of: Report) -> None:
    of = in_repository(Result(of, {})).report
    for text in rendered("github", of):
        (line,) = text.splitlines()
        assert line.isprintable()
        assert is_annotation(line) or not line.lstrip().startswith("::")
    told = [each for each in commands(of) if each.properties["title"] != "vmsnap-lint"]
    worst_first = sorted(of.findings, key=lambda finding: -finding.severity)
    assert [each.properties["title"] for each in told] == [each.rule for each in worst_first]
    for each, finding in zip(told, worst_first, strict=True):
        file = each.properties.get("file", finding.file)
        assert file in {finding.file, visible(finding.file)}
        assert visible(finding.message) in each.message
