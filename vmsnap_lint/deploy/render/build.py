"""Builds the trees of a run, and the jobs of what applies directories to clusters."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render import interruptions
from vmsnap_lint.deploy.render.chart_renders import ChartRenders
from vmsnap_lint.deploy.render.dry_run import DryRun
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.deploy.render.graph import Graph
from vmsnap_lint.deploy.render.helm import render_charts
from vmsnap_lint.deploy.render.job_outcomes import JobOutcomes
from vmsnap_lint.deploy.render.kustomize import KustomizeTools, render_kustomizations
from vmsnap_lint.deploy.render.kustomize_jobs import KustomizeBuilds
from vmsnap_lint.deploy.render.outcomes import TreeOutcomes
from vmsnap_lint.deploy.render.own_objects import hold
from vmsnap_lint.deploy.render.projects import Projects
from vmsnap_lint.deploy.render.rendering import NotRendered, RenderedTrees, collected
from vmsnap_lint.deploy.render.tree_gaps import oldest, release_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.jobs import Job, Outcome
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.provenance import BuildFailure

__all__ = ["Renderer", "render"]


class Renderer:
    """Builds what a run asks for; each tree and each job once.

    `cache` reads files, `projects` tells what a tree may read.
    """

    def __init__(self, sources: Sources, settings: Settings) -> None:
        self._sources = sources
        self._settings = settings
        self.cache = FileCache(sources)
        self.projects = Projects(sources)
        graph = Graph(self.cache, self.projects)
        charts = ChartRenders(self.cache, self.projects, settings)
        builds = KustomizeBuilds(graph, self.cache, self.projects, charts, settings)
        outcomes = TreeOutcomes(graph, self.cache, DryRun(graph, self.cache), builds)
        self._tools = KustomizeTools(
            graph, self.cache, self.projects, settings, charts, builds, outcomes
        )
        self._jobs = JobOutcomes(sources, self._tools)

    def run(self, jobs: Iterable[Job]) -> dict[Job, Outcome]:
        """The outcome of each job. A job that was asked for before costs nothing.

        Raises UsageError where jobs must be built and no program is there to do it.
        """
        with interruptions.as_exceptions():
            return self._jobs.run(jobs)

    def files(self, job: Job) -> frozenset[str]:
        """The real paths of the files that a job reads, known without building it."""
        return self._jobs.files(job)

    def trees(self, used: frozenset[str] = frozenset()) -> RenderedTrees:
        """Every tree of the run that holds a kind in scope and is not all `used` (real paths).

        Raises UsageError where a tree must be rendered and no program is there to do it.
        """
        tools, sources, settings = self._tools, self._sources, self._settings
        with interruptions.as_exceptions():
            kustomizations = render_kustomizations(sources, tools, used)
            charts = render_charts(
                sources, tools.projects, self.cache, tools.charts, settings, used
            )
            trees = collected((*kustomizations, *charts), self.cache.sources())
        return _settled(trees, tools)._replace(release=self._release())

    def _release(self) -> str:
        """The oldest release of KubeVirt that a kustomization of the run names by its URL."""
        named = (file for file in self._sources.kustomizations if b"kubevirt/kubevirt" in file.data)
        locations = (os.path.realpath(file.location) for file in named)
        return oldest(release_of([self._tools.graph.node(at)]) for at in locations)


def render(sources: Sources, settings: Settings) -> RenderedTrees:
    """Every tree of the run that holds a kind in scope.

    Raises UsageError where a tree must be rendered and no program is there to do it.
    """
    return Renderer(sources, settings).trees()


def _settled(trees: RenderedTrees, tools: KustomizeTools) -> RenderedTrees:
    """The trees with failures as notes, where these cannot matter to what saves or restores VMs."""
    if not trees.failures:
        return trees
    is_in_scope = _is_in_scope(tools)
    kept = tuple(each for each in trees.failures if each.at_limit or is_in_scope)
    told = {tree.failure for tree in trees.not_rendered}
    left = (failure for failure in trees.failures if failure not in kept and failure not in told)
    notes = (NotChecked(each.at.source.file, _told(each)) for each in left)
    explained = (
        tree if tree.failure is None or tree.failure in kept else _explained(tree, tree.failure)
        for tree in trees.not_rendered
    )
    return trees._replace(
        failures=kept, not_rendered=tuple(explained), notes=(*trees.notes, *notes)
    )


def _explained(tree: NotRendered, failure: BuildFailure) -> NotRendered:
    """The tree with its failure as the reason, which no finding tells."""
    where = "" if failure.at.source.file == tree.root else f"{failure.at.source.file}: "
    return tree._replace(reason=f"not rendered: {where}{_told(failure)}")


def _told(failure: BuildFailure) -> str:
    return f"{failure.message} (line {failure.at.span.line})"


def _is_in_scope(tools: KustomizeTools) -> bool:
    """Whether a tree that cannot be built may matter to what saves or restores a VM."""
    if tools.settings.all_vms or tools.settings.render == "require":
        return True
    files = {*tools.cache.files, *tools.cache.sources()}
    return hold(files, tools.cache, Relevance.SAVING)
