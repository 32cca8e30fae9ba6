"""Writes what differs between releases of KubeVirt from the table of facts and its comments."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, NamedTuple

from handbook.markdown import code, page, table
from vmsnap_lint.core.releases import NEWEST, OLDEST, Behaviour

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["releases_page"]

_NOTE = "<!-- written by docs/generate.py from vmsnap_lint/core/releases.py: edit that -->"
_INTRODUCTION = """\
`--kubevirt` takes a release from {oldest} to {newest}, or one of OpenShift Virtualization
(`4.20`). A line, such as `1.6`, means its newest release. These are the differences that verdicts
depend on; the [schemas](../../schemas/README.md) have those of fields and API versions, and the
page of a rule the first release that it applies to. The paths are those of KubeVirt {newest}.

Lines are maintained side by side: what begins with "1.5.3, 1.6.1, 1.7.0" does not hold in 1.6.0."""
_SECTION = re.compile(r"    # --- (?P<title>[^:]+?)(?:: (?P<files>.+))?$")
_FACT = re.compile(
    r'    (?P<name>\w+) = Fact\((?:"(?P<since>[^"]+)")?(?:, )?(?:until="(?P<until>[^"]+)")?\)$'
)
_COMMENT = re.compile(r"    # (?P<text>.*)$")
_ADDRESS = re.compile(r" ?(https://\S+)")
_PATH = re.compile(r"(?:pkg|staging)/[\w./-]+\w")


class Section(NamedTuple):
    """A part of the table: its title, the files it comes from, and its rows."""

    title: str
    files: str
    rows: tuple[tuple[str, str, str, str], ...]


def releases_page() -> str:
    """The facts, section by section."""
    introduction = _INTRODUCTION.format(oldest=code(str(OLDEST)), newest=code(str(NEWEST)))
    blocks = (block for section in _sections() for block in _written(section))
    return page([_NOTE, "# KubeVirt releases", introduction, *blocks])


def _written(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield f"From {_linked(section.files)}." if section.files else ""
    yield table(("fact", "since", "until before", "source"), section.rows)


def _sections() -> Iterator[Section]:
    lines = inspect.getsource(Behaviour).splitlines()
    heads = [(at, found) for at, line in enumerate(lines) if (found := _SECTION.match(line))]
    ends = [*(at for at, _ in heads[1:]), len(lines)]
    for (at, head), end in zip(heads, ends, strict=True):
        yield Section(head["title"], head["files"] or "", tuple(_rows(lines[at + 1 : end])))


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """A row for each fact, told by the comment above it, else by its name."""
    comment: list[str] = []
    for line in lines:
        if fact := _FACT.match(line):
            text = " ".join(comment)
            told = _ADDRESS.sub("", text).rstrip(" .") or fact["name"].replace("_", " ")
            told = _PATH.sub(lambda path: code(path[0]), told)
            sources = ", ".join(f"[{_short(url)}]({url})" for url in _ADDRESS.findall(text))
            since = (fact["since"] or str(OLDEST)).replace(" ", ", ")
            yield told, since, (fact["until"] or "").replace(" ", ", "), sources
        found = _COMMENT.match(line)
        comment = [*comment, found["text"]] if found else []


def _short(url: str) -> str:
    return f"#{url.rpartition('/')[2]}"


def _linked(files: str) -> str:
    root = f"https://github.com/kubevirt/kubevirt/tree/v{NEWEST}"
    return _PATH.sub(lambda path: f"[{code(path[0])}]({root}/{path[0]})", files)
