"""Cards and checks become rules; a card is read when its rule fires or is explained."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from vmsnap_lint.core import data_files
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release

__all__ = ["Rule", "rule"]


class Rule(NamedTuple):
    """A rule as its card tells it.

    `since` is the first KubeVirt release that it applies to; examples are whole YAML streams.
    """

    id: str
    title: str
    severity: Severity
    kinds: tuple[str, ...]
    since: Release | None
    why: str
    fix: str
    references: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


@cache
def rule(rule_id: str) -> Rule:
    """The rule of that id; its card is read on the first call."""
    card = _card(rule_id)
    since = card.get("since")
    return Rule(
        id=rule_id,
        title=card["title"],
        severity=Severity[card["severity"].upper()],
        kinds=tuple(card["kinds"]),
        since=Release.parse(since) if since else None,
        why=card["why"].strip(),
        fix=card["fix"].strip(),
        references=tuple(card["references"]),
        good=tuple(card["good"]),
        bad=tuple(card["bad"]),
    )


def _card(rule_id: str) -> dict[str, Any]:
    from vmsnap_lint import document  # a clean run reads no card

    name = f"{rule_id}.yaml"
    source = document.read(name, data_files.read_text("rules", name).encode())
    if len(source.documents) != 1 or not isinstance(source.documents[0].value, dict):
        raise DefectError(f"the card rules/{name} is not one mapping")
    return source.documents[0].value
