"""The role of each file, by how kustomizations and charts use it."""

from __future__ import annotations

import os
import re
from itertools import pairwise

from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.repository import upwards
from vmsnap_lint.input.files import Role, SourceFile, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DISK", "FileTree", "with_roles"]


class FileTree(NamedTuple):
    """Where files are: `load(location, path)` gives bytes, `has(location)` whether there is one."""

    load: Callable[[str, str], bytes]
    has: Callable[[str], bool]


DISK = FileTree(load, is_file)


def with_roles(
    files: list[SourceFile], kustomizations: Mapping[str, str], tree: FileTree = DISK
) -> list[SourceFile]:
    """The kustomizations that rename, and the files with their roles.

    Raises UsageError where a kustomization cannot be read.
    """
    names = {os.fsencode(os.path.basename(file.location)) for file in files}
    uses: dict[str, Role] = {}
    resources: set[str] = set()
    result = []
    for location, path in sorted(kustomizations.items()):
        data = tree.load(location, path or location)
        from vmsnap_lint.input import kustomization  # many runs have none

        if kustomization.may_name(data, names):
            named = kustomization.read(location, data)
            resources |= named.resources
            uses |= dict.fromkeys(named.configs, Role.CONFIG)
            uses |= dict.fromkeys(named.patches, Role.PATCH)
        if path and re.search(_RENAMES, data):
            result.append(SourceFile(path, location, data, Role.KUSTOMIZATION))
    uses |= dict.fromkeys(resources, Role.MANIFEST)
    built = set(map(os.path.dirname, kustomizations))
    directories = {os.path.dirname(file.location) for file in files}
    depths = {directory: _depth_in_chart(directory, tree) for directory in directories}
    kustomized = {path for path in directories if not built.isdisjoint(upwards(path))}
    for file in files:
        directory = os.path.dirname(file.location)
        role, chart = _in_chart(file, depths[directory])
        role = uses.get(file.location, role)
        is_built = file.location in resources or directory in kustomized
        result.append(file._replace(role=role, chart=chart, kustomized=is_built))
    return result


def _in_chart(file: SourceFile, depth: int) -> tuple[Role, str]:
    """The role of a file that lies `depth` directories below its chart, and that chart."""
    if depth == 0 and os.path.basename(file.location).startswith("values"):
        return Role.CONFIG, ""
    if depth < 1:
        return Role.MANIFEST, ""
    parts = file.path.split("/")[: -depth - 1]
    return Role.TEMPLATE, "/".join(parts) or "."


def _depth_in_chart(directory: str, tree: FileTree) -> int:
    """How many directories up the chart is whose `templates` this belongs to; 0 is the chart."""
    if tree.has(os.path.join(directory, "Chart.yaml")):
        return 0
    if f"{os.sep}{_TEMPLATES}" not in directory:
        return _NO_CHART
    for depth, (below, chart) in enumerate(pairwise(upwards(directory)), start=1):
        is_inside = os.path.basename(below) == _TEMPLATES
        if is_inside and tree.has(os.path.join(chart, "Chart.yaml")):
            return depth
    return _NO_CHART


_NO_CHART = -1
_TEMPLATES = "templates"
_RENAMES = rb"\b(?:namePrefix|nameSuffix|namespace)\b"  # compiled by its first use
