"""The graph of kustomization files: what each includes, and why it is not built.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import functools
import os
import re

from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render import unsafe
from vmsnap_lint.deploy.render.align import array_at, object_at
from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
from vmsnap_lint.deploy.render.left_out import LeftOut, without_remote
from vmsnap_lint.deploy.render.local_charts import CHART_FIELDS, Inflation, inflations
from vmsnap_lint.deploy.render.plugins import as_json, kustomization_in, plugin_entry
from vmsnap_lint.deploy.render.projects import NotRead
from vmsnap_lint.deploy.render.remote import is_remote, without_login
from vmsnap_lint.document import read
from vmsnap_lint.input.kustomization import Use, named, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.jobs import ChartJob
    from vmsnap_lint.deploy.render.plugins import PluginEntry
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.document import Document
    from vmsnap_lint.input.kustomization import NamedPath

    Path = tuple[str | int, ...]

__all__ = ["Graph"]


class Graph:
    """Kustomizations, read when they are needed.

    `closure` gives those that one includes, the innermost first, itself last; each once.
    `namespaces` gives those of a tree, each with the namespace that its objects get, None if it has
    none.
    """

    def __init__(self, cache: FileCache, projects: Projects) -> None:
        self._cache = cache
        self._projects = projects
        self._nodes: dict[str, KustomizationNode] = {}
        self._parsed = functools.cache(self._parse)
        self.closure = functools.cache(self._closure)
        self.namespaces = functools.cache(self._namespaces)

    def node(self, location: str) -> KustomizationNode:
        """The kustomization in a file."""
        if location not in self._nodes:
            self._nodes[location] = self._read(location)
        return self._nodes[location]

    def value(self, location: str) -> dict[str, Any] | None:
        """What the kustomization in a file holds, None where kustomize reads none there."""
        first, _, value, refusal = self._parsed(location)
        return value if first is not None and refusal is None else None

    def roots(self, locations: Iterable[str]) -> list[KustomizationNode]:
        """Those that can be built and that none of the others includes."""
        nodes = [self.node(location) for location in locations]
        included = {below for node in nodes for below in node.below}
        return [node for node in nodes if node.location not in included and not node.is_component]

    def _closure(self, root: KustomizationNode) -> tuple[KustomizationNode, ...]:
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

    def with_fields(
        self, directory: str, files: Iterable[str], fields: dict[str, Any]
    ) -> KustomizationNode:
        """The kustomization of a directory with the fields of a job; of `files`, where it has none.

        As Flux and Argo CD do, which write them into it.
        """
        location = kustomization_in(directory)
        given, _ = spelled(fields)
        if location:
            first, _, value, refusal = self._parsed(location)
            before = {field: len(array_at(value, field)) for field in given}
            return self._judged(first, location, _merged(value, given), refusal, before)
        resources = [f"./{os.path.relpath(file, directory)}" for file in files]
        return self._generated(directory, _merged({"resources": resources}, given))

    def around(self, job: ChartJob, fields: dict[str, Any]) -> KustomizationNode:
        """The kustomization of a post-renderer: the objects of a chart with these fields."""
        node = self._generated(job.directory, spelled(fields)[0])
        file = os.path.join(job.directory, "vmsnap-lint-chart.yaml")
        return node._replace(charts=(Inflation((), job, file), *node.charts))

    def _namespaces(self, root: KustomizationNode) -> Mapping[KustomizationNode, str | None]:
        result: dict[KustomizationNode, str | None] = {}
        stack: list[tuple[KustomizationNode, str | None]] = [(root, None)]
        while stack:
            node, above = stack.pop()
            if node in result:
                continue
            own = node.value.get("namespace")
            result[node] = above or (own if isinstance(own, str) and own else None)
            stack += [(self.node(below), result[node]) for below in node.below]
        return result

    def _generated(self, directory: str, value: dict[str, Any]) -> KustomizationNode:
        location = os.path.join(directory, KUSTOMIZATIONS[0])
        written = read(self._cache.shown(location), as_json([value]).encode()).documents[0]
        node = self._judged(written, location, value, None, dict.fromkeys(value, 0))
        return node._replace(is_generated=True)

    def _read(self, location: str) -> KustomizationNode:
        return self._judged(*self._parsed(location))

    def _parse(
        self, location: str
    ) -> tuple[Document | None, str, dict[str, Any], unsafe.UnsafeField | None]:
        """The object in a file, the file, its value, and why kustomize does not read it so."""
        documents = self._cache.documents(location)
        first = documents[0] if documents and _is_first(documents[0]) else None
        value, twice = spelled(object_at(first.value)) if first is not None else ({}, "")
        refusal = None
        if twice:
            reason = f'"{twice}" is written twice, in different cases'
            refusal = unsafe.UnsafeField((twice,), reason)
        reason = _unreadable(first) if first is not None else ""
        if reason:
            refusal = unsafe.UnsafeField((), reason, fails=True)
        return first, location, value, refusal

    def _judged(
        self,
        document: Document | None,
        location: str,
        value: dict[str, Any],
        refusal: unsafe.UnsafeField | None,
        given: Mapping[str, int] | None = None,
    ) -> KustomizationNode:
        """The node of a kustomization that reads as `value`."""
        directory = os.path.dirname(location)
        project = self._projects.of(directory)
        kept, remote = without_remote(value)
        charts, others = inflations(value, directory, project, self._cache)
        left_out = (*remote, *others)
        kept = {key: below for key, below in kept.items() if key not in CHART_FIELDS}
        gone = {entry.at for entry in left_out}
        written = [
            entry
            for entry in named(value)
            if entry.at not in gone and entry.at[0] not in CHART_FIELDS
        ]
        plugins = {
            entry.at: plugin_entry(entry, location, project, self._cache)
            for entry in written
            if entry.use is Use.PLUGIN
        }
        entries = list(_with_plugins(written, plugins))
        targets = {entry.text: project.find(directory, entry.text) for entry in entries}
        refusal = refusal or unsafe.refusal(written, plugins, targets)
        places = {text: path for text, path in targets.items() if isinstance(path, str)}
        node = KustomizationNode(
            location, document, value, places, plugins=plugins, refusal=refusal, kept=kept,
            left_out=left_out, charts=charts, given=given or {},
        )  # fmt: skip
        reasons = {text: to.reason for text, to in targets.items() if isinstance(to, NotRead)}
        return self._with_files(node, entries, reasons)

    def _with_files(
        self, node: KustomizationNode, entries: Iterable[NamedPath], reasons: Mapping[str, str]
    ) -> KustomizationNode:
        """The node with the files that it names, of those that may be read."""
        by_kind: dict[str, list[str]] = {"below": [], "resources": [], "others": []}
        included: list[str] = []
        missing: list[LeftOut] = []
        paths: dict[str, str] = {}
        refusal = node.refusal
        for entry in entries:
            path = node.local(entry.text)
            kind = "resources" if entry.use is Use.RESOURCE else "others"
            if os.path.isdir(path) and entry.use in (Use.RESOURCE, Use.PLUGIN):
                kind, file = "below", kustomization_in(path)
                included += [file] if file and entry.use is Use.RESOURCE else []
                if file and os.path.dirname(file) != path:
                    reason = f'the kustomization of "{entry.text}" is a link to another directory'
                    refusal = refusal or unsafe.UnsafeField(entry.at, reason)
            else:
                file = path if is_file(path) else ""
            if not file and entry.use is Use.RESOURCE and not is_remote(entry.text):
                name = f'resource "{without_login(entry.text)}"'
                reason = reasons.get(entry.text) or _why_missing(path)
                missing.append(LeftOut(entry.at, name, reason))
            if file:
                by_kind[kind].append(file)
                self._cache.show_from(file, node.location)
            if path:
                paths[_joined(node.directory, entry.text)] = path
        below, resources, others = map(tuple, by_kind.values())
        return node._replace(
            below=below,
            included=tuple(included),
            missing=tuple(missing),
            resources=resources,
            others=others,
            paths=paths,
            refusal=refusal,
        )


def _merged(own: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a kustomization with those of a job, which are added to arrays."""
    result = dict(own)
    for key, new in given.items():
        old = result.get(key)
        if isinstance(old, list) and isinstance(new, list):
            result[key] = [*old, *new]
        elif isinstance(old, dict) and isinstance(new, dict):
            result[key] = {**old, **new}
        else:
            result[key] = new
    return result


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


def _why_missing(path: str) -> str:
    return "the directory has no kustomization" if os.path.isdir(path) else "it does not exist"


def _joined(directory: str, path: str) -> str:
    """The path as kustomize joins it, which takes `..` away before it follows links."""
    return os.path.normpath(os.path.join(directory, path))
