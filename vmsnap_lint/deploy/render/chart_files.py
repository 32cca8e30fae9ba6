"""The files of a chart: all that helm reads, or why it may not.

helm follows links anywhere, and its check of values loads what a schema refers to, from any file
or host (helm v4, pkg/chart/common/util/jsonschema.go).
"""

from __future__ import annotations

import json
import os
import re

from vmsnap_lint.core import buffers
from vmsnap_lint.core.bounded_files import head
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.input.files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.deploy.render.projects import Project

__all__ = [
    "MOST_FILES",
    "ChartFiles",
    "chart_files",
    "is_manifest",
    "is_owned",
    "is_self_contained",
]

MOST_FILES = 20_000
"""Of a chart, or of any other tree."""
_MOST_SCHEMA = 2**20  # a longer one is not judged, and counts as one that refers to others
_SCHEMA = "values.schema.json"
_ARCHIVE = ".tgz"
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DIALECTS = frozenset(
    f"{scheme}://json-schema.org/{name}/schema"
    for scheme in ("http", "https")
    for name in ("draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12")
)


class ChartFiles(NamedTuple):
    """The paths of a chart's files, and of the links among them; or why it is not read."""

    problem: str
    files: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def chart_files(directory: str, project: Project) -> ChartFiles:
    """Everything below the directory of a chart (real path), and what links in it lead to."""
    files: list[str] = []
    links: list[str] = []
    stack, passed = [directory], {directory}
    while stack and len(files) <= MOST_FILES:
        for entry in _listing(stack.pop()):
            if entry.name == ".git":  # which may hold credentials
                continue
            path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            if path != entry.path:
                links.append(entry.path)
                problem = _problem(entry.path, path, project)
                if problem:
                    return ChartFiles(f'"{os.path.relpath(entry.path, directory)}" {problem}')
            if not os.path.isdir(path):
                files.append(path)
            elif path not in passed:
                passed.add(path)
                stack.append(path)
    odd = next((path for path in files if not buffers.is_file(path)), "")
    if odd:
        return ChartFiles(f'"{os.path.relpath(odd, directory)}" is no regular file')
    if len(files) > MOST_FILES:
        return ChartFiles(f"it has more than {MOST_FILES:,} files")
    return ChartFiles("", tuple(dict.fromkeys(files)), tuple(links))


def is_self_contained(paths: Iterable[str]) -> bool:
    """Whether no schema for values among the files of a chart refers to anything elsewhere.

    A packed chart counts as one that does if it has a schema, or packed charts of its own.
    """
    for path in paths:
        name = os.path.basename(path)
        if name == _SCHEMA and not _is_local(head(path, _MOST_SCHEMA)):
            return False
        if name.endswith(_ARCHIVE) and "charts" in path.split(os.sep) and _may_have_schema(path):
            return False
    return True


def is_owned(file: str, chart: str) -> bool:
    """Whether a chart owns a file below its directory: what lies beside its parts is not its."""
    return _below(file, chart, r"(?:templates|crds)/.*|Chart\.(?:yaml|lock)|values\.\w+(?:\.json)?")


def is_manifest(file: str, chart: str) -> bool:
    """Whether a file of a chart is a template or a CRD, and no text or part of others."""
    return _below(file, chart, r"(?:templates|crds)/(?:.*/)?[^_/][^/]*\.(?:ya?ml|json)")


def _below(file: str, chart: str, pattern: str) -> bool:
    """Whether the path of a file in a chart, or in one that is part of it, is of that form."""
    path = os.path.relpath(file, chart).replace(os.sep, "/")
    return re.fullmatch(rf"(?:charts/[^/]+/)*(?:{pattern})", path, re.DOTALL) is not None


def _listing(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(buffers.listed(directory, entries), key=lambda entry: entry.name)
    except OSError:
        return buffers.listed(directory, ())


def _problem(link: str, target: str, project: Project) -> str:
    """Why a link is not followed, or ""."""
    if not project.holds(target) or project.is_internal(target):
        return f"leads out of the {project.noun}"
    if not os.path.exists(target):
        return "is a broken symlink"
    return "leads to itself" if link.startswith(os.path.join(target, "")) else ""


def _is_local(schema: bytes) -> bool:
    """Whether a schema refers to itself alone."""
    if len(schema) > _MOST_SCHEMA:
        return False
    pairs: list[tuple[str, Any]] = []
    try:
        json.loads(schema, object_pairs_hook=pairs.extend)
    except (ValueError, RecursionError):
        return False
    return all(
        isinstance(value, str) and value.startswith("#")
        for key, value in pairs
        if key in _REFERENCES
    ) and all(
        isinstance(value, str) and value.removesuffix("#") in _DIALECTS
        for key, value in pairs
        if key == "$schema"
    )


def _may_have_schema(archive: str) -> bool:
    import gzip  # few charts have archives
    import zlib

    try:
        with gzip.open(archive) as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        return True
    return len(data) > MOST_BYTES or _SCHEMA.encode() in data or _ARCHIVE.encode() in data
