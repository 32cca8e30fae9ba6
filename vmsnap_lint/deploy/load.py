"""Makes units of the files of a run, with notes of what cannot be read."""

from __future__ import annotations

import os
import re
from itertools import chain
from types import MappingProxyType

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.relevance import INNERMOST, uploads
from vmsnap_lint.core.relevance import plain as plain_ascii
from vmsnap_lint.deploy.assembly import applied_together, units_of
from vmsnap_lint.deploy.decoding import decoded, decoded_files, with_objects
from vmsnap_lint.deploy.units import Unwrapped, completed
from vmsnap_lint.deploy.unread import LOST, unread, unused_patches
from vmsnap_lint.document import FaultKind
from vmsnap_lint.input.sources import Role
from vmsnap_lint.objects.history import NONE, History
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.partial import parted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.applied import FoundCluster, FoundClusters, NamedCluster
    from vmsnap_lint.deploy.decoding import Decoded
    from vmsnap_lint.deploy.render.rendering import RenderedTrees
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.document.embedded import Page
    from vmsnap_lint.input.sources import SourceFile, Sources
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure

    ObjectsOf = Callable[[Document], Iterable[Manifest]]

__all__ = ["LoadedInput", "read"]

_HIDING = LOST | {FaultKind.DROPPED}
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
    replaces all variables that names have. `built_of` are the files of built trees by real path,
    some of which are decoded only when a place in them is asked for.
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
    built_of: Mapping[str, Source] = MappingProxyType({})

    def by_file(self) -> dict[str, Source]:
        """The sources by the file name in findings."""
        every = (*self.built_of.values(), *self.others, *self.sources)
        return {source.file: source for source in every}

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
    found: FoundClusters | None = None,
    known: Decoded | None = None,
    objects_of: ObjectsOf = manifests,
) -> LoadedInput:
    """The objects of every file, with clusters and rendered trees in place of their files.

    `known` are files that are decoded already; `objects_of` gives the objects of a document. Raises
    DefectError where the reader breaks, ExhaustedError for want of memory.
    """
    files = with_objects(sources)
    known = decoded(sources) if known is None else known
    of_files = {file: _built_of(file, rendered) or known[file] for file in files}
    used = _used(files, rendered, found)
    plain = {f: of_files[f] for f in files if f not in used}
    scripts = [_script(file) for file in sources.scripts]
    pages = [_page(file) for file in sources.files if file.role is Role.PAGE]
    others = [f for f in sources.files if _holds_values(f)]
    values = [of_files.get(f) or _built_of(f, rendered) or decoded_files((f,))[f] for f in others]
    documents = list(_documents(plain.values()))
    objects = parted(chain.from_iterable(map(objects_of, documents)))
    opened = _opened(units_of(objects, rendered, found), documents, values)
    clusters, every = (found.clusters, found.every()) if found else ((), ())
    notes = {*sources.not_checked, *objects.notes, *opened.not_checked}
    notes.update(_unread(sources, plain, rendered, found), *(page.not_checked for page in pages))
    return LoadedInput(
        sources=tuple(source for file, source in of_files.items() if file.role is Role.MANIFEST),
        units=(
            *_completed(opened, len(clusters), (*scripts, *pages, *plain.values())),
            *opened.separate,
            *map(completed, _page_units(pages)),
        ),
        damaged_kinds=frozenset(chain(_hidden(sources), *map(_kinds_in, plain.values()))),
        rendered_later=_rendered_later(plain).union(*(cluster.changed for cluster in every)),
        not_checked=tuple(sorted(notes)),
        files=sources.examined,
        named=sources.named,
        failures=_failures(rendered, every),
        others=(*pages, *scripts, *values),
        unread=sources.unread,
        clusters=tuple(cluster.known for cluster in clusters),
        unused=tuple(sorted(file.path for file in plain)) if clusters else (),
        texts=opened.texts,
        replaced=_replaced(found) if found else frozenset(),
        built_of=rendered.sources if rendered else MappingProxyType({}),
    )


def _used(
    files: Iterable[SourceFile], rendered: RenderedTrees | None, found: FoundClusters | None
) -> set[SourceFile]:
    """The files of clusters and rendered trees; those of trees that fail are read as written."""
    used = (rendered.used() if rendered else frozenset()) | (found.files if found else frozenset())
    return {file for file in files if real_path(file.location) in used} if used else set()


def _holds_values(file: SourceFile) -> bool:
    """Whether it holds values of a chart, by its name, and so may hold objects that it makes."""
    is_read = file.role in (Role.CONFIG, Role.MANIFEST)
    return is_read and os.path.basename(file.path).startswith("values")


def _opened(units: list[Unit], documents: list[Document], values: list[Source]) -> Unwrapped:
    """The units with the objects inside their objects, where any may hold some."""
    holders = (m for unit in units for m in unit.manifests if m.group_kind not in INNERMOST)
    tasks = (document for document in documents if document.shape is list)
    if not values and not any(True for _ in chain(holders, tasks)):
        return Unwrapped(tuple(units))
    from vmsnap_lint.deploy.unwrapping import unwrapped  # few inputs hold any

    return unwrapped(units, documents, _documents(values))


def _completed(
    opened: Unwrapped, number_of_clusters: int, texts: Iterable[Source]
) -> Iterator[Unit]:
    """The units as they are applied together, with what their objects and the texts make."""
    made = _made_by(texts)
    return (completed(unit, *made) for unit in applied_together(opened, number_of_clusters))


def _made_by(texts: Iterable[Source]) -> list[Gap]:
    """The PVCs that commands in texts make."""
    telling = [text for text in texts if uploads(text.data)]
    if not telling:
        return []
    from vmsnap_lint.objects.uploads import made_by  # few inputs have such commands

    return [gap for text in telling for gap in made_by(text)]


def _unread(
    sources: Sources,
    plain: Mapping[SourceFile, Source],
    rendered: RenderedTrees | None,
    found: FoundClusters | None,
) -> Iterator[NotChecked]:
    """The notes of trees and files that are not read or not built as a whole."""
    of_clusters = [note for cluster in found.every() for note in cluster.notes] if found else []
    yield from of_clusters
    noted = {note.file for note in of_clusters}
    used = found.files if found else frozenset()
    if rendered:
        yield from _unbuilt(rendered)
        noted |= {tree.root for tree in rendered.not_rendered}
        used |= rendered.noted()
    yield from unused_patches(sources.files, used)
    yield from unread(plain, noted)


def _rendered_later(files: Iterable[SourceFile]) -> frozenset[str]:
    return frozenset(f.path for f in files if f.kustomized or f.role is Role.TEMPLATE)


def _failures(
    rendered: RenderedTrees | None, clusters: Iterable[FoundCluster]
) -> tuple[BuildFailure, ...]:
    own = rendered.failures if rendered else ()
    return (*own, *chain.from_iterable(cluster.failures for cluster in clusters))


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


def _built_of(file: SourceFile, rendered: RenderedTrees | None) -> Source | None:
    """What a built tree has decoded already."""
    if rendered and rendered.sources:
        source = rendered.sources.get(real_path(file.location))
        if source is not None and source.file == file.path:
            return source
    return None


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
    """The kinds that a text names of which a fault hides a part, read without decoding it."""
    if all(fault.kind not in _HIDING for fault in source.faults):
        return
    for match in re.finditer(_KIND, plain_ascii(source.data)):
        yield match[1].decode("ascii")
