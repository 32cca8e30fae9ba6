"""Reads suppressions from sources, manifests and entries of a configuration."""

from __future__ import annotations

import re
from itertools import islice

from vmsnap_lint.config.suppressions import NAME, mentions_linter
from vmsnap_lint.config.suppressions.parse import flaw_of, of_annotation, of_comment
from vmsnap_lint.config.suppressions.suppression import (
    OneLine,
    OneObject,
    Suppression,
    SuppressionFlaw,
    WholeFile,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.suppressions.parse import Words
    from vmsnap_lint.config.suppressions.suppression import Cover
    from vmsnap_lint.core.scope import Scope
    from vmsnap_lint.document import Source
    from vmsnap_lint.document.comments import Comment
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ANNOTATION", "Waiver", "configured", "find"]

ANNOTATION = "vmsnap-lint/ignore"
_PREFIX = "vmsnap-lint/"
_PATH = ("metadata", "annotations")
# What writes nothing itself: control flow, a comment or an assignment of a template.
_SILENT = r"\{\{-?[ \t]*+(?:if|else|end|with|range|/\*|\$\w+[ \t]*+:?=)[^\r\n{}]*+\}\}[ \t]*+"
# Lines that are comments; lines with only comments, blanks and document markers.
_COMMENTS = re.compile(possessive(rf"(?:[ \t\ufeff]*+(?:#[^\r\n]*+|{_SILENT})(?:\r\n|\n|\r|\Z))*+"))
_HEAD = re.compile(
    possessive(
        rf"(?:[ \t\ufeff]*(?:#[^\r\n]*+|{_SILENT}|(?:---[ \t\ufeff]*)?(?:(?<= )#[^\r\n]*+)?)"
        r"(?:\r\n|\n|\r))*+"
    )
)


_MOST = 5_000
"""Suppressions of a file that are read."""


class Waiver(NamedTuple):
    """An entry of a configuration: rules that are ignored in the scope `where`.

    `at` is the place of the entry, for findings about it, or None.
    """

    rules: tuple[str, ...]
    where: Scope
    reason: str = ""
    until: str = ""
    at: SourceSpan | None = None


def find(sources: Iterable[Source], manifests: Iterable[Manifest]) -> Iterator[Suppression]:
    """The suppressions of a run, those in comments first.

    Of very many in one file the first ones are given, and one more that says so.
    """
    mentioning = [source for source in sources if mentions_linter(source)]
    for source in mentioning:
        yield from _first(_in_comments(source), _MOST)
    left: dict[str, int] = {}
    for manifest in manifests if mentioning else ():
        most = left.setdefault(manifest.file, _MOST)
        for given in _first(_in_annotations(manifest), most) if most >= 0 else ():
            left[manifest.file] -= 1
            yield given


def _first(suppressions: Iterator[Suppression], most: int) -> Iterator[Suppression]:
    """So many of them, and the next one with the flaw that it is one too many."""
    yield from islice(suppressions, most)
    for beyond in islice(suppressions, 1):
        yield beyond._replace(rule="", cover=None, flaw=SuppressionFlaw.MANY)


def configured(waivers: Iterable[Waiver]) -> Iterator[Suppression]:
    """The suppressions of the entries of a configuration."""
    for rules, where, reason, until, at in waivers:
        flaw = flaw_of(list(rules), until)
        for rule in rules or ("",):
            yield Suppression(rule, where, at, at, reason, until, flaw)


def _in_comments(source: Source) -> Iterator[Suppression]:
    head, below = source.lines.behind(_HEAD, 1), 0
    for comment in source.comments(NAME):
        standalone = _is_standalone(source, comment)
        words = of_comment(comment.text, standalone=standalone)
        if words is None:
            continue
        # Where one line is a comment, the next one is no part of a value: "#" begins another one.
        if standalone and below <= comment.line:
            below = source.lines.behind(_COMMENTS, comment.line)
        cover: Cover = OneLine(source.file, below if standalone else comment.line)
        if words.for_file:
            cover = WholeFile(source.file)
            late = not standalone or comment.line > head
            words = words._replace(flaw=words.flaw or (SuppressionFlaw.LATE if late else None))
        yield from _commented(source, comment, words, cover)


def _is_standalone(source: Source, comment: Comment) -> bool:
    return not source.line(comment.line)[: comment.column - 1].strip(" \t\ufeff")


def _commented(
    source: Source, comment: Comment, words: Words, cover: Cover
) -> Iterator[Suppression]:
    def spot(start: int, end: int) -> SourceSpan:
        line, column = comment.line, comment.column
        return SourceSpan(source, Span(line, column + start, line, column + end))

    directive = spot(words.start, len(comment.text.rstrip()))
    rest = (directive, words.reason, words.until, words.flaw)
    for rule, start, end in words.rules:
        yield Suppression(rule, cover, spot(start, end), *rest)
    if not words.rules:
        yield Suppression("", None, directive, *rest)


def _in_annotations(manifest: Manifest) -> Iterator[Suppression]:
    for key, value in manifest.mapping(*_PATH).items():
        if not key.startswith(_PREFIX):
            continue
        at = manifest.at(*_PATH, key, key=key != ANNOTATION)
        if key != ANNOTATION:
            yield Suppression("", None, at, at, flaw=SuppressionFlaw.UNREADABLE)
            continue
        lines = value.splitlines() if isinstance(value, str) else ()
        directives = [line for line in lines if line.strip()]
        for words in map(of_annotation, directives):
            rest = (OneObject(manifest), at, at, words.reason, words.until, words.flaw)
            rules = [named.rule for named in words.rules]
            yield from (Suppression(rule, *rest) for rule in rules or [""])
        if not directives:
            yield Suppression("", None, at, at, flaw=SuppressionFlaw.BLANKET)
