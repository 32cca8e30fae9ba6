"""Findings get the severities that the settings want."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Finding, Report

__all__ = ["leveled"]


def leveled(report: Report, settings: Settings) -> Report:
    """The report with the severities of the settings, where these name any."""
    if not settings.levels and not settings.overrides:
        return report
    return report._replace(
        findings=tuple(_leveled(one, settings) for one in report.findings),
        suppressed=tuple(
            one._replace(finding=_leveled(one.finding, settings)) for one in report.suppressed
        ),
    )


def _leveled(finding: Finding, settings: Settings) -> Finding:
    level = settings.severity(finding.rule, finding.file, finding.object)
    return finding if level is None else finding._replace(severity=level)
