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
    from vmsnap_lint.cli.command_options import Explain

__all__ = ["rule"]


def rule(options: Explain) -> None:
    """Shows one card, or the list of all rules."""
    if options.rule is not None and (mistake := rule_mistake(options.rule)):
        raise UsageError(mistake)
    ids = rule_ids() if options.rule is None else (options.rule,)
    rules = [catalog.rule(rule_id) for rule_id in sorted(ids)]
    color = console.colored(options.voice.color)
    if options.format == "json":
        console.write(cards.as_json(rules))
    elif options.rule is None:
        console.write(cards.listing(rules, color))
    else:
        console.write(cards.card(rules[0], color))
