"""Gathers the files of a run, with those that Flux and Argo CD apply, and reads them."""

from __future__ import annotations

import os
from functools import partial

from vmsnap_lint.core import real_paths, stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.deploy import load
from vmsnap_lint.input import sources
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.load import Decoded, LoadedInput, ObjectsOf
    from vmsnap_lint.input.sources import Readings, Sources

__all__ = ["gathered", "loaded"]


def gathered(
    places: tuple[str, ...],
    stdin: bytes | None,
    settings: Settings,
    markers: tuple[bytes, ...],
    readings: Readings | None = None,
) -> Sources:
    """The files of the paths, and of the directories that Flux and Argo CD apply from there.

    What is in `readings` is not read again.

    Raises UsageError for unusable paths.
    """
    real_paths.forget()
    search, context = settings.search(), settings.context
    readings = readings or sources.Readings()
    collect = partial(
        sources.collect,
        search=search, stdin=stdin, markers=markers, context=context, readings=readings,
    )  # fmt: skip
    files = collect(places)
    first = files.locations
    further: set[str] = set()
    while files.pointers:
        from vmsnap_lint.deploy.leading import leads  # most runs have none

        new = leads(files, places) - further
        if not new:
            break
        further |= new
        every = (*places, *sorted(map(os.path.relpath, further)))
        files = collect(every)
    return files._replace(led_to=files.locations - first)


def loaded(
    files: Sources,
    settings: Settings,
    known: Decoded | None = None,
    objects_of: ObjectsOf = manifests,
) -> LoadedInput:
    """The objects of the files, with the clusters and trees that they are applied as.

    What is in `known` is not decoded again; what is decoded is added to it. Raises UsageError where
    a tree must be rendered and no program is there to do it, and for a name of --cluster that no
    cluster has.
    """
    every = _read(files, settings, {} if known is None else known, objects_of)
    if not settings.cluster:
        return every
    from vmsnap_lint.deploy import chosen_clusters  # few runs name one

    return chosen_clusters.chosen(every, settings.cluster)


def _read(files: Sources, settings: Settings, known: Decoded, objects_of: ObjectsOf) -> LoadedInput:
    decoded = load.decoded(files, known)
    is_rendered = bool(files.kustomizations) or any(file.chart for file in files.files)
    if not is_rendered and not files.pointers and not settings.clusters:
        return load.read(files, known=decoded, objects_of=objects_of)
    from vmsnap_lint.deploy.discovery import discover  # many runs have nothing to render
    from vmsnap_lint.deploy.render.build import Renderer

    stages.enter("following what applies files")
    renderer = Renderer(files, settings, decoded)
    found = discover(files, renderer, settings)
    beside = frozenset(map(real_path, files.led_to)) - found.files
    kept = (file for file in files.files if real_path(file.location) not in beside)
    files = files._replace(files=tuple(kept))
    trees = renderer.trees(found.files | beside)
    renderer.cache.release()
    return load.read(files, trees, found, decoded, objects_of)
