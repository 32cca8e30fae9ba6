"""A source of an Argo CD Application becomes a job, or the reason why it cannot."""

from __future__ import annotations

import os
from enum import Enum

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.kustomize_fields import (
    components,
    metadata,
    objects,
    patched,
    patches,
    strings,
    text,
    written,
)  # fmt: skip
from vmsnap_lint.deploy.render.jobs import KustomizeJob
from vmsnap_lint.deploy.render.remote import without_login
from vmsnap_lint.deploy.star_globs import fits_text
from vmsnap_lint.deploy.yaml_value import value_of

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.deploy.render.jobs import Job
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "AbsentSourceError", "ApplicationSource", "Made", "SourceType", "directory_job",
    "kustomize_job", "located", "source_type",
]  # fmt: skip

_MANIFESTS = (".json", ".yaml", ".yml")
_DIGITS = 9
_FIXED = frozenset(("chart", "path", "repoURL", "targetRevision"))
_SKIPPED = b"+argocd:skip-file-rendering"


class AbsentSourceError(Exception):
    """The input's fault: what a source applies cannot be read, for a reason at a place."""

    def __init__(self, reason: str, *at: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class SourceType(Enum):
    """The tool that a source is for."""

    HELM = "helm"
    KUSTOMIZE = "kustomize"
    DIRECTORY = "directory"
    PLUGIN = "plugin"


class ApplicationSource(NamedTuple):
    """One source: its object in the Application, where that is, and the real path it applies."""

    application: Manifest
    value: dict[str, Any]
    at: Path
    directory: str = ""

    def field(self, *keys: str) -> Any:
        """The value at a path, None where a step is missing or no object."""
        value: Any = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str) -> str:
        """The string at a path, or ""."""
        value = self.field(*keys)
        return value if isinstance(value, str) else ""


class Made(NamedTuple):
    """What a source comes to: a job (None for nothing), and why its objects may differ, or "".

    `gap` is why it makes further objects, or "".
    """

    job: Job | None
    uncertain: str = ""
    gap: str = ""


def located(source: ApplicationSource, around: Around) -> ApplicationSource:
    """The source with its directory. Raises AbsentSourceError where the repository has none."""
    chart, url, path = source.text("chart"), source.text("repoURL"), source.text("path")
    if chart:
        shown = f'its chart "{cut(chart)}" of {without_login(url)}'
        raise AbsentSourceError(f"{shown} is not in the repository", "chart")
    if url and not around.repositories.is_here(url, path):
        shown = f'its path "{cut(path or ".")}" of {without_login(url)}'
        raise AbsentSourceError(f"{shown} is not in the repository", "repoURL")
    try:
        directory = around.directory(path or ".")
    except ValueError as error:
        raise AbsentSourceError(f"its path {error}", "path") from error
    return _overridden(source._replace(directory=directory), around)


def _overridden(source: ApplicationSource, around: Around) -> ApplicationSource:
    """The source with what files in its directory set. Raises AbsentSourceError where they fail.

    Source: mergeSourceParameters, argo-cd v3.5.1, reposerver/repository/repository.go.
    """
    for name in (".argocd-source.yaml", f".argocd-source-{source.application.name}.yaml"):
        try:
            data = around.file(name, source.directory)
        except ValueError:
            continue  # most have none
        try:
            patch = value_of(data)
        except ValueError as error:
            raise AbsentSourceError(f'"{cut(name)}" does not parse', "path") from error
        if isinstance(patch, dict):
            kept = {key: entry for key, entry in source.value.items() if key in _FIXED}
            given = {key: entry for key, entry in patch.items() if key not in _FIXED}
            source = source._replace(value={**patched(source.value, given), **kept})
    return source


