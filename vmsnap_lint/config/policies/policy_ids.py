"""Ids and globs of policies, as a user names them, become those of the configuration."""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.globs import GlobTree
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["named", "policy_mistake"]


def policy_mistake(word: str, known: Collection[str], *, may_be_none: bool = False) -> str:
    """What is wrong with the id of a rule, or a glob, of policies; "" if it names some.

    With `may_be_none` a glob may name none, as it does where policies are left out.
    """
    if any(_fitting(word, known)) or (may_be_none and _is_glob(word)):
        return ""
    hint = nearest_hint(word, known)
    listed = f"known are {quoted(known)}" if known else "the configuration has none"
    return f'no policy "{cut(word)}"{hint or f" ({listed})"}'


def named(
    words: Iterable[str], known: Collection[str], *, may_be_none: bool = False
) -> frozenset[str]:
    """The rules that are named, those of policies in place of their globs.

    With `may_be_none` a run without policies may name those of another one.

    Raises UsageError with all names of policies that the configuration does not have.
    """
    listed = list(words)
    policies = [word for word in listed if is_policy(word)]
    judged = policies if known or not may_be_none else ()
    told = (policy_mistake(word, known, may_be_none=may_be_none) for word in judged)
    if mistakes := list(filter(None, told)):
        raise UsageError("; ".join(mistakes))
    found = (rule for word in policies for rule in _fitting(word, known))
    return frozenset((*(word for word in listed if not is_policy(word)), *found))


def _fitting(word: str, known: Collection[str]) -> Iterable[str]:
    """The rules of policies that have this id, or fit this glob."""
    if not _is_glob(word):
        return (word,) if word in known else ()
    tree = GlobTree([word.split("/")])
    return [rule for rule in known if tree.fitting(rule.split("/"))]


def _is_glob(word: str) -> bool:
    return "*" in word or "?" in word
