"""What the tests of the documentation read in a page: headings, fences, links and commands."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from markdown_it import MarkdownIt

from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

__all__ = ["Fence", "Page", "anchors", "page"]

PROGRAM = "vmsnap-lint"
_SHELLS = ("sh", "bash", "console")
_ENDS = re.compile(r"^(?:[|&;()<>]+)$")  # of a command in a line


class Fence(NamedTuple):
    """A fenced block: its language, and its text."""

    language: str
    text: str


class Page(NamedTuple):
    """What a page holds, in its order; headings with their level."""

    headings: tuple[tuple[int, str], ...]
    fences: tuple[Fence, ...]
    links: tuple[str, ...]
    codes: tuple[str, ...]

    def commands(self) -> list[list[str]]:
        """The arguments of each call of the program in a fence, or in a line of the text."""
        found = [words for fence in self.fences for words in _of_fence(fence)]
        inline = (code for code in self.codes if code.startswith(f"{PROGRAM} "))
        return found + [words for code in inline for words in _of_line(code)]

    def flags(self) -> set[str]:
        """The flags that the text names by themselves."""
        return {code.split()[0].split("=")[0] for code in self.codes if code.startswith("--")}


def page(path: Path | str) -> Page:
    """The page, by its path in the repository."""
    tokens = MarkdownIt("commonmark").enable("table").parse((ROOT / path).read_text("utf-8"))
    inline = [child for token in tokens for child in token.children or ()]
    links = (str(child.attrs["href"]) for child in inline if child.type == "link_open")
    return Page(
        tuple(_headings(tokens)),
        tuple(Fence(token.info.strip(), token.content) for token in tokens if _is_fence(token)),
        tuple(links),
        tuple(child.content for child in inline if child.type == "code_inline"),
    )


def anchors(path: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    titles = (title.lower() for _, title in page(path).headings)
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def _is_fence(token: Token) -> bool:
    return token.type == "fence"


def _headings(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            text = "".join(child.content for child in tokens[number + 1].children or ())
            yield int(token.tag[1]), text


def _of_fence(fence: Fence) -> Iterator[list[str]]:
    if fence.language in _SHELLS:
        lines = fence.text.replace("\\\n", " ").splitlines()
        shown = lines if fence.language != "console" else [x for x in lines if x[:2] == "$ "]
        for line in shown:
            yield from _of_line(line.removeprefix("$ "))
    if fence.language == "yaml":
        for document in yaml.safe_load_all(fence.text):
            yield from _of_value(document)


def _of_value(value: Any) -> Iterator[list[str]]:
    """The calls in scripts and argument lists of a workflow or manifest."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _of_value(member)
    elif isinstance(value, list) and value[:1] == [PROGRAM]:
        yield [str(word) for word in value[1:]]
    elif isinstance(value, list):
        for member in value:
            yield from _of_value(member)
    elif isinstance(value, str) and f"{PROGRAM} " in value:
        for line in value.replace("\\\n", " ").splitlines():
            yield from _of_line(line)


def _of_line(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if not _ENDS.match(word):
            words.append(word)
            continue
        if words and words[0].rpartition("/")[2] == PROGRAM:
            yield words[1:]
        words = []
