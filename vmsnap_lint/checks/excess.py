"""Very many problems become those that a run can hold, and counts of the others.

A few kilobytes of aliases stand for a hundred thousand problems. What is listed in the end is far
less (`report.cap`); this keeps what is suppressed, accepted or left out before that exact.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest, SourceSpan
    from vmsnap_lint.objects.problem import Problem

    RuleProblem = tuple[str, Problem]

    AnyPlace = Place | SourceSpan

__all__ = ["MOST_HELD", "MOST_HELD_OF_OBJECT", "MOST_RELATED", "bounded"]

MOST_HELD_OF_OBJECT = 1_000
"""Of a rule; ten times what a report lists, so that suppressions and baselines see enough."""
MOST_HELD = 50_000
"""Of all rules and objects."""
MOST_RELATED = 20
"""Places of one problem."""


def bounded(problems: Iterable[RuleProblem], cap: bool = True) -> Iterator[RuleProblem]:
    """The problems, with texts cut; with `cap` those of one rule and object up to the bounds.

    The first one beyond them follows at the end; its `more` counts the others.
    """
    shown = _capped if cap else _abridged
    counts: dict[tuple[str, Manifest | Source], int] = {}
    beyond: dict[tuple[str, Manifest | Source], tuple[Problem, int]] = {}
    kept = 0
    for rule_id, problem in problems:
        subject = rule_id, _subject(problem.at)
        counts[subject] = counts.get(subject, 0) + 1
        if not cap or (kept < MOST_HELD and counts[subject] <= MOST_HELD_OF_OBJECT):
            kept += 1
            yield rule_id, shown(problem)
        else:
            first, number = beyond.get(subject) or (shown(problem), -1)
            beyond[subject] = first, number + 1 + problem.more
    for (rule_id, _), (problem, number) in beyond.items():
        yield rule_id, problem._replace(more=number)


def _subject(at: AnyPlace) -> Manifest | Source:
    return at.manifest if isinstance(at, Place) else at.source


def _capped(problem: Problem) -> Problem:
    """The problem with cut texts, and few of its related places."""
    if len(problem.related) > MOST_RELATED:
        problem = problem._replace(related=_first(problem.related))
    return _abridged(problem)


def _first(places: tuple[AnyPlace, ...]) -> tuple[AnyPlace, ...]:
    """The first places, the last of which tells of the others, and one for each other file.

    The files decide whether the problem is reported at all (`--root`); they are not listed.
    """
    *shown, last = places[:MOST_RELATED]
    note = f"{last.note} (and {len(places) - MOST_RELATED} more places)".lstrip()
    files = {_subject(place).file: place for place in reversed(places[MOST_RELATED:])}
    return (*shown, last._replace(note=note), *reversed(files.values()))


def _abridged(problem: Problem) -> Problem:
    """The problem with cut texts, so that a long name is not kept in each message."""
    message, notes = abridged(problem.message), [abridged(at.note) for at in problem.related]
    if any(note is not at.note for note, at in zip(notes, problem.related, strict=True)):
        places = [at._replace(note=n) for n, at in zip(notes, problem.related, strict=True)]
        problem = problem._replace(related=tuple(places))
    return problem if message is problem.message else problem._replace(message=message)
