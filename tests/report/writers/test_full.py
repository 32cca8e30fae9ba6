"""The full format shows a finding with everything that is needed to mend it."""

from __future__ import annotations

from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from vmsnap_lint.core.model import Related, Span
from vmsnap_lint.document import read
from vmsnap_lint.report import render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result

EXPECTED = """\
error[source-vm-missing]: no VirtualMachine "wbe" in namespace "prod"
   --> snapshot.yaml:10:11
   |
10 |     name: wbe
   |           ^^^
   ::: vm.yaml:4:9 this one is declared
   |
 4 |   name: web
   |         ---
   = help: Name a VirtualMachine of the same namespace.
"""


def full(*findings: object, color: bool = False) -> str:
    return "\n".join(rendered("full", report(*findings), SOURCES, color))  # type: ignore[arg-type]


def test_a_finding_shows_its_line_its_related_places_and_the_help() -> None:
    assert full(MISSING) == EXPECTED


def test_no_findings_no_text() -> None:
    assert full() == ""


def test_findings_stand_apart_in_their_order() -> None:
    assert full(MISSING, UNSURE).startswith(EXPECTED + "\ninfo[reference-unverified]: its class")


def test_a_span_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    finding = MISSING._replace(span=Span(6, 1, 11, 1), related=(), help="")
    assert full(finding).splitlines()[3:] == ["6 | spec:", "  | ^^^^^"]


def test_a_file_that_is_not_at_hand_still_gets_its_place() -> None:
    """As with a file that cannot be decoded: there is no line to show."""
    finding = MISSING._replace(file="gone.yaml", related=(), help="")
    assert full(finding).splitlines()[1:] == ["   --> gone.yaml:10:11"]


def test_colour_changes_no_text() -> None:
    import re

    painted = full(MISSING, color=True)
    assert painted != EXPECTED
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == EXPECTED


def test_a_hostile_manifest_cannot_reach_the_terminal() -> None:
    """Neither by its name, nor its lines, nor what messages and help quote of it."""
    evil = "\x1b]0;owned\x07\u202e"
    sources = {evil: read(evil, f"kind: {evil}\n".encode())}
    finding = MISSING._replace(
        file=evil,
        span=Span(1, 7, 1, 8),
        message=evil,
        help=evil,
        related=(Related(evil, Span(1, 1, 1, 5), evil),),
    )
    shown = "".join(rendered("full", report(finding), sources))
    assert shown.isprintable()
    assert shown.count("]0;owned") == shown.count("\\x1b]0;owned\\x07\\u202e")


def test_long_help_is_folded_below_its_label() -> None:
    finding = MISSING._replace(related=(), help="word " * 50)
    lines = full(finding).splitlines()[5:]
    assert len(lines) > 1
    assert all(len(line) <= 110 for line in lines)
    assert lines[1].startswith("           word")


def test_the_help_of_a_rule_is_said_once() -> None:
    """A finding without a help stays without one, and another help of the rule is said."""
    again, other = MISSING._replace(message="again"), MISSING._replace(help="Try another one.")
    helps = [line for line in full(MISSING, again, other, UNSURE).splitlines() if "= help" in line]
    assert [line.partition("help: ")[2] for line in helps[:3]] == [
        "Name a VirtualMachine of the same namespace.", "as above", "Try another one.",
    ]  # fmt: skip
    assert "as above" not in full(MISSING, MISSING._replace(rule="other"))
    assert "as above" not in full(*[MISSING._replace(help="")] * 2)


def test_all_helps_are_said_to_those_who_want_everything() -> None:
    result = Result(report(MISSING, MISSING), SOURCES)
    assert "as above" not in "\n".join(render("full", result, Look(verbose=True)))
