"""A rendered object as a document whose places are in its template.

helm reports the file of an object but no line. Where nothing is certain, the place is line 1.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Span
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.template_text import LETTERS
from vmsnap_lint.deploy.render.templated_scalars import captured
from vmsnap_lint.document import Document
from vmsnap_lint.document.source import HomeText

if TYPE_CHECKING:
    from vmsnap_lint.deploy.render.chart_template import ChartTemplate, Turn
    from vmsnap_lint.deploy.render.layered_values import Setting
    from vmsnap_lint.deploy.render.template_alignment import Alignment
    from vmsnap_lint.document.positions import Scalar

__all__ = ["TemplatedDocument", "from_template"]

_SOURCE = re.compile(r"^# Source: (.+)$")
# One value, as it is or with what is written where it is empty.
_ONE_VALUE = re.compile(
    r"""(?:default[ \t]+(?:"[^"]*"|[\w-]+)[ \t]+)?\$?\.Values\.(\w+(?:\.\w+)*)
    (?:[ \t]*\|[ \t]*(?:quote|squote|toString|trim|default[ \t]+(?:"[^"]*"|[\w-]+)))*""",
    re.VERBOSE,
)
_START = Span(1, 1, 1, 1)


def _is_written(_text: str, _value: object) -> bool:
    """That a template is read as it is meant is known before it is rendered."""
    return True


def from_template(part: Document) -> tuple[str, int]:
    """The template that helm names above a document, and the line before its first."""
    line = part.span(()).line
    for number in range(line, max(0, line - 4), -1):
        match = _SOURCE.match(part.source.line(number))
        if match is not None:
            return match[1].strip(), number
    return "", line


class TemplatedDocument(Document):
    """One object of a chart. Where its template is not known, all places are line 1."""

    __slots__ = ("_alignment", "_rendered", "_template", "_turn")

    def __init__(self, rendered: Document, template: ChartTemplate | None, turn: Turn) -> None:
        self.source = template.source if template is not None else rendered.source
        self.index = rendered.index
        self.value = rendered.value
        self.odd = False
        self._rendered = rendered
        self._template = template
        self._turn = turn
        self._alignment: Alignment | bool | None = False  # not looked for yet

    def span(self, path: align.Path, key: bool = False) -> Span:
        """Where the template writes the value (or key) at `path`, or the nearest that is known."""
        if self._template is None:
            return _START
        existing = align.existing(self.value, path)
        alignment = self.alignment
        if alignment is None:
            return self.line(existing) or _START
        at = alignment.locate(self.value, existing)
        if len(at) == len(existing):
            return alignment.written(at, key=key and existing == path)
        indentation = self._rendered.span(existing[: len(at) + 1], key=True).column - 1
        block = alignment.block(at, indentation)
        if block is not None:
            return self._template.whole_line(block - 1)
        return alignment.written(at, key=True)

    def line(self, path: align.Path) -> Span | None:
        """The line of the template that most likely wrote what is at `path`, or what is around."""
        if self._template is None:
            return None
        return self._template.line(self._rendered, self._turn, align.existing(self.value, path))

    def setting(self, path: align.Path) -> tuple[str, Span] | None:
        """The place in the chart's values of the one value that the template writes at `path`."""
        setting = self._set_in_values(path)
        if setting is None or setting.document is None:
            return None
        return setting.document.file, setting.document.span(setting.path)

    def _set_in_values(self, path: align.Path) -> Setting | None:
        """The one value of the chart's values that the template writes at `path`."""
        alignment = self.alignment
        if self._template is None or alignment is None:
            return None
        value, at = align.value_at(self.value, path), alignment.locate(self.value, path)
        template = alignment.at(at) if len(at) == len(path) else None
        written = captured(template, value) if isinstance(template, str) else None
        if not written or len(written) != 1 or not LETTERS.search(str(template)):
            return None
        letter, text = written[0]
        actions = self._template.text.written.get(letter, ())
        match = _ONE_VALUE.fullmatch(actions[0].body) if len(actions) == 1 else None
        setting = self._template.values.find(tuple(match[1].split("."))) if match else None
        if setting is None or setting.document is None or not _is_text_of(setting.value, text):
            return None
        return setting

    def home(self, path: align.Path, key: bool = False) -> HomeText | None:
        """The template, or of a value that it takes from them as it is, the chart's values."""
        alignment = self.alignment
        if alignment is None:
            return None
        values = None if key else self._set_in_values(path)
        if values is not None and self._template is not None:
            is_final = self._template.values.is_known and values.document is not None
            home = values.document.home(values.path) if is_final and values.document else None
            is_shared = home is not None and self._template.uses.is_shared(values.path)
            return home._replace(is_shared=is_shared) if home is not None else None
        at = alignment.locate(self.value, path)
        holds = _is_written if key else alignment.keeps_keys
        return HomeText(alignment.document, at, holds) if len(at) == len(path) else None

    def scalars(self) -> tuple[Scalar, ...]:
        """None: a rendered text was not written by a person."""
        return ()

    @property
    def alignment(self) -> Alignment | None:
        """The document of the template that wrote the object, if it is certain."""
        if isinstance(self._alignment, bool):
            found = self._template and self._template.alignment(self._rendered, self._turn)
            self._alignment = found or None
        return self._alignment


def _is_text_of(value: object, text: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == text
    return isinstance(value, str | int | float) and str(value) == text
