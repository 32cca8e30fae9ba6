"""Parses the text of a comment or annotation into rules, end and reason."""

from __future__ import annotations

import re

from vmsnap_lint.config.suppressions.suppression import SuppressionFlaw
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NamedRule", "Words", "flaw_of", "is_date", "of_annotation", "of_comment"]

_COMMENT = re.compile(r"#[ \t]*vmsnap-lint(?P<colon>[ \t]*:)?[ \t]*(?P<body>.*)", re.DOTALL)
_BEHIND = re.compile(rf"(?<=[ \t]){_COMMENT.pattern}", re.DOTALL)
_BODY = re.compile(
    r"ignore(?P<file>-file)?(?![\w-])[ \t]*(?:\[(?P<ids>[^\]]*)\])?(?P<rest>.*)", re.DOTALL
)
_UNTIL = re.compile(r"(?:(?<=[ \t])|\A)until=(?P<day>[^ \t:]*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALL = frozenset(("*", "all"))


class NamedRule(NamedTuple):
    """A rule id, from `start` to `end` in the text."""

    rule: str
    start: int
    end: int


class Words(NamedTuple):
    """The parsed text; `flaw` says why it has no effect."""

    rules: tuple[NamedRule, ...]
    start: int
    reason: str = ""
    until: str = ""
    for_file: bool = False
    flaw: SuppressionFlaw | None = None


def of_comment(text: str, *, standalone: bool) -> Words | None:
    """The parsed comment, None if it is not for vmsnap-lint.

    After a value it may follow a comment for another tool: `# noqa # vmsnap-lint: ...`.
    """
    match = _COMMENT.match(text) or (None if standalone else _BEHIND.search(text))
    if match is None or not (match["colon"] or match["body"].startswith("ignore")):
        return None
    body = _BODY.match(text, match.start("body"))
    if body is None or not match["colon"]:
        return Words((), match.start(), flaw=SuppressionFlaw.UNREADABLE)
    rules = tuple(_named(text, *body.span("ids"))) if body["ids"] else ()
    reason, until = _without_end(body["rest"])
    flaw = flaw_of([named.rule for named in rules], until)
    for_file = body["file"] is not None
    return Words(rules, match.start(), reason.strip(" \t:-"), until, for_file, flaw)


def of_annotation(line: str) -> Words:
    """A parsed line of the annotation: `rule-id, rule-id: reason`."""
    text, until = _without_end(line)
    ids, _, reason = text.partition(":")
    rules = tuple(_named(ids, 0, len(ids)))
    flaw = flaw_of([named.rule for named in rules], until)
    return Words(rules, 0, reason.strip(), until, flaw=flaw)


def flaw_of(rules: list[str], until: str) -> SuppressionFlaw | None:
    """Why these rules with this end have no effect, or None."""
    if not rules or not _ALL.isdisjoint(rules):
        return SuppressionFlaw.BLANKET
    return None if not until or is_date(until) else SuppressionFlaw.DATE


def _named(text: str, start: int, end: int) -> Iterator[NamedRule]:
    for part in text[start:end].split(","):
        rule = part.strip()
        if rule:
            at = start + part.index(rule)
            yield NamedRule(rule, at, at + len(rule))
        start += len(part) + 1


def _without_end(text: str) -> tuple[str, str]:
    """The text without its end, and the last day as it is written, "nothing" if it is empty."""
    match = _UNTIL.search(text)
    if match is None:
        return text, ""
    return text[: match.start()] + text[match.end() :], match["day"] or "nothing"


def is_date(text: str) -> bool:
    """Whether the text is a date in the form YYYY-MM-DD."""
    from datetime import date  # few runs have dates

    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
