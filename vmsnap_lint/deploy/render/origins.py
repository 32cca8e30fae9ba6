"""Annotations that kustomize wrote become the file and the transformers of an object.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph, KustomizationNode
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["RENAMERS", "Origin", "Step", "Tracer"]

ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"
RENAMERS = {"PrefixTransformer": "namePrefix", "SuffixTransformer": "nameSuffix"}
_FIELD = re.compile(r"""(?m)^\s*(?:- )?(path|configuredIn|kind): ["']?(.*?)["']?$""")


class Step(NamedTuple):
    """One transformer that an object went through: the kustomization, and what it did."""

    node: KustomizationNode
    kind: str


class Origin(NamedTuple):
    """Where a rendered object comes from.

    `origin` is the object as it is written, None where a generator made it; `maker` is then the
    kustomization that configured the generator.
    """

    origin: Manifest | None
    maker: KustomizationNode
    steps: tuple[Step, ...]


class Tracer:
    """Reads and takes off the annotations of the objects that were rendered in one directory."""

    def __init__(
        self, directory: str, root: KustomizationNode, graph: Graph, shelf: FileCache
    ) -> None:
        self._directory = directory
        self._root = root
        self._graph = graph
        self._shelf = shelf
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._taken: set[Manifest] = set()

    def trace(self, value: dict[str, Any]) -> Origin:
        """The lineage of an object, whose annotations lose what kustomize wrote for us."""
        metadata = value.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        if not isinstance(metadata, dict) or not isinstance(annotations, dict):
            return Origin(None, self._root, ())
        origin = str(annotations.pop(ORIGIN, ""))
        steps = self._read(str(annotations.pop(TRANSFORMATIONS, "")))
        if not annotations:
            del metadata["annotations"]
        fields = dict(_FIELD.findall(origin))
        if "configuredIn" in fields:
            maker = self._graph.node(self._location(fields["configuredIn"]))
            return Origin(None, maker, steps)
        candidates = self._shelf.manifests(self._location(fields.get("path", "")))
        return Origin(self._original(value, candidates, steps), self._root, steps)

    def _location(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._directory, path))

    def _read(self, text: str) -> tuple[Step, ...]:
        found = self._steps.get(text)
        if found is None:
            steps, node = [], self._root
            for field, word in _FIELD.findall(text):
                if field == "configuredIn":
                    node = self._graph.node(self._location(word))
                elif field == "kind":
                    steps.append(Step(node, word))
            found = self._steps[text] = tuple(steps)
        return found

    def _original(
        self, value: dict[str, Any], candidates: tuple[Manifest, ...], steps: tuple[Step, ...]
    ) -> Manifest | None:
        """The object in the file that became this one: by kind, then by name."""
        kind = value.get("kind")
        alike = [one for one in candidates if one.kind == kind] or list(candidates)
        name = str(value["metadata"].get("name"))
        named = [one for one in alike if _renamed(one.name, steps) == name]
        contained = [one for one in alike if one.name and one.name in name]
        contained.sort(key=lambda one: -len(one.name))
        choice = [one for one in (*named, *contained, *alike) if one not in self._taken]
        found = next(iter(choice or alike), None)
        if found is not None:
            self._taken.add(found)
        return found


def _renamed(name: str, steps: tuple[Step, ...]) -> str:
    for step in steps:
        field = RENAMERS.get(step.kind, "")
        text = step.node.value.get(field)
        if isinstance(text, str):
            name = text + name if field == "namePrefix" else name + text
    return name
