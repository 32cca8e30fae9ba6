"""Escapes text for terminals and logs of CI systems, and measures, folds and colors it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from vmsnap_lint.core.abridged import shortened
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "COMMAND", "ROOM", "Clipped", "excerpt", "folded", "link", "paint", "rule_label", "visible",
    "width",
]  # fmt: skip

COMMAND = re.compile(r"#(?=#[A-Za-z]*\[)")
"""The first character of a command to Azure Pipelines, an old GitHub runner or TeamCity in a line.

https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands: `##vso[..]`, `##[..]`.
"""
ROOM = 100  # the most columns of an excerpt of a source line
_TAB = " " * 4
_CUT = "..."
_STYLES = {
    "bold": "1",
    "dim": "2",
    "error": "1;31",
    "info": "1;36",
    "place": "1;34",
    "good": "32",
    "warning": "1;33",
}


class Clipped(NamedTuple):
    """The shown part of a line, and the position and number of the marks below it."""

    text: str
    indent: int
    marks: int


def visible(text: str) -> str:
    """`text` on one line, cut if it is very long, with all escaped that a terminal or CI acts on.

    These are control and invisible characters, the first one of `##vso[`, and a colon at the
    beginning: by `::` GitHub knows the lines that are commands, and what follows may begin with `:`
    (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
    """
    text = shortened(text)
    if not text.isprintable():
        text = "".join(map(_escaped, text))
    if "##" in text:
        text = COMMAND.sub(r"\\x23", text)
    return text.replace(":", r"\x3a", 1) if text.lstrip(" ")[:1] == ":" else text


def width(text: str) -> int:
    """The terminal columns of visible text."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def paint(text: str, style: str, color: bool) -> str:
    """`text` in a named style if `color` is on."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color else text


def link(text: str, address: str, on: bool) -> str:
    """`text` as a link (OSC 8) to an address of ours if `on`.

    https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda has its form.
    """
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if on else text


def rule_label(level: str, rule_id: str, color: bool, links: bool) -> str:
    """`error[source-vm-missing]` in the style of the severity, the rule as a link to its page."""
    if links:
        from vmsnap_lint.core.addresses import rule_address  # few terminals have links

        rule_id = link(rule_id, rule_address(rule_id), on=True)
    return paint(f"{level}[{rule_id}]", level, color)


@lru_cache(maxsize=256)  # all findings of a rule have the same help
def folded(text: str, room: int) -> tuple[str, ...]:
    """Prose in lines of at most `room` columns; empty lines, items and indents are kept."""
    from textwrap import wrap  # clean runs do not need it

    parts: list[str] = []
    for line in text.strip().splitlines():
        if not parts or not parts[-1] or not line.strip() or line[0] in " -*":
            parts.append(line.rstrip())
        else:
            parts[-1] += f" {line.strip()}"
    return tuple(visible(row) for part in parts for row in wrap(visible(part), room) or [""])


def excerpt(line: str, start: int, stop: int) -> Clipped:
    """The part of `line` around its characters `start` to `stop` (0-based) that fits in ROOM."""
    start = min(start, len(line))
    is_plain = len(line) <= ROOM and line.isascii() and line.isprintable() and "##" not in line
    if is_plain:  # nearly every line is
        return Clipped(line, start, max(1, min(stop, len(line)) - start))
    low, high = max(0, start - ROOM), start + ROOM
    cells = _cells(line[low:high])
    before, after = cells[: start - low], cells[start - low :]
    if low or high < len(line) or width("".join(cells)) > ROOM:
        before = _fitting(reversed(before), ROOM // 3)[::-1]
        after = _fitting(after, ROOM - width("".join(before)))
    lead = _CUT if start > len(before) else ""
    trail = _CUT if start + len(after) < len(line) else ""
    left = lead + "".join(before)
    marked = width("".join(after[: max(0, stop - start)]))
    return Clipped(left + "".join(after) + trail, width(left), max(1, marked))


def _fitting(cells: Iterable[str], room: int) -> list[str]:
    """The first cells that fit into `room` columns."""
    listed = list(cells)
    totals = accumulate(map(width, listed))
    return [cell for cell, total in zip(listed, totals, strict=True) if total <= room]


def _cells(text: str) -> list[str]:
    """Each character as it is shown."""
    cells = [_TAB if character == "\t" else _escaped(character) for character in text]
    for command in COMMAND.finditer(text):
        cells[command.start()] = r"\x23"
    return cells


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _columns(character: str) -> int:
    from unicodedata import category, east_asian_width  # few runs need it

    if category(character) in {"Mn", "Me"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1
