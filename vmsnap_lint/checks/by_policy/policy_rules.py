"""The policies of a run, and the cards of their rules."""

from __future__ import annotations

from vmsnap_lint.core.data_files import POLICY
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
<<<<<<< HEAD
    from collections.abc import Iterable, Mapping

=======
>>>>>>> main
    from vmsnap_lint.config.policies.policy_settings import PolicySettings

__all__ = ["PolicyCard", "card_of", "declare", "declared"]

_FIX = (
    "Change the object, or what it depends on, so that the expression holds. Where the policy is "
    "not meant for it, narrow what it matches, or suppress this finding with the reason."
)


class PolicyCard(NamedTuple):
    """What the card of a rule says, for a policy."""

    title: str
    severity: Severity
    kinds: tuple[str, ...]
    why: str
    fix: str = _FIX


<<<<<<< HEAD
class _Declared(threading.local):
    """Those of the run of this thread; findings name no others but in reports of other runs."""

    policies: Mapping[str, PolicySettings] = {}


_RUN = _Declared()


def declare(policies: Iterable[PolicySettings]) -> None:
    """Makes these the policies of the run, and of what is asked in this thread."""
    _RUN.policies = {policy.rule: policy for policy in policies}


def declared() -> tuple[str, ...]:
    """The rules of the policies of the run, in the order of the configuration."""
    return tuple(_RUN.policies)


def card_of(rule_id: str) -> PolicyCard:
    """The card of a policy; of one that another run has, what can be said without it."""
    policy = _RUN.policies.get(rule_id)
=======
def card_of(rule_id: str, policy: PolicySettings | None) -> PolicyCard:
    """The card of a policy; of one that another run has, what can be said without it."""
>>>>>>> main
    if policy is None:
        words = rule_id.removeprefix(POLICY).replace("-", " ")
        return PolicyCard(words, Severity.ERROR, (), "It is a policy of another configuration.")
    title = policy.message or policy.id.replace("-", " ")
    return PolicyCard(title, policy.severity, policy.kinds, _why(policy))


def _why(policy: PolicySettings) -> str:
    """Where it is written, what it matches, and what it requires."""
    place = policy.at
    where = f"{place.source.file}:{place.span.line}" if place else "the configuration"
    matched = [
        f"the label {key} is {glob}" if glob != "*" else f"there is a label {key}"
        for key, glob in policy.labels
    ]
    named = (("namespace", policy.namespaces), ("cluster", policy.clusters))
    matched += [f"the {noun} is {' or '.join(globs)}" for noun, globs in named if globs]
    condition = f" where {' and '.join(matched)}" if matched else ""
    return (
        f"A policy of {where} for each {' and '.join(policy.kinds)}{condition}. It requires:\n\n"
        f"    {policy.require.replace(chr(10), chr(10) + '    ')}"
    )
