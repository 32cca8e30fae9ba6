"""The concise format is one line a finding, whatever the finding holds."""

from __future__ import annotations

from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from vmsnap_lint.report import BY_NAME


def test_one_line_a_finding() -> None:
    assert list(rendered("concise", report(MISSING, UNSURE), SOURCES)) == [
        'snapshot.yaml:10:11: error[source-vm-missing] no VirtualMachine "wbe" in namespace "prod"',
        "vm.yaml:1:1: info[reference-unverified] its class is not in the input",
    ]


def test_a_message_with_line_ends_stays_one_line() -> None:
    finding = MISSING._replace(file="a\nb.yaml", message="x\r\n::error::y\x1b[2J")
    assert list(rendered("concise", report(finding), SOURCES)) == [
        "a\\nb.yaml:10:11: error[source-vm-missing] x\\r\\n::error::y\\x1b[2J"
    ]


def test_every_format_renders_an_empty_report() -> None:
    """One that holds all of a run says so of an empty one, too; lines for people are none."""
    texts = {name: "".join(rendered(name, report(), SOURCES)) for name in BY_NAME}
    assert {name: bool(text) for name, text in texts.items()} == {
        name: row.complete for name, row in BY_NAME.items()
    }
    assert {"concise", "full", "json"} <= set(texts)
