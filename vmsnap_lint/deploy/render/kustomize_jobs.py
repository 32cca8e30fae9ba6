"""Kustomizations become the objects that kustomize makes of them, or the reason why not."""

from __future__ import annotations

import functools
import json
import os
from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render import build_errors, programs
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument
from vmsnap_lint.deploy.render.origins import Tracer
from vmsnap_lint.deploy.render.programs import Ending
from vmsnap_lint.deploy.render.unsafe import UnsafeField
from vmsnap_lint.input.kustomization import is_known
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.chart_renders import ChartRenders
    from vmsnap_lint.deploy.render.equal_builds import TreeCommand, TreeOutput
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.jobs import ChartJob
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.private_copy import PrivateCopy
    from vmsnap_lint.deploy.render.programs import Output
    from vmsnap_lint.deploy.render.projects import Projects

__all__ = ["Build", "KustomizeBuilds"]


class Build(NamedTuple):
    """The objects of a kustomization, None where it is not built for a reason.

    `failure` is the error at its place; `is_stopped` says that it is a limit that was met. Charts
    that helm cannot render are left out of it.
    """

    manifests: tuple[Manifest, ...] | None
    reason: str = ""
    failure: BuildFailure | None = None
    is_stopped: bool = False


class _Placed(NamedTuple):
    """A kustomization that was copied, and the command that builds it."""

    root: KustomizationNode
    command: TreeCommand


