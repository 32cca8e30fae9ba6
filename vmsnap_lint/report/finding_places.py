"""Places of problems become files and lines, which costs a parse of each document."""

from __future__ import annotations

from vmsnap_lint.core import workers
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.problem import Problem

    AnyPlace = Place | SourceSpan
    At = tuple[str, Span]
    Located = Mapping[AnyPlace, tuple[At, At | None]]

__all__ = ["located", "where"]

_SECONDS = 300e-6  # about what the document of a place takes


def located(problems: Iterable[tuple[str, Problem]]) -> Located:
    """Where the places of problems are, and where the values of a template are set there."""
    documents: dict[object, dict[AnyPlace, None]] = {}
    for _, problem in problems:
        for place in (problem.at, *problem.related):
            of = None if isinstance(place, SourceSpan) else place.manifest.document
            documents.setdefault(of, {})[place] = None
    groups = [tuple(places) for places in documents.values()]
    lines = workers.spread(groups, _lines, [_SECONDS] * len(groups))
    return {
        place: line
        for places, of_document in zip(groups, lines, strict=True)
        for place, line in zip(places, of_document, strict=True)
    }


def where(place: AnyPlace) -> At:
    """The file and the span of a place."""
    if isinstance(place, SourceSpan):
        return place.source.file, place.span
    manifest = place.manifest
    return manifest.document.where((*manifest.root, *place.path), key=place.key)


def _lines(places: Iterable[AnyPlace]) -> Iterator[tuple[At, At | None]]:
    return ((where(place), _setting(place)) for place in places)


def _setting(place: AnyPlace) -> At | None:
    """The place in a values file of what a template writes at a place."""
    if isinstance(place, SourceSpan):
        return None
    return place.manifest.document.setting((*place.manifest.root, *place.path))
