"""Figures become rows with ratios and limits, a table in Markdown, and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.programs import (
    BARE,
    KUBECONFORM,
    KUSTOMIZE,
    OURS,
    PARSER,
    READER,
    RENDERING,
    TENTH,
)  # fmt: skip
from benchmarks.trees import TREES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.measured import Figures

__all__ = ["BEGIN", "END", "Row", "as_json", "markdown", "over", "replaced", "rows"]

DIRECTORY = "directory"
_OF_BASES = {
    ("tiny", BARE): 5.0,
    ("dense", PARSER): 1.0,
    ("monorepo", READER): 1.5,
    ("clusters", KUSTOMIZE): 1.3,
    (DIRECTORY, KUBECONFORM): 0.35,
    (DIRECTORY, READER): 4.0,
}
"""How many times the time of a base or peer ours may take."""
_OF_GROWTH = 11.0
"""How many times the time and memory ten times the input may take."""
_OF_MEMORY = {"wide": 400.0, "export": 400.0, "monorepo": 150.0, DIRECTORY: 150.0}
BEGIN, END = "<!-- the latest table: begin -->\n", "<!-- the latest table: end -->\n"


class Row(NamedTuple):
    """A program on a target.

    `ratio` is ours divided by it, `growth` the same of memory, where it is ours on a tenth. Where a
    limit is None, there is none.
    """

    target: str
    what: str
    program: str
    figures: Figures
    ratio: float | None = None
    limit: float | None = None
    growth: float | None = None
    megabytes: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether a figure is over its limit, or there is none of ours."""
        if self.program in (OURS, TENTH) and self.figures.lacks:
            return True
        ratios = (self.ratio, self.growth)
        over_ratio = self.limit is not None and any(each and each > self.limit for each in ratios)
        return over_ratio or (
            self.megabytes is not None and self.figures.megabytes > self.megabytes
        )


def rows(target: str, what: str, figures: Mapping[str, Figures], *, is_full: bool) -> list[Row]:
    """The rows of a target; limits are for trees of full size, that of growth is for any."""
    kind = target if target in TREES else DIRECTORY
    ours = figures.get(OURS)
    if ours is None:
        return []
    found = []
    for program, each in figures.items():
        limit = _limit(kind, program, figures) if is_full or program == TENTH else None
        row = Row(target, what, program, each, limit=limit)
        if program == OURS:
            row = row._replace(megabytes=_OF_MEMORY.get(kind) if is_full else None)
        elif program != RENDERING and not ours.lacks and (not each.lacks or _is_killed(each)):
            row = row._replace(ratio=_ratio(ours, each, program))
        if program == TENTH:
            row = row._replace(growth=ours.megabytes / each.megabytes)
        found.append(row)
    return found


def _limit(kind: str, program: str, figures: Mapping[str, Figures]) -> float | None:
    if program == TENTH:
        return _OF_GROWTH
    peer = figures.get(KUBECONFORM)
    if (kind, program) == (DIRECTORY, READER) and peer and not peer.lacks:
        return None  # the peer is the measure
    return _OF_BASES.get((kind, program))


def _ratio(ours: Figures, other: Figures, program: str) -> float:
    """Wall time; processor time for builds, of which ours overlap in another way."""
    if program == KUSTOMIZE:
        return ours.cpu / other.cpu
    return ours.seconds / other.seconds


def over(every: Sequence[Row]) -> list[str]:
    """What is over its limit, a line each."""
    return [f"{row.target}: {_shown(row)}" for row in every if row.is_over]


def _shown(row: Row) -> str:
    cells = (row.program, row.figures.lacks, _times(row), _limits(row))
    return ", ".join(cell for cell in cells if cell)


def markdown(every: Sequence[Row]) -> Iterator[str]:
    """The lines of the table."""
    yield "| tree | program | median | spread | processors | peak memory | ours, by it | limit |"
    yield "|---|---|---|---|---|---|---|---|"
    previous = ""
    for row in every:
        target = "" if row.target == previous else f"{row.target}: {row.what}"
        previous, has = row.target, row.figures
        took = has.lacks or f"{has.seconds:.3f} s"
        spread = f"{has.fastest:.3f} to {has.slowest:.3f}, {has.runs} runs"
        cells = (
            target, row.program, took, "" if has.lacks else spread, f"{has.cpu:.2f} s",
            f"{has.megabytes:.0f} MB", _times(row), _limits(row),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _times(row: Row) -> str:
    if row.ratio is None:
        return ""
    sign = "under " if _is_killed(row.figures) else ""
    memory = "" if row.growth is None else f", memory {row.growth:.2f}x"
    return f"{sign}{row.ratio:.2f}x{memory}"


def _is_killed(figures: Figures) -> bool:
    return figures.lacks.startswith("killed")


def _limits(row: Row) -> str:
    of_memory = [] if row.megabytes is None else [f"{row.megabytes:.0f} MB"]
    of_time = [] if row.limit is None else [f"{row.limit:g}x"]
    text = ", ".join([*of_time, *of_memory])
    return f"**{text}**" if text and row.is_over else text


def as_json(every: Sequence[Row], about: Mapping[str, Any]) -> dict[str, Any]:
    """All figures, and what they are about."""
    listed = [
        {**row._asdict(), "figures": row.figures._asdict(), "is_over": row.is_over} for row in every
    ]
    return {**about, "rows": listed}


def replaced(page: str, section: str) -> str:
    """The page with another section between the marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{section}{END}{after}"
