"""The graph of kustomization files: what each includes, and why it is not built.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.deploy.render import unsafe
from vmsnap_lint.deploy.render.align import object_at
from vmsnap_lint.document import read
from vmsnap_lint.input.kustomization import NamedPath, Use, named
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.document import Document

__all__ = ["Graph", "KustomizationNode"]


@dataclass(frozen=True, slots=True, eq=False)
class KustomizationNode:
    """One kustomization file. Paths are real paths.

    `below` are the kustomizations it includes, `resources` the files of objects, `others` all
    further files it names. `refusal` is the reason why it is never built, with its field.
    """

    location: str
    document: Document | None
    below: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    refusal: unsafe.UnsafeField | None = None

    @property
    def value(self) -> dict[str, Any]:
        """The kustomization, or an empty one where it does not parse."""
        return object_at(self.document.value) if self.document is not None else {}

    @property
    def is_component(self) -> bool:
        """Whether it can only be part of another kustomization."""
        return self.value.get("kind") == "Component"

    def at(self, path: tuple[str | int, ...], *, key: bool = False) -> SourceSpan:
        """The place of a field. Raises ValueError where the kustomization does not parse."""
        if self.document is None:
            raise ValueError(self.location)
        return SourceSpan(self.document.source, self.document.span(path, key))

    def local(self, path: str) -> str:
        """The real path of a path in the kustomization."""
        return os.path.realpath(os.path.join(os.path.dirname(self.location), path))


class Graph:
    """Kustomizations, read when they are needed."""

    def __init__(self, cache: FileCache) -> None:
        self._cache = cache
        self._nodes: dict[str, KustomizationNode] = {}

    def node(self, location: str) -> KustomizationNode:
        """The kustomization in a file."""
        if location not in self._nodes:
            self._nodes[location] = self._read(location)
        return self._nodes[location]

    def roots(self, locations: Iterable[str]) -> list[KustomizationNode]:
        """Those that can be built and that none of the others includes."""
        nodes = [self.node(location) for location in locations]
        included = {below for node in nodes for below in node.below}
        return [node for node in nodes if node.location not in included and not node.is_component]

    def closure(self, root: KustomizationNode) -> tuple[KustomizationNode, ...]:
        """The kustomizations that one includes, the innermost first, itself last; each once."""
        done: dict[str, KustomizationNode] = {}
        opened: set[str] = set()
        stack = [(root, False)]
        while stack:
            node, finished = stack.pop()
            if finished:
                done[node.location] = node
            elif node.location not in opened:
                opened.add(node.location)
                stack.append((node, True))
                stack += [(self.node(below), False) for below in reversed(node.below)]
        return tuple(done.values())

    def _read(self, location: str) -> KustomizationNode:
        documents = self._cache.documents(location)
        first = next((part for part in documents if isinstance(part.value, dict)), None)
        node = KustomizationNode(location, first)
        below: list[str] = []
        resources: list[str] = []
        others: list[str] = []
        for entry in named(node.value):
            path = node.local(entry.text) if not entry.is_inline else ""
            if os.path.isfile(path):
                (resources if entry.use is Use.RESOURCE else others).append(path)
            elif os.path.isdir(path) and entry.use in (Use.RESOURCE, Use.PLUGIN):
                path = kustomization_in(path)
                below += [path] if path else []
            if path:
                self._cache.show_from(path, location)
        refusal = unsafe.refusal(node.value, lambda entry: self._plugins(node, entry))
        return KustomizationNode(
            location, first, tuple(below), tuple(resources), tuple(others), refusal
        )

    def _plugins(self, node: KustomizationNode, entry: NamedPath) -> list[Any]:
        """The configurations of plugins: inline, in a file, or in a directory."""
        if entry.is_inline:
            return [part.value for part in read("", entry.text.encode()).documents]
        result: list[Any] = []
        stack, passed = [node.local(entry.text)], set()
        while stack:
            path = stack.pop()
            file = kustomization_in(path) if os.path.isdir(path) else path
            if file in passed:
                continue
            passed.add(file)
            values = [part.value for part in self._cache.documents(file)]
            if file == path:
                result += values
                continue
            stack += [
                os.path.realpath(os.path.join(os.path.dirname(file), below.text))
                for value in values
                for below in named(object_at(value))
                if below.use is Use.RESOURCE
            ]
        return result


def kustomization_in(directory: str) -> str:
    """The kustomization file of a directory, "" where it has none."""
    paths = (os.path.join(directory, name) for name in KUSTOMIZATIONS)
    return next((os.path.realpath(path) for path in paths if os.path.isfile(path)), "")
