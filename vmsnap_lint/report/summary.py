"""A Report becomes the few lines that stand beside the findings, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.model import Severity, SuppressionKind
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Accepted, NotChecked, Report, Suppressed

__all__ = [
    "is_listed", "not_checked", "stale", "summary", "suppressed", "unverified", "verified",
]  # fmt: skip

_SHOWN = 10
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


def summary(report: Report) -> str:
    """One line: what was found, in how much."""
    severities = [finding.severity for finding in report.findings]
    counts = [_count(severities.count(level), noun) for level, noun in _NOUNS.items()]
    found = ", ".join(count for count in counts if not count.startswith("0 ")) or "no findings"
    seen = ", ".join((_count(report.objects, "object"), _count(report.snapshots, "VM snapshot")))
    return f"{found} in {_count(report.files, 'file')} ({seen})"


def verified(report: Report) -> Report:
    """The report without what only could not be verified, unless that is meant to count."""
    kept = tuple(
        finding for finding in report.findings if is_listed(finding.rule, finding.severity)
    )
    return report if len(kept) == len(report.findings) else report._replace(findings=kept)


def is_listed(rule: str, severity: Severity = Severity.INFO) -> bool:
    """Whether people see such findings one by one, even if they do not ask for all."""
    return severity is not Severity.INFO or catalog.properties(rule).listed == "always"


def unverified(count: int) -> Iterator[str]:
    """How many references lead out of the input."""
    if count:
        what = "1 reference leads" if count == 1 else f"{count} references lead"
        yield f"not verified: {what} to objects that are not in the input (--verbose lists them)"


def stale(entries: Sequence[Accepted], verbose: bool) -> Iterator[str]:
    """What the baseline accepts and nobody finds any more: all of it when verbose, else a count."""
    for one in entries if verbose else ():
        yield f"stale in the baseline: {visible(f'{one.file}: {one.rule}: {one.message}')}"
    if entries and not verbose:
        what = _count(len(entries), "finding")
        verb = "is" if len(entries) == 1 else "are"
        yield f"stale in the baseline: {what} {verb} gone (--verbose lists them)"


def suppressed(hidden: Sequence[Suppressed]) -> Iterator[str]:
    """How many findings are hidden, and by whom."""
    if hidden:
        inside = sum(one.kind is SuppressionKind.IN_SOURCE for one in hidden)
        where = f"{inside} in the manifests, {len(hidden) - inside} by configuration or baseline"
        yield f"suppressed: {_count(len(hidden), 'finding')} ({where})"


def not_checked(left_out: Sequence[NotChecked], verbose: bool) -> Iterator[str]:
    """What was left out and why: all of it when verbose, else the first few and a count."""
    shown = left_out if verbose else left_out[:_SHOWN]
    for skipped in shown:
        yield f"not checked: {visible(skipped.file)}: {visible(skipped.reason)}"
    if rest := len(left_out) - len(shown):
        yield f"not checked: {rest} more (--verbose lists them)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
