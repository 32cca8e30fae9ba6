"""Writes what counts the objects of the page, and what chooses those that are shown."""

from __future__ import annotations

from collections import Counter

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.pictures.page_entry import KINDS, VERDICTS, verdict_mark
from vmsnap_lint.report.pictures.page_text import html, own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.report.pictures.page_entry import PageEntry
    from vmsnap_lint.report.plans import Plans

__all__ = ["choices", "cluster_choice", "numbers"]


def numbers(entries: Sequence[PageEntry]) -> Iterator[str]:
    """The table of numbers, a row a kind and a column a verdict."""
    counts = Counter((entry.kind, entry.plan.verdict) for entry in entries)
    kinds = [kind for kind in KINDS if any(kind == each for each, _ in counts)]
    verdicts = [verdict for verdict in VERDICTS if any(verdict is each for _, each in counts)]
    if not entries:
        return
    yield '<div class="scroll" tabindex="0" role="group" aria-label="Numbers"><table>'
    heads = "".join(f'<th scope="col">{verdict_mark(verdict)}</th>' for verdict in verdicts)
    yield f'<thead><tr><th scope="col">Kind</th>{heads}<th scope="col">all</th></tr></thead><tbody>'
    for kind in kinds:
        row = [counts[kind, verdict] for verdict in verdicts]
        yield f'<tr><th scope="row">{own(kind.kind)}</th>{_cells((*row, sum(row)))}</tr>'
    if len(kinds) > 1:
        totals = [sum(counts[kind, verdict] for kind in kinds) for verdict in verdicts]
        yield f'<tr><th scope="row">all</th>{_cells((*totals, len(entries)))}</tr>'
    yield "</tbody></table></div>"


def cluster_choice(plans: Plans) -> Iterator[str]:
    """The choice of a cluster, where some are declared."""
    if not plans.clusters:
        return
    yield '<label>Cluster <select id="cluster"><option value="">all</option>'
    for name in dict.fromkeys(plans.clusters):
        yield f'<option value="{html(name)}">{html(name)}</option>'
    yield '<option value="">in no cluster</option></select></label>'


def choices(entries: Sequence[PageEntry]) -> Iterator[str]:
    """The boxes of the verdicts and kinds that occur."""
    by_verdict = Counter(entry.plan.verdict for entry in entries)
    by_kind = Counter(entry.kind for entry in entries)
    verdicts = [
        _box("verdict", verdict.value, verdict_mark(verdict), by_verdict[verdict])
        for verdict in VERDICTS
        if by_verdict[verdict]
    ]
    kinds = [
        _box("kind", kind.kind, own(kind.kind), by_kind[kind]) for kind in KINDS if by_kind[kind]
    ]
    for legend, boxes in (("Verdict", verdicts), ("Kind", kinds)):
        if boxes:
            yield from (f"<fieldset><legend>{legend}</legend>", *boxes, "</fieldset>")


def _box(name: str, value: str, label: str, count: int) -> str:
    box = f'<input type="checkbox" name="{name}" value="{value}">'
    return f'<label>{box} {label} <span class="soft">{count}</span></label>'


def _cells(counts: Iterable[int]) -> str:
    zero = '<td class="n zero">0</td>'
    return "".join(f'<td class="n">{count}</td>' if count else zero for count in counts)
