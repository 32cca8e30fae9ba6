"""The text of a template becomes lines that are YAML, with letters for what its actions write.

A letter is one of Unicode's private use, as often as the action is long, so that all other
characters are in their places. Lines of control flow are blank.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import pairwise

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.actions import actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.document import Source
    from vmsnap_lint.document.actions import Action

__all__ = ["LETTERS", "ControlBranch", "TemplatePart", "TemplateText"]

_FIRST, _MANY = 0xF0000, 0xFFF0
LETTERS = re.compile(rf"([{chr(_FIRST)}-{chr(_FIRST + _MANY)}])\1*")
_SEPARATOR = re.compile(r"---(?:[ \t]|\Z)")
_NINDENT = re.compile(r"\bn?indent[ \t]+(\d{1,3})\b")
_OPENING = frozenset(("block", "define", "if", "range", "with"))
_CONTROL = _OPENING | {"else", "end"}


class ControlBranch(NamedTuple):
    """What stands between two actions of control flow, from `first` up to `last` (lines from 0).

    `block` tells branches of one `if` from those of others, `parent` is the number of the branch
    around it, or -1. `action` begins it.
    """

    block: int
    action: Action
    first: int
    last: int
    parent: int


class TemplatePart(NamedTuple):
    """The lines of one document of a template, from 0, without the separators."""

    first: int
    last: int


class TemplateText:
    """A template: `lines` without its actions, and these by the letter that stands for them.

    `owners` has the number of the innermost branch of each line, or -1; `blocks` the lines (from 0)
    that write lines of any number, with their indentation.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.lines.text.replace("\r\n", " \n").replace("\r", "\n")
        self.actions = tuple(actions(self.text))
        self.written: dict[str, tuple[Action, ...]] = {}
        self.blocks: dict[int, tuple[int, tuple[Action, ...]]] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        self.lines = self._without_actions()
        self._place_lone_blocks()

    def line_of(self, index: int) -> int:
        """The line (from 0) of a character."""
        return bisect_right(self._starts, index) - 1

    @cached_property
    def branches(self) -> tuple[ControlBranch, ...]:
        """All branches; one stands behind those around it."""
        return self._control[0]

    @cached_property
    def owners(self) -> list[int]:
        """The number of the innermost branch of each line, or -1."""
        return self._control[1]

    @cached_property
    def parts(self) -> tuple[TemplatePart, ...]:
        """The documents, as helm splits what is written."""
        ends = [n for n, line in enumerate(self.lines) if _SEPARATOR.match(line)]
        between = pairwise((-1, *ends, len(self.lines)))
        return tuple(TemplatePart(above + 1, below) for above, below in between)

    @cached_property
    def _control(self) -> tuple[tuple[ControlBranch, ...], list[int]]:
        branches: list[ControlBranch] = []
        owners, stack, above, count = [-1] * len(self.lines), [-1], -1, 0
        for action in (action for action in self.actions if action.word in _CONTROL):
            first, last = self.line_of(action.start), self.line_of(action.end - 1)
            top = stack[-1]
            owners[above + 1 : first] = [top] * max(0, first - above - 1)
            above = max(above, last)
            opens = action.word in _OPENING
            if not opens and top >= 0:
                stack.pop()
                branches[top] = branches[top]._replace(last=first)
            if opens or (action.word == "else" and top >= 0):
                count += opens
                block = count if opens else branches[top].block
                end = len(self.lines)
                branches.append(ControlBranch(block, action, last + 1, end, stack[-1]))
                stack.append(len(branches) - 1)
        owners[above + 1 :] = [stack[-1]] * max(0, len(self.lines) - above - 1)
        return tuple(branches), owners

    def _without_actions(self) -> list[str]:
        parts, end = [], 0
        for group in self._groups():
            for stretch in self._stretches(group):
                start, stop = stretch[0].start, stretch[-1].end
                parts.append(self.text[end:start])
                silent = len(stretch) == 1 and stretch[0].is_silent
                parts.append(self._letters(stretch, start, stop, silent=silent))
                end = stop
        return ("".join(parts) + self.text[end:]).split("\n")

    def _letters(self, stretch: Sequence[Action], start: int, stop: int, *, silent: bool) -> str:
        """What stands for actions: spaces or letters, and spaces in their further lines."""
        letter = " "
        if not silent:
            letter = chr(_FIRST + len(self.written) % _MANY)
            self.written[letter] = tuple(stretch)
        head, *rest = self.text[start:stop].split("\n")
        return "\n".join((letter * len(head), *(" " * len(line) for line in rest)))

    def _groups(self) -> Iterator[list[Action]]:
        """The actions that are on the same lines."""
        group: list[Action] = []
        for action in self.actions:
            if group and self.line_of(action.start) > self.line_of(group[-1].end - 1):
                yield group
                group = []
            group.append(action)
        if group:
            yield group

    def _stretches(self, group: list[Action]) -> Iterator[list[Action]]:
        """The actions of lines, each by itself; those within a value from an `if` to its end."""
        number = self.line_of(group[0].start)
        below = self.line_of(group[-1].end - 1) + 1
        end = self._starts[below] - 1 if below < len(self._starts) else len(self.text)
        ends = [self._starts[number], *(action.end for action in group)]
        starts = [*(action.start for action in group), end]
        literal = [self.text[a:b].strip() for a, b in zip(ends, starts, strict=True)]
        control = [n for n, action in enumerate(group) if action.word in _CONTROL]
        written = tuple(action for action in group if not action.is_silent)
        if written and not any(literal):
            column = written[0].start - self._starts[number]
            self.blocks[number] = (_indentation(written[-1].body, column), written)
        low, high = 0, 0
        if control and literal[0]:
            low, high = control[0], control[-1] + 1
            yield from ([action] for action in group[:low])
            yield group[low:high]
        yield from ([action] for action in group[high:])

    def _place_lone_blocks(self) -> None:
        """Leave the letter of a line of actions where it is all that a key has; else a blank."""
        indents = [_indent(line) for line in self.lines]
        for number in self.blocks:
            indents[number] = -1
        below = _later(indents)
        above = -1
        for number, line in enumerate(self.lines):
            if number not in self.blocks:
                above = number if indents[number] >= 0 else above
                continue
            is_value = above >= 0 and self.lines[above].rstrip().endswith(":")
            is_inside = is_value and below[number] <= indents[above] < _indent(line)
            if not (is_inside and LETTERS.fullmatch(line.strip())):
                self.lines[number] = " " * len(line)


def _indent(line: str) -> int:
    """The blanks before a line, -1 if there is nothing else."""
    text = line.lstrip()
    return len(line) - len(text) if text else -1


def _later(indents: Sequence[int]) -> list[int]:
    """For each line the indentation of the next one that is not blank, or -1."""
    result, below = [], -1
    for indent in reversed(indents):
        result.append(below)
        below = indent if indent >= 0 else below
    return result[::-1]


def _indentation(body: str, column: int) -> int:
    """The indentation of the lines that an action writes."""
    match = _NINDENT.search(body)
    return int(match[1]) if match else column
