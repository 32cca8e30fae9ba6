"""Every card is whole, and its examples give exactly the findings that they announce."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.expectations import Expected, expected, findings_of, misfits, settings_of
from tests.shared import ROOT
from vmsnap_lint import document
from vmsnap_lint.checks import (
    ANY,
    FAMILIES,
    FILE,
    RUN,
    SUPPRESSION,
    Check,
    all_checks,
    catalog,
    family,
)  # fmt: skip
from vmsnap_lint.checks.causes import RULE_OF
from vmsnap_lint.report.cards import shown

CARDS = sorted(Path(ROOT, "rules").glob("*.yaml"))
RULES = [card.stem for card in CARDS]
EXAMPLES = [
    pytest.param(rule_id, kind, example, id=f"{rule_id}-{kind}-{number}")
    for rule_id in RULES
    for kind in ("good", "bad")
    for number, example in enumerate(getattr(catalog.rule(rule_id), kind))
]


def test_every_check_has_its_card_and_every_card_its_check() -> None:
    assert {card.stem for card in CARDS} == set(all_checks())


def test_a_rule_stands_in_one_family_alone() -> None:
    ids = [rule_id for name in FAMILIES for rule_id in family(name)]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_asked_where_its_kinds_occur(name: str) -> None:
    on = [check.on for check in family(name).values()]
    if FAMILIES[name] is None:
        assert not {ANY, FILE, RUN}.isdisjoint(on)
    else:
        looked_at = {kind for kinds in on if kinds != SUPPRESSION for kind in kinds}
        assert set(FAMILIES[name] or ()) == looked_at


@pytest.mark.parametrize("rule_id", RULES)
def test_a_function_has_the_name_of_its_rule_and_a_row_has_causes(rule_id: str) -> None:
    check = _check(rule_id)
    if check.function is not None:
        assert check.function.__name__ == rule_id.replace("-", "_")
    assert bool(check.sources) <= (rule_id in RULE_OF.values())
    assert check.function or check.sources


@pytest.mark.parametrize("rule_id", RULES)
def test_a_card_is_whole(rule_id: str) -> None:
    card = catalog._card(rule_id)
    rule = catalog.rule(rule_id)
    assert card["id"] == rule_id
    assert rule.kinds == _check(rule_id).kinds()
    assert all(url.startswith("https://") for url in rule.references)
    assert rule.why
    assert rule.fix
    assert rule.good
    assert rule.bad
    assert rule.title[0].islower() or rule.title.split()[0].isupper() or rule.title[0] == '"'
    assert not rule.title.endswith(".")
    assert rule.severity in rule.severities
    assert list(rule.severities) == sorted({*rule.severities}, reverse=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+", rule.added)


@pytest.mark.parametrize("rule_id", RULES)
def test_readers_see_the_text_of_a_finding_and_no_marks(rule_id: str) -> None:
    rule = catalog.rule(rule_id)
    for example in (*rule.good, *rule.bad):
        assert expected(shown(example)) == []
        assert values_of(shown(example)) == values_of(example)
        for finding in _own(example):
            assert re.search(f"# (?:<-|next line:) {re.escape(finding.text)}", shown(example))
        assert not re.search(r"# (?:finding|also|with|before)\b[(:]", shown(example))


@pytest.mark.parametrize(("rule_id", "kind", "example"), EXAMPLES)
def test_an_example_gives_what_it_announces(
    rule_id: str, kind: str, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check(rule_id)
    monkeypatch.chdir(tmp_path)
    settings = settings_of(example)
    if settings.select:  # an example of suppressions may say which rules run
        settings = settings._replace(select=settings.select | {rule_id})
    findings = findings_of(example, settings, tmp_path)
    announced = expected(example)
    assert bool(_own(example)) == (kind == "bad")
    assert misfits(findings, announced, rule_id) == []


def _check(rule_id: str) -> Check:
    assert rule_id in all_checks(), f"no line in CHECKS of a family for rules/{rule_id}.yaml"
    return all_checks()[rule_id]


def values_of(example: str) -> list[Any]:
    return [part.value for part in document.read("", example.encode()).documents]


def _own(example: str) -> list[Expected]:
    return [one for one in expected(example) if one.rule is None]
