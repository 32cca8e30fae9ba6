"""A policy becomes the card of its rule."""

from __future__ import annotations

from vmsnap_lint.core.data_files import POLICY
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.config.policies.policy_settings import PolicySettings

__all__ = ["PolicyCard", "card_of"]

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


def card_of(rule_id: str, policy: PolicySettings | None) -> PolicyCard:
    """The card of a policy; of one that another run has, what can be said without it."""
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
