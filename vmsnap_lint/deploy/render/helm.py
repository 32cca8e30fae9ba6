"""The charts of a run become the objects that helm makes of them."""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Span
from vmsnap_lint.deploy.render import programs
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument, from_template
from vmsnap_lint.deploy.render.rendering import Built, NotRendered, RenderedTrees
from vmsnap_lint.objects.manifest import Manifest, SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.document import Source
    from vmsnap_lint.input.sources import Sources

__all__ = ["render_charts"]

# helm needs a namespace to render for, and nobody told us one: it is taken off again.
_NAMESPACE = "vmsnap-lint-namespace-is-not-set"
_START = Span(1, 1, 1, 1)
_PLACE = re.compile(r"\((?P<file>[^():]+):(?P<line>\d+)(?::\d+)?\)|on (?P<on>\S+\.\w+):")


class _Chart(NamedTuple):
    """A chart's directory (real path), its path for people, and its Chart.yaml."""

    location: str
    path: str
    about: dict[str, Any]

    @property
    def name(self) -> str:
        """The name, which helm puts in front of the paths of its templates."""
        return str(self.about.get("name"))

    def template(self, source: str) -> str:
        """The real path of what helm calls `name/templates/x.yaml`."""
        return os.path.realpath(os.path.join(self.location, source.partition("/")[2]))


def render_charts(found: Sources, shelf: FileCache, settings: Settings) -> RenderedTrees:
    """What helm makes of each chart that is no part of another one."""
    charts = list(_charts(found, shelf))
    if not charts or settings.render == "never":
        return RenderedTrees()
    helm = programs.find("helm", settings.tool_path)
    if not helm:
        if settings.render == "require":
            message = "--render require: helm is not on the search path: install it, or pass"
            raise UsageError(f"{message} --render auto")
        return RenderedTrees()
    made = RenderedTrees()
    sound = []
    for chart in charts:
        lacking = next((path for path in settings.helm_values if not os.path.isfile(path)), "")
        problem = _missing(chart)
        if lacking:
            problem = f'the values file "{lacking}" does not exist'
        if not problem:
            sound.append(chart)
            continue
        made = made.joined(_refused(chart, problem, found))
        if lacking or settings.render == "require":
            made = made._replace(failures=(*made.failures, *_told(chart, problem, shelf)))
    return made.joined(_rendered(sound, helm, found, shelf, settings))


def _charts(found: Sources, shelf: FileCache) -> Iterator[_Chart]:
    """The charts whose templates speak of a kind of ours, by path; parts of others left out."""
    above: dict[str, str] = {}
    for file in found.files:
        if file.chart:
            depth = file.path.count("/") - (file.chart.count("/") + 1 if file.chart != "." else 0)
            location = os.path.realpath(file.location)
            for _ in range(depth + 1):
                location = os.path.dirname(location)
            above.setdefault(location, file.chart)
    for location, path in sorted(above.items(), key=lambda item: item[1]):
        parents = os.path.dirname(os.path.dirname(location))
        if os.path.basename(os.path.dirname(location)) == "charts" and parents in above:
            continue
        about = os.path.join(location, "Chart.yaml")
        shelf.show(about, f"{path}/Chart.yaml".removeprefix("./"))
        source = shelf.source(about)
        value = source.documents[0].value if source is not None and source.documents else None
        if isinstance(value, dict) and value.get("type") != "library":
            yield _Chart(location, path, value)


def _missing(chart: _Chart) -> str:
    """Why a chart cannot be rendered here, without asking helm; "" where nothing is known."""
    listed = chart.about.get("dependencies")
    for one in listed if isinstance(listed, list) else ():
        name = one.get("name") if isinstance(one, dict) else None
        inside = os.path.join(chart.location, "charts")
        present = os.listdir(inside) if os.path.isdir(inside) else []
        if not any(str(entry).startswith(str(name)) for entry in present):
            return f'its dependency "{name}" is not in its directory "charts"'
    return ""


def _told(chart: _Chart, problem: str, shelf: FileCache) -> Iterator[BuildFailure]:
    """A failure of the whole chart."""
    source = shelf.source(os.path.join(chart.location, "Chart.yaml"))
    if source is not None:
        yield BuildFailure(SourceSpan(source, _START), problem)


def _refused(chart: _Chart, reason: str, found: Sources) -> RenderedTrees:
    files = frozenset(
        os.path.realpath(file.location)
        for file in found.files
        if os.path.realpath(file.location).startswith(os.path.join(chart.location, ""))
    )
    return RenderedTrees(refused=(NotRendered(chart.path, f"not rendered: {reason}", files),))


def _rendered(
    charts: list[_Chart], helm: str, found: Sources, shelf: FileCache, settings: Settings
) -> RenderedTrees:
    values = [word for path in settings.helm_values for word in ("-f", os.path.abspath(path))]
    limits = programs.ProgramLimits(seconds=settings.render_seconds)
    commands = [
        [helm, "template", "release-name", chart.location, "--namespace", _NAMESPACE, *values]
        for chart in charts
    ]
    with tempfile.TemporaryDirectory(prefix="vmsnap-lint-") as home:
        outputs = programs.run_all(commands, home, limits) if commands else []
    made = RenderedTrees()
    for chart, output in zip(charts, outputs, strict=True):
        if output.error:
            made = made.joined(_failed(chart, output.error, found, shelf, settings))
        else:
            made = made.joined(_read(chart, output.data, found, shelf))
    return made


def _failed(
    chart: _Chart, error: str, found: Sources, shelf: FileCache, settings: Settings
) -> RenderedTrees:
    """helm's message. Without the values of a release, many a sound chart refuses."""
    lines = [line for line in error.splitlines() if line and not line.startswith("Use --debug")]
    message = " ".join(lines).removeprefix("Error: ")[:400]
    refused = _refused(chart, f"helm: {message}", found)
    if not settings.helm_values and settings.render != "require":
        return refused
    place = _PLACE.search(message)
    named = _template(chart, place["file"] or place["on"], shelf) if place else None
    source = named or shelf.source(os.path.join(chart.location, "Chart.yaml"))
    if source is None:
        return refused
    line = int(place["line"]) if named and place and place["line"] else 1
    span = Span(line, 1, line, len(source.line(line)) + 1)
    return refused._replace(failures=(BuildFailure(SourceSpan(source, span), f"helm: {message}"),))


def _read(chart: _Chart, data: bytes, found: Sources, shelf: FileCache) -> RenderedTrees:
    name = f"{chart.path}/Chart.yaml".removeprefix("./")
    source = document.read(name, data.replace(_NAMESPACE.encode(), b"<namespace>"))
    manifests = []
    for part in source.documents:
        if isinstance(part.value, dict):
            metadata = part.value.get("metadata")
            if isinstance(metadata, dict) and metadata.get("namespace") == "<namespace>":
                del metadata["namespace"]
            said, line = from_template(part)
            template = _template(chart, said, shelf) if said else None
            made = TemplatedDocument(part, template, line)
            manifests.append(Manifest(made, part.value, ()))
    used = _refused(chart, "", found).refused[0].files
    return RenderedTrees(
        built=(Built(chart.path, tuple(manifests), RenderedTree((), frozenset())),), used=used
    )


def _template(chart: _Chart, said: str, shelf: FileCache) -> Source | None:
    """The template that helm speaks of."""
    location = chart.template(said)
    shelf.reach(location, os.path.join(chart.location, "Chart.yaml"))
    return shelf.source(location)
