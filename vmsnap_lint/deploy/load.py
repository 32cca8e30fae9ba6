"""Decodes the files of a run to sources and units, with notes of what cannot be read."""

from __future__ import annotations

import os
import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import DefectError, ExhaustedError
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import plain as plain_ascii
from vmsnap_lint.deploy import applied
from vmsnap_lint.deploy.assembly import applied_together, units_of
from vmsnap_lint.deploy.units import completed
from vmsnap_lint.deploy.unread import LOST, unread, unused_patches
from vmsnap_lint.deploy.unwrapping import holds_values, unwrapped
from vmsnap_lint.document import FaultKind
from vmsnap_lint.input.sources import Role
from vmsnap_lint.objects.history import NONE, History
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.partial import parted
from vmsnap_lint.objects.uploads import made_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.applied import FoundClusters, NamedCluster
    from vmsnap_lint.deploy.render.rendering import RenderedTrees
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.document.embedded import Page
    from vmsnap_lint.input.sources import SourceFile, Sources
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure

__all__ = ["LoadedInput", "read"]

_KIND = rb"""(?m)^[ \t]*(?:- )?["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]+)"""


class LoadedInput(NamedTuple):
    """The input of a run.

    `damaged_kinds` are the kinds in text that does not parse: an object of these may be there.
    `named` are the files that were named themselves, `history` are the changes since an older
    revision; `rendered_later` names the files that kustomize or helm builds, `failures` are trees
    that they could not build; `others` are the sources of pages and of what was read to render;
    `unread` are files and directories that could not be read: any object may be there. `clusters`
    are those that are declared, `unused` the files with objects that none of them uses; `texts` are
    parts of files that hold objects: scripts, and files in ConfigMaps. In the files `replaced` Flux
    replaces all variables that names have.
    """

    sources: tuple[Source, ...]
    units: tuple[Unit, ...]
    damaged_kinds: frozenset[str]
    rendered_later: frozenset[str]
    not_checked: tuple[NotChecked, ...]
    files: int
    named: frozenset[str]
    failures: tuple[BuildFailure, ...] = ()
    others: tuple[Source, ...] = ()
    history: History = NONE
    unread: tuple[NotChecked, ...] = ()
    clusters: tuple[NamedCluster, ...] = ()
    unused: tuple[str, ...] = ()
    texts: tuple[Source, ...] = ()
    replaced: frozenset[str] = frozenset()

    def by_file(self) -> dict[str, Source]:
        """The sources by the file name in findings."""
        return {source.file: source for source in (*self.others, *self.sources)}

    def without(self, reasons: Mapping[Manifest, str]) -> LoadedInput:
        """The input without some of its objects, each noted as not checked with its reason."""

        def kept(manifests: Iterable[Manifest]) -> tuple[Manifest, ...]:
            return tuple(manifest for manifest in manifests if manifest not in reasons)

        notes = {NotChecked(manifest.file, reason) for manifest, reason in reasons.items()}
        return self._replace(
            units=tuple(
                unit._replace(manifests=kept(unit.manifests), outside=kept(unit.outside))
                for unit in self.units
            ),
            damaged_kinds=self.damaged_kinds | {manifest.kind for manifest in reasons},
            not_checked=tuple(sorted({*self.not_checked, *notes})),
        )


