"""Each rule is described as GitHub shows rules, within its limits."""

from __future__ import annotations

import re

import pytest

from vmsnap_lint.checks import catalog
from vmsnap_lint.core import data_files
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.report.cards import shown
from vmsnap_lint.report.writers import sarif_rules
from vmsnap_lint.report.writers.sarif_rules import descriptor

RULES = data_files.rule_ids()


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_is_within_the_limits_of_github(rule_id: str) -> None:
    value = descriptor(rule_id)
    assert value["id"] == rule_id
    assert re.fullmatch(r"([A-Z0-9][a-z0-9]*)+", value["name"])
    for name in ("shortDescription", "fullDescription"):
        assert 0 < len(value[name]["text"]) <= 1024
    properties = value["properties"]
    assert properties["problem.severity"] in {"error", "warning", "recommendation"}
    assert properties["precision"] in {"very-high", "high", "medium", "low"}
    assert "security-severity" not in properties
    assert 0 < len(properties["tags"]) <= 20
    assert "security" not in properties["tags"]
    assert len(set(properties["tags"])) == len(properties["tags"])


@pytest.mark.parametrize("rule_id", RULES)
def test_the_help_of_a_rule_has_all_of_its_card(rule_id: str) -> None:
    rule, value = catalog.rule(rule_id), descriptor(rule_id)
    markdown, text = value["help"]["markdown"], value["help"]["text"]
    address = rule_address(rule_id)
    assert value["helpUri"] == address
    for part in (rule.why, rule.fix, address):
        assert part in markdown
        assert part in text
    for example in (*rule.bad[:1], *rule.good[:1]):
        assert f"yaml\n{shown(example).rstrip()}\n```" in markdown
    assert all(f"<{reference}>" in markdown for reference in rule.references)
    assert not re.search(r"# (also|finding)\b.*:", markdown)


def test_the_severity_of_a_card_is_the_level_of_its_rule() -> None:
    told = {
        str(catalog.rule(rule_id).severity): (
            descriptor(rule_id)["defaultConfiguration"]["level"],
            descriptor(rule_id)["properties"]["problem.severity"],
        )
        for rule_id in RULES
    }
    assert told == {
        "error": ("error", "error"),
        "warning": ("warning", "warning"),
        "info": ("note", "recommendation"),
    }


def test_long_texts_end_behind_a_word() -> None:
    text = sarif_rules._short("word " * 300)
    assert len(text) <= 1024
    assert text.endswith("word ...")


def test_no_example_ends_its_fence() -> None:
    assert sarif_rules._fenced("a: |\n  ```\n  ````\n").splitlines()[0] == "`````yaml"


def test_the_tags_of_a_rule_are_kinds_that_exist() -> None:
    tags = {tag for rule_id in RULES for tag in descriptor(rule_id)["properties"]["tags"]}
    assert not tags & {"any", "file", "run"}
    assert {"kubevirt", "reliability", "VirtualMachineSnapshot"} <= tags
