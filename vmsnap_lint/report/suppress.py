"""Applies suppressions to a report, and reports mistakes in them.

A finding about a suppression can be suppressed, but not by that same one; a finding about a
suppression of such findings cannot be suppressed, so that this ends.
"""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.checks import catalog, family
from vmsnap_lint.checks.catalog import properties
from vmsnap_lint.checks.excess import bounded
from vmsnap_lint.config.suppressions.suppression import (
    OneLine,
    OneObject,
    SuppressionResult,
    WholeFile,
)
from vmsnap_lint.core.data_files import POLICY
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Suppressed, SuppressionKind
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.input.seen import Seen
from vmsnap_lint.report.configured_suppressions import Configured, place_of
from vmsnap_lint.report.findings import concrete, in_order, key, where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from vmsnap_lint.config.suppressions.suppression import Cover, Suppression
    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.report.configured_suppressions import Spot

__all__ = ["Examined", "apply_suppressions", "file_of"]

_MOST_HINTS = 20  # of different words; further ones are like them
_CHECKS = {
    rule_id: check.function
    for rule_id, check in family("suppression_faults").items()
    if check.function
}


class Examined(NamedTuple):
    """The rules that ran, the files that were read completely, the objects, and the date.

    `today` is YYYY-MM-DD, "" for unknown; without `cap` findings are not bounded; with `fixes` they
    have theirs. `unmatched` are
    the results of entries of the configuration that name nothing. Around the files `in_part` there
    are others that the run did not see.
    """

    rules: Set[str]
    files: Set[str]
    manifests: Sequence[Manifest]
    today: str
    cap: bool = True
    fixes: bool = False
    seen: Seen = Seen()
    unmatched: tuple[SuppressionResult, ...] = ()
    in_part: Set[str] = frozenset()


def apply_suppressions(report: Report, given: Sequence[Suppression], examined: Examined) -> Report:
    """The report without suppressed findings, and with findings about the suppressions."""
    active = _Active(
        suppression
        for suppression in given
        if suppression.flaw is None and not suppression.has_ended(examined.today)
    )
    shown, hidden = active.split(report.findings)
    results = list(_results(given, active, examined))
    problems = list(_problems(_with_hints((*results, *examined.unmatched)), examined))
    active.split(concrete(problems))  # records which suppressions of these findings are used
    results = list(_results(given, active, examined, of_these=True))
    unused = list(_problems((result for result in results if result.unused), examined))
    final = {key(finding) for finding in concrete(unused)}
    about = concrete([*problems, *unused], fixes=examined.fixes)
    more, more_hidden = active.split(finding for finding in about if key(finding) not in final)
    more += (finding for finding in about if key(finding) in final)
    return report._replace(
        findings=tuple(sorted((*shown, *more), key=key)),
        suppressed=in_order((*hidden, *more_hidden)),
    )


def file_of(cover: Cover | None) -> str:
    """The file that a suppression in the input is for, else ""."""
    if cover is None or isinstance(cover, Scope):
        return ""
    return cover.manifest.file if isinstance(cover, OneObject) else cover.file


class _Active:
    """The suppressions in effect, by what they cover; records which of them are used."""

    def __init__(self, active: Iterable[Suppression]) -> None:
        by_cover: dict[tuple[Cover, str], list[Suppression]] = {}
        configured = []
        for suppression in active:
            if isinstance(suppression.cover, Scope):
                configured.append(suppression)
            elif suppression.cover is not None:
                by_cover.setdefault((suppression.cover, suppression.rule), []).append(suppression)
        self._by_cover = {cover: _Alike(alike) for cover, alike in by_cover.items()}
        self._configured = Configured(configured)

    def used(self) -> Set[tuple[object, str]]:
        """The suppressions that match a finding, also in another object from the same lines."""
        groups = (alike.used() for alike in self._by_cover.values())
        return {_identity(each) for each in chain(self._configured.used(), *groups)}

    def covers_input(self, suppression: Suppression, examined: Examined) -> bool:
        """Whether the covered input was read, so that the suppression is unused."""
        cover = suppression.cover
        if isinstance(cover, Scope):
            is_read = self._configured.covers_input(suppression, examined.files, examined.manifests)
            return is_read and self._configured.saw_all(suppression, examined.seen)
        file = file_of(cover)
        if file not in examined.files:
            return False
        return not (_needs_others(suppression) and file in examined.in_part)

    def split(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Suppressed]]:
        """The shown and the suppressed findings."""
        shown, hidden = [], []
        for finding in findings:
            matching = self._matching(finding)
            if matching is not None:
                external = isinstance(matching.cover, Scope)
                kind = SuppressionKind.EXTERNAL if external else SuppressionKind.IN_SOURCE
                hidden.append(Suppressed(finding, kind, matching.reason))
            else:
                shown.append(finding)
        return shown, hidden

    def _matching(self, finding: Finding) -> Suppression | None:
        """The first suppression of a finding; all that match are used."""
        # one with a count stands for findings in other lines, too
        covers: list[Cover] = [] if finding.more else [OneLine(finding.file, finding.span.line)]
        covers.append(WholeFile(finding.file))
        inside = [self._use(cover, finding) for cover in covers]
        objects = [self._use(OneObject(subject.manifest), finding) for subject in finding.subjects]
        scope = self._configured.use(finding, _own_place(finding))
        # several objects may be built from the same lines: all of them must suppress the finding
        every = objects[0] if objects and all(objects) else None
        return next(filter(None, inside), None) or every or scope

    def _use(self, cover: Cover, finding: Finding) -> Suppression | None:
        alike = self._by_cover.get((cover, finding.rule))
        return alike.use(_own_place(finding)) if alike is not None else None


