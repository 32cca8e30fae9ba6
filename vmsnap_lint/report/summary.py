"""Summarizes a Report in the lines that go to standard error."""

from __future__ import annotations

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.abridged import abridged, cut_path
from vmsnap_lint.core.abridged import cut as cut_name
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_NAMES, counted, quoted
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Cut, Finding, Judged, NotChecked, Report

__all__ = [
    "and_more",
    "and_same",
    "at_least",
    "by_severity",
    "fixable",
    "is_listed",
    "judged_apart",
    "judged_for",
    "message_of",
    "not_checked",
    "stale",
    "summary",
    "unjudged",
    "unlisted",
    "unmatched",
    "unread",
    "verified",
]  # fmt: skip

_SHOWN = 10
_MOST_PLACES = 3  # of equal findings
_LIST_THEM = "(--verbose lists them)"
_MEND = "make it readable or exclude it"
_LIST_ALL = "(--no-cap lists all)"
_UNNAMED = "VMs are named by no snapshot and were"


def summary(report: Report, accepted: str = "") -> str:
    """The number of findings by severity, and of files and objects, in one line.

    `accepted` is the baseline that this run wrote.
    """
    findings = by_severity(report.severities())
    if accepted:
        from vmsnap_lint.report.hidden import hidden  # few runs hide anything

        number = hidden(report).by_baseline
        findings = visible(f"{counted(number, 'finding')} accepted in {abridged(accepted)}")
    elif not findings and (report.suppressed or report.below_threshold):
        findings = "no other findings"
    objects = f"{counted(report.objects, 'object')}, {counted(report.snapshots, 'VM snapshot')}"
    within = ", of" if accepted else " in"
    line = f"{findings or 'no findings'}{within} {counted(report.files, 'file')} ({objects})"
    return f"{line}, {_judged(report.judged[0])}" if len(report.judged) == 1 else line


def by_severity(counts: Counter[Severity]) -> str:
    """The numbers that are not 0, the worst first: "1 error, 2 warnings"; "" if none is."""
    levels = sorted((level for level in counts if counts[level]), reverse=True)
    return ", ".join(counted(counts[level], str(level)) for level in levels)


def judged_apart(report: Report) -> Iterator[str]:
    """The assumed releases of KubeVirt with their clusters, where they are not all the same."""
    return judged_for(report.judged) if len(report.judged) > 1 else iter(())


def judged_for(releases: Sequence[Judged]) -> Iterator[str]:
    """The assumed releases of KubeVirt with their clusters, a line each."""
    is_told = any(judged.clusters for judged in releases) and len(releases) > 1
    for judged in releases[:_SHOWN]:
        names = judged.clusters
        where = f"{_in_clusters(names) if names else 'in no cluster'}: " if is_told else ""
        yield visible(f"{where}{_judged(judged)}")
    rest = len(releases) - _SHOWN
    if rest > 0:
        yield f"and {rest} more releases of KubeVirt"


def unjudged(count: int) -> Iterator[str]:
    """The number of VMs that no snapshot names."""
    if count:
        what = "VM is named by no snapshot and was" if count == 1 else _UNNAMED
        yield f"{count} {what} not judged (--all-vms)"


def unmatched(policies: Sequence[str]) -> Iterator[str]:
    """The policies that are for none of the objects of their kinds."""
    if policies:
        verb, whose = ("matches", "its kinds") if len(policies) == 1 else ("match", "their kinds")
        yield f"{visible(quoted(policies))} {verb} no object of {whose}"


def _judged(judged: Judged) -> str:
    release = judged.release.removesuffix(".0") if judged.release.count(".") > 1 else judged.release
    source = abridged(judged.source) or "the newest known; --kubevirt sets it"
    return visible(f"judged for KubeVirt {release} ({source})")


