"""The grouped format: by file, within a file by rule."""

from __future__ import annotations

import re

from hypothesis import given

from tests.properties import examples
from tests.report.hostile import REPORTS
from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from vmsnap_lint.core.model import Cut, Report, Severity, Span
from vmsnap_lint.report import render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result


def test_findings_stand_below_their_file_and_rule_the_worst_first() -> None:
    hint = MISSING._replace(rule="api-deprecated", severity=Severity.INFO, message="old")
    other = MISSING._replace(span=Span(110, 1, 110, 2), message="again")
    assert list(rendered("grouped", report(hint, MISSING, other, UNSURE))) == [
        "snapshot.yaml (3 findings)",
        "  error[source-vm-missing]",
        '    10:11  no VirtualMachine "wbe" in namespace "prod"',
        "    110:1  again",
        "  info[api-deprecated]",
        "    10:11  old",
        "",
        "vm.yaml (1 finding)",
        "  info[reference-unverified]",
        "    1:1  its class is not in the input",
        "",
    ]


def test_what_is_left_out_stands_below_its_file_or_at_the_end() -> None:
    of_file = Cut("findings", 7, "source-vm-missing", Severity.ERROR, "snapshot.yaml")
    of_run = Cut("findings", 9, "vm-busy", Severity.WARNING)
    told = report(MISSING)._replace(cut=(of_run, of_file, Cut("stale", 3)))
    assert list(rendered("grouped", told))[3:] == [
        "  error[source-vm-missing] and 7 more in this file (--no-cap lists all)",
        "",
        "the run",
        "  warning[vm-busy] and 9 more in this run (--no-cap lists all)",
        "",
    ]


def test_the_rule_is_a_link_where_the_terminal_has_them() -> None:
    look = Look(color=True, links=True)
    text = "\n".join(render("grouped", Result(report(MISSING), SOURCES), look))
    address = "https://vmsnap-lint.github.io/vmsnap-lint/rules/source-vm-missing/"
    assert f"\x1b]8;;{address}\x1b\\source-vm-missing\x1b]8;;\x1b\\" in text
    bare = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\", "", text)
    assert bare == "\n".join(rendered("grouped", report(MISSING)))


@examples(75)
@given(REPORTS)
def test_every_finding_is_one_line_whatever_it_holds(of: Report) -> None:
    lines = list(rendered("grouped", of))
    assert all(line.isprintable() for line in lines)
    places = [line for line in lines if re.match(r"    \d+:\d+ ", line)]
    assert len(places) == len(of.findings)
