"""Files become files with a role, by what kustomizations and charts make of them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.input import kustomization
from vmsnap_lint.input.files import Role, SourceFile, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DISK", "FileTree", "with_roles"]


class FileTree(NamedTuple):
    """Where files are: `load(location, path)` gives bytes, `has(location)` whether there is one."""

    load: Callable[[str, str], bytes]
    has: Callable[[str], bool]


DISK = FileTree(load, os.path.isfile)


def with_roles(
    files: list[SourceFile], kustomizations: Mapping[str, str], tree: FileTree = DISK
) -> list[SourceFile]:
    """The files with what kustomizations and charts make of them, and those kustomizations."""
    names = {os.path.basename(file.location) for file in files}
    uses: dict[str, Role] = {}
    resources: set[str] = set()
    result = []
    for key, path in sorted(kustomizations.items()):
        data = tree.load(key, path or key)
        if kustomization.may_name(data, names):
            named = kustomization.read(key, data)
            resources |= named.resources
            uses |= dict.fromkeys(named.configs, Role.CONFIG)
            uses |= dict.fromkeys(named.patches, Role.PATCH)
        if path and _RENAMES.search(data):
            result.append(SourceFile(path, key, data, Role.KUSTOMIZATION))
    uses |= dict.fromkeys(resources, Role.MANIFEST)
    built = {os.path.dirname(key): True for key in kustomizations}
    depths: dict[str, int] = {}
    for file in files:
        directory = os.path.dirname(file.location)
        if directory not in depths:
            depths[directory] = _depth_in_chart(directory, tree) if directory else _NO_CHART
        role, chart = _in_chart(file, depths[directory])
        kustomized = file.location in resources or _is_below(directory, built)
        role = uses.get(file.location, role)
        result.append(file._replace(role=role, chart=chart, kustomized=kustomized))
    return result


def _in_chart(file: SourceFile, depth: int) -> tuple[Role, str]:
    """What a chart makes of a file that lies `depth` directories below it, and that chart."""
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
    above = directory
    for depth in range(1, directory.count(os.sep) + 1):
        above, name = os.path.split(above)
        if name == "templates" and tree.has(os.path.join(above, "Chart.yaml")):
            return depth
    return _NO_CHART


def _is_below(directory: str, built: dict[str, bool]) -> bool:
    """Whether a kustomization stands in the directory or above it; `built` learns the answer."""
    passed = []
    while directory not in built and directory:
        passed.append(directory)
        above = os.path.dirname(directory)
        directory = above if above != directory else ""
    answer = built.get(directory, False)
    built.update(dict.fromkeys(passed, answer))
    return answer


_NO_CHART = -1
_RENAMES = re.compile(rb"\b(?:namePrefix|nameSuffix|namespace)\b")
