"""The file and the transformers of a rendered object, from annotations of kustomize.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/
"""

from __future__ import annotations

import os
import re
from functools import cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.render.align import object_at
from vmsnap_lint.deploy.render.selections import Selections, selections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vmsnap_lint.deploy.render.equal_builds import TreeOutput
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.jobs import ChartJob
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["RENAMERS", "Origin", "Step", "Tracer", "renamed"]

_ORIGIN = "config.kubernetes.io/origin"
_TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"
RENAMERS = {"PrefixTransformer": "namePrefix", "SuffixTransformer": "nameSuffix"}
_FIELD = re.compile(r"""(?m)^\s*(?:- )?(path|configuredIn|kind): ["']?(.*?)["']?$""")


def _none() -> Selections:
    return Selections((), ())


class Step(NamedTuple):
    """One transformer that changed an object: its kustomization and its kind."""

    node: KustomizationNode
    kind: str


class Origin(NamedTuple):
    """Where a rendered object comes from.

    `original` is the object as it is written, None where a generator created it; `maker` is then
    the kustomization that configures the generator. `selections` are those of all
    kustomizations of the build.
    """

    original: Manifest | None
    maker: KustomizationNode
    steps: tuple[Step, ...]
    selections: Callable[[], Selections] = _none


class Tracer:
    """Reads and removes the annotations of the objects in the output of a build.

    They name files of its copy. A tree can change them, so that no other file is read for them.
    """

    def __init__(
        self,
        made: TreeOutput,
        root: KustomizationNode,
        graph: Graph,
        files: FileCache,
        charts: Mapping[ChartJob, tuple[Manifest, ...]],
    ) -> None:
        self._base = os.path.join(os.sep, made.base)
        self._top = made.top
        self._root = root
        self._graph = graph
        self._files = files
        self._steps = cache(self._read_steps)
        self._location = cache(self._original_path)
        nodes = graph.closure(root)
        self._selections = cache(lambda: selections(nodes, files))
        self._readable = {
            path for node in nodes for path in (node.location, *node.resources, *node.others)
        }
        self._inflated = {each.file: each.job for node in nodes for each in node.charts}
        self._charts = charts
        self._used: set[Manifest] = set()

    def trace(self, value: dict[str, Any]) -> Origin:
        """The origin of an object; its annotations from kustomize are removed."""
        annotations = object_at(value, "metadata", "annotations")
        if not annotations:
            return Origin(None, self._root, ())
        fields = dict(_FIELD.findall(str(annotations.pop(_ORIGIN, ""))))
        steps = self._steps(str(annotations.pop(_TRANSFORMATIONS, "")))
        if not annotations:
            del value["metadata"]["annotations"]
        if "configuredIn" in fields:
            return Origin(None, self._node(fields["configuredIn"]) or self._root, steps)
        candidates = self._candidates(self._location(fields.get("path", "")))
        original = self._original(value, candidates, steps)
        return Origin(original, self._root, steps, self._selections)

    def _candidates(self, location: str) -> tuple[Manifest, ...]:
        """The objects as they are written, or as helm made them."""
        job = self._inflated.get(location)
        return self._files.manifests(location) if job is None else self._charts.get(job, ())

    def _original_path(self, path: str) -> str:
        """The real path of what a path means in the directory, "" if the tree does not read it."""
        below = os.path.relpath(os.path.join(os.sep, path), self._base)
        location = os.path.realpath(os.path.join(self._top, below))
        return location if location in self._readable or location in self._inflated else ""

    def _node(self, path: str) -> KustomizationNode | None:
        """The kustomization, or the configuration of a plugin, at a path."""
        location = self._location(path)
        if location == self._root.location:
            return self._root
        return self._graph.node(location) if location else None

    def _read_steps(self, text: str) -> tuple[Step, ...]:
        steps: list[Step] = []
        node: KustomizationNode | None = self._root
        for field, value in _FIELD.findall(text):
            if field == "configuredIn":
                node = self._node(value)
            elif field == "kind" and node is not None:
                steps.append(Step(node, value))
        return tuple(steps)

    def _original(
        self, value: dict[str, Any], candidates: tuple[Manifest, ...], steps: tuple[Step, ...]
    ) -> Manifest | None:
        """The object in the file that became this one: by kind, then by name."""
        kind = value.get("kind")
        alike = [original for original in candidates if original.kind == kind] or candidates
        name = str(value["metadata"].get("name"))
        settings = [(RENAMERS.get(step.kind, ""), step.node.value) for step in steps]
        changes = [(field, value.get(field)) for field, value in settings]
        same = [manifest for manifest in alike if renamed(manifest.name, changes) == name]
        contained = [manifest for manifest in alike if manifest.name and manifest.name in name]
        contained.sort(key=lambda manifest: -len(manifest.name))
        unused = (
            manifest for manifest in (*same, *contained, *alike) if manifest not in self._used
        )
        original = next(unused, next(iter(alike), None))
        if original is not None:
            self._used.add(original)
        return original


def renamed(name: str, changes: Iterable[tuple[str, object]]) -> str:
    """The name after the prefixes and suffixes in these fields; other fields do not count."""
    for field, text in changes:
        if field in RENAMERS.values() and isinstance(text, str):
            name = text + name if field == "namePrefix" else name + text
    return name
