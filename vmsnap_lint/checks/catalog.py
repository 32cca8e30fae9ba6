"""Builds rules from cards and checks; reads a card only when it is needed."""

from __future__ import annotations

from _thread import _local
from functools import cache

from vmsnap_lint.core import data_files
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.config.policies.policy_settings import PolicySettings
    from vmsnap_lint.config.settings import Settings

__all__ = [
    "Properties", "Rule", "RuleSelection", "declare", "is_known", "known", "may_exist",
    "properties", "rule",
]  # fmt: skip


class _Run(_local):
    """The policies of the run of a thread, by their rules: a server has several."""

    policies: Mapping[str, PolicySettings] = {}


_RUN = _Run()
"""The policies of the run by their rules; findings name no others but in reports of other runs."""

# The values of a card's fields; the first one is the default.
About = Literal["input", "cluster"]
Listed = Literal["always", "verbose"]
Needs = Literal["nothing", "since"]
Pages = Literal["complete", "always", "never"]


class Properties(NamedTuple):
    """How a run uses a rule.

    `about`: what it checks, the input only, or the cluster itself and so facts too.
    `listed`: when findings of severity info are listed and not only counted.
    `needs`: what a run must have for the rule to find anything.
    `pages`: the samples in documentation that it is applied to, at most with `pages_severity`:
    complete ones, always (shortened ones too), or never. On a page, objects are checked one by one
    and for contradictions: never for what is missing, for hygiene, run states, shown output, or
    objects that are shown several times.
    """

    about: About = "input"
    listed: Listed = "always"
    needs: Needs = "nothing"
    pages: Pages = "complete"
    pages_severity: Severity = Severity.ERROR


_OF_POLICIES = Properties(pages="never")


class Rule(NamedTuple):
    """A rule, as described by its card.

    `severities` are all that its findings can have unless the configuration sets another; a card
    with only one leaves them out. `fixable` is the strongest safety that a fix of a finding can
    have; without fixes it is left out. `since` is the first KubeVirt release that it applies to,
    `added` the first release of vmsnap-lint that has it. Examples are complete YAML streams.
    """

    id: str
    title: str
    severity: Severity
    severities: tuple[Severity, ...]
    fixable: Safety | None
    kinds: tuple[str, ...]
    since: Release | None
    added: str
    why: str
    fix: str
    references: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    properties: Properties


def declare(policies: Iterable[PolicySettings]) -> None:
    """Makes these the policies of the run, and of what is asked in this thread."""
    _RUN.policies = {policy.rule: policy for policy in policies}


def rule(rule_id: str) -> Rule:
    """The rule of that id; its card is read on the first call. That of a policy is made of it.

    Raises DefectError if a field of the card is missing, or a field or value is unknown.
    """
    return _of_policy(rule_id) if is_policy(rule_id) else _of_card(rule_id)


def _of_policy(rule_id: str) -> Rule:
    from vmsnap_lint.checks.by_policy import policy_rules  # many runs have no policy

    title, severity, kinds, why, fix = policy_rules.card_of(rule_id, _RUN.policies.get(rule_id))
    return Rule(
        rule_id, title, severity, (severity,), None, kinds, since=None, added="", why=why, fix=fix,
        references=(), good=(), bad=(), properties=_OF_POLICIES,
    )  # fmt: skip


@cache
def _of_card(rule_id: str) -> Rule:
    card = _card(rule_id)
    since = card["since"]
    return Rule(
        id=rule_id,
        title=card["title"],
        severity=_value(rule_id, "severity", card["severity"]),
        severities=tuple(
            _value(rule_id, "severity", level)
            for level in card.get("severities", (card["severity"],))
        ),
        fixable=_value(rule_id, "fixable", card["fixable"]) if "fixable" in card else None,
        kinds=tuple(card["kinds"]),
        since=Release.parse(since) if since else None,
        added=card["added"],
        why=card["why"].strip(),
        fix=card["fix"].strip(),
        references=tuple(card["references"]),
        good=tuple(card["good"]),
        bad=tuple(card["bad"]),
        properties=_properties(rule_id, card),
    )


def properties(rule_id: str) -> Properties:
    """The properties of a rule, read from the head of its card, which is fast.

    Raises DefectError if a value is unknown.
    """
    return _OF_POLICIES if is_policy(rule_id) else _of_head(rule_id)


@cache
def _of_head(rule_id: str) -> Properties:
    head = data_files.read_text("rules", f"{rule_id}.yaml").partition("\nreferences:")[0]
    lines = (line.partition(": ") for line in head.splitlines())
    return _properties(rule_id, {name: value for name, _, value in lines})


def known() -> tuple[str, ...]:
    """The id of every rule, then those of the policies of the run."""
    return (*data_files.rule_ids(), *_RUN.policies)


def is_known(rule_id: str) -> bool:
    """Whether there is such a rule, or policy of the run."""
    return rule_id in (_RUN.policies if is_policy(rule_id) else data_files.rule_ids())


def may_exist(rule_id: str) -> bool:
    """Whether there is such a rule, or a policy of that name in the configurations of other runs.

    A run without policies, such as one with `--config none`, does not know which there are.
    """
    return is_known(rule_id) or (is_policy(rule_id) and not _RUN.policies)


class RuleSelection:
    """The ids of the rules that run, without importing the checks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __contains__(self, rule_id: object) -> bool:
        """Whether the rule runs."""
        select = self._settings.select
        return rule_id not in self._settings.ignore and (not select or rule_id in select)

    def conclusive(self) -> frozenset[str]:
        """The rules that run and have what they need, so that they find all that exists."""
        policies = (policy.rule for policy in self._settings.policies)
        every = self._settings.select or (*data_files.rule_ids(), *policies)
        selected = filter(self.__contains__, every)
        since = self._settings.since
        return frozenset(i for i in selected if since or properties(i).needs != "since")


def _properties(rule_id: str, card: Mapping[str, Any]) -> Properties:
    fields = [field for field in Properties._fields if field in card]
    return Properties(**{field: _value(rule_id, field, card[field]) for field in fields})


def _value(rule_id: str, field: str, value: object) -> Any:
    values = _VALUES[field]
    if str(value) not in values:
        raise _defect(rule_id, f'{field} "{value}" must be one of {", ".join(values)}')
    return values[str(value)]


def _card(rule_id: str) -> dict[str, Any]:
    from vmsnap_lint import document  # a clean run reads no card

    name = f"{rule_id}.yaml"
    source = document.read(name, data_files.read_text("rules", name).encode())
    if len(source.documents) != 1 or not isinstance(source.documents[0].value, dict):
        raise _defect(rule_id, "it is not a single object")
    card = source.documents[0].value
    if wrong := (card.keys() ^ _FIELDS).difference(_OPTIONAL):
        raise _defect(rule_id, f"missing or unknown field {', '.join(sorted(map(str, wrong)))}")
    return card


def _defect(rule_id: str, reason: str) -> DefectError:
    return DefectError(f"the card rules/{rule_id}.yaml: {reason}")


_SEVERITIES: dict[str, object] = {str(severity): severity for severity in Severity}
_LITERALS = {"about": About, "listed": Listed, "needs": Needs, "pages": Pages}
_VALUES = {
    **{field: {value: value for value in get_args(of)} for field, of in _LITERALS.items()},
    "fixable": {safety.value: safety for safety in Safety},
    "pages_severity": _SEVERITIES,
    "severity": _SEVERITIES,
}
_FIELDS = {*Rule._fields} - {"fixable", "properties", "severities"}
_OPTIONAL = {*Properties._fields, "fixable", "severities"}
