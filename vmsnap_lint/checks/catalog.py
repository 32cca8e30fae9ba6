"""Cards and checks become rules; a card is read when its rule fires or is explained."""

from __future__ import annotations

from enum import Enum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from vmsnap_lint.core import data_files
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["About", "Listed", "Needs", "Pages", "Properties", "Rule", "properties", "rule"]


class Pages(StrEnum):
    """The samples of documentation pages that a rule is applied to.

    A page is judged by what an object says by itself, whatever cluster it is applied to, and by
    contradictions between the objects of one page. Rules about what is missing, hygiene, run
    states, output that is shown, or objects that are shown several times are `NEVER` applied.
    """

    ALWAYS = "always"
    COMPLETE = "complete"
    """Only samples in which nothing is left out: so it is unless a card says otherwise."""
    NEVER = "never"


class Needs(StrEnum):
    """What a run must have for the rule to find anything."""

    NOTHING = "nothing"
    SINCE = "since"


class About(StrEnum):
    """What a rule judges: the input, or the cluster itself, which cluster facts show."""

    INPUT = "input"
    CLUSTER = "cluster"


class Listed(StrEnum):
    """When findings of severity info are listed; else only their number is reported."""

    ALWAYS = "always"
    VERBOSE = "verbose"


class Properties(NamedTuple):
    """How a run treats a rule; `pages_severity` is the highest severity on pages."""

    about: About = About.INPUT
    listed: Listed = Listed.ALWAYS
    needs: Needs = Needs.NOTHING
    pages: Pages = Pages.COMPLETE
    pages_severity: Severity = Severity.ERROR


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
    properties: Properties


@cache
def rule(rule_id: str) -> Rule:
    """The rule of that id; its card is read on the first call.

    Raises DefectError where the card lacks a field, or has an unknown field or value.
    """
    card = _card(rule_id)
    since = card["since"]
    return Rule(
        id=rule_id,
        title=card["title"],
        severity=_member(rule_id, Severity, card["severity"]),
        kinds=tuple(card["kinds"]),
        since=Release.parse(since) if since else None,
        why=card["why"].strip(),
        fix=card["fix"].strip(),
        references=tuple(card["references"]),
        good=tuple(card["good"]),
        bad=tuple(card["bad"]),
        properties=_properties(rule_id, card),
    )


@cache
def properties(rule_id: str) -> Properties:
    """The properties of a rule, read from the head of its card, which is fast.

    Raises DefectError where one has an unknown value.
    """
    head = data_files.read_text("rules", f"{rule_id}.yaml").partition("\nreferences:")[0]
    lines = (line.partition(": ") for line in head.splitlines())
    return _properties(rule_id, {name: value for name, _, value in lines})


def _properties(rule_id: str, card: Mapping[str, Any]) -> Properties:
    given = {name: of for name, of in _PROPERTIES.items() if name in card}
    values: dict[str, Any] = {name: _member(rule_id, of, card[name]) for name, of in given.items()}
    return Properties(**values)


def _member(rule_id: str, of: type[_Words], value: object) -> _Words:
    for member in of:
        if str(member) == value:
            return member
    raise _refused(rule_id, f'"{value}" is none of {", ".join(map(str, of))}')


def _card(rule_id: str) -> dict[str, Any]:
    from vmsnap_lint import document  # a clean run reads no card

    name = f"{rule_id}.yaml"
    source = document.read(name, data_files.read_text("rules", name).encode())
    if len(source.documents) != 1 or not isinstance(source.documents[0].value, dict):
        raise _refused(rule_id, "it is not one object")
    card = source.documents[0].value
    if odd := (card.keys() ^ _FIELDS) - _PROPERTIES.keys():
        raise _refused(rule_id, f"missing or unknown field {', '.join(sorted(map(str, odd)))}")
    return card


def _refused(rule_id: str, reason: str) -> DefectError:
    return DefectError(f"the card rules/{rule_id}.yaml: {reason}")


_Words = TypeVar("_Words", bound=Enum)
_PROPERTIES: dict[str, type[Enum]] = {
    "about": About,
    "listed": Listed,
    "needs": Needs,
    "pages": Pages,
    "pages_severity": Severity,
}
_FIELDS = {*Rule._fields} - {"properties"}
