"""The severities that the settings give to findings."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.scope import Scopes

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import ObjectId, Severity

__all__ = ["Levels"]


class Levels:
    """The overrides of a run by what they apply to, looked up at once."""

    def __init__(self, settings: Settings) -> None:
        self._everywhere = dict(settings.levels)
        self._overrides = [dict(override.levels) for override in settings.overrides]
        self._scopes = Scopes([override.scope for override in settings.overrides])
        self._by_rule: dict[str, int] = {}
        for index, levels in enumerate(self._overrides):
            for rule in levels:
                self._by_rule[rule] = self._by_rule.get(rule, 0) | 1 << index

    def severity(self, rule: str, file: str, named: ObjectId | None) -> Severity | None:
        """The severity of a finding by the last override that it is in, None where none is set."""
        about = self._by_rule.get(rule, 0)
        fitting = about and about & self._scopes.fitting(file, named)
        if fitting:
            return self._overrides[fitting.bit_length() - 1][rule]
        return self._everywhere.get(rule)