def source_type(source: ApplicationSource, around: Around) -> SourceType:
    """The tool: the one whose settings the source has, else what the directory shows.

    Where it has both, a kustomization counts more than a chart. Raises AbsentSourceError where the
    settings are those of several.
    Source: argo-cd v3.5.1, ExplicitType in types.go, Discover in util/app/discovery/discovery.go.
    """
    named = [kind for kind in SourceType if isinstance(source.field(kind.value), dict)]
    if len(named) > 1:
        shown = " and ".join(kind.value for kind in named)
        raise AbsentSourceError(f"it has settings for {shown}, so that Argo CD refuses it")
    if named:
        return named[0]
    if around.kustomization(source.directory):
        return SourceType.KUSTOMIZE
    if is_file(os.path.join(source.directory, "Chart.yaml")):
        return SourceType.HELM
    return SourceType.DIRECTORY


def kustomize_job(source: ApplicationSource, around: Around) -> Made:
    """The build of a kustomization. Raises AbsentSourceError where the directory has none.

    Source: Build, argo-cd v3.5.1, util/kustomize/kustomize.go.
    """
    settings = source.field("kustomize")
    if not around.kustomization(source.directory):
        raise AbsentSourceError("its directory has no kustomization.yaml", "path")
    ignore_missing = source.field("kustomize", "ignoreMissingComponents") is True
    named = source.field("kustomize", "components")
    parts, reason = components(named, ignore_missing, source.directory, around)
    labels = strings(source.field("kustomize", "commonLabels"))
    annotations = source.field("kustomize", "commonAnnotations")
    selects = source.field("kustomize", "labelWithoutSelector") is not True
    fields = {
        **{key: text(settings, key) for key in ("namespace", "namePrefix", "nameSuffix")},
        **metadata({"annotations": annotations}),
        "labels": [{"pairs": labels, "includeSelectors": selects}] if labels else [],
        "images": _images(source.field("kustomize", "images")),
        "patches": patches(settings, with_files=True),
        "components": parts,
        "replicas": _replicas(settings),
    }
    return Made(KustomizeJob(source.directory, written(fields)), reason)


def directory_job(source: ApplicationSource, around: Around) -> Made:
    """The files of a directory as they are written; None where it has none.

    Raises AbsentSourceError where they are programs.
    Source: getPotentiallyValidManifests, argo-cd v3.5.1, reposerver/repository/repository.go.
    """
    recurse = source.field("directory", "recurse") is True
    listing = around.files(source.directory, recurse=recurse)
    include, exclude = source.text("directory", "include"), source.text("directory", "exclude")
    kept, programs = [], []
    for path in listing.files:
        below = os.path.relpath(path, source.directory).replace(os.sep, "/")
        if (exclude and fits_text(exclude, below)) or (include and not fits_text(include, below)):
            continue
        if path.endswith(_MANIFESTS) and _SKIPPED not in (around.data(path) or b""):
            kept.append(path)
        elif path.endswith(".jsonnet"):
            programs.append(below)
    reason = f'"{cut(programs[0])}" is a jsonnet program, which is not run' if programs else ""
    if listing.is_cut:
        reason = "it applies more files than are read"
    job = KustomizeJob(source.directory, files=tuple(kept), as_written=True) if kept else None
    return Made(job, gap=reason)


def _images(values: Any) -> list[dict[str, str]]:
    """`old=new:tag` or `name@digest` as fields of a kustomization."""
    found = []
    for value in values if isinstance(values, list) else ():
        if not isinstance(value, str) or not value:
            continue
        old, is_renamed, new = value.rpartition("=")
        name, _, digest = new.partition("@")
        path, _, tag = name.rpartition(":")
        if not path or "/" in tag:
            path, tag = name, ""
        image = {"name": old or path, "newName": path if is_renamed else "", "newTag": tag,
                 "digest": digest}  # fmt: skip
        found.append({key: part for key, part in image.items() if part})
    return found


def _replicas(settings: Any) -> list[dict[str, Any]]:
    entries = ((text(entry, "name"), entry.get("count")) for entry in objects(settings, "replicas"))
    counts = ((name, str(count)) for name, count in entries if isinstance(count, (int, str)))
    return [
        {"name": name, "count": int(count)}
        for name, count in counts
        if name and count.isascii() and count.isdigit() and len(count) < _DIGITS
    ]
