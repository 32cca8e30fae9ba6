"""Trees of kustomizations and charts become the objects that are applied.

Only local programs run, within limits, on trees that stay on this disk and hold a kind of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.deploy.render.graph import Graph
from vmsnap_lint.deploy.render.helm import render_charts
from vmsnap_lint.deploy.render.kustomize import render_kustomizations
from vmsnap_lint.deploy.render.rendering import Built, NotRendered, RenderedTrees

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.input.sources import Sources

__all__ = ["Built", "NotRendered", "RenderedTrees", "Rendering", "render"]


class Rendering(NamedTuple):
    """What was rendered, and the files that it was rendered from."""

    made: RenderedTrees
    shelf: FileCache


def render(found: Sources, settings: Settings) -> Rendering:
    """Every tree of the run that holds a kind of ours."""
    shelf = FileCache(found)
    made = render_kustomizations(found, Graph(shelf), shelf, settings)
    made = made.joined(render_charts(found, shelf, settings))
    if made.failures and not _is_concerned(found, shelf, settings):
        made = _only_noted(made)
    return Rendering(made, shelf)


def _is_concerned(found: Sources, shelf: FileCache, settings: Settings) -> bool:
    """Whether a tree that cannot be built may matter to what saves or restores a VM."""
    given = (*found.files, *found.kustomizations)
    texts = (*(file.data for file in given), *(one.data for one in shelf.sources().values()))
    asked = settings.all_vms or settings.render == "require"
    return asked or any(shows(text, Relevance.SAVING) for text in texts)


def _only_noted(made: RenderedTrees) -> RenderedTrees:
    """The failures as what was not checked."""
    notes = []
    for failure in made.failures:
        reason = f"line {failure.at.span.line}: {failure.message}"
        notes.append(NotChecked(failure.at.source.file, reason))
    return made._replace(failures=(), notes=(*made.notes, *notes))
