"""Gathers the files of a run, with those that Flux and Argo CD apply, and reads them."""

from __future__ import annotations

import os
from functools import partial

from vmsnap_lint.core import real_paths, stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.deploy import load, with_facts
from vmsnap_lint.deploy.decoding import decoded
from vmsnap_lint.input import selection, sources
from vmsnap_lint.input.own_files import without_own
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.decoding import Decoded
    from vmsnap_lint.deploy.load import LoadedInput, ObjectsOf
    from vmsnap_lint.input.sources import Readings, Sources

__all__ = ["Before", "read"]


class Before(NamedTuple):
    """What earlier runs over the same input left, of which a run reads only what has changed.

    `decoded` gets what it decodes; `objects_of` gives the objects of a document.
    """

    readings: Readings
    decoded: Decoded
    objects_of: ObjectsOf = manifests


def read(
    paths: tuple[str, ...],
    stdin: bytes | None,
    settings: Settings,
    markers: tuple[bytes, ...],
    before: Before | None = None,
) -> tuple[Sources, LoadedInput]:
    """The files of a run, and their objects; a file with one of `markers` is in scope by that.

    Raises UsageError for unusable input.
    """
    stages.enter("reading files")
    before = before or Before(sources.Readings(), {})
    places = selection.looked_at(paths, settings)
    files = _gathered(places, stdin, settings, markers, before)
    if settings.root or settings.stdin_filename:
        files = selection.with_unread(files, paths)
    files = with_facts.aside(without_own(files, settings), settings)
    loaded = _loaded(files, settings, before)
    if not settings.since:
        return files, loaded
    stages.enter("comparing with an older revision")
    from vmsnap_lint.deploy import changes  # few runs need a revision

    every = (*places, *settings.context)
    past = changes.history(settings.since, every, settings.search(), files, loaded)
    return files, loaded._replace(history=selection.with_context(past, settings.context))


def _gathered(
    places: tuple[str, ...],
    stdin: bytes | None,
    settings: Settings,
    markers: tuple[bytes, ...],
    before: Before,
) -> Sources:
    """The files of the paths, and of the directories that Flux and Argo CD apply from there.

    What is in `before` is not read again.

    Raises UsageError for unusable paths.
    """
    real_paths.forget()
    search, context = settings.search(), settings.context
    collect = partial(
        sources.collect,
        search=search, stdin=stdin, markers=markers, context=context,
        readings=before.readings,
    )  # fmt: skip
    files = collect(places)
    first = files.locations
    further: set[str] = set()
    while files.pointers:
        from vmsnap_lint.deploy.leading import leads  # most runs have none

        new = leads(files, places, before.decoded) - further
        if not new:
            break
        further |= new
        every = (*places, *sorted(map(os.path.relpath, further)))
        files = collect(every)
    return files._replace(led_to=files.locations - first)


def _loaded(files: Sources, settings: Settings, before: Before) -> LoadedInput:
    """The objects of the files, with the clusters and trees that they are applied as.

    Raises UsageError where a tree must be rendered and no program is there to do it, and for a name
    of --cluster that no cluster has.
    """
    every = _applied(files, settings, before)
    if not settings.cluster:
        return every
    from vmsnap_lint.deploy import chosen_clusters  # few runs name one

    return chosen_clusters.chosen(every, settings.cluster)


def _applied(files: Sources, settings: Settings, before: Before) -> LoadedInput:
    """The objects as they are applied, in all clusters."""
    known, objects_of = decoded(files, before.decoded), before.objects_of
    is_rendered = bool(files.kustomizations) or any(file.chart for file in files.files)
    if not is_rendered and not files.pointers and not settings.clusters:
        return load.read(files, known=known, objects_of=objects_of)
    from vmsnap_lint.deploy.discovery import discover  # many runs have nothing to render
    from vmsnap_lint.deploy.render.build import Renderer

    stages.enter("following what applies files")
    renderer = Renderer(files, settings, known)
    found = discover(files, renderer, settings)
    beside = frozenset(map(real_path, files.led_to)) - found.files
    kept = (file for file in files.files if real_path(file.location) not in beside)
    files = files._replace(files=tuple(kept))
    trees = renderer.trees(found.files | beside)
    renderer.cache.release()
    loaded = load.read(files, trees, found, known, objects_of)
    real_paths.forget()  # few are asked for again
    return loaded
