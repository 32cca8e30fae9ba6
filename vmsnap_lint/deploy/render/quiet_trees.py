"""Kustomizations of whose trees nothing can matter, told without judging them: most of a run.

The bytes of the files that they name tell it. When in doubt a kustomization is not quiet.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict

from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render.left_out import without_remote
from vmsnap_lint.deploy.render.local_charts import CHART_FIELDS
from vmsnap_lint.deploy.render.plugins import kustomization_in
from vmsnap_lint.input.kustomization import Use, named
from vmsnap_lint.input.listed_paths import listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.input.sources import Sources

__all__ = ["QuietTrees"]

_MARK = b"vmsnap-lint"  # a comment for the linter is read wherever it is
_GIT = ".git"
_SIMPLE = re.compile(r"(?:\.\.?/)*(?:[\w-][\w.-]*/?)+|\.\.", re.ASCII)


class QuietTrees:
    """The trees of a run, of which `loud` tells those that may matter."""

    def __init__(
        self, sources: Sources, graph: Graph, cache: FileCache, projects: Projects
    ) -> None:
        self._locations = sources.locations
        self._is_whole = not sources.unread
        self._graph = graph
        self._cache = cache
        self._projects = projects

    def loud(self, locations: Collection[str]) -> list[str]:
        """The kustomizations (real paths) but those in whose trees no file shows what matters.

        A quiet one includes only others that are quiet.
        """
        if not self._is_whole:
            return sorted(locations)
        including: dict[str, list[str]] = defaultdict(list)
        stack: list[str] = []
        for location in locations:
            below = self._included(location, locations)
            if below is None:
                stack.append(location)
            else:
                for each in below:
                    including[each].append(location)
        loud = set(stack)
        while stack:
            for above in including[stack.pop()]:
                if above not in loud:
                    loud.add(above)
                    stack.append(above)
        return sorted(loud)

    def _included(self, location: str, locations: Collection[str]) -> list[str] | None:
        """The kustomizations that one includes, None where it may matter by itself."""
        data = self._cache.data(location) or b""
        if _MARK in data or b"\0" in data or self._cache.shows(location, Relevance.BUILT):
            return None
        texts = listed(data)
        texts = self._named(location) if texts is None else texts
        if texts is None:
            return None
        included = []
        for text in texts:
            found = self._found(os.path.dirname(location), text, locations)
            if found is None or (found and self._cache.shows(found, Relevance.BUILT)):
                return None
            if found in locations:
                included.append(found)
        return included

    def _named(self, location: str) -> list[str] | None:
        """The paths in a kustomization, None where it reads more than these."""
        value = self._graph.value(location)
        if value is None or not value.keys().isdisjoint(CHART_FIELDS):
            return None
        remote = {entry.at for entry in without_remote(value)[1]}
        entries = [entry for entry in named(value) if entry.at not in remote]
        if any(entry.use is Use.PLUGIN for entry in entries):
            return None
        return [entry.text for entry in entries]

    def _found(self, directory: str, text: str, locations: Collection[str]) -> str | None:
        """The file that a path in a directory leads to, or "". None where it may lead out."""
        project = self._projects.of(directory)
        path = os.path.normpath(os.path.join(directory, text))
        if _SIMPLE.fullmatch(text) and _GIT not in path.lower() and project.holds(path):
            for file in (path, os.path.join(path, KUSTOMIZATIONS[0])):
                is_known = file in self._locations or file in locations
                if is_known and real_path(file) == file:
                    return file
        place = project.find(directory, text)
        if not isinstance(place, str):
            return None
        if not os.path.isdir(place):
            return place if is_file(place) else ""
        file = kustomization_in(place)
        return file if not file or file in locations else None