def _in_clusters(names: Sequence[str]) -> str:
    """`cluster a`, `clusters a, b`."""
    shown = ", ".join(cut_name(name) for name in names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"cluster{'s' if len(names) > 1 else ''} {shown}{more}"


def message_of(finding: Finding) -> str:
    """The message, with the clusters where it does not hold in all that its object lands in."""
    if not finding.is_partial:
        return finding.message
    return f"{finding.message} (in {_in_clusters(finding.clusters)})"


def and_more(cut: Cut) -> str:
    """The number of findings that are left out, and of which object."""
    named = f'{cut.object.kind} "{cut.object.name}"' if cut.object else "this file"
    return abridged(f"and {cut.number} more in {named if cut.file else 'this run'} {_LIST_ALL}")


def and_same(finding: Finding) -> str:
    """The number of equal findings with their first places, "" if there are none."""
    if not finding.same:
        return ""
    places = dict.fromkeys(f"{cut_path(at.file)}:{at.span.line}" for at in finding.same)
    shown = ", ".join(list(places)[:_MOST_PLACES])
    more = ", ..." if len(places) > _MOST_PLACES else ""
    return visible(f"and {len(finding.same)} more: {shown}{more}")


def verified(report: Report) -> Report:
    """The report without findings that are only counted."""
    kept, number = [], report.unverified
    for finding in report.findings:
        if is_listed(finding.rule, finding.severity):
            kept.append(finding)
        else:
            number += 1 + finding.more + len(finding.same)
    return report._replace(findings=tuple(kept), unverified=number)


def at_least(report: Report, threshold: Severity) -> Report:
    """The report without findings below a severity, which are counted."""
    kept = tuple(finding for finding in report.findings if finding.severity >= threshold)
    number = sum(1 + each.more for each in report.findings if each.severity < threshold)
    return report._replace(findings=kept, below_threshold=number)


def is_listed(rule: str, severity: Severity = Severity.INFO) -> bool:
    """Whether such findings are listed even without --verbose."""
    return severity is not Severity.INFO or catalog.properties(rule).listed == "always"


def unlisted(shown: Report, baseline: str, threshold: Severity) -> Iterator[str]:
    """The numbers of findings that are not listed, by why, in one line.

    Those that a new baseline accepts are told elsewhere (`baseline` is "" then).
    """
    lists = (shown.findings, shown.suppressed, shown.cut, any(shown.more_suppressed))
    if not (shown.below_threshold or shown.unverified or any(lists)):
        return
    from vmsnap_lint.report.hidden import hidden, in_words  # a clean run hides nothing

    numbers = hidden(shown)
    if not baseline:
        numbers = numbers._replace(by_baseline=0)
    notes = {
        "by_baseline": f" {abridged(baseline)}",
        "by_threshold": f" {threshold}",
        "beyond_cap": " (--no-cap)",
        "unverified": " (--verbose)",
    }
    folded = sum(len(finding.same) for finding in shown.findings)
    like = f"{folded} like those above (--verbose)" if folded else ""
    if texts := list(filter(None, (in_words(numbers, notes), like))):
        yield visible(f"hidden: {', '.join(texts)}")


def fixable(report: Report, threshold: Severity, *, unsafe: bool) -> Iterator[str]:
    """How many of the findings at or above a severity --fix would mend, in one line."""
    listed = (finding for finding in report.findings if finding.severity >= threshold)
    safeties = [finding.fixes[0].safety for finding in listed if finding.fixes]
    more = safeties.count(Safety.UNSAFE)
    safe = safeties.count(Safety.SAFE) + (more if unsafe else 0)
    if safe and (unsafe or not more):
        yield f"fixable: {safe} with --fix"
    elif safe:
        yield f"fixable: {safe} with --fix, {more} more with --unsafe-fixes"
    elif more:
        yield f"fixable: {more} with --fix --unsafe-fixes"


def stale(report: Report, verbose: bool) -> Iterator[str]:
    """The unused entries of the baseline if verbose, else their number."""
    entries, total = report.stale if verbose else (), report.total("stale")
    for entry in entries:
        text = f"{entry.file}: {entry.rule}: {abridged(entry.message)}"
        yield f"unused baseline entry: {visible(text)}"
    if rest := total - len(entries):
        more = f"{rest} more {_LIST_ALL}" if verbose else f"{rest} {_LIST_THEM}"
        yield f"unused baseline entries: {more}"


def unread(left_out: Sequence[NotChecked]) -> list[str]:
    """The errors about files that could not be read, each with what to do."""
    return [
        f'"{cut_path(file)}" {reason if ":" in reason else f"{reason}: {_MEND}"}'
        for file, reason in left_out
    ]


def not_checked(left_out: Sequence[NotChecked], verbose: bool, total: int = 0) -> Iterator[str]:
    """The inputs that were not checked, with reasons: all if verbose, else the first ten.

    `total` is their number if some are left out already.
    """
    shown = left_out if verbose else left_out[:_SHOWN]
    for skipped in shown:
        yield f"not checked: {visible(skipped.file)}: {visible(abridged(skipped.reason))}"
    if rest := max(total, len(left_out)) - len(shown):
        yield f"not checked: {rest} more {_LIST_ALL if verbose else _LIST_THEM}"
