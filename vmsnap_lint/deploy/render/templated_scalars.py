"""A scalar of a template against the one that it became."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import Any
from vmsnap_lint.deploy.render.template_text import LETTERS

__all__ = ["captured", "is_templated", "may_become", "specificity"]

_MOST_COMPARED = 200  # values of an array's item


def is_templated(value: object) -> bool:
    """Whether it is a string that an action writes some of."""
    return isinstance(value, str) and LETTERS.search(value) is not None


def captured(pattern: str, value: object) -> list[tuple[str, str]] | None:
    """The letter of each action in a scalar, and what it wrote; None where the scalar is another.

    Blanks beside an action may be missing, as it may trim them.
    """
    text = _text(value)
    found, position, end = [], 0, 0
    letters = list(LETTERS.finditer(pattern))
    for number, match in enumerate(letters):
        literal = pattern[end : match.start()].strip() if number else pattern[: match.start()]
        if number == 0:
            literal = literal.rstrip()
            start = len(literal) if text.startswith(literal) else -1
        else:
            at = text.find(literal, position) if literal else position
            start = at + len(literal) if at >= 0 else -1
            found.append((letters[number - 1][1], text[position:at].strip()))
        if start < 0:
            return None
        position, end = start, match.end()
    rest = pattern[end:].lstrip() if letters else pattern
    if not text.endswith(rest) or len(text) - len(rest) < position:
        return None
    if letters:
        found.append((letters[-1][1], text[position : len(text) - len(rest)].strip()))
    return found if letters or text == pattern else None


def may_become(template: Any, value: Any) -> bool:
    """Whether nothing in a value of a template contradicts a value that was rendered.

    What it has no value for, an action below may write; only so many values are compared.
    """
    left = _MOST_COMPARED
    stack = [(template, value)]
    while stack and left:
        ours, theirs = stack.pop()
        left -= 1
        if isinstance(ours, dict) and isinstance(theirs, dict):
            keys = [key for key in list(ours)[:left] if not is_templated(key)]
            if not theirs.keys() >= set(keys):
                return False
            stack += [(ours[key], theirs[key]) for key in keys]
        elif not _may_be(ours, theirs):
            return False
    return True


def _may_be(ours: Any, theirs: Any) -> bool:
    if ours is None:
        return True
    if isinstance(ours, dict | list):
        return type(ours) is type(theirs)
    if not isinstance(ours, str):
        return bool(ours == theirs)
    if isinstance(theirs, dict | list):
        return not LETTERS.sub("", ours).strip()
    return captured(ours, theirs) is not None


def specificity(template: object) -> int:
    """How many characters of a scalar of a template are certain."""
    return len(LETTERS.sub("", template)) if isinstance(template, str) else 0


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
