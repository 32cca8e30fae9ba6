"""Summarizes a Report in the lines that go to standard error."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import Severity, SuppressionKind
from vmsnap_lint.input.files import cut
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Accepted, NotChecked, Report, Suppressed

__all__ = [
    "is_listed", "not_checked", "stale", "summary", "suppressed", "unread", "unverified",
    "verified",
]  # fmt: skip

_SHOWN = 10


def summary(report: Report) -> str:
    """The number of findings by severity, and of files and objects, in one line."""
    severities = Counter(finding.severity for finding in report.findings)
    levels = sorted(severities, reverse=True)
    findings = ", ".join(counted(severities[level], str(level)) for level in levels)
    objects = f"{counted(report.objects, 'object')}, {counted(report.snapshots, 'VM snapshot')}"
    return f"{findings or 'no findings'} in {counted(report.files, 'file')} ({objects})"


def verified(report: Report) -> Report:
    """The report without findings that are only counted."""
    kept = (finding for finding in report.findings if is_listed(finding.rule, finding.severity))
    return report._replace(findings=tuple(kept))


def is_listed(rule: str, severity: Severity = Severity.INFO) -> bool:
    """Whether such findings are listed even without --verbose."""
    return severity is not Severity.INFO or catalog.properties(rule).listed == "always"


def unverified(count: int) -> Iterator[str]:
    """The number of references to objects outside the input."""
    if count:
        what = "1 reference leads" if count == 1 else f"{count} references lead"
        yield f"not verified: {what} to objects that are not in the input (--verbose lists them)"


def stale(entries: Sequence[Accepted], verbose: bool) -> Iterator[str]:
    """The unused entries of the baseline if verbose, else their number."""
    for entry in entries if verbose else ():
        text = f"{entry.file}: {entry.rule}: {entry.message}"
        yield f"unused baseline entry: {visible(text)}"
    if entries and not verbose:
        yield f"unused baseline entries: {len(entries)} (--verbose lists them)"


def suppressed(hidden: Sequence[Suppressed]) -> Iterator[str]:
    """The number of suppressed findings, in manifests and outside."""
    if hidden:
        kinds = [suppressed.kind for suppressed in hidden]
        inside = kinds.count(SuppressionKind.IN_SOURCE)
        places = f"{inside} in the manifests, {len(hidden) - inside} by configuration or baseline"
        yield f"suppressed: {counted(len(hidden), 'finding')} ({places})"


def unread(left_out: Sequence[NotChecked]) -> list[str]:
    """The errors about files that could not be read."""
    return [
        f'"{cut(skipped.file)}" {skipped.reason}: make it readable or exclude it'
        for skipped in left_out
    ]


def not_checked(left_out: Sequence[NotChecked], verbose: bool) -> Iterator[str]:
    """The inputs that were not checked, with reasons: all if verbose, else the first ten."""
    shown = left_out if verbose else left_out[:_SHOWN]
    for skipped in shown:
        yield f"not checked: {visible(skipped.file)}: {visible(skipped.reason)}"
    if rest := len(left_out) - len(shown):
        yield f"not checked: {rest} more (--verbose lists them)"
