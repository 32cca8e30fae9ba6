"""What an editor shows about a place, as Markdown: findings, objects and their plans, fields."""

from __future__ import annotations

from itertools import islice

from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.editor.hovered_objects import described
from vmsnap_lint.editor.schema_fields import field_at, told
from vmsnap_lint.editor.spot import holds
from vmsnap_lint.editor.spots import spots
from vmsnap_lint.report.writers.markdown_text import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Finding, Span
    from vmsnap_lint.editor.spot import Spot
    from vmsnap_lint.editor.view import View

__all__ = ["Hover", "card", "hover"]

_MOST_FINDINGS = 5
_BETWEEN = "\n\n---\n\n"


class Hover(NamedTuple):
    """Markdown, and the text that it is about."""

    markdown: str
    span: Span


def hover(view: View, file: str, line: int, column: int, text: str | None = None) -> Hover | None:
    """What is to be told about a place, None where that is nothing.

    `text` is that of a buffer that may be newer than the view.
    """
    at = spots(view, file, line, column, text)
    found = [each for each in view.findings(file) if holds(each.span, line, column)]
    parts = [_finding(each) for each in found[:_MOST_FINDINGS]]
    parts += described(view, at)
    parts += dict.fromkeys(islice(_fields(at), 1))
    if not parts:
        return None
    span = at[0].span if at else found[0].span
    return Hover(_BETWEEN.join(parts), span)


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
    """The paragraphs of a text, and its items."""
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines()]
        if all(line.startswith("- ") for line in lines):
            yield "\n".join(f"- {prose(line[2:])}" for line in lines)
        else:
            yield prose(" ".join(lines))


def _fields(at: list[Spot]) -> Iterator[str]:
    for spot in at:
        field = field_at(spot.world.cluster, spot.manifest, spot.path)
        if field is not None:
            yield told(field)
