"""Suppressions without effect."""

from __future__ import annotations

from vmsnap_lint.checks.families import SUPPRESSION, Check
from vmsnap_lint.config.suppressions.suppression import SuppressionFlaw
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import did_you_mean
from vmsnap_lint.core.model import Safety
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.suppressions.suppression import SuppressionResult

__all__ = ["CHECKS"]

_FORMS = '"# vmsnap-lint: ignore[rule-id] reason", "ignore-file[rule-id]", "until=YYYY-MM-DD"'


def suppression_expired(result: SuppressionResult) -> Iterator[Problem]:
    """A suppression after its last day, or whose end is not a date."""
    until, place = result.suppression.until, result.suppression.directive
    if place is not None and result.suppression.flaw is SuppressionFlaw.DATE:
        yield Problem(place, f"until={until} is not a date (YYYY-MM-DD): nothing is suppressed")
    elif place is not None and result.expired:
        from vmsnap_lint.checks.suppression_fixes import without_directive  # few have faults

        fixes = without_directive(result.suppression)
        yield Problem(place, f"this expired on {until}: nothing is suppressed", fixes=fixes)


def suppression_unknown_rule(result: SuppressionResult) -> Iterator[Problem]:
    """A suppression that names no rule, or none that exists."""
    suppression = result.suppression
    place = suppression.directive
    if place is None or suppression.at is None:
        return
    if suppression.flaw is SuppressionFlaw.BLANKET:
        what = "no rule is named, so nothing is suppressed"
        yield Problem(place, f"{what}: name each rule to ignore")
    elif suppression.flaw is SuppressionFlaw.UNREADABLE:
        what = "this is not understood, so nothing is suppressed"
        yield Problem(place, f"{what}: write {_FORMS}")
    elif suppression.flaw is SuppressionFlaw.MANY:
        what = "the file has more suppressions than are read, and from here on none has an effect"
        yield Problem(place, f"{what}: write them in the configuration")
    elif result.unknown:
        noun = "policy" if is_policy(suppression.rule) else "rule"
        where = " in the configuration" if noun == "policy" else ""
        message = f'no {noun} "{suppression.rule}"{where}{did_you_mean(result.meant)}'
        from vmsnap_lint.checks.suppression_fixes import corrected  # few have faults

        yield Problem(suppression.at, message, fixes=corrected(suppression, result.meant))


def suppression_unused(result: SuppressionResult) -> Iterator[Problem]:
    """A suppression without findings, or an entry of the configuration that names nothing."""
    suppression = result.suppression
    if suppression.directive is None or suppression.at is None:
        return
    if suppression.flaw is SuppressionFlaw.LATE:
        message = "ignore-file works only above the first object: nothing is suppressed"
        yield Problem(suppression.directive, message)
    elif result.unmatched:
        what = f"{result.unmatched}: correct it, or remove this entry"
        yield Problem(suppression.at, what)
    elif result.unused:
        message = f"{suppression.rule} has no finding here: remove this"
        from vmsnap_lint.checks.suppression_fixes import without_rule  # few have faults

        fixes = without_rule(suppression)
        if result.alone:
            fixes = tuple(each._replace(safety=Safety.UNSAFE) for each in fixes)
        yield Problem(suppression.at, message, fixes=fixes)


CHECKS: dict[str, Check] = {
    "suppression-expired": Check(suppression_expired, SUPPRESSION),
    "suppression-unknown-rule": Check(suppression_unknown_rule, SUPPRESSION),
    "suppression-unused": Check(suppression_unused, SUPPRESSION),
}
