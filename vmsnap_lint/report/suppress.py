"""Applies suppressions to a report, and reports mistakes in them.

A finding about a suppression can be suppressed, but not by that same one; a finding about a
suppression of such findings cannot be suppressed, so that this ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks import SUPPRESSION, all_checks
from vmsnap_lint.checks.excess import bounded
from vmsnap_lint.config.suppressions.suppression import (
    OneLine,
    OneObject,
    SuppressionResult,
    WholeFile,
)
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Suppressed, SuppressionKind
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.report.findings import concrete, in_order, key, where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from vmsnap_lint.config.suppressions.suppression import Cover, Suppression
    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

__all__ = ["Examined", "apply_suppressions"]

_MOST_HINTS = 20
_CHECKS = {
    rule_id: check.function
    for rule_id, check in all_checks().items()
    if check.on == SUPPRESSION and check.function
}


class Examined(NamedTuple):
    """The rules that ran, the files that were read completely, the objects, and the date.

    `today` is YYYY-MM-DD, "" for unknown; without `cap` findings are not bounded.
    """

    rules: Set[str]
    files: Set[str]
    manifests: Sequence[Manifest]
    today: str
    cap: bool = True


def apply_suppressions(report: Report, given: Sequence[Suppression], examined: Examined) -> Report:
    """The report without suppressed findings, and with findings about the suppressions."""
    active = _Active(
        suppression
        for suppression in given
        if suppression.flaw is None and not suppression.has_ended(examined.today)
    )
    shown, hidden = active.split(report.findings)
    results = [_result(suppression, active, examined) for suppression in given]
    problems = list(_problems(_with_hints(results), examined))
    active.split(concrete(problems))  # records which suppressions of these findings are used
    results = [_result(suppression, active, examined, of_these=True) for suppression in given]
    unused = list(_problems((result for result in results if result.unused), examined))
    final = {key(finding) for finding in concrete(unused)}
    about = concrete([*problems, *unused])
    more, more_hidden = active.split(finding for finding in about if key(finding) not in final)
    more += (finding for finding in about if key(finding) in final)
    return report._replace(
        findings=tuple(sorted((*shown, *more), key=key)),
        suppressed=in_order((*hidden, *more_hidden)),
    )


class _Active:
    """The suppressions in effect, by what they cover; records which of them are used."""

    def __init__(self, active: Iterable[Suppression]) -> None:
        self._by_cover: dict[tuple[Cover, str], list[Suppression]] = {}
        self._configured: list[tuple[Scope, Suppression]] = []
        self._used: set[tuple[object, str]] = set()
        for suppression in active:
            if isinstance(suppression.cover, Scope):
                self._configured.append((suppression.cover, suppression))
            elif suppression.cover is not None:
                at = (suppression.cover, suppression.rule)
                self._by_cover.setdefault(at, []).append(suppression)

    def uses(self, suppression: Suppression) -> bool:
        """Whether it matches a finding, also in another object from the same lines."""
        return _identity(suppression) in self._used

    def split(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Suppressed]]:
        """The shown and the suppressed findings."""
        shown, hidden = [], []
        for finding in findings:
            matching = [*self._in_source(finding), *self._by_scope(finding)]
            self._used.update(map(_identity, matching))
            if matching:
                external = isinstance(matching[0].cover, Scope)
                kind = SuppressionKind.EXTERNAL if external else SuppressionKind.IN_SOURCE
                hidden.append(Suppressed(finding, kind, matching[0].reason))
            else:
                shown.append(finding)
        return shown, hidden

    def _in_source(self, finding: Finding) -> Iterator[Suppression]:
        if not finding.more:  # it stands for findings in other lines, too
            yield from self._at(OneLine(finding.file, finding.span.line), finding)
        yield from self._at(WholeFile(finding.file), finding)
        objects = [self._at(OneObject(subject.manifest), finding) for subject in finding.subjects]
        matching = [suppression for suppressions in objects for suppression in suppressions]
        # several objects may be built from the same lines: all of them must suppress the finding
        if all(objects):
            yield from matching
        else:
            self._used.update(map(_identity, matching))

    def _by_scope(self, finding: Finding) -> Iterator[Suppression]:
        for scope, suppression in self._configured:
            applies = suppression.rule == finding.rule and scope.fits(finding.file, finding.object)
            if applies and not _is_about(finding, suppression):
                yield suppression

    def _at(self, cover: Cover, finding: Finding) -> list[Suppression]:
        suppressions = self._by_cover.get((cover, finding.rule), ())
        return [each for each in suppressions if not _is_about(finding, each)]


def _result(
    suppression: Suppression, active: _Active, examined: Examined, *, of_these: bool = False
) -> SuppressionResult:
    """Its result; whether it is unused only if its rule is about suppressions, or not."""
    if suppression.flaw is not None:
        return SuppressionResult(suppression)
    rule, expired = suppression.rule, suppression.has_ended(examined.today)
    applies = rule in examined.rules and (rule in _CHECKS) == of_these
    unused = applies and not expired and not active.uses(suppression)
    return SuppressionResult(
        suppression,
        unknown=rule not in all_checks(),
        unused=unused and _was_read(suppression.cover, examined),
        expired=expired,
    )


def _with_hints(results: Sequence[SuppressionResult]) -> Iterator[SuppressionResult]:
    """The same with suggestions for unknown rules; computing these is slow."""
    unknown = sorted({result.suppression.rule for result in results if result.unknown})
    hints = {rule: nearest_hint(rule, all_checks()) for rule in unknown[:_MOST_HINTS]}
    for result in results:
        yield result._replace(hint=hints.get(result.suppression.rule, ""))


def _was_read(cover: Cover | None, examined: Examined) -> bool:
    """Whether the covered input was read, so that the suppression is unused."""
    if isinstance(cover, Scope):
        if cover.objects:
            return any(cover.fits(manifest.file, manifest.ref) for manifest in examined.manifests)
        return any(cover.fits(file, None) for file in examined.files)
    place = cover.manifest if isinstance(cover, OneObject) else cover
    return place is not None and place.file in examined.files


def _problems(
    results: Iterable[SuppressionResult], examined: Examined
) -> Iterator[tuple[str, Problem]]:
    checks = [(rule_id, check) for rule_id, check in _CHECKS.items() if rule_id in examined.rules]
    problems = (
        (rule_id, problem)
        for result in results
        for rule_id, check in checks
        for problem in check(result)
    )
    return bounded(problems, examined.cap)


def _is_about(finding: Finding, suppression: Suppression) -> bool:
    """Whether the finding is about this suppression itself."""
    if finding.rule not in _CHECKS or suppression.directive is None:
        return False
    file, span = where(suppression.directive)
    return (file, span.line) == (finding.file, finding.span.line)


def _identity(suppression: Suppression) -> tuple[object, str]:
    return (where(suppression.at) if suppression.at else suppression.cover), suppression.rule
