"""Sources, manifests and entries of a configuration become suppressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.suppressions.parse import flaw_of, of_annotation, of_comment
from vmsnap_lint.config.suppressions.suppression import (
    OneLine,
    OneObject,
    Suppression,
    SuppressionFlaw,
    WholeFile,
    speaks_to_us,
)
from vmsnap_lint.core.model import Span
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


class Waiver(NamedTuple):
    """An entry of a configuration: rules that are ignored in the part of a run that `where` holds.

    `at` is the entry, for findings about it; None leaves it alone.
    """

    rules: tuple[str, ...]
    where: Scope
    reason: str = ""
    until: str = ""
    at: SourceSpan | None = None


def find(sources: Iterable[Source], manifests: Iterable[Manifest]) -> Iterator[Suppression]:
    """The suppressions of a run, those in comments first; nothing is parsed without our name."""
    speaking = [source for source in sources if speaks_to_us(source)]
    for source in speaking:
        yield from _in_comments(source)
    for manifest in manifests if speaking else ():
        yield from _in_annotations(manifest)


def configured(waivers: Iterable[Waiver]) -> Iterator[Suppression]:
    """The suppressions that the entries of a configuration ask for."""
    for rules, where, reason, until, at in waivers:
        flaw = flaw_of(list(rules), until)
        for rule in rules or ("",):
            yield Suppression(rule, where, at, at, reason, until, flaw)


def _in_comments(source: Source) -> Iterator[Suppression]:
    comments = source.comments()
    alone = {one.line for one in comments if _is_alone(source, one)}
    below = _lines_below(alone)
    head = _head(source, alone)
    for comment in comments:
        words = of_comment(comment.text, alone=comment.line in alone)
        if words is None:
            continue
        if words.for_file:
            late = comment.line not in alone or comment.line > head
            flaw = words.flaw or (SuppressionFlaw.LATE if late else None)
            yield from _commented(source, comment, words._replace(flaw=flaw))
        else:
            line = below.get(comment.line, comment.line)
            yield from _commented(source, comment, words, OneLine(source.file, line))


def _is_alone(source: Source, comment: Comment) -> bool:
    return not source.line(comment.line)[: comment.column - 1].strip(" \t\ufeff")


def _lines_below(alone: set[int]) -> dict[int, int]:
    """For each comment on its own the line that it speaks of, below the comments that follow it."""
    below: dict[int, int] = {}
    for line in sorted(alone, reverse=True):
        below[line] = below.get(line + 1, line + 1)
    return below


def _head(source: Source, alone: set[int]) -> int:
    """The last line above which nothing but comments, blanks and marks of documents stand."""
    line, last = 1, max(alone, default=0)
    while line <= last and (line in alone or _is_no_content(source.line(line))):
        line += 1
    return line


def _is_no_content(line: str) -> bool:
    text = line.partition(" #")[0].strip(" \t\ufeff")
    return text in ("", "---")


def _commented(
    source: Source, comment: Comment, words: Words, cover: Cover | None = None
) -> Iterator[Suppression]:
    def spot(start: int, end: int) -> SourceSpan:
        line, column = comment.line, comment.column
        return SourceSpan(source, Span(line, column + start, line, column + end))

    whole = spot(words.start, len(comment.text.rstrip()))
    cover = cover or WholeFile(source.file)
    for rule, start, end in words.rules:
        at = spot(start, end)
        yield Suppression(rule, cover, at, whole, words.reason, words.until, words.flaw)
    if not words.rules:
        yield Suppression("", None, whole, whole, words.reason, words.until, words.flaw)


def _in_annotations(manifest: Manifest) -> Iterator[Suppression]:
    for key, value in manifest.mapping(*_PATH).items():
        if not key.startswith(_PREFIX):
            continue
        at = manifest.at(*_PATH, key, key=key != ANNOTATION)
        if key != ANNOTATION:
            yield Suppression("", None, at, at, flaw=SuppressionFlaw.UNREADABLE)
            continue
        lines = value.splitlines() if isinstance(value, str) else ()
        said = [of_annotation(line) for line in lines if line.strip()]
        for words in said:
            for rule in [one.rule for one in words.rules] or [""]:
                cover = OneObject(manifest)
                yield Suppression(rule, cover, at, at, words.reason, words.until, words.flaw)
        if not said:
            yield Suppression("", None, at, at, flaw=SuppressionFlaw.BLANKET)
