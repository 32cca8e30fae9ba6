"""What keeps an object from being admitted or from completing, and what may."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.objects.problem import Problem

__all__ = ["Blocker", "Effect", "blocked"]


class Effect(Enum):
    """The effect of a blocker on its object, the strongest first."""

    REJECTED = "rejected"
    FAILED = "failed"
    """It has failed for good."""
    STUCK = "stuck"
    DOUBT = "doubt"
    """It may be stuck, which the input cannot settle."""
    PARTIAL = "partial"
    """It completes without some of the data."""
    WAITS = "waits"
    """It continues once the blocker is removed."""


class Blocker(NamedTuple):
    """A cause, its effect on the object, and the problem at one place.

    `cause` is a member of the enum of the object's kind, which has a rule in RULE_OF.
    """

    cause: Enum
    effect: Effect
    problem: Problem


_VERDICTS = {
    Effect.REJECTED: Verdict.REJECTED,
    Effect.FAILED: Verdict.FAILED,
    Effect.STUCK: Verdict.STUCK,
    Effect.DOUBT: Verdict.UNKNOWN,
    Effect.PARTIAL: Verdict.PARTIAL,
}


def blocked(blockers: Iterable[Blocker]) -> tuple[Verdict, list[str]] | None:
    """The verdict of the strongest effect with the messages of its blockers.

    None where nothing but time is between the object and its end.
    """
    by_effect: dict[Effect, list[str]] = {}
    for blocker in blockers:
        by_effect.setdefault(blocker.effect, []).append(blocker.problem.message)
    first = next((effect for effect in _VERDICTS if effect in by_effect), None)
    return None if first is None else (_VERDICTS[first], by_effect[first])