def read(
    sources: Sources,
    rendered: RenderedTrees | None = None,
    found: FoundClusters = applied.NONE,
) -> LoadedInput:
    """The objects of every file, with clusters and rendered trees in place of their files.

    Raises DefectError where the reader breaks, ExhaustedError for want of memory.
    """
    files = [file for file in sources.files if file.role in (Role.MANIFEST, Role.TEMPLATE)]
    decoded = {file: _source(file, rendered) for file in files}
    used = _built_of(files, rendered) | _of_clusters(files, found)
    plain = {f: source for f, source in decoded.items() if f not in used}
    scripts = [_script(file) for file in sources.scripts]
    pages = [_page(file) for file in sources.files if file.role is Role.PAGE]
    made = [gap for text in (*scripts, *pages, *plain.values()) for gap in made_by(text)]
    lost = {*LOST, FaultKind.DROPPED}
    damaged = [source for source in plain.values() if any(f.kind in lost for f in source.faults)]
    plain_objects = parted(chain.from_iterable(map(manifests, _documents(plain.values()))))
    first = units_of(plain_objects, rendered, found)
    values = [
        decoded.get(file) or _source(file, rendered) for file in sources.files if holds_values(file)
    ]
    opened = unwrapped(first, _documents(plain.values()), _documents(values))
    of_clusters = list(chain.from_iterable(cluster.notes for cluster in found.every()))
    told = {note.file for note in of_clusters}
    told |= {tree.root for tree in rendered.not_rendered} if rendered else set()
    notes = {
        *sources.not_checked,
        *of_clusters,
        *(_unbuilt(rendered) if rendered else ()),
        *(note for page in pages for note in page.not_checked),
        *unused_patches(sources.files, found.files | (rendered.told() if rendered else set())),
        *unread(plain, told),
        *opened.not_checked,
        *plain_objects.notes,
    }
    return LoadedInput(
        sources=tuple(source for file, source in decoded.items() if file.role is Role.MANIFEST),
        units=(
            *(completed(unit, *made) for unit in applied_together(opened, len(found.clusters))),
            *opened.aside,
            *map(completed, _page_units(pages)),
        ),
        damaged_kinds=frozenset(chain(_hidden(sources), *map(_kinds_in, damaged))),
        rendered_later=frozenset(
            file.path for file in plain if file.kustomized or file.role is Role.TEMPLATE
        ).union(*(cluster.changed for cluster in found.every())),
        not_checked=tuple(sorted(notes)),
        files=sources.examined,
        named=sources.named,
        failures=(
            *(rendered.failures if rendered else ()),
            *chain.from_iterable(cluster.failures for cluster in found.every()),
        ),
        others=(*(rendered.sources.values() if rendered else ()), *pages, *scripts, *values),
        unread=sources.unread,
        clusters=tuple(cluster.known for cluster in found.clusters),
        unused=tuple(sorted(file.path for file in plain)) if found.clusters else (),
        texts=opened.texts,
        replaced=_replaced(found),
    )


def _built_of(files: Iterable[SourceFile], rendered: RenderedTrees | None) -> set[SourceFile]:
    """The files of rendered trees. Those of trees that cannot be rendered are read as written."""
    used = rendered.used() if rendered else frozenset()
    return {file for file in files if os.path.realpath(file.location) in used} if used else set()


def _of_clusters(files: Iterable[SourceFile], found: FoundClusters) -> set[SourceFile]:
    """The files that are applied to clusters."""
    places = found.files
    return (
        {file for file in files if os.path.realpath(file.location) in places} if places else set()
    )


def _replaced(found: FoundClusters) -> frozenset[str]:
    """The files in which Flux replaces variables so that all names are known, in each cluster."""
    files = frozenset().union(*(cluster.replaced for cluster in found.every()))
    if not files:
        return files
    from vmsnap_lint.deploy.substitution import left_open  # few runs have variables

    objects = chain.from_iterable((*each.manifests, *each.outside) for each in found.every())
    return files - {each.file for each in objects if each.file in files and left_open(each)}


def _unbuilt(rendered: RenderedTrees) -> Iterator[NotChecked]:
    yield from rendered.notes
    yield from (NotChecked(t.root, t.reason) for t in rendered.not_rendered if t.reason)


def _source(file: SourceFile, rendered: RenderedTrees | None) -> Source:
    """The file, decoded once."""
    if rendered and rendered.sources:
        source = rendered.sources.get(os.path.realpath(file.location))
        if source is not None and source.file == file.path:
            return source
    try:
        return document.read(file.path, file.data)
    except (MemoryError, RecursionError) as error:
        raise ExhaustedError(error, file.path) from None
    except Exception as error:
        raise DefectError(f"reading {file.path} failed: {error!r}") from error


def _script(file: SourceFile) -> Source:
    """A text with commands, which has no documents."""
    from vmsnap_lint.document.embedded import Page  # as above

    return Page(file.path, file.data)


def _documents(sources: Iterable[Source]) -> Iterator[Document]:
    return chain.from_iterable(source.documents for source in sources)


def _page(file: SourceFile) -> Page:
    from vmsnap_lint.document import embedded  # most runs see no page

    return embedded.read(file.path, file.data)


def _page_units(pages: Iterable[Page]) -> Iterator[Unit]:
    for page in pages:
        from vmsnap_lint.deploy.pages import units_of  # as above

        yield from units_of(page)


def _hidden(sources: Sources) -> frozenset[str]:
    """The kinds that may be in what could not be read: every one."""
    if not sources.unread:
        return frozenset()
    from vmsnap_lint.config.suggestions import KINDS  # most runs read everything

    return KINDS


def _kinds_in(source: Source) -> Iterator[str]:
    """The kinds that the text names, read without decoding it."""
    for match in re.finditer(_KIND, plain_ascii(source.data)):
        yield match[1].decode("ascii")
