"""Expressions and what they read become answers, by a process with limits."""

from __future__ import annotations

import re
from time import monotonic

from vmsnap_lint.checks.by_policy.policy_questions import MOST_OF_ASK, Ask, Sizes, lines
from vmsnap_lint.config.policies.expression_tokens import counts, names_in, offers_values
from vmsnap_lint.config.policies.typed_expression import as_told
from vmsnap_lint.config.policies.verdict_model import KEYS, TYPES, variables_of
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.cel_worker import NO_MEMORY
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from vmsnap_lint.config.policies.policy_settings import PolicySettings

    _Answer = tuple[bool | None, str]

__all__ = ["Unmet", "outcomes"]

_LIMITS = ("Iteration budget exceeded", NO_MEMORY)
"""What the library says of an expression that costs too much."""
_NO_KEY = re.compile('Key not found in map : "(.*)"')
_SECONDS_OF_PROCESS = 30.0
_SECONDS = 90.0  # of all policies of a run
_MOST_OF_PROCESS = 2**25  # characters of its questions
_TOO_LONG = f"not evaluated, as all policies took longer than {_SECONDS:g} seconds"
_TOO_LARGE = f"not evaluated, as what it reads has more than {MOST_OF_ASK:,} characters"


class Unmet(NamedTuple):
    """An object that does not meet a policy, or of which that is `unknown`.

    `missing` are the fields that are unknown, `stopped` says why it was not evaluated. `error` is
    why the expression fails on what is known: for want of a label, on a text that is no duration.
    """

    ask: Ask
    unknown: bool = False
    missing: tuple[str, ...] = ()
    stopped: str = ""
    error: str = ""


def outcomes(
    asks: Mapping[PolicySettings, Sequence[Ask]],
) -> Iterator[tuple[PolicySettings, list[Unmet]]]:
    """The objects that do not meet each policy, and those of which that is unknown.

    Where a process ends early, the rest of the policy at fault is unknown, and others go on.
    """
    sizes = Sizes()
    asked = {
        policy: [ask for ask in each if sizes.of(ask) <= MOST_OF_ASK]
        for policy, each in asks.items()
    }
    answers, stopped = _answered(asked, sizes)
    for policy, each in asks.items():
        if each:
            found = _of_policy(
                policy, asked[policy], answers[policy], stopped.get(policy, _TOO_LONG)
            )
            if len(asked[policy]) < len(each):
                large = (ask for ask in each if sizes.of(ask) > MOST_OF_ASK)
                found += (Unmet(ask, unknown=True, stopped=_TOO_LARGE) for ask in large)
            yield policy, found


def _answered(
    asked: Mapping[PolicySettings, Sequence[Ask]], sizes: Sizes
) -> tuple[dict[PolicySettings, list[Any]], dict[PolicySettings, str]]:
    """The answers for each policy, by line, and why there are no more for some of them."""
    answers: dict[PolicySettings, list[Any]] = {policy: [] for policy in asked}
    stopped: dict[PolicySettings, str] = {}
    questions = _questions(asked, sizes, stopped)
    waiting: list[tuple[PolicySettings, str]] = []
    ends = monotonic() + _SECONDS
    while monotonic() < ends:
        _fill(waiting, questions)
        if not waiting:
            break
        seconds = min(_SECONDS_OF_PROCESS, max(0.0, ends - monotonic()))
        found, why = cel_process.answered([line for _, line in waiting], seconds)
        for (policy, _), answer in zip(waiting, found, strict=False):
            answers[policy].append(answer)
        left = waiting[len(found) :]
        if left:
            stopped[left[0][0]] = f"not evaluated, as {why}"
        waiting = [each for each in left if each[0] not in stopped]
    return answers, stopped


def _questions(
    asked: Mapping[PolicySettings, Sequence[Ask]],
    sizes: Sizes,
    stopped: Container[PolicySettings],
) -> Iterator[tuple[PolicySettings, str]]:
    """The lines of each policy, as long as it is not stopped."""
    for policy, each in asked.items():
        for line in lines(policy.require, each, sizes):
            if policy in stopped:
                break
            yield policy, line


def _fill(
    waiting: list[tuple[PolicySettings, str]], questions: Iterator[tuple[PolicySettings, str]]
) -> None:
    """Adds questions up to what is sent to one process."""
    size = sum(len(line) for _, line in waiting)
    while size < _MOST_OF_PROCESS and (question := next(questions, None)) is not None:
        waiting.append(question)
        size += len(question[1])


def _of_policy(
    policy: PolicySettings, asks: Sequence[Ask], lines: Sequence[Any], stopped: str
) -> list[Unmet]:
    """What the answers say; where they end early, why."""
    answers = iter([(row[0], row[1]) for line in lines for row in line])
    names = names_in(policy.require)
    result: list[Unmet] = []
    for ask in asks:
        first = next(answers, None)
        second = next(answers, None) if ask.other is not None and first is not None else first
        if first is None or second is None:
            result.append(Unmet(ask, unknown=True, stopped=stopped))
        elif first[0] is not second[0] or _is_open(ask, policy.require, first, second):
            result.append(Unmet(ask, unknown=True))
        elif first[0] is not True:
            result.append(_not_true(ask, first, names))
    return result


def _is_open(ask: Ask, expression: str, first: _Answer, second: _Answer) -> bool:
    """Whether another value of what is open may decide, though both ends are not true."""
    if ask.other is None or first[0] is True:
        return False
    if counts(expression, "snapshots") and ask.values["snapshots"] != ask.other["snapshots"]:
        return True
    if first[0] is None and first[1] != second[1]:
        return True
    if first[0] is False and not offers_values(expression):
        return False
    keys = set(_open_keys(list(ask.values.values())))
    return any(key in expression or "[" in expression for key in keys)


def _open_keys(value: Any) -> Iterator[str]:
    """The keys of labels and the like whose values are placeholders."""
    if isinstance(value, list):
        for item in value:
            yield from _open_keys(item)
    elif isinstance(value, dict):
        for name, below in value.items():
            if name.endswith(KEYS) and isinstance(below, dict):
                yield from below.keys() - value[name.removesuffix(KEYS)].keys()
            else:
                yield from _open_keys(below)


def _not_true(ask: Ask, answer: _Answer, names: frozenset[str]) -> Unmet:
    """An object of which an expression is not true."""
    holds, error = answer
    if holds is False:
        return Unmet(ask)
    if error in _LIMITS:
        return Unmet(ask, unknown=True, stopped=_said(error))
    types = variables_of(ask.subject.kind)
    missing = {
        name for key, value in ask.values.items() for name in _missing(value, types[key], names)
    }
    return Unmet(ask, unknown=bool(missing), missing=tuple(sorted(missing)), error=_said(error))


def _said(error: str) -> str:
    """What the library says, about a label as about a label."""
    key = _NO_KEY.search(error)
    return f'there is no "{key[1]}"' if key else as_told(error)


def _missing(value: Any, kind: str, names: frozenset[str]) -> Iterator[str]:
    """Those of the names that are fields which the objects in a value do not have."""
    if isinstance(value, list):
        for item in value:
            yield from _missing(item, kind.removeprefix("list(").removesuffix(")"), names)
    elif kind in TYPES:
        for field in TYPES[kind]:
            if field.name in names and field.name not in value:
                yield field.name
            elif field.name in names:
                yield from _missing(value[field.name], field.type, names)
