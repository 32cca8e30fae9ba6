"""Writes the table of all rules, family by family."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from handbook.markdown import table
from vmsnap_lint.checks import FAMILIES, catalog, family

if TYPE_CHECKING:
    from vmsnap_lint.checks.catalog import Rule

__all__ = ["rule_table"]

_FIRST = (
    "identity", "snapshot_settings", "running_vms", "coverage", "storage_chain", "snapshot_classes",
    "volume_lists", "data_volumes", "instancetypes_of_vms", "restores", "restore_details", "clones",
    "clone_sources", "exports", "revisions", "gitops", "shapes", "parsing", "cross_object",
)  # fmt: skip
"""The families in the order in which a reader meets them; others follow by name."""


def rule_table() -> str:
    """The families of rules, each a heading and a table."""
    others = (name for name in FAMILIES if name not in _FIRST)
    return "\n\n".join(map(_family, (*_FIRST, *others))) + "\n"


def _family(name: str) -> str:
    told = import_module(f"vmsnap_lint.checks.{name}").__doc__ or ""
    title = told.splitlines()[0].rstrip(".")
    rules = map(catalog.rule, sorted(family(name)))
    rows = [(f"[`{rule.id}`]({rule.id}.md)", _severities(rule), rule.title) for rule in rules]
    return f"## {title}\n\n{table(('rule', 'severity', 'what it finds'), rows)}"


def _severities(rule: Rule) -> str:
    """The usual severity first."""
    others = (level for level in rule.severities if level is not rule.severity)
    return ", ".join(map(str, (rule.severity, *others)))
