"""The command `rule`: writes the list of rules, or the card of one."""

from __future__ import annotations

from vmsnap_lint.checks import catalog
from vmsnap_lint.cli import console, outputs
from vmsnap_lint.config.suggestions import rule_mistake
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report import cards

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.config.settings import Settings

__all__ = ["run"]


def run(command: Command) -> int:
    """Writes one card, or the list of all rules.

    Raises UsageError if the rule is unknown.
    """
    settings, ids = command.settings, command.arguments
    catalog.declare(settings.policies)
    if ids and (mistake := _mistake(ids[0], settings)):
        raise UsageError(mistake)
    rules = [catalog.rule(rule_id) for rule_id in ids or catalog.known()]
    look = outputs.look(settings)
    shown = look.color, look.links
    text = cards.card(rules[0], *shown) if ids else cards.listing(rules, *shown)
    console.write(cards.as_json(rules) if settings.text_format == "json" else text)
    return 0


def _mistake(rule_id: str, settings: Settings) -> str:
    """What is wrong with the id of a rule or policy, "" if it exists."""
    if not is_policy(rule_id):
        return rule_mistake(rule_id)
    from vmsnap_lint.config.policies.policy_ids import policy_mistake

    known = [policy.rule for policy in settings.policies]
    if rule_id in known:
        return ""
    return policy_mistake(rule_id, known) or f'"{rule_id}" may name several policies: name one'
