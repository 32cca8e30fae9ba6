"""Expressions and what they read become answers, by a process with limits."""

from __future__ import annotations

import re
from time import monotonic

from vmsnap_lint.config.policies.expression_tokens import counts, names_in, offers_values
from vmsnap_lint.config.policies.typed_expression import as_told, evaluable
from vmsnap_lint.config.policies.verdict_model import CONSTANTS, KEYS, TYPES, variables_of
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.cel_worker import NO_MEMORY
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vmsnap_lint.checks.by_policy.evidence import Evidence
    from vmsnap_lint.config.policies.policy_settings import PolicySettings
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

    _Answer = tuple[bool | None, str]

__all__ = ["Ask", "Unmet", "outcomes"]

_ASKS_A_LINE = 200
_LIMITS = ("Iteration budget exceeded", NO_MEMORY)
"""What the library says of an expression that costs too much."""
_NO_KEY = re.compile('Key not found in map : "(.*)"')
_SECONDS_OF_PROCESS = 30.0
_SECONDS = 90.0  # of all policies of a run


class Ask(NamedTuple):
    """An object that a policy is for, and the values of its variables.

    `other` are those of the other end where something is open (see `evidence`), None if equal.
    """

    subject: Manifest
    world: World
    evidence: Evidence
    values: dict[str, Any]
    other: dict[str, Any] | None


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

    Where the process ends early, the rest of the policy at fault is unknown, and others go on.
    """
    left = [(policy, list(_lines(policy, each))) for policy, each in asks.items() if each]
    ends = monotonic() + _SECONDS
    while left:
        lines = [line for _, of_policy in left for line in of_policy]
        seconds = min(_SECONDS_OF_PROCESS, max(0.0, ends - monotonic()))
        answers, stopped = cel_process.evaluated(lines, seconds)
        while left and len(answers) >= len(left[0][1]):
            policy, of_policy = left.pop(0)
            yield policy, _of_policy(policy, asks[policy], answers[: len(of_policy)], "")
            answers = answers[len(of_policy) :]
        if left:
            policy, _ = left.pop(0)
            yield policy, _of_policy(policy, asks[policy], answers, stopped)


def _lines(policy: PolicySettings, asks: Sequence[Ask]) -> Iterator[dict[str, Any]]:
    """The questions of a policy, in each of which a value is written once."""
    expressions = [evaluable(policy.require)]
    for start in range(0, len(asks), _ASKS_A_LINE):
        pool = _Pool()
        asked = [
            [0, pool.numbers(values)]
            for ask in asks[start : start + _ASKS_A_LINE]
            for values in (ask.values, ask.other)
            if values is not None
        ]
        yield {"expressions": expressions, "pool": pool.values, "asks": asked}


class _Pool:
    """Values by number, those that are the same object once."""

    def __init__(self) -> None:
        self.values: list[Any] = list(CONSTANTS.values())
        self._constants = {name: number for number, name in enumerate(CONSTANTS)}
        self._numbers: dict[int, int] = {}

    def numbers(self, variables: dict[str, Any]) -> dict[str, int]:
        """The numbers of the values of variables."""
        return self._constants | {name: self._number(each) for name, each in variables.items()}

    def _number(self, value: Any) -> int:
        if id(value) not in self._numbers:  # the asks hold all values
            self._numbers[id(value)] = len(self.values)
            self.values.append(value)
        return self._numbers[id(value)]


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
            result.append(Unmet(ask, unknown=True, stopped=f"not evaluated, as {stopped}"))
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
