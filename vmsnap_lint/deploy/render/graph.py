"""The graph of kustomization files: what each includes, and why it is not built.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from vmsnap_lint.deploy.render import unsafe
from vmsnap_lint.deploy.render.align import object_at
from vmsnap_lint.deploy.render.plugins import kustomization_in, plugin_entry
from vmsnap_lint.input.kustomization import Use, folded, named, spelled
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.plugins import PluginEntry
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.document import Document
    from vmsnap_lint.input.kustomization import NamedPath

    Path = tuple[str | int, ...]

__all__ = ["Graph", "KustomizationNode"]


@dataclass(frozen=True, slots=True, eq=False)
class KustomizationNode:
    """One kustomization file. Paths are real paths, and none leads out of its project.

    `value` has its keys as documented, `places` the files of the paths in it. `below` are the
    kustomizations it includes, `resources` the files of objects, `others` all further files it
    names. `paths` has all of them by their names, made absolute; `plugins` are its plugins by the
    place of their entry. `refusal` is the reason why it is never built, with its field.
    """

    location: str
    document: Document | None
    value: dict[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    below: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    plugins: Mapping[Path, PluginEntry] = field(default_factory=dict)
    refusal: unsafe.UnsafeField | None = None

    @property
    def directory(self) -> str:
        """The directory that its paths are relative to."""
        return os.path.dirname(self.location)

    @property
    def is_component(self) -> bool:
        """Whether it can only be part of another kustomization."""
        return self.value.get("kind") == "Component"

    def at(self, path: Path, *, key: bool = False) -> SourceSpan:
        """The place of a field. Raises ValueError where the kustomization does not parse."""
        if self.document is None:
            raise ValueError(self.location)
        written = object_at(self.document.value)
        if path and path[0] not in written:
            path = (next((key for key in written if folded(key) == folded(str(path[0]))), path[0]),
                    *path[1:])  # fmt: skip
        return SourceSpan(self.document.source, self.document.span(path, key))

    def local(self, path: str) -> str:
        """The real path of a path in the kustomization, "" where it is not read."""
        return self.places.get(path, "")


class Graph:
    """Kustomizations, read when they are needed."""

    def __init__(self, cache: FileCache, projects: Projects) -> None:
        self._cache = cache
        self._projects = projects
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
        first = documents[0] if documents and _is_first(documents[0]) else None
        value, twice = spelled(object_at(first.value)) if first is not None else ({}, "")
        directory = os.path.dirname(location)
        project = self._projects.of(directory)
        written = list(named(value))
        plugins = {
            entry.at: plugin_entry(entry, location, project, self._cache)
            for entry in written
            if entry.use is Use.PLUGIN
        }
        entries = list(_with_plugins(written, plugins))
        targets = {entry.text: project.find(directory, entry.text) for entry in entries}
        refusal = unsafe.refusal(value, written, plugins, targets)
        if twice:
            reason = f'"{twice}" is written twice, in different cases'
            refusal = unsafe.UnsafeField((twice,), reason)
        reason = _unreadable(first) if first is not None else ""
        if reason:
            refusal = unsafe.UnsafeField((), reason, fails=True)
        places = {text: path for text, path in targets.items() if isinstance(path, str)}
        node = KustomizationNode(location, first, value, places, plugins=plugins, refusal=refusal)
        return self._with_files(node, entries)

    def _with_files(
        self, node: KustomizationNode, entries: Iterable[NamedPath]
    ) -> KustomizationNode:
        """The node with the files that it names, of those that may be read."""
        by_kind: dict[str, list[str]] = {"below": [], "resources": [], "others": []}
        paths: dict[str, str] = {}
        refusal = node.refusal
        for entry in entries:
            path = node.local(entry.text)
            kind = "resources" if entry.use is Use.RESOURCE else "others"
            if os.path.isdir(path) and entry.use in (Use.RESOURCE, Use.PLUGIN):
                kind, file = "below", kustomization_in(path)
                if file and os.path.dirname(file) != path:
                    reason = f'the kustomization of "{entry.text}" is a link to another directory'
                    refusal = refusal or unsafe.UnsafeField(entry.at, reason)
            else:
                file = path if os.path.isfile(path) else ""
            if file:
                by_kind[kind].append(file)
                self._cache.show_from(file, node.location)
            if path:
                paths[_joined(node.directory, entry.text)] = path
        below, resources, others = map(tuple, by_kind.values())
        return replace(
            node, below=below, resources=resources, others=others, paths=paths, refusal=refusal
        )


def _is_first(document: Document) -> bool:
    """Whether it is the object that kustomize reads: it stops at the first document, even none."""
    above = [line for line in _above(document) if not line.startswith("%")]
    starts = sum(line.startswith("---") for line in above)
    written = document.source.line(document.span(()).line).startswith("---")
    return isinstance(document.value, dict) and len(above) == starts and starts + written <= 1


def _unreadable(document: Document) -> str:
    """Why kustomize cannot read a text that kubectl can, or ""."""
    data = document.source.data
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data.decode()
        except UnicodeDecodeError:
            return "it is not UTF-8, which kustomize cannot read: save it as UTF-8"
    if any(re.match(r"%YAML\s+(?!1\.1\b)", line) for line in _above(document)):
        return "kustomize reads no other YAML than 1.1: remove the directive %YAML"
    return ""


def _above(document: Document) -> Iterator[str]:
    """The lines above the object of a document, without comments and empty ones."""
    for number in range(1, document.span(()).line):
        line = document.source.line(number).partition("#")[0].strip()
        if line:
            yield line


def _with_plugins(
    entries: Iterable[NamedPath], plugins: Mapping[Path, PluginEntry]
) -> Iterator[NamedPath]:
    """Everything that a kustomization and its plugins read, without what is written in place."""
    for entry in entries:
        plugin = plugins.get(entry.at)
        if plugin is None or not plugin.text:
            yield entry
        if plugin is not None:
            yield from plugin.paths


def _joined(directory: str, path: str) -> str:
    """The path as kustomize joins it, which takes `..` away before it follows links."""
    return os.path.normpath(os.path.join(directory, path))
