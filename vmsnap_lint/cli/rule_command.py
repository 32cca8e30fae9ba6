"""The command `rule`: writes the list of rules, or the card of one."""

from __future__ import annotations

from vmsnap_lint.checks import catalog
from vmsnap_lint.cli import console, outputs
from vmsnap_lint.config.suggestions import rule_mistake
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report import cards

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command

__all__ = ["run"]


def run(command: Command) -> int:
    """Writes one card, or the list of all rules.

    Raises UsageError if the rule is unknown.
    """
    settings, ids = command.settings, command.arguments
    if ids and (mistake := rule_mistake(ids[0])):
        raise UsageError(mistake)
    rules = [catalog.rule(rule_id) for rule_id in ids or rule_ids()]
    look = outputs.look(settings)
    shown = look.color, look.links
    text = cards.card(rules[0], *shown) if ids else cards.listing(rules, *shown)
    console.write(cards.as_json(rules) if settings.text_format == "json" else text)
    return 0
