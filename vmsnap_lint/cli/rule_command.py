"""The verb `rule`: the catalogue becomes a list, a card, or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import catalog
from vmsnap_lint.cli import console
from vmsnap_lint.config.suggestions import rule_mistake
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.report import cards

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command

__all__ = ["run"]


def run(command: Command) -> int:
    """Shows one card, or the list of all rules; an unknown rule is a UsageError."""
    settings, asked = command.settings, command.arguments
    if asked and (mistake := rule_mistake(asked[0])):
        raise UsageError(mistake)
    rules = [catalog.rule(rule_id) for rule_id in sorted(asked or rule_ids())]
    color = console.colored(settings.color)
    if settings.text_format == "json":
        console.write(cards.as_json(rules))
    elif asked:
        console.write(cards.card(rules[0], color))
    else:
        console.write(cards.listing(rules, color))
    return 0