class KustomizeBuilds:
    """Builds kustomizations; each once. `command` builds the directory appended to it.

    `files` gives the real paths of a tree; of a broken root, of all files that are below it.
    """

    def __init__(
        self,
        graph: Graph,
        cache: FileCache,
        projects: Projects,
        charts: ChartRenders,
        settings: Settings,
    ) -> None:
        self._graph = graph
        self._cache = cache
        self._projects = projects
        self._renders = charts
        self._settings = settings
        self._done: dict[KustomizationNode, Build] = {}
        self._charts: dict[ChartJob, tuple[Manifest, ...]] = {}
        self._refused: dict[ChartJob, str] = {}
        self.command = _command(settings)
        self.files = functools.cache(self._files)

    def build(self, roots: Iterable[KustomizationNode]) -> Mapping[KustomizationNode, Build]:
        """The results of all roots; none where no program is there.

        Raises UsageError where they must be built, and nothing can be written.
        """
        asked = list(dict.fromkeys(roots))
        new = [root for root in asked if root not in self._done]
        for root in new:
            refused = self._refusal(root)
            if refused is not None:
                self._done[root] = refused
        new = [root for root in new if root not in self._done]
        if new and self.command:
            try:
                self._done |= self._built(new)
            except programs.NoHomeError as error:
                if self._settings.render == "require":
                    raise UsageError(f"--render require: {error}; set TMPDIR to one") from error
                self._done |= dict.fromkeys(new, Build(None, str(error)))
        return {root: self._done[root] for root in asked if root in self._done}

    def _files(self, root: KustomizationNode) -> frozenset[str]:
        nodes = self._graph.closure(root)
        files = {path for node in nodes for path in (node.location, *node.resources, *node.others)}
        if root.document is None:
            inside = os.path.join(root.directory, "")
            files |= {path for path in self._cache.files if path.startswith(inside)}
        if root.is_generated:
            files.discard(root.location)
        return frozenset(files)

    def charts(self, node: KustomizationNode) -> dict[ChartJob, tuple[Manifest, ...] | str]:
        """The objects of the charts of one kustomization, or why there are none."""
        self._render_charts([node])
        results: dict[ChartJob, tuple[Manifest, ...] | str] = {}
        for each in node.charts:
            reason = self._refused.get(each.job)
            results[each.job] = self._charts[each.job] if reason is None else reason
        return results

    def _refusal(self, root: KustomizationNode) -> Build | None:
        """Why a tree is never built."""
        nodes = self._graph.closure(root)
        broken = build_errors.broken(nodes, self._cache)
        if broken is not None:
            return Build(None, "one of its kustomizations does not parse", broken)
        node = next((node for node in nodes if node.refusal is not None), None)
        if node is None or node.refusal is None:
            return None
        return self._refused_by(root, node, node.refusal)

    def _refused_by(
        self, root: KustomizationNode, node: KustomizationNode, refusal: UnsafeField
    ) -> Build:
        """A tree that is not built because of a field; an error where kustomize fails by it."""
        where = "" if node is root else f" (in {self._cache.shown(node.location)})"
        reason = f"{refusal.reason}{where}"
        at = node.place(refusal.path)
        fails = at is not None and (refusal.fails or self._settings.render == "require")
        failure = BuildFailure(at, f"not rendered: {reason}") if at and fails else None
        return Build(None, reason, failure)

    def _built(self, roots: Sequence[KustomizationNode]) -> dict[KustomizationNode, Build]:
        from vmsnap_lint.core.cache_folder import CacheFolder  # many runs build nothing
        from vmsnap_lint.deploy.render.equal_builds import run_equal

        self._render_charts(roots)
        results: dict[KustomizationNode, Build] = {}
        limits = programs.ProgramLimits(seconds=self._settings.render_seconds)
        with programs.temporary_home() as home:
            copies: list[PrivateCopy] = []
            placed = []
            for number, root in enumerate(roots):
                copy = self._copy_for(root, copies, home)
                directory = os.path.join(home, str(number))
                problem = copy.add_tree(self._graph.closure(root), self._cache, self._charts)
                if problem:
                    refusal = UnsafeField((), problem, fails=True)
                    results[root] = self._refused_by(root, root, refusal)
                else:
                    placed.append(_Placed(root, self._planned(root, directory, copy)))
            folder = CacheFolder(self._settings.cache_dir)
            outputs = run_equal([each.command for each in placed], home, limits, folder)
        for each, output in zip(placed, outputs, strict=True):
            results[each.root] = self._read(each.root, output)
        return results

    def _planned(self, root: KustomizationNode, directory: str, copy: PrivateCopy) -> TreeCommand:
        from vmsnap_lint.deploy.render.equal_builds import TreeCommand  # as above

        words = [*self.command, *self._loading(root), directory]
        size = programs.size_of(self.files(root))
        used = copy.used()
        return TreeCommand(
            words, root.directory, copy, used, size, directory,
            lambda: copy.make(used) or _wrap(directory, copy.place(root.directory)),
        )  # fmt: skip

    def _render_charts(self, roots: Iterable[KustomizationNode]) -> None:
        """Renders the charts of kustomizations, all at once."""
        nodes = chain.from_iterable(map(self._graph.closure, roots))
        jobs = {each.job for node in nodes for each in node.charts}
        new = sorted(jobs - self._charts.keys() - self._refused.keys())
        for job, render in (self._renders.render(new) if new else {}).items():
            if render.reason:
                self._refused[job] = render.reason
            else:
                self._charts[job] = render.objects

    def _copy_for(
        self, root: KustomizationNode, copies: list[PrivateCopy], home: str
    ) -> PrivateCopy:
        """The first copy that has no other form of a kustomization, or a new one.

        A kustomization that nobody wrote must not be found by the trees of others.
        """
        from vmsnap_lint.deploy.render.private_copy import PrivateCopy  # as above

        nodes = self._graph.closure(root)
        for copy in copies:
            if copy.has_generated == root.is_generated and not copy.has_other(nodes):
                return copy
        directory = os.path.join(home, f"files{len(copies) or ''}")
        first = copies[0] if copies else None
        copies.append(PrivateCopy(directory, first, has_generated=root.is_generated))
        return copies[-1]

    def _loading(self, root: KustomizationNode) -> list[str]:
        """The flag for trees that share files within one project, as Flux allows.

        Without it, kustomize reads no file outside of the directory of the kustomization. A field
        of a later kustomize may name any file.
        """
        nodes = self._graph.closure(root)
        if not all(is_known(node.value) for node in nodes):
            return []
        outside = {
            path
            for node in nodes
            for path in (*node.resources, *node.others)
            if not path.startswith(os.path.join(node.directory, ""))
        }
        project = self._projects.of(root.directory)
        if not outside or not project.is_repository or not all(map(project.holds, outside)):
            return []
        return ["--load-restrictor", "LoadRestrictionsNone"]

    def _read(self, root: KustomizationNode, made: TreeOutput) -> Build:
        output = made.output
        if output.ending is Ending.NOT_COPIED:
            return self._refused_by(root, root, UnsafeField((), output.error, fails=True))
        source = document.read(self._cache.shown(root.location), output.data)
        error = output.error or next((fault.message for fault in source.faults), "")
        if error:
            return self._failed(root, output, error)
        tracer = Tracer(made, root, self._graph, self._cache, self._charts)
        manifests = []
        for part in (part for part in source.documents if isinstance(part.value, dict)):
            origin = tracer.trace(part.value)
            rendered = RenderedDocument(part.value, part.index, origin, self._cache)
            manifests.append(Manifest(rendered, part.value, ()))
        return Build(tuple(manifests))

    def _failed(self, root: KustomizationNode, output: Output, error: str) -> Build:
        if output.ending is Ending.STOPPED:
            failure = build_errors.at_limit(root.at(()), "kustomize", output.limit)
            return Build(None, output.limit, failure, is_stopped=True)
        if output.limit:
            return Build(None, output.limit, is_stopped=True)
        failure = build_errors.failure(error, root, self._graph, self._cache)
        if root.is_generated:
            return Build(None, failure.message)
        if lacking := self._lacks(root):  # what it misses may be there
            return Build(None, f"kustomize cannot build it without {lacking}")
        reason = "kustomize cannot build it"
        return Build(None, reason, None if self._is_reported(root) else failure)

    def _lacks(self, root: KustomizationNode) -> str:
        """The first entry of a tree that is left out, or ""."""
        for node in self._graph.closure(root):
            if node.left_out:
                return str(node.left_out[0])
            if any(each.job in self._refused for each in node.charts):
                return "one of its charts"
        return ""

    def _is_reported(self, root: KustomizationNode) -> bool:
        """Whether the rule yaml-invalid reports more exactly why the tree cannot be built."""
        sources = map(self._cache.source, self._cache.files.keys() & self.files(root))
        faults = (fault for source in filter(None, sources) for fault in source.faults)
        return any(fault.relevance and fault.kind is document.FaultKind.SYNTAX for fault in faults)


def _command(settings: Settings) -> list[str]:
    """The command that builds the directory appended to it, [] where there is none."""
    for name, verb in (("kustomize", "build"), ("kubectl", "kustomize")):
        path = programs.find(name, settings.tool_path) if settings.render != "never" else ""
        if path:
            return [path, verb]
    return []


def _wrap(directory: str, root: str) -> str:
    """Write a kustomization that includes another one and asks for annotations. Why not, or ""."""
    from vmsnap_lint.deploy.render.private_copy import not_copied  # as above

    wrapper = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(root, directory)],
        "buildMetadata": ["originAnnotations", "transformerAnnotations"],
    }
    try:
        os.makedirs(directory)
        with open(os.path.join(directory, "kustomization.yaml"), "w", encoding="utf-8") as file:
            json.dump(wrapper, file)
    except OSError as error:
        return not_copied(error)
    return ""
