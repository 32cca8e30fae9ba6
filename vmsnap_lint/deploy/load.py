"""Decodes the files of a run to sources and units, with notes of what cannot be read."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import DefectError, ExhaustedError
from vmsnap_lint.core.file_names import is_prose
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import plain as plain_ascii
from vmsnap_lint.deploy import applied
from vmsnap_lint.deploy.clusters import by_cluster
from vmsnap_lint.deploy.meeting import joined
from vmsnap_lint.deploy.units import Unit, apart, completed, undeclared
from vmsnap_lint.deploy.unwrapping import holds_values, unwrapped, why_no_object
from vmsnap_lint.document import FaultKind
from vmsnap_lint.input.sources import Role
from vmsnap_lint.objects.history import NONE, History
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.partial import parted
from vmsnap_lint.objects.uploads import made_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.applied import FoundCluster, FoundClusters, NamedCluster
    from vmsnap_lint.deploy.render.rendering import RenderedTrees
    from vmsnap_lint.deploy.unwrapping import Unwrapped
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.document.embedded import Page
    from vmsnap_lint.input.sources import SourceFile, Sources
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.partial import Parted
    from vmsnap_lint.objects.provenance import BuildFailure

__all__ = ["LoadedInput", "read"]

_PLAIN = ("",)
_LOST = frozenset((FaultKind.BUDGET, FaultKind.ENCODING, FaultKind.SYNTAX, FaultKind.TEMPLATE))
_KIND = rb"""(?m)^[ \t]*(?:- )?["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]+)"""


class LoadedInput(NamedTuple):
    """The input of a run.

    `damaged_kinds` are the kinds in text that does not parse: an object of these may be there.
    `named` are the files that were named themselves, `history` are the changes since an older
    revision; `rendered_later` names the files that kustomize or helm builds, `failures` are trees
    that they could not build; `others` are the sources of pages and of what was read to render;
    `unread` are files and directories that could not be read: any object may be there. `clusters`
    are those that are declared, `unused` the files with objects that none of them uses; `texts` are
    parts of files that hold objects: scripts, and files in ConfigMaps.
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
    lost = {*_LOST, FaultKind.DROPPED}
    damaged = [source for source in plain.values() if any(f.kind in lost for f in source.faults)]
    plain_objects = parted(chain.from_iterable(map(manifests, _documents(plain.values()))))
    first = _first_units(plain_objects, rendered, found)
    values = [
        decoded.get(file) or _source(file, rendered) for file in sources.files if holds_values(file)
    ]
    opened = unwrapped(first, _documents(plain.values()), _documents(values))
    notes = {
        *sources.not_checked,
        *(_unbuilt(rendered) if rendered else ()),
        *(note for page in pages for note in page.not_checked),
        *chain.from_iterable(cluster.notes for cluster in found.every()),
        *_unused_patches(sources.files, found.files | (rendered.told() if rendered else set())),
        *_unread(plain, rendered),
        *opened.not_checked,
        *plain_objects.notes,
    }
    return LoadedInput(
        sources=tuple(source for file, source in decoded.items() if file.role is Role.MANIFEST),
        units=(
            *(completed(unit, *made) for unit in _units(opened, len(found.clusters))),
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


def _first_units(plain: Parted, rendered: RenderedTrees | None, found: FoundClusters) -> list[Unit]:
    """Those of clusters, the plain files, then the trees in the order of their roots."""
    built, written = (rendered.built, rendered.written) if rendered else ((), ())
    not_rendered = rendered.not_rendered if rendered else ()
    made = chain.from_iterable(cluster.known.gaps for cluster in found.releases)
    gaps = (*plain.gaps, *made, *(gap for tree in not_rendered for gap in tree.gaps))
    release = rendered.release if rendered else ""
    units = [_unit_of(cluster, release) for cluster in found.clusters]
    units.append(Unit(_PLAIN, plain.objects, written, gaps=gaps, release=release))
    releases = [_unit_of(cluster, release) for cluster in found.releases]
    units += (unit for unit in releases if unit.manifests)
    units += (
        Unit(
            (tree.root,),
            tree.manifests,
            (tree.tree,),
            gaps=tree.gaps,
            release=tree.release or release,
        )
        for tree in built
        if tree.manifests
    )
    return units


def _units(opened: Unwrapped, number_of_clusters: int) -> Iterator[Unit]:
    """The units as they are applied together."""
    units = [unit._replace(gaps=(*unit.gaps, *opened.gaps)) for unit in opened.units]
    clusters, units = units[:number_of_clusters], units[number_of_clusters:]
    if len(clusters) > 1:
        yield from apart(clusters, units)
        units, clusters = list(undeclared(units, clusters)), []
    parts = by_cluster(units[0])
    for unit in joined([*units, *clusters], whole=len(parts) == 1):
        if unit.roots == _PLAIN:
            yield from parts if unit is units[0] else by_cluster(unit)
        else:
            yield unit


def _unit_of(cluster: FoundCluster, release: str) -> Unit:
    """The unit of a cluster, and that release where it names none itself."""
    known = cluster.known
    roots = (known.name or known.parts[0].what,)
    return Unit(
        roots, cluster.manifests, cluster.trees, outside=cluster.outside, cluster=known.name,
        gaps=known.gaps, appliers=cluster.appliers, release=cluster.release or release,
    )  # fmt: skip


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


def _unused_patches(files: Iterable[SourceFile], used: frozenset[str]) -> Iterator[NotChecked]:
    reason = "a kustomize patch: checked only as part of the object it patches"
    for file in files:
        if file.role is Role.PATCH and not (used and os.path.realpath(file.location) in used):
            yield NotChecked(file.path, reason)


def _unread(
    plain: Mapping[SourceFile, Source], rendered: RenderedTrees | None
) -> Iterator[NotChecked]:
    """The notes of files that do not parse; templates by their chart or directory.

    A chart that helm could not render has a note already.
    """
    told = {tree.root for tree in rendered.not_rendered} if rendered else set()
    charts: Counter[str] = Counter()
    templates: dict[str, list[str]] = defaultdict(list)
    for file, source in plain.items():
        kinds = {
            fault.kind
            for fault in source.faults
            if not fault.ours or fault.kind is FaultKind.TEMPLATE
        }
        if file.role is Role.TEMPLATE and not kinds.isdisjoint(_LOST):
            charts[file.chart] += 1
        elif FaultKind.TEMPLATE in kinds:
            templates[os.path.dirname(file.path)].append(file.path)
        elif reason := _why_unread(file, source, kinds):
            yield NotChecked(file.path, reason)
    for chart, count in charts.items():
        if chart in told:
            continue
        what = counted(count, "Helm template")
        yield NotChecked(chart, f'{what} not rendered: run "helm template" first')
    for directory, paths in templates.items():
        if len(paths) == 1:
            yield NotChecked(paths[0], "a template: render it first and lint the result")
        else:
            reason = f"{len(paths)} templates: render them first and lint the result"
            yield NotChecked(directory or ".", reason)


def _why_unread(file: SourceFile, source: Source, kinds: set[FaultKind]) -> str:
    """Why documents of a file are not checked, "" where a finding reports it or all are."""
    if is_prose(file.path) and source.faults:
        return "prose; save the manifests in it as YAML"
    if any(fault.kind is FaultKind.NOT_MAPPING and fault.ours for fault in source.faults):
        return why_no_object(source)
    if kinds.isdisjoint(_LOST):
        return ""
    if any(fault.relevance for fault in source.faults):
        return "does not parse"
    return "does not parse; it contains none of the kinds that are checked"
