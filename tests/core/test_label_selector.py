"""Label selectors as Kubernetes matches them, and what placeholders leave open."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core.label_selector import selects

LABELS = {"app": "web", "tier": "front"}


def _one(operator: str, key: str = "app", *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": [*values]}]}


@pytest.mark.parametrize(
    ("selector", "answer"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "tier": "back"}}, False),
        ({"matchLabels": {"other": "x"}}, False),
        (_one("In", "app", "web", "db"), True),
        (_one("NotIn", "app", "web"), False),
        (_one("NotIn", "other", "web"), True),
        (_one("Exists"), True),
        (_one("DoesNotExist"), False),
        (_one("DoesNotExist", "other"), True),
        (_one("Is"), False),
        ({"matchLabels": {"app": "${APP}"}}, None),
        ({"matchLabels": {"app": "${APP}", "tier": "back"}}, False),
        (_one("In", "app", "${APP}", "web"), True),
        (_one("In", "app", "${APP}"), None),
        ("${SELECTOR}", None),
        ({"matchLabels": "app"}, False),
        ([], False),
        ({"matchExpressions": [{"key": "app", "operator": ["In"]}]}, False),
        ({"matchExpressions": [{"key": ["app"], "operator": "In"}]}, False),
    ],
)
def test_selects(selector: object, answer: bool | None) -> None:
    assert selects(selector, LABELS) is answer


def test_labels_that_are_not_seen_may_be_there() -> None:
    assert selects({"matchLabels": {"other": "x"}}, LABELS, whole=False) is None
    assert selects({"matchLabels": {"app": "db"}}, LABELS, whole=False) is False
    assert selects(_one("NotIn", "other", "x"), LABELS, whole=False) is None


def test_placeholders_of_labels_leave_it_open() -> None:
    assert selects({"matchLabels": {"app": "web"}}, {"app": "${APP}"}) is None
    assert selects({"matchLabels": {"app": "web"}}, {"${KEY}": "web"}) is None


_ANY = st.recursive(
    st.none() | st.integers() | st.text(max_size=4) | st.sampled_from(["In", "Exists", "app"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["matchLabels", "matchExpressions", "key", "operator", "values"]), inner
        )
    ),
    max_leaves=10,
)


@given(_ANY, st.dictionaries(st.text(max_size=4), _ANY, max_size=3))
def test_any_selector_has_an_answer(selector: object, labels: dict[str, object]) -> None:
    assert selects(selector, labels) in (True, False, None)
