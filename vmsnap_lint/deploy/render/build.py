"""Builds the trees of a run, and the jobs of what applies directories to clusters."""

from __future__ import annotations

from types import MappingProxyType

from vmsnap_lint.core import interruptions
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.deploy.render.chart_renders import ChartRenders
from vmsnap_lint.deploy.render.dry_run import DryRun
from vmsnap_lint.deploy.render.failures import may_matter, reason_of
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.deploy.render.graph import Graph
from vmsnap_lint.deploy.render.helm import render_charts
from vmsnap_lint.deploy.render.job_outcomes import JobOutcomes
from vmsnap_lint.deploy.render.kustomize import KustomizeTools, render_kustomizations
from vmsnap_lint.deploy.render.kustomize_jobs import KustomizeBuilds
from vmsnap_lint.deploy.render.outcomes import TreeOutcomes
from vmsnap_lint.deploy.render.projects import Projects
from vmsnap_lint.deploy.render.rendering import Built, RenderedTrees, collected
from vmsnap_lint.deploy.render.tree_gaps import oldest, release_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.jobs import Job, Outcome
    from vmsnap_lint.document import Source
    from vmsnap_lint.input.sources import SourceFile, Sources

__all__ = ["Renderer"]


class Renderer:
    """Builds what a run asks for; each tree and each job once.

    `decoded` are files that are decoded already. `cache` reads files, `projects` tells what a tree
    may read.
    """

    def __init__(
        self,
        sources: Sources,
        settings: Settings,
        decoded: Mapping[SourceFile, Source] = MappingProxyType({}),
    ) -> None:
        self._sources = sources
        self._settings = settings
        self.cache = FileCache(sources, decoded)
        self.projects = Projects(sources)
        graph = Graph(self.cache, self.projects)
        charts = ChartRenders(self.cache, self.projects, settings)
        builds = KustomizeBuilds(graph, self.cache, self.projects, charts, settings)
        dry_run = DryRun(graph, self.cache)
        outcomes = TreeOutcomes(graph, self.cache, dry_run, builds, charts, settings)
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
            kustomizations = tuple(render_kustomizations(sources, tools, used, self._jobs.unbuilt))
            built = used.union(*(each.files for each in kustomizations if isinstance(each, Built)))
            charts = render_charts(
                sources, tools.projects, self.cache, tools.charts, settings, built
            )
            trees = collected((*kustomizations, *charts), self.cache.sources())
        return _settled(trees, tools)._replace(release=self._release(used))

    def _release(self, used: frozenset[str]) -> str:
        """The oldest release of KubeVirt that a kustomization of the run names by its URL."""
        named = (file for file in self._sources.kustomizations if b"kubevirt/kubevirt" in file.data)
        locations = {real_path(file.location) for file in named} - used
        return oldest(release_of([self._tools.graph.node(at)]) for at in locations)


def _settled(trees: RenderedTrees, tools: KustomizeTools) -> RenderedTrees:
    """The trees with failures as notes, where these cannot matter to what saves or restores VMs."""
    if not trees.failures:
        return trees
    matters = may_matter(tools.cache, tools.settings)
    kept = tuple(each for each in trees.failures if each.at_limit or matters)
    noted = {tree.failure for tree in trees.not_rendered}
    left = (failure for failure in trees.failures if failure not in kept and failure not in noted)
    notes = (NotChecked(each.at.source.file, reason_of(each, each.at.source.file)) for each in left)
    not_rendered = (
        tree
        if tree.failure is None or tree.failure in kept
        else tree._replace(reason=f"not rendered: {reason_of(tree.failure, tree.root)}")
        for tree in trees.not_rendered
    )
    return trees._replace(
        failures=kept, not_rendered=tuple(not_rendered), notes=(*trees.notes, *notes)
    )
