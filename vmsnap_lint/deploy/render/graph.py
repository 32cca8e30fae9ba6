"""Kustomization files become a graph: what each includes, and why not to build it.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.deploy.render import unsafe
from vmsnap_lint.document import read
from vmsnap_lint.input.kustomization import NamedPath, Use, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.document import Document

__all__ = ["Graph", "KustomizationNode"]


@dataclass(frozen=True, slots=True, eq=False)
class KustomizationNode:
    """One kustomization file. Paths are real paths.

    `below` are the kustomizations it includes, `resources` the files of objects, `others` all
    further files it names. `refusal` says why it is never built, with the path of the field.
    """

    location: str
    document: Document | None
    below: tuple[str, ...]
    resources: tuple[str, ...]
    others: tuple[str, ...]
    refusal: unsafe.UnsafeField | None

    @property
    def value(self) -> dict[str, Any]:
        """The kustomization, or an empty one where it does not parse."""
        value = self.document.value if self.document is not None else None
        return value if isinstance(value, dict) else {}

    @property
    def is_component(self) -> bool:
        """Whether it can only be part of another kustomization."""
        return self.value.get("kind") == "Component"

    def local(self, path: str) -> str:
        """The real path of what the kustomization names."""
        return os.path.realpath(os.path.join(os.path.dirname(self.location), path))


class Graph:
    """Kustomizations, read when they are asked for."""

    def __init__(self, shelf: FileCache) -> None:
        self._shelf = shelf
        self._nodes: dict[str, KustomizationNode] = {}

    def node(self, location: str) -> KustomizationNode:
        """The kustomization in a file."""
        found = self._nodes.get(location)
        if found is None:
            found = self._nodes[location] = self._read(location)
        return found

    def roots(self, locations: Iterable[str]) -> list[KustomizationNode]:
        """Those that can be built and that none of the others includes."""
        nodes = [self.node(location) for location in locations]
        included = {below for node in nodes for below in node.below}
        return [n for n in nodes if n.location not in included and not n.is_component]

    def closure(self, root: KustomizationNode) -> tuple[KustomizationNode, ...]:
        """What a kustomization is made of, the innermost first, itself last; each once."""
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
        source = self._shelf.source(location)
        documents = source.documents if source is not None else ()
        first = next((one for one in documents if isinstance(one.value, dict)), None)
        node = KustomizationNode(location, first, (), (), (), None)
        below: list[str] = []
        resources: list[str] = []
        others: list[str] = []
        for one in named(node.value):
            path = node.local(one.text) if not one.is_inline else ""
            if os.path.isfile(path):
                (resources if one.use is Use.RESOURCE else others).append(path)
            elif os.path.isdir(path) and one.use in (Use.RESOURCE, Use.PLUGIN):
                path = kustomization_in(path)
                below += [path] if path else []
            if path:
                self._shelf.reach(path, location)
        refusal = unsafe.refusal(node.value, lambda one: self._plugins(node, one))
        return KustomizationNode(
            location, first, tuple(below), tuple(resources), tuple(others), refusal
        )

    def _plugins(self, node: KustomizationNode, one: NamedPath) -> list[Any]:
        """The configurations of plugins in place, in a file, or in a directory of them."""
        if one.is_inline:
            return [part.value for part in read("", one.text.encode()).documents]
        values: list[Any] = []
        stack, passed = [node.local(one.text)], set()
        while stack:
            path = stack.pop()
            inside = kustomization_in(path) if os.path.isdir(path) else ""
            source = self._shelf.source(inside or path)
            if (inside or path) in passed or source is None:
                continue
            passed.add(inside or path)
            parts = [part.value for part in source.documents]
            directory = os.path.dirname(inside)
            for part in parts if inside else ():
                listed = named(part) if isinstance(part, dict) else ()
                texts = [below.text for below in listed if below.use is Use.RESOURCE]
                stack += [os.path.realpath(os.path.join(directory, text)) for text in texts]
            values += [] if inside else parts
        return values


def kustomization_in(directory: str) -> str:
    """The kustomization file of a directory, "" where it has none."""
    for name in KUSTOMIZATIONS:
        path = os.path.join(directory, name)
        if os.path.isfile(path):
            return os.path.realpath(path)
    return ""
