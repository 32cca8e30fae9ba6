"""The page of a rule has what a reader needs, and nothing of the tests."""

from __future__ import annotations

import re

import pytest

from handbook.rule_pages import likeness
from tests.expectations import expected
from tests.shared import ROOT
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.data_files import rule_ids

HEADINGS = ["What you see", "Why", "What to do", "Wrong", "Right", "Suppress"]
MORE = {"More that is wrong", "More that is right", "References"}


def page_of(rule_id: str) -> str:
    return (ROOT / "docs" / "rules" / f"{rule_id}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule_id", rule_ids())
def test_a_page_has_its_parts_in_order(rule_id: str) -> None:
    page = page_of(rule_id)
    outside = re.sub(r"(?ms)^```.*?^```$", "", page)
    headings = re.findall(r"(?m)^## (.*)$", outside)
    assert headings[:6] == HEADINGS
    assert set(headings[6:]) <= MORE
    rule = catalog.rule(rule_id)
    for severity in rule.severities:
        assert re.search(rf"(?m)^- \*\*Severity:\*\* .*\b{severity}\b", page)
    assert f"vmsnap-lint {rule.added}" in page


@pytest.mark.parametrize("rule_id", rule_ids())
def test_a_page_shows_the_message_and_no_mark(rule_id: str) -> None:
    page = page_of(rule_id)
    message = page.partition("## What you see")[2].partition("## Why")[0]
    assert re.search(rf": (error|warning|info)\[{rule_id}\] ", message)
    assert expected(page) == []
    assert not re.search(r"#\s*(?:finding|also|with|before)\b(?:\(\w+\))?:", page)


@pytest.mark.parametrize("rule_id", rule_ids())
def test_what_is_right_is_what_is_wrong_corrected(rule_id: str) -> None:
    rule = catalog.rule(rule_id)
    assert max(likeness(rule.bad[0], good) for good in rule.good) > 0.6


def test_what_no_comment_suppresses_is_only_suppressed_by_the_configuration() -> None:
    assert "# vmsnap-lint: ignore[source-vm-missing]" in page_of("source-vm-missing")
    assert "# vmsnap-lint: ignore[suppression-expired]" not in page_of("suppression-expired")
    assert "ignore: [suppression-expired]" in page_of("suppression-expired")
