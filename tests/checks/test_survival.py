"""No check breaks on objects whose values are missing, null, templated or of another type."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.expectations import settings_of
from tests.test_cards import RULES
from vmsnap_lint import document, engine
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES_OF_A_RULE = 6
ODD: tuple[Any, ...] = (
    None, [], {}, "", "x", 0, -1, 1.5, True, "${X}", ["x"], [None], [[]], {"a": None}, {"name": []},
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        steps = list(value.items())
    else:
        steps = list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in steps:
        yield from _paths(inner, (*path, key))


def _spoiled(example: str, dice: Random) -> str:
    """The example's objects with one to three values replaced or removed."""
    values = [part.value for part in document.read("example", example.encode()).documents]
    for _ in range(dice.randint(1, 3) if values else 0):
        target = dice.choice(values)
        paths = list(_paths(target))
        if not paths:
            continue
        *way, last = dice.choice(paths)
        for step in way:
            target = target[step]
        if dice.random() < 0.3:
            del target[last]
        else:
            target[last] = copy.deepcopy(dice.choice(ODD))
    return "\n---\n".join(json.dumps(value) for value in values)


@pytest.mark.parametrize("rule_id", RULES)
def test_spoiled_examples_end_in_findings_not_in_defects(rule_id: str) -> None:
    rule, dice = catalog.rule(rule_id), Random(rule_id)
    for _ in range(EXAMPLES_OF_A_RULE):
        example = dice.choice((*rule.good, *rule.bad))
        settings = settings_of(example)._replace(select=frozenset(RULES))
        try:
            report = engine.lint(("-",), _spoiled(example, dice).encode(), settings).report
        except UsageError:  # a spoiled CRD that was given as one to check by is the caller's fault
            continue
        assert report.files == 1, example
