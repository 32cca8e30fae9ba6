"""What a chart's defaults leave empty becomes a placeholder: defaults are no deployment.

Control flow has seen the empty values; only what is written of them is not known yet.
"""

from __future__ import annotations

import re
from enum import IntEnum
from itertools import islice

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render.layered_values import ANY
from vmsnap_lint.deploy.render.template_text import LETTERS
from vmsnap_lint.deploy.render.templated_scalars import captured, is_templated
from vmsnap_lint.deploy.render.value_references import reads_of
from vmsnap_lint.document.actions import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.deploy.render import align
    from vmsnap_lint.deploy.render.layered_values import LayeredValues
    from vmsnap_lint.deploy.render.template_alignment import Alignment
    from vmsnap_lint.deploy.render.template_text import TemplateText
    from vmsnap_lint.deploy.render.value_references import Reads

__all__ = ["UnsetValues"]

_LONGEST = 200  # characters of a placeholder
_MOST_LINES = 200
_MOST_DEPTH = 5  # of templates in values and of those that are included
_MOST_ACTIONS = 20  # of a template in a value
_LINE = re.compile(r"""[\s-]*["']?([\w./-]+)["']?\s*:\s((?:[^#]|(?<!\s)\#)*)(?:\s\#.*)?""")
_EDGES = ("-", ".")  # no name begins or ends with them: a part of it is missing


class _Doubt(IntEnum):
    """Whether what an action writes comes from an empty value."""

    NONE = 0
    IF_EMPTY = 1
    CERTAIN = 2


class UnsetValues:
    """The empty values that a template reads, also by the templates that it includes."""

    def __init__(
        self,
        text: TemplateText,
        reads: Iterable[Reads],
        values: LayeredValues,
        helpers: Callable[[], Mapping[str, list[Reads]]],
    ) -> None:
        self._values = values
        self._helpers = helpers
        self._known: dict[str, _Doubt] = {}
        self._paths: dict[align.Path, _Doubt] = {}
        doubts = {each.action: self._doubt(each) for each in reads} if values.is_open else {}
        self._actions = text.text
        self._letters: dict[str, _Doubt] = {}
        for letter, several in text.written.items():
            worst = max(doubts.get(action, _Doubt.NONE) for action in several)
            # of several one may be left out by a condition
            self._letters[letter] = worst if len(several) == 1 else min(worst, _Doubt.IF_EMPTY)
        self._written = text.written
        self._lines = text.lines

    def __bool__(self) -> bool:
        """Whether it reads any."""
        return any(self._letters.values())

    def fill(self, value: dict[str, Any], alignment: Alignment) -> None:
        """Put placeholders into an object where the template writes empty values."""
        stack: list[tuple[Any, align.Path]] = [(value, ())]
        while stack:
            holder, path = stack.pop()
            for step in list(holder) if isinstance(holder, dict) else range(len(holder)):
                at = alignment.step(path, holder, step)
                if at is None:
                    continue
                template, rendered = alignment.at((*path, at)), holder[step]
                if isinstance(template, str):
                    filled = self.filled(template, rendered)
                    holder[step] = rendered if filled is None else filled
                elif isinstance(rendered, dict | list) and isinstance(template, dict | list):
                    stack.append((rendered, (*path, at)))

    def fill_by_lines(
        self, value: dict[str, Any], line_of: Callable[[align.Path], Span | None]
    ) -> None:
        """The same for an object of which only the lines of its template are known."""
        stack: list[tuple[Any, align.Path]] = [(value, ())]
        left = _MOST_LINES
        while stack and left:
            holder, path = stack.pop()
            for step in list(holder) if isinstance(holder, dict) else range(len(holder)):
                rendered = holder[step]
                if isinstance(rendered, dict | list):
                    stack.append((rendered, (*path, step)))
                elif left and (
                    rendered is None or (isinstance(rendered, str) and _is_cut(rendered))
                ):
                    left -= 1
                    template = self._written_at(str(step), line_of((*path, step)))
                    filled = self.filled(template, rendered)
                    holder[step] = rendered if filled is None else filled

    def _written_at(self, key: str, span: Span | None) -> str:
        """The text behind a key in the line of a template, else ""."""
        match = _LINE.fullmatch(self._lines[span.line - 1]) if span is not None else None
        return match[2].strip("\"' ") if match and match[1] == key else ""

    def filled(self, template: str, rendered: object) -> str | None:
        """The scalar with placeholders for what is not known; None where all is."""
        if not is_templated(template) or isinstance(rendered, list) or _is_filled(rendered):
            return None
        found = captured(template, None if isinstance(rendered, dict) else rendered)
        texts = dict(found or ())
        unknown = {letter for letter, text in texts.items() if self._is_unknown(letter, text)}
        if not unknown:
            return None
        return LETTERS.sub(
            lambda match: (
                self._placeholder(match[1]) if match[1] in unknown else texts.get(match[1], "")
            ),
            template,
        )

    def _is_unknown(self, letter: str, text: str) -> bool:
        doubt = self._letters.get(letter, _Doubt.NONE)
        return doubt is _Doubt.CERTAIN or (doubt is _Doubt.IF_EMPTY and _is_cut(text))

    def _placeholder(self, letter: str) -> str:
        actions = self._written[letter]
        text = " ".join(self._actions[actions[0].start : actions[-1].end].split())
        return text if len(text) <= _LONGEST else "{{ ... }}"

    def _doubt(self, reads: Reads, depth: int = 0) -> _Doubt:
        most = _Doubt.IF_EMPTY if reads.is_soft else _Doubt.CERTAIN
        doubt = _Doubt.NONE
        for path in reads.paths:
            if path not in self._paths:
                self._paths[path] = _Doubt.NONE  # of one that is in itself
                self._paths[path] = self._of_value(path, depth)
            doubt = max(doubt, min(most, self._paths[path]))
        for name in reads.included:
            doubt = max(doubt, min(most, self._of_helper(name, depth + 1)))
        return doubt

    def _of_value(self, path: align.Path, depth: int) -> _Doubt:
        if self._values.is_empty(path):
            return _Doubt.IF_EMPTY if ANY in path else _Doubt.CERTAIN
        value = self._values.find(path).value if ANY not in path else None
        if isinstance(value, dict | list):
            return _Doubt.IF_EMPTY  # an entry of it may be read by its name or number
        if not isinstance(value, str) or "{{" not in value or depth >= _MOST_DEPTH:
            return _Doubt.NONE
        inner = reads_of(islice(actions(value), _MOST_ACTIONS))  # for the function tpl
        return max((self._doubt(each, depth + 1) for each in inner), default=_Doubt.NONE)

    def _of_helper(self, name: str, depth: int) -> _Doubt:
        """The doubt about what a template writes that is included; none about one in itself."""
        if name not in self._known and depth < _MOST_DEPTH:
            self._known[name] = _Doubt.NONE
            inside = self._helpers().get(name, ())
            live = (each for each in inside if not any(map(self._values.is_empty, each.guards)))
            self._known[name] = max((self._doubt(x, depth) for x in live), default=_Doubt.NONE)
        return self._known.get(name, _Doubt.NONE)


def _is_filled(value: object) -> bool:
    return isinstance(value, dict) and bool(value)


def _is_cut(text: str) -> bool:
    """Whether a part of a name seems to be missing."""
    return not text or text.startswith(_EDGES) or text.endswith(_EDGES)
