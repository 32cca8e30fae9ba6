"""Trees of kustomizations and charts become the objects that are applied. Floor 6.15.

Only local programs run, within limits, on trees that stay on this disk and hold a kind of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.render.charts import render_charts
from vmsnap_lint.render.graph import Graph
from vmsnap_lint.render.kustomize import render_kustomizations
from vmsnap_lint.render.outcome import Built, Made, NotRendered
from vmsnap_lint.render.shelf import Shelf

if TYPE_CHECKING:
    from vmsnap_lint.config import Settings
    from vmsnap_lint.sources import Sources

__all__ = ["Built", "Made", "NotRendered", "Rendering", "render"]


class Rendering(NamedTuple):
    """What was rendered, and the files that it was rendered from."""

    made: Made
    shelf: Shelf


def render(found: Sources, settings: Settings) -> Rendering:
    """Every tree of the run that holds a kind of ours."""
    shelf = Shelf(found)
    kustomized = render_kustomizations(found, Graph(shelf), shelf, settings)
    return Rendering(kustomized.joined(render_charts(found, shelf, settings)), shelf)
