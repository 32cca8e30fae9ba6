"""A template of a chart, and the document of it that wrote a rendered object."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.template_alignment import TemplateReader
from vmsnap_lint.deploy.render.template_text import LETTERS, TemplateText
from vmsnap_lint.deploy.render.templated_scalars import may_become, specificity
from vmsnap_lint.deploy.render.value_uses import ValueUses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.deploy.render.layered_values import LayeredValues
    from vmsnap_lint.deploy.render.template_alignment import Alignment
    from vmsnap_lint.deploy.render.template_text import TemplatePart
    from vmsnap_lint.document import Document, Source

__all__ = ["ChartTemplate", "Turn"]

_KIND = re.compile(r"""kind[ \t]*:[ \t]*["']?([^\s"'#]*)""")
_KEY = re.compile(r"""([\s-]*)["']?([\w./-]+)["']?\s*:""")
_HEAD = (("apiVersion",), ("kind",), ("metadata", "name"))
_UNKNOWN = ValueUses(lambda: None)
_MOST_TRIED = 30  # documents of a kind in one template


class Turn(NamedTuple):
    """Which of the objects of its kind from one template an object is; helm keeps their order.

    Source: sortManifestsByKind in helm's pkg/release/util/kind_sorter.go.
    """

    number: int
    total: int


class ChartTemplate:
    """One template. Places in it are known by its documents, else by its lines."""

    def __init__(self, source: Source, values: LayeredValues, uses: ValueUses = _UNKNOWN) -> None:
        self.source = source
        self.values = values
        self.uses = uses

    @cached_property
    def text(self) -> TemplateText:
        """Its text without actions."""
        return TemplateText(self.source)

    def alignment(self, rendered: Document, turn: Turn) -> Alignment | None:
        """The document that wrote an object, if it is certain and can be read."""
        parts = self._parts(rendered)
        text = rendered.text
        if len(parts) == turn.total:
            at = self._reader.alignment(parts[turn.number], text)
            if at is not None and _is_headed(at, rendered):
                return at
        tried = (self._reader.alignment(part, text) for part in parts[:_MOST_TRIED])
        fitting = [at for at in tried if at is not None and _is_headed(at, rendered)]
        if len(fitting) > 1:
            known = [specificity(at.at(("metadata", "name"))) for at in fitting]
            fitting = [at for at, size in zip(fitting, known, strict=True) if size == max(known)]
        return fitting[0] if len(fitting) == 1 else None

    def line(self, rendered: Document, turn: Turn, path: align.Path) -> Span | None:
        """The line of what is at `path`, or of the nearest ancestor of which it is certain."""
        parts = self._parts(rendered)
        part = parts[turn.number] if len(parts) == turn.total else None
        part = parts[0] if len(parts) == 1 else part
        first, last = (part.first, part.last) if part else (0, len(self.text.lines))
        for length in range(len(path), 0, -1):
            span = rendered.span(path[:length], key=isinstance(path[length - 1], str))
            line = rendered.source.line(span.line)
            same = _within(self._by_text.get(line.strip(), ()), first, last)
            key = _KEY.match(line)
            if len(same) != 1 and key:
                same = _within(self._by_key.get((len(key[1]), key[2]), ()), first, last)
            if len(same) == 1:
                return self.whole_line(same[0])
        if part is None:
            return None
        lines = range(first, last)
        shown = (n for n in lines if self.text.lines[n].strip() or n in self.text.blocks)
        start = next(shown, None)
        return self.whole_line(start) if start is not None else None

    def whole_line(self, number: int) -> Span:
        """A line (from 0) without what it is indented by."""
        text = self.source.line(number + 1)
        start = len(text) - len(text.lstrip()) + 1
        return Span(number + 1, start, number + 1, max(start, len(text.rstrip()) + 1))

    @cached_property
    def _reader(self) -> TemplateReader:
        return TemplateReader(self.text, self.values)

    @cached_property
    def _kinds(self) -> list[tuple[TemplatePart, frozenset[str]]]:
        """The documents with the kinds that each may have, "" for any."""
        result = []
        for part in self.text.parts:
            numbers = range(part.first, part.last)
            kinds = [m[1] for n in numbers if (m := _KIND.match(self.text.lines[n]))]
            if not kinds and any(self.text.blocks.get(n, (1,))[0] == 0 for n in numbers):
                kinds = [""]
            result.append((part, frozenset("" if LETTERS.search(k) else k for k in kinds)))
        return result

    def _parts(self, rendered: Document) -> list[TemplatePart]:
        """The documents that may have written the object, else those that may write any."""
        kind = str(rendered.value.get("kind"))
        named = [part for part, kinds in self._kinds if kind in kinds]
        return named or [part for part, kinds in self._kinds if "" in kinds]

    @cached_property
    def _by_text(self) -> dict[str, list[int]]:
        result: dict[str, list[int]] = {}
        for number, line in enumerate(self.text.text.split("\n")):
            result.setdefault(line.strip(), []).append(number)
        return result

    @cached_property
    def _by_key(self) -> dict[tuple[int, str], list[int]]:
        result: dict[tuple[int, str], list[int]] = {}
        for number, line in enumerate(self.text.text.split("\n")):
            key = _KEY.match(line)
            if key:
                result.setdefault((len(key[1]), key[2]), []).append(number)
        return result


def _is_headed(at: Alignment, rendered: Document) -> bool:
    """Whether type and name of an object may be those of a document."""
    pairs = ((at.at(path), align.value_at(rendered.value, path)) for path in _HEAD)
    return all(ours in (None, align.MISSING) or may_become(ours, theirs) for ours, theirs in pairs)


def _within(numbers: Sequence[int], first: int, last: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_left(numbers, last)]
