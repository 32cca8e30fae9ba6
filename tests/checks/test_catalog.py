"""Cards are checked when they are loaded, and a rule's properties are those of its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.checks import catalog
from vmsnap_lint.checks.catalog import Properties
from vmsnap_lint.core import data_files
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

CARD = """\
id: odd
title: an odd thing
severity: warning
kinds: [file]
since: ""
added: "0.3.0"
references: []
why: it is odd
fix: make it even
bad: [odd]
good: [even]
"""


@pytest.fixture(name="odd")
def _odd(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives the rule "odd" a card of this text."""

    def give(text: str) -> None:
        monkeypatch.setattr(data_files, "read_text", lambda *_: text)
        monkeypatch.setattr(catalog, "rule", catalog._of_card.__wrapped__)
        monkeypatch.setattr(catalog, "properties", catalog._of_head.__wrapped__)

    return give


@pytest.mark.parametrize("rule_id", rule_ids())
def test_the_head_of_a_card_holds_its_properties(rule_id: str) -> None:
    assert catalog.properties(rule_id) == catalog.rule(rule_id).properties


def test_a_new_rule_is_applied_to_pages_and_listed(odd: Callable[[str], None]) -> None:
    odd(CARD)
    usual = Properties("input", "always", "nothing", "complete", Severity.ERROR)
    assert catalog.properties("odd") == usual
    assert catalog.rule("odd").properties == usual


def test_a_card_says_what_is_other_than_usual(odd: Callable[[str], None]) -> None:
    fields = "about: cluster\nlisted: verbose\nneeds: since\npages: never\npages_severity: info\n"
    odd(CARD.replace("references", f"{fields}references"))
    expected = Properties("cluster", "verbose", "since", "never", Severity.INFO)
    assert catalog.properties("odd") == expected
    assert catalog.rule("odd").properties == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("since: ", "snice: ", "missing or unknown field since, snice"),
        ("fix: make it even\n", "", "missing or unknown field fix"),
        ("warning", "warn", 'severity "warn" must be one of info, warning, error'),
        (
            "references",
            "pages: no\nreferences",
            'pages "False" must be one of complete, always, never',
        ),
        ("kinds", "severities: [bad]\nkinds", 'severity "bad" must be one of info, warning, error'),
        (CARD, "[odd]", "it is not a single object"),
        (CARD, f"{CARD}---\n{CARD}", "it is not a single object"),
    ],
)
def test_a_card_with_an_unknown_field_or_value_is_our_defect(
    odd: Callable[[str], None], old: str, new: str, message: str
) -> None:
    odd(CARD.replace(old, new))
    with pytest.raises(DefectError) as caught:
        catalog.rule("odd")
    assert str(caught.value) == f"the card rules/odd.yaml: {message}"


def test_an_unknown_property_is_our_defect_wherever_it_is_asked(odd: Callable[[str], None]) -> None:
    odd(CARD.replace("references", "needs: luck\nreferences"))
    with pytest.raises(DefectError) as caught:
        catalog.properties("odd")
    assert (
        str(caught.value) == 'the card rules/odd.yaml: needs "luck" must be one of nothing, since'
    )


@pytest.mark.parametrize(
    ("field", "severities"),
    [
        ("", (Severity.WARNING,)),
        ("severities: [error, warning]\n", (Severity.ERROR, Severity.WARNING)),
    ],
)
def test_the_severities_of_a_rule_are_its_severity_unless_the_card_has_more(
    odd: Callable[[str], None], field: str, severities: tuple[Severity, ...]
) -> None:
    odd(f"{field}{CARD}")
    assert catalog.rule("odd").severities == severities
    assert catalog.rule("odd").added == "0.3.0"
