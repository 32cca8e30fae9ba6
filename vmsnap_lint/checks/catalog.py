"""Cards become rules, and settings those that run; a card is read when its rule fires."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from vmsnap_lint.core import data_files
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.config.settings import Settings

__all__ = ["Properties", "Rule", "RuleSelection", "properties", "rule"]


# The words of a card's fields: the first is what a card without the field means.
About = Literal["input", "cluster"]
Listed = Literal["always", "verbose"]
Needs = Literal["nothing", "since"]
Pages = Literal["complete", "always", "never"]


class Properties(NamedTuple):
    """How a run treats a rule.

    `about`: what it judges, the input or the cluster itself, so that it judges facts, too.
    `listed`: when findings of severity info are listed and not only counted.
    `needs`: what a run must have for the rule to find anything.
    `pages`: the samples in documentation that it is applied to, at most with `pages_severity`:
    complete ones, always (shortened ones as well), or never. A page is judged by what an object
    says by itself and by contradictions between its objects: never by what is missing, by hygiene,
    run states, output that is shown, or objects that are shown several times.
    """

    about: About = "input"
    listed: Listed = "always"
    needs: Needs = "nothing"
    pages: Pages = "complete"
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
        severity=_word(rule_id, "severity", card["severity"]),
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


class RuleSelection:
    """Holds the ids of the rules that run; to ask for one imports no check."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __contains__(self, rule_id: object) -> bool:
        """Whether the rule runs."""
        select = self._settings.select
        return rule_id not in self._settings.ignore and (not select or rule_id in select)

    def conclusive(self) -> frozenset[str]:
        """The rules that run and have what they need: what they do not find is not there."""
        rules = (one for one in self._settings.select or data_files.rule_ids() if one in self)
        since = self._settings.since
        return frozenset(one for one in rules if since or properties(one).needs != "since")


def _properties(rule_id: str, card: Mapping[str, Any]) -> Properties:
    given = [field for field in Properties._fields if field in card]
    return Properties(**{field: _word(rule_id, field, card[field]) for field in given})


def _word(rule_id: str, field: str, value: object) -> Any:
    words = _WORDS[field]
    if str(value) not in words:
        raise _refused(rule_id, f'{field} "{value}" is none of {", ".join(words)}')
    return words[str(value)]


def _card(rule_id: str) -> dict[str, Any]:
    from vmsnap_lint import document  # a clean run reads no card

    name = f"{rule_id}.yaml"
    source = document.read(name, data_files.read_text("rules", name).encode())
    if len(source.documents) != 1 or not isinstance(source.documents[0].value, dict):
        raise _refused(rule_id, "it is not one object")
    card = source.documents[0].value
    if odd := (card.keys() ^ _FIELDS).difference(Properties._fields):
        raise _refused(rule_id, f"missing or unknown field {', '.join(sorted(map(str, odd)))}")
    return card


def _refused(rule_id: str, reason: str) -> DefectError:
    return DefectError(f"the card rules/{rule_id}.yaml: {reason}")


_SEVERITIES: dict[str, object] = {str(severity): severity for severity in Severity}
_WORDS = {
    "about": {word: word for word in get_args(About)},
    "listed": {word: word for word in get_args(Listed)},
    "needs": {word: word for word in get_args(Needs)},
    "pages": {word: word for word in get_args(Pages)},
    "pages_severity": _SEVERITIES,
    "severity": _SEVERITIES,
}
_FIELDS = {*Rule._fields} - {"properties"}
