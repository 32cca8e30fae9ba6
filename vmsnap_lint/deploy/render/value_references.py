"""Actions of templates become the values that they read."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.deploy.render.layered_values import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.align import Path
    from vmsnap_lint.document.actions import Action

__all__ = ["Reads", "reads_of"]

_STRING = re.compile(possessive(r'"(?:[^"\\\n]|\\.)*+"|`[^`]*+`'))
_INCLUDED = re.compile(r'\b(?:include|template)[ \t]+"([^"]+)"(?:[ \t]+([.$])(?![\w.])|[ \t]*)')
_FIELD = re.compile(r"(?<![\w.)])(\$\w*|)((?:\.[A-Za-z_]\w*)+|(?<=\$)|\.(?![\w.])|(?<=\w))")
_ASSIGNED = re.compile(r"\$(\w+)(?:\s*,\s*\$(\w+))?\s*:?=\s*(.*)", re.DOTALL)
# What has another result than the value it reads, where that is empty.
_SOFT = re.compile(
    r"\b(?:and|coalesce|default|dict|empty|eq|hasKey|if|kindIs|len|list|ne|not|or|ternary|typeIs)\b"
)
_LONGEST = 2000  # characters of an action that are looked at
_ROOT: Path = ()


class Reads(NamedTuple):
    """What an action reads: paths of values, and the templates that it includes.

    `is_soft` says that an empty value need not leave the result empty; `guards` are the values of
    the conditions around it, each of which must not be empty for it to be carried out.
    """

    action: Action
    paths: tuple[Path, ...] = ()
    included: tuple[str, ...] = ()
    is_soft: bool = False
    guards: tuple[Path, ...] = ()
    defined: str = ""


class _Variable(NamedTuple):
    paths: tuple[Path, ...]
    is_soft: bool


class _Frame(NamedTuple):
    """An open block: what `.` is in it (None where that is unknown) and what it asks for."""

    dot: Path | None
    guards: tuple[Path, ...]
    defined: str


def reads_of(given: Iterable[Action]) -> Iterator[Reads]:
    """What each action reads that may write something, in their order."""
    stack = [_Frame(_ROOT, (), "")]
    variables: dict[str, _Variable] = {}
    for action in given:
        top = stack[-1]
        body = action.body[:_LONGEST]
        if action.word == "end":
            stack = stack[:-1] if len(stack) > 1 else stack
        elif action.word == "else":
            # what an `if` asks for is empty here; the condition of `else if` is not looked at
            if len(stack) > 1:
                stack[-1] = stack[-2]._replace(defined=top.defined)
        elif action.word in ("if", "with", "range", "define", "block"):
            stack.append(_frame(action.word, body, top, variables))
        elif action.word != "/*":
            assigned = _ASSIGNED.match(body)
            paths, is_soft = _paths(assigned[3] if assigned else body, top.dot, variables)
            if assigned:
                variables[assigned[1]] = _Variable(paths, is_soft)
            else:
                names, loose = _included(body)
                soft = is_soft or loose
                yield Reads(action, paths, names, soft, top.guards, top.defined)


def _frame(word: str, body: str, top: _Frame, variables: dict[str, _Variable]) -> _Frame:
    rest = body[len(word) :].strip()
    if word in ("define", "block"):
        match = _STRING.match(rest)
        return _Frame(_ROOT, (), match[0][1:-1] if match else "")
    assigned = _ASSIGNED.match(rest)
    paths, is_soft = _paths(assigned[3] if assigned else rest, top.dot, variables)
    only = paths[0] if len(paths) == 1 and not is_soft else None
    inner = (*only, ANY) if only is not None and word == "range" else only
    if assigned:
        last = assigned[2] or assigned[1]
        variables[last] = _Variable((inner,) if inner is not None else (), is_soft)
    guards = () if is_soft or only is None else (only,)
    dot = top.dot if word == "if" else inner
    return _Frame(dot, top.guards + guards if len(top.guards) < 20 else top.guards, top.defined)


def _included(body: str) -> tuple[tuple[str, ...], bool]:
    """The templates that an action includes, and whether one gets anything but the root."""
    found = list(_INCLUDED.finditer(body))
    return tuple(match[1] for match in found), any(not match[2] for match in found)


def _paths(
    expression: str, dot: Path | None, variables: dict[str, _Variable]
) -> tuple[tuple[Path, ...], bool]:
    """The values that an expression reads, and whether it has a result without them."""
    text = _STRING.sub('""', expression)
    is_soft = _SOFT.search(text) is not None
    paths: list[Path] = []
    for match in _FIELD.finditer(text):
        steps = tuple(step for step in match[2].split(".") if step)
        if steps[:1] == ("Values",) and match[1] in ("", "$"):
            paths.append(steps[1:])
        elif len(match[1]) > 1:
            variable = variables.get(match[1][1:], _Variable((), False))
            paths += [(*path, *steps) for path in variable.paths]
            is_soft = is_soft or variable.is_soft
        elif not match[1] and dot and (steps or match[2] == "."):
            paths.append((*dot, *steps))
    return tuple(dict.fromkeys(paths))[:20], is_soft
