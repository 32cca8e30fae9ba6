"""Settings become the ids of the rules that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.catalog import Needs, properties

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings

__all__ = ["RuleSelection"]


class RuleSelection:
    """Holds the ids of the rules that run; to ask for one imports no check."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __contains__(self, rule: object) -> bool:
        """Whether the rule runs."""
        select = self._settings.select
        return rule not in self._settings.ignore and (not select or rule in select)

    def conclusive(self) -> frozenset[str]:
        """The rules that run and have what they need: what they do not find is not there."""
        from vmsnap_lint.checks import all_checks  # which imports every check

        rules = frozenset(rule for rule in self._settings.select or all_checks() if rule in self)
        if self._settings.since:
            return rules
        return frozenset(rule for rule in rules if properties(rule).needs is not Needs.SINCE)
