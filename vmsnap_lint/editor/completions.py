"""What may stand where somebody types: names of objects, fields, values, and ids of rules.

The text is that of the buffer, which rarely parses; the objects are those of the last good view.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document.positions import Lines
from vmsnap_lint.editor.half_written import half_written
from vmsnap_lint.editor.offers import Offer, OfferKind
from vmsnap_lint.editor.offers_of_fields import field_offers
from vmsnap_lint.editor.offers_of_values import value_offers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.editor.view import View

__all__ = ["Completions", "completions"]

_MOST = 200
_LONGEST = 2_000  # characters of a line
_RULES = re.compile(r"#[^#]*\bvmsnap-lint[ \t]*:[ \t]*ignore(?:-file)?[ \t]*\[([^\]]*)\Z")
_LAST = re.compile(r"[\w/-]*\Z")


class Completions(NamedTuple):
    """What may be written in the place of `span`; with `is_cut` there is more to come."""

    offers: tuple[Offer, ...]
    span: Span
    is_cut: bool = False


def completions(view: View, file: str, text: str, line: int, column: int) -> Completions | None:
    """What may stand at a place of a buffer; None where nothing is known."""
    lines = Lines(text)
    rules = _rules(lines.line(line), line, column)
    if rules is not None:
        return rules
    typed = half_written(lines, line, column)
    if typed is None:
        return None
    values = value_offers(view, file, typed) if typed.is_value else ()
    offers = [
        *(each._replace(text=each.text or typed.way.value(each.label)) for each in values),
        *(field_offers(view, file, typed) if typed.is_key else ()),
    ]
    return _fitting(offers, typed.written, typed.span)


def _fitting(offers: Iterable[Offer], written: str, span: Span) -> Completions | None:
    """The offers that begin with what is written, then those that hold it, each once."""
    word = written.casefold()
    named = {offer.label: offer for offer in offers}
    first = [each for label, each in named.items() if label.casefold().startswith(word)]
    then = [each for label, each in named.items() if word in label.casefold()]
    found = tuple({offer.label: offer for offer in (*first, *then)}.values())
    return Completions(found[:_MOST], span, len(found) > _MOST) if found else None


def _rules(text: str, line: int, column: int) -> Completions | None:
    """The ids of rules in a comment that suppresses findings."""
    before = text[: max(column, 1) - 1]
    if len(before) > _LONGEST:
        return None
    listed, last = _RULES.search(before), _LAST.search(before)
    if listed is None or last is None:
        return None
    from vmsnap_lint.checks import catalog

    named = {each.strip() for each in listed[1][: -len(last[0]) or None].split(",")}
    offers = (
        Offer(each, OfferKind.RULE, catalog.rule(each).title)
        for each in catalog.known()
        if each not in named
    )
    rest = re.match(r"[\w/-]*", text[len(before) :])
    end = len(before) + (rest.end() if rest else 0)
    span = Span(line, last.start() + 1, line, end + 1)
    found = _fitting(offers, last[0], span)
    return found or Completions((), span)
