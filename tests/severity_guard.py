"""Every severity and fix that a run gives a finding must be declared by the card of its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.report import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Finding, Related
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.report.finding_places import Located

    Places = dict[Place | SourceSpan, Related]

__all__ = ["guarded", "possible"]


def possible(rule_id: str, problem: Problem) -> set[Severity]:
    """What its finding may have: as the card says, and information for objects in others."""
    rule = catalog.rule(rule_id)
    is_inside = not isinstance(problem.at, SourceSpan) and problem.at.manifest.is_indirect
    return {*rule.severities, *((Severity.INFO,) if is_inside else ())}


def _possible_fixes(rule_id: str) -> tuple[Safety, ...]:
    """How safe a fix of its findings may be: as the card says, or less."""
    strongest = catalog.rule(rule_id).fixable
    every = tuple(Safety)
    return every[every.index(strongest) :] if strongest else ()


def guarded() -> Iterator[None]:
    """While it is open, every finding of a run in this process is looked at."""
    original = findings._finding

    def checked(rule_id: str, problem: Problem, lines: Located, places: Places) -> Finding:
        finding = original(rule_id, problem, lines, places)
        message = f"add {finding.severity} to severities of rules/{rule_id}.yaml: {finding.message}"
        assert finding.severity in possible(rule_id, problem), message
        for fix in problem.fixes:
            message = f"rules/{rule_id}.yaml: fixable is {catalog.rule(rule_id).fixable}: {fix}"
            assert fix.safety in _possible_fixes(rule_id), message
        return finding

    findings._finding = checked
    yield
    findings._finding = original
