"""Words of a user become what is wrong with them, with the word that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core import kinds
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.values import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ALL", "KINDS", "kind_mistake", "meant", "rule_mistake"]

ALL = "all"
KINDS = frozenset(value.kind for value in vars(kinds).values() if isinstance(value, kinds.Kind))


def rule_mistake(rule_id: str) -> str:
    """What is wrong with a rule id, with the nearest one; "" where there is such a rule."""
    if rule_id in rule_ids():
        return ""
    hint = meant(rule_id, rule_ids()) or "`vmsnap-lint rule` lists them"
    return f'no rule "{rule_id}": {hint}'


def kind_mistake(name: str) -> str:
    """What is wrong with the name of a kind; "" where it is one of ours, or all of them."""
    if name == ALL or name in KINDS:
        return ""
    hint = meant(name, KINDS) or f'name a kind, such as "StorageClass", or "{ALL}"'
    return f'no kind "{name}" is looked at: {hint}'


def meant(word: str, candidates: Iterable[str]) -> str:
    """The question whether a word near to this one was meant, or ""."""
    near = nearest(word, sorted(candidates), limit=1)
    return f'did you mean "{near[0]}"?' if near else ""
