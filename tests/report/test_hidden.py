"""What a report does not list is counted by why it does not."""

from __future__ import annotations

import re

from tests.report.made import MISSING, report
from vmsnap_lint.core.model import Cut, Severity, Suppressed, SuppressionKind
from vmsnap_lint.report.hidden import BY_BASELINE, Hidden, hidden, in_words

EVERY = Hidden(1, 2, 3, 4, 5, 6)


def test_each_way_to_be_hidden_has_its_number() -> None:
    many = MISSING._replace(more=2)
    told = report()._replace(
        suppressed=(
            Suppressed(many, SuppressionKind.IN_SOURCE, BY_BASELINE),
            Suppressed(MISSING, SuppressionKind.EXTERNAL, "by hand"),
            Suppressed(MISSING, SuppressionKind.EXTERNAL, BY_BASELINE),
        ),
        more_suppressed=(10, 20, 30), below_threshold=4, unverified=6,
        cut=(Cut("findings", 5, "vm-busy", Severity.INFO), Cut("stale", 7)),
    )  # fmt: skip
    assert hidden(told) == Hidden(13, 21, 31, 4, 5, 6)
    assert hidden(report()) == Hidden()


def test_in_words_are_the_numbers_that_are_not_zero() -> None:
    assert in_words(Hidden()) == ""
    assert in_words(Hidden(by_threshold=2), {"by_threshold": " error"}) == (
        "2 below --min-severity error"
    )
    assert list(map(int, re.findall("[0-9]+", in_words(EVERY)))) == list(EVERY)
