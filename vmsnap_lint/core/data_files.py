"""The data files of the program, in a checkout and in an installed wheel."""

from __future__ import annotations

import os
from functools import cache

from vmsnap_lint.core.light_typing import Literal

__all__ = ["POLICY", "folder", "is_policy", "read_text", "rule_ids"]

POLICY = "policy/"
"""What the ids of the rules of policies begin with, which a configuration declares."""


@cache
def folder(name: Literal["schemas", "rules"]) -> str:
    """The folder of that data: inside the package of a wheel, next to it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packed = os.path.join(package, "_data", name)

    return packed if os.path.isdir(packed) else os.path.join(os.path.dirname(package), name)


def read_text(name: Literal["schemas", "rules"], *path: str) -> str:
    """The text of one data file."""
    with open(os.path.join(folder(name), *path), encoding="utf-8") as file:
        return file.read()


@cache
def rule_ids() -> tuple[str, ...]:
    """The id of every rule, sorted: the names of the cards."""
    names = os.listdir(folder("rules"))
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def is_policy(rule_id: str) -> bool:
    """Whether a rule id is that of a policy."""
    return rule_id.startswith(POLICY)
