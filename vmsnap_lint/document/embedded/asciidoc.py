"""AsciiDoc becomes its listing blocks.

https://docs.asciidoctor.org/asciidoc/latest/verbatim/source-blocks/
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.embedded.block import LONGEST, Block, hidden, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["blocks"]

_ATTRIBUTES = re.compile(r"\[(?!\[)([^\[\]]*)\][ \t]*")
# Only a fence of the Markdown kind may be followed by words.
_DELIMITER = re.compile(r"(-{4,}+|\.{4,}+|/{4,}+|--|(`{3,}+))[ \t]*+((?(2)[^`]*+|\s*+))")
_TITLE = re.compile(r"\.[^\s.].*")
# Of a line that is read from its end: callouts, and the sign of a comment before them.
_CALLOUTS = re.compile(r"(?:[ \t]*+>(?:\d{1,3}|\.)<)+(?:[ \t]*+(?:#|//|--|;;))?(?=\s)")
_DIRECTIVE = re.compile(r"(?:include|ifn?def|ifeval|endif)::[^\s\[]*+\[.*\][ \t]*+")
_REFERENCE = re.compile(r"(?<![\\$])\{[A-Za-z0-9_][\w-]*\}")
_MARKUP = re.compile(r"(?<!\w)([*_]{1,2})(\S|\S[^*\n]{0,200}?\S)\1(?!\w)")
_MOST_MARKS = 32  # what a person writes in a line; each may cost a look at 200 characters
_LANGUAGE = re.compile(r"language[ \t]*=[ \t]*[\"']?([\w-]+)")
_SUBSTITUTIONS = re.compile(r"subs[ \t]*=[ \t]*(?:\"([^\"]*)\"|'([^']*)'|([^,]*))")


class _Style(NamedTuple):
    """The attributes of the next block."""

    is_source: bool = False
    language: str = ""
    substitutions: str = ""


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The listing blocks in the order of the page."""
    style, number = _Style(), 0
    while number < len(lines):
        line = lines[number]
        fence = _DELIMITER.fullmatch(line)
        if fence and (fence[1] != "--" or style.is_source):
            end = _closing(lines, number, fence[1])
            if fence[1][0] != "/":
                if fence[2] and fence[3]:
                    style = style._replace(language=language_of(fence[3]))
                yield _block(lines, number + 1, end, style)
            style, number = _Style(), end
        elif style.is_source and line.strip() and not _is_about_a_block(line):
            end = next((n for n in range(number, len(lines)) if not lines[n].strip()), len(lines))
            yield _block(lines, number, end, style)
            style, number = _Style(), end
        else:
            style = _style(line, style)
        number += 1


def _closing(lines: Sequence[str], number: int, delimiter: str) -> int:
    """The line that ends the block, or one past the last."""
    later = range(number + 1, len(lines))
    return next((n for n in later if lines[n].rstrip() == delimiter), len(lines))


def _is_about_a_block(line: str) -> bool:
    return bool(_ATTRIBUTES.fullmatch(line) or _TITLE.fullmatch(line) or line.startswith("[["))


def _style(line: str, style: _Style) -> _Style:
    """The attributes of the next block, after a line above it."""
    attributes = _ATTRIBUTES.fullmatch(line)
    if not attributes:
        return style if not line.strip() or _is_about_a_block(line) else _Style()
    first, _, rest = attributes[1].partition(",")
    kind = re.split(r"[%#.]", first, maxsplit=1)[0].strip()
    if kind not in {"", "listing", "source"} or not (kind or rest):
        return style
    named = _LANGUAGE.search(rest)
    positional = rest.partition(",")[0]
    plain = "" if "=" in positional else language_of(positional)
    given = _SUBSTITUTIONS.search(rest)
    substitutions = next(filter(None, given.groups()), "") if given else ""
    language = named[1].lower() if named else plain
    if not kind and not language:
        return style
    return _Style(kind != "listing", language, substitutions)


def _block(lines: Sequence[str], start: int, end: int, style: _Style) -> Block:
    cut, read = False, []
    for line in lines[start:end]:
        if len(line) > LONGEST:
            read.append(line)
        elif _DIRECTIVE.fullmatch(line):
            cut = True
            read.append("")
        else:
            read.append(_substituted(_without_callouts(line), style.substitutions))
    return Block(style.language, start + 1, tuple(read), (0,) * len(read), cut)


def _without_callouts(line: str) -> str:
    callouts = _CALLOUTS.match(line[::-1]) if ">" in line else None
    return line[: -callouts.end()] if callouts else line


def _substituted(line: str, substitutions: str) -> str:
    """The line without what only the page is formatted by, every other character in its column."""
    if any(word in substitutions for word in ("attributes", "normal")):
        line = _REFERENCE.sub(lambda match: hidden(match[0]), line)
    is_marked = any(word in substitutions for word in ("quotes", "normal", "macros"))
    if is_marked and line.count("*") + line.count("_") <= _MOST_MARKS:
        line = _MARKUP.sub(lambda m: f"{' ' * len(m[1])}{m[2]}{' ' * len(m[1])}", line)
    return line
