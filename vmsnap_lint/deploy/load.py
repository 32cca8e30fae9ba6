"""Files become sources, their manifests, and what could not be read of them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.file_names import is_prose
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.deploy.clusters import sites
from vmsnap_lint.deploy.units import Unit, joined
from vmsnap_lint.document import FaultKind
from vmsnap_lint.input.sources import Role
from vmsnap_lint.objects.history import NONE, History
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.render import Rendering
    from vmsnap_lint.document import Source
    from vmsnap_lint.document.embedded import Page
    from vmsnap_lint.input.sources import SourceFile, Sources
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure

__all__ = ["LoadedInput", "read"]

_LOST = frozenset((FaultKind.BUDGET, FaultKind.ENCODING, FaultKind.SYNTAX, FaultKind.TEMPLATE))
_KIND = re.compile(rb"""(?m)^[ \t]*(?:- )?["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]+)""")


class LoadedInput(NamedTuple):
    """What a run looks at.

    `damaged_kinds` are the kinds that what could not be read speaks of: an object of these that
    is not found may stand there. `named` are the files that were asked for by name, `history` is
    what changed since an older revision; `rendered_later` names the files that kustomize or helm
    builds, `failures` are trees that they could not build; `others` were read to render, or are
    pages.
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

    def by_file(self) -> dict[str, Source]:
        """The sources by the name under which findings speak of them."""
        return {source.file: source for source in (*self.others, *self.sources)}

    def without(self, lost: Mapping[Manifest, str]) -> LoadedInput:
        """The input without some of its objects, which are noted as not checked for a reason."""
        units = (
            unit._replace(
                manifests=tuple(one for one in unit.manifests if one not in lost),
                outside=tuple(one for one in unit.outside if one not in lost),
            )
            for unit in self.units
        )
        why = {NotChecked(one.file, reason) for one, reason in lost.items()}
        return self._replace(
            units=tuple(units),
            damaged_kinds=self.damaged_kinds | {one.kind for one in lost},
            not_checked=tuple(sorted({*self.not_checked, *why})),
        )


def read(found: Sources, rendering: Rendering | None = None) -> LoadedInput:
    """Every file that can hold objects, decoded; what was rendered from them stands for them."""
    files = [file for file in found.files if file.role in (Role.MANIFEST, Role.TEMPLATE)]
    used, lost = _spoken_for(files, rendering)
    read_in = [(file, _source(file, rendering)) for file in files]
    plain = [(file, source) for file, source in read_in if file not in used and file not in lost]
    damaged = [source for _, source in plain if any(f.kind in _LOST for f in source.faults)]
    damaged += [source for file, source in read_in if file in lost]
    made = rendering.made if rendering else None
    pages = [_page(file) for file in found.files if file.role is Role.PAGE]
    others = [*found.not_checked, *_unread(found.files, plain, rendering), *_refused(rendering)]
    others += [NotChecked(file.path, f"part of {root}") for file, root in lost.items()]
    others += [skipped for page in pages for skipped in page.not_checked]
    return LoadedInput(
        sources=tuple(source for file, source in read_in if file.role is Role.MANIFEST),
        units=(*_parts([source for _, source in plain], rendering), *_parts_of(pages)),
        damaged_kinds=frozenset(kind for source in damaged for kind in _kinds_in(source)),
        rendered_later=frozenset(
            file.path for file, _ in plain if file.kustomized or file.role is Role.TEMPLATE
        ),
        not_checked=tuple(sorted(set(others))),
        files=found.seen,
        named=found.named,
        failures=made.failures if made else (),
        others=(*(rendering.shelf.sources().values() if rendering else ()), *pages),
    )


def _spoken_for(
    files: Iterable[SourceFile], rendering: Rendering | None
) -> tuple[set[SourceFile], dict[SourceFile, str]]:
    """The files that rendered trees are made of, and those of trees that cannot be rendered."""
    if rendering is None:
        return set(), {}
    places = {file: os.path.realpath(file.location) for file in files}
    used = {file for file, place in places.items() if place in rendering.made.used}
    lost = {
        file: tree.root
        for tree in reversed(rendering.made.refused)
        for file, place in places.items()
        if place in tree.files and file not in used
    }
    return used, lost


def _source(file: SourceFile, rendering: Rendering | None) -> Source:
    """The file, decoded once."""
    if rendering is not None:
        known = rendering.shelf.sources().get(os.path.realpath(file.location))
        if known is not None and known.file == file.path:
            return known
    try:
        return document.read(file.path, file.data)
    except Exception as error:
        raise DefectError(f"reading {file.path} broke: {error!r}") from error


def _parts(plain: Iterable[Source], rendering: Rendering | None) -> Iterable[Unit]:
    """The plain files first, then the trees in the order of their roots."""
    objects = [one for source in plain for part in source.documents for one in manifests(part)]
    if rendering is None:
        return sites(Unit(("",), tuple(objects), ()))
    made = rendering.made
    built = [Unit((one.root,), one.manifests, (one.tree,)) for one in made.built]
    plain_part = Unit(("",), tuple(objects), made.written)
    together = joined([plain_part, *(part for part in built if part.manifests)])
    return [one for part in together for one in (sites(part) if part.is_plain else [part])]


def _page(file: SourceFile) -> Page:
    from vmsnap_lint.document import embedded  # most runs see no page

    return embedded.read(file.path, file.data)


def _parts_of(pages: Iterable[Page]) -> Iterator[Unit]:
    for page in pages:
        from vmsnap_lint.deploy.pages import parts  # as above

        yield from parts(page)


def _refused(rendering: Rendering | None) -> Iterator[NotChecked]:
    if rendering is not None:
        yield from rendering.made.notes
        yield from (NotChecked(one.root, one.reason) for one in rendering.made.refused)


def _kinds_in(source: Source) -> Iterator[str]:
    """The kinds that the text names, read without decoding it."""
    for match in _KIND.finditer(source.data.replace(b"\0", b"")):
        yield match[1].decode("ascii")


def _unread(
    files: Iterable[SourceFile],
    read_in: Iterable[tuple[SourceFile, Source]],
    rendering: Rendering | None,
) -> Iterator[NotChecked]:
    charts: dict[str, int] = {}
    templates: dict[str, list[str]] = {}
    used = rendering.made.used if rendering else frozenset()
    for file in files:
        if file.role is Role.PATCH and not (used and os.path.realpath(file.location) in used):
            yield NotChecked(
                file.path, "a kustomize patch: checked as part of what it patches only"
            )
    for file, source in read_in:
        kinds = {
            fault.kind for fault in source.faults if not fault.ours or _is_template(fault.kind)
        }
        if file.role is Role.TEMPLATE and not kinds.isdisjoint(_LOST):
            charts[file.chart] = charts.get(file.chart, 0) + 1
        elif FaultKind.TEMPLATE in kinds:
            templates.setdefault(os.path.dirname(file.path), []).append(file.path)
        elif is_prose(file.path) and source.faults:
            yield NotChecked(file.path, "text for people; save the manifests in it as YAML")
        elif any(fault.kind is FaultKind.NOT_MAPPING and fault.ours for fault in source.faults):
            yield NotChecked(file.path, "a document of it is a list or a value, not an object")
        elif not kinds.isdisjoint(_LOST):
            known = any(fault.relevance for fault in source.faults)
            why = "" if known else "; nothing in it looks like one of our kinds"
            yield NotChecked(file.path, f"does not parse{why}")
    for chart, count in charts.items():
        yield NotChecked(
            chart, f"{counted(count, 'Helm template')} not rendered: helm template first"
        )
    yield from _unrendered(templates)


def _unrendered(templates: dict[str, list[str]]) -> Iterator[NotChecked]:
    """One note for each directory with files that only a template engine can read."""
    for directory, (first, *others) in templates.items():
        if others:
            what = f"{1 + len(others)} templates: render them first and lint the result"
            yield NotChecked(directory or ".", what)
        else:
            yield NotChecked(first, "a template: render it first and lint the result")


def _is_template(kind: FaultKind) -> bool:
    return kind is FaultKind.TEMPLATE
