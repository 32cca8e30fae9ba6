"""The verb `rule`: the catalogue becomes a list, a card, or JSON. Floor 9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import catalog
from vmsnap_lint.cli import console
from vmsnap_lint.errors import UsageError
from vmsnap_lint.report import cards
from vmsnap_lint.vocabulary import rule_mistake

if TYPE_CHECKING:
    from vmsnap_lint.cli.options import Explain

__all__ = ["rule"]


def rule(options: Explain) -> None:
    """Shows one card, or the list of all rules."""
    if options.rule is not None and (mistake := rule_mistake(options.rule)):
        raise UsageError(mistake)
    ids = catalog.RULE_IDS if options.rule is None else (options.rule,)
    rules = [catalog.rule(rule_id) for rule_id in sorted(ids)]
    color = console.colored(options.voice.color)
    if options.format == "json":
        console.write(cards.as_json(rules))
    elif options.rule is None:
        console.write(cards.listing(rules, color))
    else:
        console.write(cards.card(rules[0], color))
