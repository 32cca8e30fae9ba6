"""The format jsonl: an object a line, with the fields of json, and the summary last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given

from tests.properties import examples
from tests.report.hostile import REPORTS
from tests.report.made import MISSING, UNSURE, rendered, report

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Report


def _lines(of: Report) -> list[dict[str, object]]:
    return [json.loads(line) for line in rendered("jsonl", of)]


def test_the_findings_come_first_and_the_summary_last() -> None:
    lines = _lines(report(MISSING, UNSURE, skipped=1))
    assert [line["type"] for line in lines] == ["finding", "finding", "not_checked", "summary"]
    assert lines[-1]["schema_version"] == 1
    assert lines[-1]["errors"] == 1


def test_an_empty_run_is_a_summary() -> None:
    (line,) = _lines(report())
    assert (line["type"], line["errors"], line["files"]) == ("summary", 0, 2)


@examples(75)
@given(REPORTS)
def test_the_lines_hold_what_json_holds(of: Report) -> None:
    lines = list(rendered("jsonl", of))
    assert all(line.isascii() and line.isprintable() for line in lines)
    every = [json.loads(line) for line in lines]
    whole = json.loads("\n".join(rendered("json", of)))
    for name, of_list in (
        ("finding", "findings"), ("suppressed", "suppressed"), ("stale", "stale"),
        ("not_checked", "not_checked"), ("cut", "cut"),
    ):  # fmt: skip
        assert [line for line in every if line["type"] == name] == [
            {"type": name, **entry} for entry in whole[of_list]
        ]
    assert every[-1] == {
        "type": "summary", "schema_version": whole["schema_version"],
        "judged_for": whole["judged_for"], **whole["summary"],
    }  # fmt: skip
