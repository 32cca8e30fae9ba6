"""The text of a comment or annotation becomes what it says: rules, end, reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.suppressions.suppression import SuppressionFlaw

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NamedRule", "Words", "flaw_of", "of_annotation", "of_comment"]

_COMMENT = re.compile(r"#[ \t]*vmsnap-lint(?P<colon>[ \t]*:)?[ \t]*(?P<body>.*)", re.DOTALL)
_BEHIND = re.compile(rf"(?<=[ \t]){_COMMENT.pattern}", re.DOTALL)
_BODY = re.compile(
    r"ignore(?P<file>-file)?(?![\w-])[ \t]*(?:\[(?P<ids>[^\]]*)\])?(?P<rest>.*)", re.DOTALL
)
_UNTIL = re.compile(r"(?:(?<=[ \t])|\A)until=(?P<day>[^ \t:]*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALL = frozenset(("*", "all"))


class NamedRule(NamedTuple):
    """A rule as it is named, from `start` to `end` in the text."""

    rule: str
    start: int
    end: int


class Words(NamedTuple):
    """What a text says; without rules where `flaw` tells why it says nothing."""

    rules: tuple[NamedRule, ...]
    start: int
    reason: str = ""
    until: str = ""
    for_file: bool = False
    flaw: SuppressionFlaw | None = None


def of_comment(text: str, *, alone: bool) -> Words | None:
    """What a comment says, None where it does not speak to us.

    Behind a value our words may follow those for another tool: `# noqa # vmsnap-lint: ...`.
    """
    found = _COMMENT.match(text) or (None if alone else _BEHIND.search(text))
    if found is None or not (found["colon"] or found["body"].startswith("ignore")):
        return None
    body = _BODY.match(text, found.start("body"))
    if body is None or not found["colon"]:
        return Words((), found.start(), flaw=SuppressionFlaw.UNREADABLE)
    rules = tuple(_named(text, *body.span("ids"))) if body["ids"] else ()
    reason, until = _ending(body["rest"])
    flaw = flaw_of([one.rule for one in rules], until)
    return Words(rules, found.start(), reason, until, body["file"] is not None, flaw)


def of_annotation(line: str) -> Words:
    """What a line of the annotation says: `rule-id, rule-id: reason`."""
    text, until = _without_end(line)
    ids, _, reason = text.partition(":")
    rules = tuple(_named(ids, 0, len(ids)))
    return Words(rules, 0, reason.strip(), until, flaw=flaw_of([one.rule for one in rules], until))


def flaw_of(rules: list[str], until: str) -> SuppressionFlaw | None:
    """What keeps these words from being used."""
    if not rules or not _ALL.isdisjoint(rules):
        return SuppressionFlaw.BLANKET
    return None if not until or _is_day(until) else SuppressionFlaw.DATE


def _named(text: str, start: int, end: int) -> Iterator[NamedRule]:
    for part in text[start:end].split(","):
        rule = part.strip()
        if rule:
            at = start + part.index(rule)
            yield NamedRule(rule, at, at + len(rule))
        start += len(part) + 1


def _ending(rest: str) -> tuple[str, str]:
    """The reason and the last day."""
    reason, until = _without_end(rest)
    return reason.strip(" \t:-"), until


def _without_end(text: str) -> tuple[str, str]:
    found = _UNTIL.search(text)
    if found is None:
        return text, ""
    # what is no date shows as it is written; nothing at all is no date, too
    return text[: found.start()] + text[found.end() :], found["day"] or "nothing"


def _is_day(text: str) -> bool:
    from datetime import date  # few suppressions have an end

    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
