"""What an editor shows about a place, as Markdown: findings, objects and their plans, fields."""

from __future__ import annotations

import re
from itertools import islice

from vmsnap_lint.config.suppressions import NAME
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document.positions import Lines
from vmsnap_lint.editor.hovered_objects import described
from vmsnap_lint.editor.schema_fields import field_at, told
from vmsnap_lint.editor.values_at import values_at
from vmsnap_lint.editor.written_value import holds
from vmsnap_lint.report.writers.markdown_text import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.editor.written_value import WrittenValue

__all__ = ["Hover", "card", "hover"]

_MOST_FINDINGS = 5
_LONGEST = 2_000  # characters of a line that is looked through
_BETWEEN = "\n\n---\n\n"


class Hover(NamedTuple):
    """Markdown, and the text that it is about."""

    markdown: str
    span: Span


def hover(view: View, file: str, line: int, column: int, text: str | None = None) -> Hover | None:
    """What is to be told about a place, None where that is nothing.

    `text` is that of a buffer that may be newer than the view.
    """
    named = _named_rule(view, file, line, column, text)
    if named is not None:
        return named
    at = [each for each in values_at(view, file, line, column, text) if _is_word(each)]
    found = [each for each in view.findings(file) if holds(each.span, line, column)]
    parts = [_finding(each) for each in found[:_MOST_FINDINGS]]
    parts += described(at)
    parts += dict.fromkeys(islice(_fields(at), 1))
    if not parts:
        return None
    span = at[0].span if at else found[0].span
    return Hover(_BETWEEN.join(parts), span)


def _is_word(here: WrittenValue) -> bool:
    return here.is_key or not isinstance(here.value, dict | list)


def _named_rule(view: View, file: str, line: int, column: int, text: str | None) -> Hover | None:
    """The card of a rule that a comment names."""
    source = view.source(file)
    lines = Lines(text) if text is not None else source.lines if source is not None else None
    written = lines.line(line) if lines is not None else ""
    if NAME not in written or len(written) > _LONGEST:
        return None
    for word in re.finditer(r"[a-z0-9-]+(?:/[a-z0-9-]+)?", written):
        if word.start() < column <= word.end() + 1 and "#" in written[: word.start()]:
            told = card(word[0])
            span = Span(line, word.start() + 1, line, word.end() + 1)
            return Hover(told, span) if told else None
    return None


def card(rule_id: str) -> str:
    """The card of a rule, "" for one that has none."""
    from vmsnap_lint.checks import catalog

    if not catalog.is_known(rule_id):
        return ""
    known = catalog.rule(rule_id)
    paragraphs = [f"**{prose(known.title)}**", *_text(known.why), *_text(known.fix)]
    return "\n\n".join([*paragraphs, f"[{rule_id}]({rule_address(rule_id)})"])


def _finding(finding: Finding) -> str:
    """The message of a finding, and the card of its rule."""
    message = f"**{finding.severity}** {code(finding.rule)}: {prose(finding.message)}"
    rest = card(finding.rule) or "\n\n".join(_text(finding.help))
    return f"{message}\n\n{rest}".strip()


def _text(text: str) -> Iterator[str]:
    """The paragraphs of a text, its items and its code."""
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines()]
        if all(line.startswith("- ") for line in lines):
            yield "\n".join(f"- {prose(line[2:])}" for line in lines)
        elif all(line.startswith("    ") for line in paragraph.splitlines()):
            yield paragraph  # code
        else:
            yield prose(" ".join(lines))


def _fields(at: list[WrittenValue]) -> Iterator[str]:
    for here in at:
        field = field_at(here.world.cluster, here.manifest, here.path)
        if field is not None:
            yield told(field)
