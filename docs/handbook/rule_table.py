"""Writes the table of all rules, family by family."""

from __future__ import annotations

from importlib import import_module

from handbook.markdown import table
from vmsnap_lint.checks import FAMILIES, catalog, family
from vmsnap_lint.report import cards

__all__ = ["rule_table"]


def rule_table() -> str:
    """The families of rules, each a heading and a table."""
    return "\n\n".join(map(_family, FAMILIES)) + "\n"


def _family(name: str) -> str:
    told = import_module(f"vmsnap_lint.checks.{name}").__doc__ or ""
    title = told.splitlines()[0].rstrip(".")
    rules = map(catalog.rule, sorted(family(name)))
    rows = [(f"[`{rule.id}`]({rule.id}.md)", cards.levels(rule), rule.title) for rule in rules]
    return f"## {title}\n\n{table(('rule', 'severity', 'what it finds'), rows)}"
