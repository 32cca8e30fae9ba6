"""A suppression without effect is removed, or the rule that is named wrongly corrected."""

from __future__ import annotations

import re

from vmsnap_lint.config.suppressions import parse
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Span
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.objects import mending
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.remedies import Remedy, ReplaceText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.config.suppressions.parse import NamedRule
    from vmsnap_lint.config.suppressions.suppression import Suppression
    from vmsnap_lint.objects.manifest import Place

    Remedies = tuple[Remedy, ...]

__all__ = ["corrected", "without_directive", "without_rule"]

_COMMENT = "remove the comment"
_OTHER = re.compile(r"[ \t]#(?![0-9])")  # "#12" is an issue in the reason


def corrected(suppression: Suppression, meant: Sequence[str]) -> Remedies:
    """The one rule that was meant, with which findings are hidden; else its name is removed.

    A policy that the configuration does not have may be one of another.
    """
    at, rule = suppression.at, suppression.rule
    if not meant:
        safety = Safety.UNSAFE if is_policy(rule) else Safety.SAFE
        return tuple(each._replace(safety=safety) for each in without_rule(suppression))
    if len(meant) > 1 or at is None or isinstance(suppression.cover, Scope):
        return ()
    title = f"write {meant[0]}"
    if isinstance(at, SourceSpan):
        return (Remedy(title, Safety.UNSAFE, (ReplaceText(at, meant[0]),)),)
    text = _rewritten(at, rule, meant[0])
    return tuple(each._replace(title=title) for each in mending.with_value(at, text, Safety.UNSAFE))


def without_rule(suppression: Suppression) -> Remedies:
    """The rule is removed, and the comment or annotation if it names no other."""
    at, directive = suppression.at, suppression.directive
    if at is None or directive is None or isinstance(suppression.cover, Scope):
        return ()
    if isinstance(at, SourceSpan):
        return _of_comment(at, directive) if isinstance(directive, SourceSpan) else ()
    text = _rewritten(at, suppression.rule, "")
    title = f"remove {suppression.rule}"
    if text:
        changed = mending.with_value(at, text, Safety.SAFE)
        return tuple(each._replace(title=title) for each in changed)
    return mending.without(at, safety=Safety.SAFE, what="the annotation")


def without_directive(suppression: Suppression) -> Remedies:
    """All of the comment is removed, or the lines of the annotation with this rule."""
    directive = suppression.directive
    if isinstance(suppression.cover, Scope) or not isinstance(directive, SourceSpan):
        return without_rule(suppression)
    return (Remedy(_COMMENT, Safety.SAFE, (ReplaceText(_whole(directive), ""),)),)


def _of_comment(at: SourceSpan, directive: SourceSpan) -> Remedies:
    column = directive.span.column
    line = directive.source.line(directive.span.line)
    text = line[column - 1 : directive.span.end_column - 1]
    words = parse.of_comment(text, standalone=True)
    rules = words.rules if words is not None else ()
    number = next((n for n, each in enumerate(rules) if column + each.start == at.span.column), -1)
    if number < 0:
        return ()
    if len(rules) == 1:
        return (Remedy(_COMMENT, Safety.SAFE, (ReplaceText(_whole(directive), ""),)),)
    start, end = _with_comma(rules, number)
    span = at.span._replace(column=column + start, end_column=column + end)
    title = f"remove {rules[number].rule}"
    return (Remedy(title, Safety.SAFE, (ReplaceText(at._replace(span=span), ""),)),)


def _with_comma(rules: Sequence[NamedRule], number: int) -> tuple[int, int]:
    """The characters of one of several rules, up to the next one or from the one before."""
    if number + 1 < len(rules):
        return rules[number].start, rules[number + 1].start
    return rules[number - 1].end, rules[number].end


def _whole(directive: SourceSpan) -> SourceSpan:
    """The comment with the blanks before it; its line, where nothing else is there.

    A comment behind it stays: `# vmsnap-lint: ignore[...] # noqa`.
    """
    source, (number, column, _, _) = directive.source, directive.span
    line = source.line(number)
    other = _OTHER.search(line, column)
    if other is not None:
        return directive._replace(span=Span(number, column, number, other.end()))
    before = line[: column - 1].rstrip(" \t\ufeff")
    end = len(line) + 1
    if before:
        return directive._replace(span=Span(number, len(before) + 1, number, end))
    start = 2 if line.startswith("\ufeff") else 1
    if source.lines.ending(number):
        return directive._replace(span=Span(number, start, number + 1, 1))
    if number == 1:
        return directive._replace(span=Span(1, start, 1, end))
    return directive._replace(span=Span(number - 1, len(source.line(number - 1)) + 1, number, end))


def _rewritten(at: Place, rule: str, other: str) -> str:
    """The text of an annotation with another rule in the place of one, or ("") without it."""
    lines = []
    for line in at.manifest.text(*at.path).splitlines():
        words = parse.of_annotation(line)
        if rule not in (each.rule for each in words.rules):
            lines.append(line)
            continue
        names = [other if each.rule == rule else each.rule for each in words.rules]
        rest = line[line.index(":") :] if ":" in line else ""
        if any(names):
            lines.append(", ".join(filter(None, names)) + rest)
    ends = at.manifest.text(*at.path).endswith("\n")
    return "\n".join(lines) + ("\n" if lines and ends else "")
