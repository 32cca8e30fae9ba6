"""From a name to where its object is declared, and to every place that names it."""

from __future__ import annotations

from operator import attrgetter

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.editor.declarations import named_at, users_of
from vmsnap_lint.editor.named_fields import NAME
from vmsnap_lint.editor.values_at import values_at
from vmsnap_lint.editor.view import Location
from vmsnap_lint.report.finding_places import where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.editor.view import View
    from vmsnap_lint.editor.written_value import WrittenValue
    from vmsnap_lint.objects.manifest import Place

__all__ = ["definitions", "locations", "references_at"]


def definitions(
    view: View, file: str, line: int, column: int, text: str | None = None
) -> list[Location]:
    """Where the objects are declared that are named at a place, in each cluster.

    For a provisioner these are the VolumeSnapshotClasses of its driver, and the other way round.
    What a template writes is found in the values of its chart, too. `text` is that of a buffer that
    may be newer than the view.
    """
    places: dict[Place, None] = {}
    for here in values_at(view, file, line, column, text):
        named = named_at(here)
        places |= dict.fromkeys(named.at if named is not None else _of_driver(here))
    return locations(places)


def references_at(
    view: View,
    file: str,
    line: int,
    column: int,
    text: str | None = None,
    *,
    declarations: bool = True,
) -> list[Location]:
    """Every place that names the object at a place, and with `declarations` that of its own name.

    Sorted by file and line. `text` is that of a buffer that may be newer than the view.
    """
    places: dict[Place, None] = {}
    for here in values_at(view, file, line, column, text):
        named = named_at(here)
        if named is None:
            continue
        places |= dict.fromkeys(named.at if declarations else ())
        places |= dict.fromkeys(reference.at() for reference in users_of(view, named))
    return sorted(locations(places))


def locations(places: Iterable[Place]) -> list[Location]:
    """The files and spans of places, and of what a template writes there also those in values."""
    found: dict[Location, None] = {}
    for place in places:
        found[Location(*where(place))] = None
        manifest = place.manifest
        setting = manifest.document.setting((*manifest.root, *place.path))
        if setting is not None:
            found[Location(*setting)] = None
    return [*found]


def _of_driver(here: WrittenValue) -> Iterator[Place]:
    """The classes that are for the same driver as the one with that field."""
    cluster, manifest = here.world.cluster, here.manifest
    driver = manifest.text(*here.path)
    if manifest.group_kind == kinds.STORAGE_CLASS and here.path == ("provisioner",):
        yield from (each.at(*NAME) for each in cluster.snapshot_classes[driver])
    elif manifest.group_kind == kinds.VOLUME_SNAPSHOT_CLASS and here.path == ("driver",):
        classes = cluster.workspace.of(kinds.STORAGE_CLASS)
        same = (each for each in classes if each.text("provisioner") == driver)
        yield from (each.at(*NAME) for each in sorted(same, key=attrgetter("name")))
