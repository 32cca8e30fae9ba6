"""Renders the trees of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.deploy.render import interruptions
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.deploy.render.helm import render_charts
from vmsnap_lint.deploy.render.kustomize import render_kustomizations
from vmsnap_lint.deploy.render.projects import Projects
from vmsnap_lint.deploy.render.rendering import RenderedTrees, collected

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.input.sources import Sources

__all__ = ["render"]


def render(sources: Sources, settings: Settings) -> RenderedTrees:
    """Every tree of the run that holds a kind in scope.

    Raises UsageError where a tree must be rendered and no program is there to do it.
    """
    cache, projects = FileCache(sources), Projects(sources)
    with interruptions.as_exceptions():
        kustomizations = render_kustomizations(sources, projects, cache, settings)
        charts = render_charts(sources, projects, cache, settings)
        trees = collected((*kustomizations, *charts), cache.sources())
    if not trees.failures or _is_in_scope(sources, trees, settings):
        return trees
    notes = (
        NotChecked(failure.at.source.file, f"{failure.message} (line {failure.at.span.line})")
        for failure in trees.failures
        if not failure.at_limit
    )
    at_limit = tuple(failure for failure in trees.failures if failure.at_limit)
    return trees._replace(failures=at_limit, notes=(*trees.notes, *notes))


def _is_in_scope(sources: Sources, trees: RenderedTrees, settings: Settings) -> bool:
    """Whether a tree that cannot be built may matter to what saves or restores a VM."""
    if settings.all_vms or settings.render == "require":
        return True
    contents = [file.data for file in (*sources.files, *sources.kustomizations)]
    contents += [source.data for source in trees.sources.values()]
    return any(shows(data, Relevance.SAVING) for data in contents)
