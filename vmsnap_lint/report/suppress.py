"""Findings and suppressions become what is shown, what is hidden, and what is wrong with either.

A finding about a suppression can be suppressed as well, but not by that same one; one
about a suppression of such findings cannot, so that there is an end to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks import SUPPRESSION, all_checks
from vmsnap_lint.config.suppressions.suppression import (
    OneLine,
    OneObject,
    SuppressionResult,
    WholeFile,
)
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Suppressed, SuppressionKind
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.report.findings import concrete, key, where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from vmsnap_lint.config.suppressions.suppression import Cover, Suppression
    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    Found = tuple[str, Problem]

__all__ = ["Looked", "sift"]

_MOST_HINTS = 20
_ABOUT_THEM = {
    rule_id: check.function
    for rule_id, check in all_checks().items()
    if check.on == SUPPRESSION and check.function
}


class Looked(NamedTuple):
    """What a run can tell: the rules that ran, the files that were read in full, the objects.

    `today` is YYYY-MM-DD, "" where nobody knows.
    """

    rules: Set[str]
    files: Set[str]
    manifests: Sequence[Manifest]
    today: str


def sift(report: Report, given: Sequence[Suppression], looked: Looked) -> Report:
    """The report without what is suppressed, and with what is wrong with the suppressions."""
    holding = _Holding(one for one in given if one.flaw is None and not one.has_ended(looked.today))
    shown, hidden = holding.part(report.findings)
    judged = [_judged(one, holding, looked) for one in given]
    about = list(_run(_with_hints(judged), looked.rules))
    holding.part(concrete(about))  # which shows the suppressions of these that are used
    rest = (_judged(one, holding, looked, about_them=True) for one in given)
    final = list(_run((one for one in rest if one.unused), looked.rules))
    beyond = {key(finding) for finding in concrete(final)}
    every = concrete([*about, *final])
    more, more_hidden = holding.part([one for one in every if key(one) not in beyond])
    more += [one for one in every if key(one) in beyond]
    return report._replace(
        findings=tuple(sorted((*shown, *more), key=key)),
        suppressed=tuple(sorted((*hidden, *more_hidden), key=lambda one: key(one.finding))),
    )


class _Holding:
    """The suppressions that hold, by what they cover; it learns which of them are used."""

    def __init__(self, holding: Iterable[Suppression]) -> None:
        self._by_cover: dict[tuple[Cover, str], list[Suppression]] = {}
        self._patterns: list[Suppression] = []
        self._used: set[tuple[object, str]] = set()
        for one in holding:
            if isinstance(one.cover, Scope):
                self._patterns.append(one)
            elif one.cover is not None:
                self._by_cover.setdefault((one.cover, one.rule), []).append(one)

    def uses(self, one: Suppression) -> bool:
        """Whether it, or the same text where an object is built several times, fits a finding."""
        return _identity(one) in self._used

    def part(self, found: Iterable[Finding]) -> tuple[list[Finding], list[Suppressed]]:
        """What stays, and what is hidden."""
        shown, hidden = [], []
        for finding in found:
            fitting = [*self._in_source(finding), *self._configured(finding)]
            self._used.update(map(_identity, fitting))
            if fitting:
                external = isinstance(fitting[0].cover, Scope)
                kind = SuppressionKind.EXTERNAL if external else SuppressionKind.IN_SOURCE
                hidden.append(Suppressed(finding, kind, fitting[0].reason))
            else:
                shown.append(finding)
        return shown, hidden

    def _in_source(self, finding: Finding) -> Iterator[Suppression]:
        yield from self._at(OneLine(finding.file, finding.span.line), finding)
        yield from self._at(WholeFile(finding.file), finding)
        fitting = [list(self._at(OneObject(one.manifest), finding)) for one in finding.subjects]
        found = [one for several in fitting for one in several]
        # several objects may be built from the same lines: all of them must agree
        if all(fitting):
            yield from found
        else:
            self._used.update(map(_identity, found))

    def _configured(self, finding: Finding) -> Iterator[Suppression]:
        for one in self._patterns:
            if one.rule != finding.rule or not isinstance(one.cover, Scope):
                continue
            if one.cover.fits(finding.file, finding.object) and not _is_about(finding, one):
                yield one

    def _at(self, cover: Cover, finding: Finding) -> Iterator[Suppression]:
        for one in self._by_cover.get((cover, finding.rule), ()):
            if not _is_about(finding, one):
                yield one


def _judged(
    one: Suppression, holding: _Holding, looked: Looked, *, about_them: bool = False
) -> SuppressionResult:
    if one.flaw is not None:
        return SuppressionResult(one)
    unknown = one.rule not in all_checks()
    expired = one.has_ended(looked.today)
    judged = one.rule in looked.rules and (one.rule in _ABOUT_THEM) == about_them
    unused = judged and not expired and not holding.uses(one) and _was_seen(one.cover, looked)
    return SuppressionResult(one, unknown, unused, expired)


def _with_hints(judged: Sequence[SuppressionResult]) -> Iterator[SuppressionResult]:
    """The same with what rules that do not exist may be meant for: to tell that takes its time."""
    unknown = sorted({one.suppression.rule for one in judged if one.unknown})
    hints = {rule: nearest_hint(rule, all_checks()) for rule in unknown[:_MOST_HINTS]}
    for one in judged:
        yield one._replace(hint=hints.get(one.suppression.rule, "")) if one.unknown else one


def _was_seen(cover: Cover | None, looked: Looked) -> bool:
    """Whether what is covered was looked at, so that nothing was found there."""
    if isinstance(cover, Scope):
        if not cover.objects:
            return any(cover.fits(file, None) for file in looked.files)
        return any(cover.fits(one.file, one.ref) for one in looked.manifests)
    if isinstance(cover, OneObject):
        return cover.manifest.file in looked.files
    return cover is not None and cover.file in looked.files


def _run(judged: Iterable[SuppressionResult], rules: Set[str]) -> Iterator[Found]:
    checks = [(rule_id, check) for rule_id, check in _ABOUT_THEM.items() if rule_id in rules]
    for one in judged:
        for rule_id, check in checks:
            yield from ((rule_id, problem) for problem in check(one))


def _is_about(finding: Finding, one: Suppression) -> bool:
    """Whether the finding is one about this very suppression."""
    if finding.rule not in _ABOUT_THEM or one.directive is None:
        return False
    file, span = where(one.directive)
    return (file, span.line) == (finding.file, finding.span.line)


def _identity(one: Suppression) -> tuple[object, str]:
    return (where(one.at) if one.at else one.cover), one.rule
