"""Bounds of versions become a yes or no."""

from __future__ import annotations

import operator
import re

__all__ = ["is_met"]

_BOUND = re.compile(r"(==|!=|>=|<=|>|<)\s*([0-9.]+)")
_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def is_met(bounds: str, version: str) -> bool:
    """Whether `version`, its numbers alone, keeps all of `bounds`, such as ">=0.1, <2"."""
    ours = _numbers(version)
    return all(_COMPARE[sign](ours, _numbers(bound)) for sign, bound in _BOUND.findall(bounds))


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version without the zeros at its end: 1.0 is 1."""
    found = _RELEASE.match(version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
