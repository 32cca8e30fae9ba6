"""The CRDs of a run: those of `--crds`, and those in the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.input import sources
from vmsnap_lint.input.selection import looked_at
from vmsnap_lint.input.sources import Role
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.schema import crds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.crds import Crds

__all__ = ["load"]

_MARKER = b"apiextensions.k8s.io"


def load(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> Crds:
    """The CRDs that the settings ask for. Raises UsageError where one cannot be used."""
    given = _from_paths(settings.crds) if settings.crds else crds.NONE
    if not settings.crds_from_input:
        return given
    search = settings.search()._replace(allow_empty=True, docs=False)
    markers = (_MARKER,)
    files = sources.collect(
        looked_at(paths, settings.root),
        search,
        stdin=stdin,
        markers=markers,
        context=settings.context,
    ).files
    read = [
        document.read(file.path, file.data)
        for file in files
        if file.role is Role.MANIFEST and _MARKER in file.data.replace(b"\0", b"")
    ]
    return crds.with_input(given, _manifests(read))


def _from_paths(paths: tuple[str, ...]) -> Crds:
    """The CRDs of files and directories that hold nothing else."""
    if "-" in paths:
        raise UsageError("--crds takes files and directories, not the standard input")
    try:
        files = sources.collect(paths, markers=(b"",)).files
    except UsageError as error:
        raise UsageError(f"--crds: {error}") from error
    roles = (Role.MANIFEST, Role.TEMPLATE, Role.PATCH)
    read = [document.read(file.path, file.data) for file in files if file.role in roles]
    given = crds.from_files(read, _manifests(read))
    if not given:
        raise UsageError(f"--crds: no CustomResourceDefinition in {', '.join(paths)}")
    return given


def _manifests(read: Iterable[Source]) -> list[Manifest]:
    return [
        manifest for source in read for part in source.documents for manifest in manifests(part)
    ]
