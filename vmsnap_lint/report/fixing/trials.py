"""Which changes of texts are certain: many are tried at once, and by halves where that fails."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.editing.rewriting import are_certain, edits_of
from vmsnap_lint.report.fixing.stretches import Stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.document import Document
    from vmsnap_lint.document.editing.rewriting import TextDraft
    from vmsnap_lint.document.source import HomeText

__all__ = ["Trials", "characters_of"]

_MOST_LAYERS = 4


class Trials:
    """Drafts that were tried; at most so many characters are read for all of them."""

    def __init__(self, characters: int) -> None:
        self._left = characters
        self._certain: set[int] = set()
        self._tried: dict[object, tuple[TextDraft, tuple[Edit, ...]]] = {}

    def together(self, drafts: Iterable[TextDraft]) -> None:
        """Tries those of each text at once: that costs as much as to try one of them."""
        of_text: dict[object, list[TextDraft]] = {}
        for draft in _different(drafts):
            document, holds = draft.home.document, draft.home.holds
            is_of_page = holds is None and document.source.is_excerpt
            text = document.file if is_of_page else (document, holds)
            of_text.setdefault(text, []).append(draft)
        for of_one in of_text.values():
            for layer in _layers(of_one):
                self._try(layer)

    def edits(self, draft: TextDraft) -> tuple[Edit, ...]:
        """The edits that it comes to, none where that is not certain."""
        known, edits = self._tried.get(_key(draft), (None, ()))
        if known is not None and known.operations == draft.operations:
            return edits
        is_certain = id(draft) in self._certain
        if not is_certain:
            if self._left < 0:
                return ()
            self._left -= characters_of(draft.home)
        edits = edits_of(draft, is_certain=is_certain)
        self._tried[_key(draft)] = draft, edits
        return edits

    def _try(self, drafts: Sequence[TextDraft]) -> None:
        if len(drafts) < 2 or self._left < 0:
            return
        self._left -= characters_of(drafts[0].home)
        if are_certain(drafts):
            self._certain.update(map(id, drafts))
            return
        half = len(drafts) // 2
        self._try(drafts[:half])
        self._try(drafts[half:])


def _different(drafts: Iterable[TextDraft]) -> Iterator[TextDraft]:
    """The drafts without those that change the same document as an earlier one does."""
    known = set()
    for draft in drafts:
        key = _key(draft)
        if key not in known:
            known.add(key)
            yield draft


def _key(draft: TextDraft) -> object:
    return draft.home.document, draft.ways


def _layers(drafts: Iterable[TextDraft]) -> list[list[TextDraft]]:
    """Drafts that do not touch each other, in as many groups as that takes, up to a number."""
    layers: list[tuple[dict[Document, Stretches], list[TextDraft]]] = []
    for draft in drafts:
        stretches = [change[:2] for change in draft.best()]
        for of_document, members in (*layers, *([({}, [])] if len(layers) < _MOST_LAYERS else [])):
            taken = of_document.setdefault(draft.home.document, Stretches())
            if taken.are_free(stretches):
                taken.take(stretches)
                members.append(draft)
                if len(members) == 1:
                    layers.append((of_document, members))
                break
    return [members for _, members in layers]


def characters_of(home: HomeText) -> int:
    """How many characters are read to try a change there."""
    source = home.document.source
    if source.inset is None and home.holds is None:
        piece = source.piece(home.document.index)
        return piece.end - piece.start
    lines = source.lines
    while lines.inset is not None:
        lines = lines.inset.page
    return len(lines.text)
