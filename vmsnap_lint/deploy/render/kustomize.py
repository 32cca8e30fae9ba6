"""Renders the kustomizations of a run that no other one includes."""

from __future__ import annotations

import os

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_directory, real_path
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render.failures import not_whole, reason_of
from vmsnap_lint.deploy.render.own_objects import chart_may_hold, hold
from vmsnap_lint.deploy.render.pieces import pieces
from vmsnap_lint.deploy.render.quiet_trees import QuietTrees
from vmsnap_lint.deploy.render.rendering import Built, NotRendered
from vmsnap_lint.deploy.render.tree_gaps import release_of, shown
from vmsnap_lint.objects.provenance import RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.chart_renders import ChartRenders
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.kustomize_jobs import KustomizeBuilds
    from vmsnap_lint.deploy.render.outcomes import TreeOutcomes
    from vmsnap_lint.deploy.render.pieces import TreePiece
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.deploy.render.rendering import Result
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.gaps import Gap

__all__ = ["NO_TOOL", "KustomizeTools", "may_hold", "render_kustomizations"]

NO_TOOL = "neither kustomize nor kubectl is on PATH"


class KustomizeTools(NamedTuple):
    """What reads, builds and puts together the kustomizations of a run."""

    graph: Graph
    cache: FileCache
    projects: Projects
    settings: Settings
    charts: ChartRenders
    builds: KustomizeBuilds
    outcomes: TreeOutcomes


def render_kustomizations(
    sources: Sources,
    tools: KustomizeTools,
    used: frozenset[str],
    of_jobs: Sequence[KustomizationNode] = (),
) -> Iterator[Result]:
    """The build of each kustomization that no other one includes, unless all its files are `used`.

    `of_jobs` are those of jobs, which count among those that no program is there to build.
    Raises UsageError where kustomizations must be built and there is no program for it.
    """
    graph, cache, settings = tools.graph, tools.cache, tools.settings
    locations = set()
    for file in sources.kustomizations:
        location = real_path(file.location)
        project = tools.projects.of(real_directory(os.path.dirname(file.location)))
        if project.holds(location):
            locations.add(location)
        elif settings.render != "never":
            reason = f"not rendered: it is a link that leads out of the {project.noun}"
            yield NotChecked(file.path, reason)
    quiet = QuietTrees(sources, graph, cache, tools.projects)
    roots = [
        root
        for root in graph.roots(quiet.loud(locations))
        if not tools.builds.files(root) <= used and _may_decide(root, tools)
    ]
    roots.sort(key=lambda root: cache.shown(root.location))
    yield from _twice(roots, tools)
    if not tools.builds.command:
        yield from _unavailable([*of_jobs, *roots], tools)
    for root, parts in pieces(roots, tools.builds.build, graph).items():
        yield from _results(root, parts, tools)


def may_hold(root: KustomizationNode, tools: KustomizeTools, least: Relevance) -> bool:
    """Whether a tree may have objects of that relevance, which is a reason to build it."""
    if hold(tools.builds.files(root), tools.cache, least):
        return True
    jobs = (each.job for node in tools.graph.closure(root) for each in node.charts)
    return any(
        chart_may_hold(job, tools.charts.files(job.directory), tools.cache, least) for job in jobs
    )


def _may_decide(root: KustomizationNode, tools: KustomizeTools) -> bool:
    """Whether a file of the tree may hold a kind that decides about disks, or is not read."""
    if any(node.refusal and node.refusal.leaves for node in tools.graph.closure(root)):
        return True
    return may_hold(root, tools, Relevance.BUILT)


def _twice(roots: Iterable[KustomizationNode], tools: KustomizeTools) -> Iterator[NotChecked]:
    """A note for each kustomization with a key twice, of which kustomize reads the last one."""
    for node in dict.fromkeys(node for root in roots for node in tools.graph.closure(root)):
        faults = node.document.source.faults if node.document is not None else ()
        twice = [fault for fault in faults if fault.kind is document.FaultKind.DUPLICATE_KEY]
        if twice:
            more = f", and {len(twice) - 1:,} more" if len(twice) > 1 else ""
            reason = f"{twice[0].message} (line {twice[0].span.line}){more}"
            yield NotChecked(tools.cache.shown(node.location), reason)


def _unavailable(roots: list[KustomizationNode], tools: KustomizeTools) -> Iterator[Result]:
    """That trees are checked unrendered, for want of a program."""
    if not roots:
        return
    if tools.settings.render == "require":
        raise UsageError(f"--render require: {NO_TOOL}; install one or pass --render auto")
    if tools.settings.render == "auto":
        what = counted(len(roots), "kustomization")
        first = shown(roots[0], tools.cache)
        yield NotChecked(first, f"{what} checked unrendered: {NO_TOOL}")


def _results(
    root: KustomizationNode, parts: list[TreePiece], tools: KustomizeTools
) -> Iterator[Result]:
    """The tree as it is built; else what is built of it, and the rest as it is written."""
    gaps = tuple(tools.outcomes.gaps(root, parts))
    release = release_of(tools.graph.closure(root))
    first, *others = parts
    if first.is_built:
        yield from tools.outcomes.left_out(root)
    if tools.builds.command:
        yield from not_whole(gaps) if tools.settings.render == "require" else ()
    if first.is_built:
        yield _built(first, gaps, release, tools)
        return
    reason = first.build.reason if first.build is not None else ""
    failure = first.build.failure if first.build is not None else None
    if failure is not None and not (failure.at_limit or may_hold(root, tools, Relevance.BUILT)):
        reason, failure = reason_of(failure, tools.cache.shown(root.location)), None
    yield NotRendered(
        tools.cache.shown(root.location), f"not rendered: {reason}" if reason else "",
        tools.builds.files(root), gaps, release, failure,
    )  # fmt: skip
    if failure is not None:
        yield failure
    for part in others:
        if part.is_built:
            yield _built(part, gaps, release, tools)
    for part in (part for part in parts if not part.is_built):
        yield tools.outcomes.objects(part)[1]
        if objects := tuple(tools.outcomes.of_charts(part.node)):
            at, files = tools.cache.shown(part.node.location), tools.outcomes.chart_files(part.node)
            yield Built(at, objects, RenderedTree(), files, gaps, release)


def _built(part: TreePiece, gaps: tuple[Gap, ...], release: str, tools: KustomizeTools) -> Built:
    objects, tree = tools.outcomes.objects(part)
    shown, files = tools.cache.shown(part.node.location), tools.outcomes.files(part.node)
    return Built(shown, tuple(objects), tree, files, gaps, release)