class _Alike:
    """Suppressions of one rule for the same part of the input."""

    def __init__(self, suppressions: Sequence[Suppression]) -> None:
        self._places = [(place_of(each), each) for each in suppressions]
        first, _ = self._places[0]
        self._elsewhere = next((each for place, each in self._places if place != first), None)
        self._uses: set[Spot | None] = set()

    def use(self, own: Spot | None) -> Suppression | None:
        """The first that is not written at `own`, which the finding is about."""
        place, first = self._places[0]
        used = first if own is None or place != own else self._elsewhere
        if used is not None:
            self._uses.add(own)
        return used

    def used(self) -> Iterator[Suppression]:
        """Those that match a finding that is not about themselves."""
        for place, suppression in self._places:
            if len(self._uses) > (place is not None and place in self._uses):
                yield suppression


def _results(
    given: Iterable[Suppression], active: _Active, examined: Examined, *, of_these: bool = False
) -> Iterator[SuppressionResult]:
    """Their results; whether they are unused only if their rule is about suppressions, or not."""
    used = active.used()
    for suppression in given:
        rule, expired = suppression.rule, suppression.has_ended(examined.today)
        if suppression.flaw is not None:
            yield SuppressionResult(suppression)
            continue
        applies = rule in examined.rules and (rule in _CHECKS) == of_these
        is_free = applies and not expired and _identity(suppression) not in used
        yield SuppressionResult(
            suppression,
            unknown=not catalog.may_exist(rule),
            unused=is_free and active.covers_input(suppression, examined),
            alone=is_free and _is_alone(suppression, examined.seen),
            expired=expired,
        )


def _with_hints(results: Sequence[SuppressionResult]) -> Iterator[SuppressionResult]:
    """The same with suggestions for unknown rules; computing these is slow."""
    unknown = sorted({result.suppression.rule for result in results if result.unknown})
    known = Vocabulary(catalog.known() if unknown else ())
    meant = {rule: _meant(rule, known) for rule in unknown[:_MOST_HINTS]}
    for result in results:
        yield result._replace(meant=meant.get(result.suppression.rule, ()))


def _meant(rule: str, known: Vocabulary) -> tuple[str, ...]:
    """The rules that may have been meant: the policy whose id it is, or the nearest ones."""
    of_policy = POLICY + rule
    return (of_policy,) if catalog.is_known(of_policy) else known.nearest(rule)


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


def _own_place(finding: Finding) -> Spot | None:
    """The line of the suppression that a finding is about, None where it is about none."""
    return (finding.file, finding.span.line) if finding.rule in _CHECKS else None


def _identity(suppression: Suppression) -> tuple[object, str]:
    return (where(suppression.at) if suppression.at else suppression.cover), suppression.rule


def _is_alone(suppression: Suppression, seen: Seen) -> bool:
    """Whether a finding may be missing only because its file was looked at by itself."""
    file = file_of(suppression.cover)
    return bool(file) and _needs_others(suppression) and not seen.saw_around(file)


def _needs_others(suppression: Suppression) -> bool:
    """Whether its rule looks at several objects: those for short samples, too, look at one."""
    return properties(suppression.rule).pages == "never"
