"""A policy is for the objects that it matches; where that is unknown, it is not verified."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import snap, vm
from tests.checks.by_policy.judging import judged, policy

pytest.importorskip("cel_expr_python")


def labelled(**labels: object) -> dict[str, Any]:
    """A VM with these labels."""
    return vm(metadata={"labels": labels})


MATCHED = [
    ({}, vm(), "is"),
    ({"labels": (("tier", "gold"),)}, labelled(tier="gold"), "is"),
    ({"labels": (("tier", "g*d"),)}, labelled(tier="gold"), "is"),
    ({"labels": (("tier", "*"),)}, labelled(tier="${TIER}"), "is"),
    ({"labels": (("tier", "gold"),)}, labelled(tier="silver"), "not"),
    ({"labels": (("tier", "gold"),)}, vm(), "not"),
    ({"labels": (("tier", ""),)}, labelled(tier=""), "is"),
    ({"labels": (("tier", "*"),)}, vm(), "not"),
    ({"labels": (("tier", "gold"),)}, labelled(tier="${TIER}"), "unknown"),
    ({"labels": (("tier", "gold"),)}, labelled(**{"${KEY}": "gold"}), "unknown"),
    ({"labels": (("tier", "gold"),)}, vm(metadata={"labels": "${LABELS}"}), "unknown"),
    ({"labels": (("a", "1"), ("tier", "gold"))}, labelled(tier="${T}", a="2"), "not"),
    ({"labels": (("tier", "gold"),)}, vm(metadata={"labels": ["tier"]}), "not"),
    ({"labels": (("tier", "1"),)}, labelled(tier=1), "not"),
    ({"namespaces": ("prod",)}, vm(), "is"),
    ({"namespaces": ("pr*", "x")}, vm(), "is"),
    ({"namespaces": ("dev",)}, vm(), "not"),
    ({"namespaces": ("dev",)}, vm(metadata={"namespace": "${NS}"}), "unknown"),
    ({"namespaces": ("*",)}, vm(metadata={"namespace": "${NS}"}), "is"),
    ({"clusters": ("*",)}, vm(), "is"),
    ({"clusters": ("prod",)}, vm(), "not"),
    ({}, snap(), "not"),
]


@pytest.mark.parametrize(("match", "subject", "expected"), MATCHED)
def test_an_object_is_matched(match: dict[str, Any], subject: Any, expected: str) -> None:
    found = judged(policy("false", **match), subject)
    assert ("is" if found.unmet else "unknown" if found.unknown else "not") == expected


def test_several_kinds_are_matched_by_one_policy() -> None:
    both = policy("false")._replace(kinds=("VirtualMachine", "VirtualMachineSnapshot"))
    assert sorted(judged(both, vm(), snap()).unmet) == ["nightly", "web"]


def test_an_object_of_another_group_is_none_of_the_kind() -> None:
    other = {**vm(), "apiVersion": "example.com/v1"}
    assert judged(policy("false"), other).unmet == []
