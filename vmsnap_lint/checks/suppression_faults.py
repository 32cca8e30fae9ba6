"""Suppressions that do not do what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import SUPPRESSION, Check
from vmsnap_lint.config.suppressions.suppression import SuppressionFlaw
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.suppressions.suppression import SuppressionResult

__all__ = ["CHECKS"]

_FORMS = '"# vmsnap-lint: ignore[rule-id] reason", "ignore-file[rule-id]", "until=YYYY-MM-DD"'


def suppression_expired(judged: SuppressionResult) -> Iterator[Problem]:
    """A suppression past its last day, or with an end that is no day."""
    one = judged.suppression
    if one.directive is None:
        return
    if one.flaw is SuppressionFlaw.DATE:
        message = f"until={one.until} is no date of the form YYYY-MM-DD: nothing is suppressed"
        yield Problem(one.directive, message)
    elif judged.expired:
        yield Problem(one.directive, f"this held until {one.until}: nothing is suppressed any more")


def suppression_unknown_rule(judged: SuppressionResult) -> Iterator[Problem]:
    """A suppression that names no rule, or none that exists."""
    one = judged.suppression
    if one.directive is None or one.at is None:
        return
    if one.flaw is SuppressionFlaw.BLANKET:
        message = "this names no rule, so nothing is suppressed: name each that is to be ignored"
        yield Problem(one.directive, message)
    elif one.flaw is SuppressionFlaw.UNREADABLE:
        yield Problem(one.directive, f"this is not understood, so nothing is suppressed: {_FORMS}")
    elif judged.unknown:
        yield Problem(one.at, f'no rule "{one.rule}"{judged.hint}')


def suppression_unused(judged: SuppressionResult) -> Iterator[Problem]:
    """A suppression of what is not found."""
    one = judged.suppression
    if one.directive is None or one.at is None:
        return
    if one.flaw is SuppressionFlaw.LATE:
        message = "ignore-file counts above the first object alone: nothing is suppressed"
        yield Problem(one.directive, message)
    elif judged.unused:
        yield Problem(one.at, f"{one.rule} finds nothing here: remove this")


CHECKS: dict[str, Check] = {
    "suppression-expired": Check(suppression_expired, SUPPRESSION),
    "suppression-unknown-rule": Check(suppression_unknown_rule, SUPPRESSION),
    "suppression-unused": Check(suppression_unused, SUPPRESSION),
}
