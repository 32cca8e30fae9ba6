"""Draws a chain of objects as a list: a box for each, with the place where it is declared."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.report.pictures.page_text import html, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vmsnap_lint.kubevirt.chain_link import ChainLink
    from vmsnap_lint.objects.manifest import Place

    WhereIs = Callable[[Place], str]

__all__ = ["chain", "place"]

_ABSENCES = {
    Absence.ABSENT: "does not exist",
    Absence.GUESSED: "not found",
    Absence.UNKNOWN: "not in the input",
    Absence.AMBIGUOUS: "several definitions",
}


def chain(
    links: Iterable[ChainLink], breaks_at: str, where_is: WhereIs, *, is_certain: bool = True
) -> Iterator[str]:
    """The lines of the list; the first object of kind `breaks_at` is marked as its end."""
    yield '<ol class="chain" role="list">'
    for link in links:
        box = f'<span class="box">{_box(link, where_is)}</span>'
        if link.kind == breaks_at:
            breaks_at = ""
            yield f"{_mark(link, is_certain=is_certain)}{box}</li>"
        else:
            yield f"<li>{box}</li>"
    yield "</ol>"


def place(text: str) -> str:
    """A file and a line, to be copied."""
    return f'<code dir="ltr">{html(text)}</code>'


def _mark(link: ChainLink, *, is_certain: bool) -> str:
    """The beginning of the item at which a chain breaks; the arrow to a missing object is cut."""
    if not is_certain:
        return '<li class="doubt"><span class="off">not known from </span>'
    shape = "fault" if link.at is not None else "cut"
    return f'<li class="{shape}"><span class="off">broken at </span>'


def _box(link: ChainLink, where_is: WhereIs) -> str:
    """Kind, name, and where it is declared or why that is not shown."""
    name = named(link.name) if link.name else f"<i>{html(link.note or 'none')}</i>"
    parts = [f"<small>{html(link.kind)}</small>", name]
    if link.at is not None:
        parts.append(place(where_is(link.at)))
    elif link.name:
        note = link.note or (_ABSENCES[link.absence] if link.absence else "")
        parts += [f"<small>{html(note)}</small>"] if note else []
    return " ".join(parts)
