"""Compares versions with bounds."""

from __future__ import annotations

import operator
import re

__all__ = ["is_met"]

_BOUND = re.compile(r"(==|!=|>=|<=|>|<)\s*([0-9.]{1,100})")
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
    """Whether the numbers of `version` are within all of `bounds`, such as ">=0.1, <2".

    A bound has at most 100 characters, and fewer by the schema of configuration files.
    """
    numbers = _numbers(version)
    return all(_COMPARE[sign](numbers, _numbers(bound)) for sign, bound in _BOUND.findall(bounds))


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version without trailing zeros: 1.0 is 1."""
    match = _RELEASE.match(version)
    numbers = [int(part) for part in match[0].split(".")] if match else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
