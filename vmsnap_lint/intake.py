"""Files become sources, their manifests, and what could not be read of them. Floor 6."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vmsnap_lint import document
from vmsnap_lint.checks.reading import is_prose
from vmsnap_lint.document import FaultKind
from vmsnap_lint.manifest import manifests
from vmsnap_lint.model import NotChecked
from vmsnap_lint.sources import Role
from vmsnap_lint.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document import Source
    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.sources import SourceFile, Sources

__all__ = ["Intake", "read"]

_LOST = frozenset((FaultKind.BUDGET, FaultKind.ENCODING, FaultKind.SYNTAX, FaultKind.TEMPLATE))
_KIND = re.compile(rb"""(?m)^[ \t]*(?:- )?["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]+)""")


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run looks at.

    `damaged_kinds` are the kinds that what could not be read speaks of: an object of these that
    is not found may stand there. `rendered_later` names the files that kustomize or helm builds.
    """

    sources: tuple[Source, ...]
    manifests: tuple[Manifest, ...]
    damaged_kinds: frozenset[str]
    rendered_later: frozenset[str]
    not_checked: tuple[NotChecked, ...]
    files: int

    def by_file(self) -> dict[str, Source]:
        """The sources by the name under which findings speak of them."""
        return {source.file: source for source in self.sources}


def read(found: Sources) -> Intake:
    """Every file that can hold objects, decoded."""
    read_in = [
        (file, document.read(file.path, file.data))
        for file in found.files
        if file.role in (Role.MANIFEST, Role.TEMPLATE)
    ]
    damaged = [source for _, source in read_in if any(f.kind in _LOST for f in source.faults)]
    return Intake(
        sources=tuple(source for file, source in read_in if file.role is Role.MANIFEST),
        manifests=tuple(
            manifest
            for _, source in read_in
            for part in source.documents
            for manifest in manifests(part)
        ),
        damaged_kinds=frozenset(kind for source in damaged for kind in _kinds_in(source)),
        rendered_later=frozenset(
            file.path for file, _ in read_in if file.kustomized or file.role is Role.TEMPLATE
        ),
        not_checked=tuple(sorted({*found.not_checked, *_unread(found.files, read_in)})),
        files=found.seen,
    )


def _kinds_in(source: Source) -> Iterator[str]:
    """The kinds that the text names, read without decoding it."""
    for match in _KIND.finditer(source.data.replace(b"\0", b"")):
        yield match[1].decode("ascii")


def _unread(
    files: Iterable[SourceFile], read_in: Iterable[tuple[SourceFile, Source]]
) -> Iterator[NotChecked]:
    charts: dict[str, int] = {}
    for file in files:
        if file.role is Role.PATCH:
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
            yield NotChecked(file.path, "a template: render it first and lint the result")
        elif is_prose(file.path) and source.faults:
            yield NotChecked(file.path, "text for people; save the manifests in it as YAML")
        elif any(fault.kind is FaultKind.NOT_MAPPING and fault.ours for fault in source.faults):
            yield NotChecked(file.path, "a document of it is a list or a value, not an object")
        elif not kinds.isdisjoint(_LOST):
            yield NotChecked(file.path, "does not parse; nothing in it looks like one of our kinds")
    for chart, count in charts.items():
        yield NotChecked(
            chart, f"{counted(count, 'Helm template')} not rendered: helm template first"
        )


def _is_template(kind: FaultKind) -> bool:
    return kind is FaultKind.TEMPLATE
