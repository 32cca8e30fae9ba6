"""Notes of files that are not checked: patches, templates, and what does not parse."""

from __future__ import annotations

import os
from collections import Counter, defaultdict

from vmsnap_lint.core.file_names import is_prose
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.document import FaultKind
from vmsnap_lint.input.sources import Role

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from vmsnap_lint.document import Source
    from vmsnap_lint.input.sources import SourceFile

__all__ = ["LOST", "unread", "unused_patches"]

LOST = frozenset((FaultKind.BUDGET, FaultKind.ENCODING, FaultKind.SYNTAX, FaultKind.TEMPLATE))
"""The faults that hide what a text holds."""


def unused_patches(files: Iterable[SourceFile], used: frozenset[str]) -> Iterator[NotChecked]:
    """A note for each patch that no tree uses; `used` are real paths."""
    reason = "a kustomize patch: checked only as part of the object it patches"
    for file in files:
        if file.role is Role.PATCH and not (used and real_path(file.location) in used):
            yield NotChecked(file.path, reason)


def unread(plain: Mapping[SourceFile, Source], noted: Container[str]) -> Iterator[NotChecked]:
    """The notes of files that do not parse; templates by their chart or directory.

    The charts in `noted` have a note already.
    """
    charts: Counter[str] = Counter()
    templates: dict[str, list[str]] = defaultdict(list)
    for file, source in plain.items():
        kinds = {
            fault.kind
            for fault in source.faults
            if not fault.ours or fault.kind is FaultKind.TEMPLATE
        }
        if file.role is Role.TEMPLATE and not kinds.isdisjoint(LOST):
            charts[file.chart] += 1
        elif FaultKind.TEMPLATE in kinds:
            templates[os.path.dirname(file.path)].append(file.path)
        elif reason := _why_unread(file, source, kinds):
            yield NotChecked(file.path, reason)
    for chart, count in charts.items():
        if chart in noted:
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
        from vmsnap_lint.deploy.unwrapping import why_no_object  # few files hold none

        return why_no_object(source)
    if kinds.isdisjoint(LOST):
        return ""
    if any(fault.relevance for fault in source.faults):
        return "does not parse"
    return "does not parse; it contains none of the kinds that are checked"
