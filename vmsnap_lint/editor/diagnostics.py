"""Findings become diagnostics of the Language Server Protocol."""

from __future__ import annotations

from lsprotocol import types

from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report.summary import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.model import Finding, Span

    RangeOf = Callable[[str, Span], types.Range]
    UriOf = Callable[[str], str]

__all__ = ["SOURCE", "diagnostic"]

SOURCE = "vmsnap-lint"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


def diagnostic(finding: Finding, range_of: RangeOf, uri_of: UriOf) -> types.Diagnostic:
    """The diagnostic; its data is the fingerprint, by which actions find the finding again."""
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri_of(each.file), range_of(each.file, each.span)), each.message
        )
        for each in finding.related
        if each.file
    ]
    return types.Diagnostic(
        range=range_of(finding.file, finding.span),
        message=message_of(finding),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(rule_address(finding.rule)),
        source=SOURCE,
        tags=[*_tags(finding.rule)] or None,
        related_information=related or None,
        data=finding.fingerprint,
    )


def _tags(rule: str) -> Iterator[types.DiagnosticTag]:
    """How editors show what a rule finds: struck through, or faded."""
    if rule.endswith("-deprecated"):
        yield types.DiagnosticTag.Deprecated
    if rule.endswith("-unused"):
        yield types.DiagnosticTag.Unnecessary
