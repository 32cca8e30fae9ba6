"""Renders the charts of a run that are not part of another one."""

from __future__ import annotations

import os

from vmsnap_lint.core.buffers import exists, is_file
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import NotChecked, Span
from vmsnap_lint.core.relevance import Relevance, of_kind
from vmsnap_lint.deploy.render.chart_files import is_owned
from vmsnap_lint.deploy.render.jobs import ChartJob
from vmsnap_lint.deploy.render.own_objects import chart_may_hold, kinds_written
from vmsnap_lint.deploy.render.rendering import Built, NotRendered
from vmsnap_lint.input.files import MOST_BYTES, load
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.chart_renders import ChartRender, ChartRenders
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.programs import Output
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.deploy.render.rendering import Result
    from vmsnap_lint.input.sources import Sources

__all__ = ["render_charts"]

_START = Span(1, 1, 1, 1)
_TEMPLATES = f"{os.sep}templates{os.sep}"
_UNMADE = "its values make none of the objects of KubeVirt in its templates"


class _Chart(NamedTuple):
    """A chart's directory: its real path, and its path for people."""

    location: str
    path: str

    @property
    def metadata_file(self) -> str:
        """The real path of its Chart.yaml."""
        return os.path.join(self.location, "Chart.yaml")


def render_charts(
    sources: Sources,
    projects: Projects,
    cache: FileCache,
    renders: ChartRenders,
    settings: Settings,
    used: frozenset[str],
) -> Iterator[Result]:
    """The rendered form of each chart that is not part of another one, nor all `used`.

    Raises UsageError where charts must be rendered and helm is not installed.
    """
    charts = list(_charts(sources, projects, cache, renders))
    charts = [chart for chart in charts if not _owned(chart, cache) <= used]
    if charts and not renders.program and settings.render == "require":
        message = "--render require: helm is not on PATH; install it or pass --render auto"
        raise UsageError(message)
    if renders.program:
        yield from _all(charts, renders, cache, settings)
        return
    for chart in charts:
        # Without helm templates are read as written. What a part from elsewhere makes is not.
        reason = renders.lacks(chart.location)
        files = renders.files(chart.location)
        if reason and chart_may_hold(ChartJob(chart.location), files, cache, Relevance.READ):
            yield from _refused(chart, reason, cache, fails=False)


def _all(
    charts: list[_Chart], renders: ChartRenders, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    """The results of charts."""
    values, problem = _values(settings)
    jobs = {chart: ChartJob(chart.location, values=tuple(values)) for chart in charts}
    if problem:
        for chart in charts:
            yield from _refused(chart, problem, cache, fails=True)
        return
    results = renders.render(
        job
        for job in jobs.values()
        if chart_may_hold(job, renders.files(job.directory), cache, Relevance.READ)
    )
    for chart, job in jobs.items():
        if job in results:
            yield from _result(chart, results[job], cache, settings)


def _result(
    chart: _Chart, render: ChartRender, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    yield from (NotChecked(chart.path, note) for note in render.notes)
    if not render.reason:
        tree = RenderedTree()
        yield Built(chart.path, render.objects, tree, _owned(chart, cache))
        yield from _unmade(chart, render, cache)
    elif render.output is None:
        fails = render.fails or settings.render == "require"
        yield from _refused(chart, render.reason, cache, fails=fails)
    else:
        yield from _failed(chart, render, render.output, cache, settings)


def _unmade(chart: _Chart, render: ChartRender, cache: FileCache) -> Iterator[NotRendered]:
    """That the values of a chart make no object of KubeVirt, where its templates hold some."""
    if any(of_kind(*each.group_kind) >= Relevance.MARKER for each in render.objects):
        return
    templates = sorted(path for path in render.files if _TEMPLATES in path)
    if kinds := kinds_written(templates, cache):
        gap = _not_rendered(chart, _UNMADE, cache).gaps[0]._replace(kinds=kinds)
        yield NotRendered(chart.path, _UNMADE, frozenset(), (gap,))


def _values(settings: Settings) -> tuple[list[bytes], str]:
    """The content of the values files, or why one of them cannot be used."""
    contents = []
    for path in settings.helm_values:
        if not exists(path):
            return [], f'the values file "{path}" does not exist'
        if not is_file(path):
            return [], f'the values file "{path}" is no regular file'
        try:
            contents.append(load(path, path))
        except UsageError as error:
            return [], str(error)
        if len(contents[-1]) > MOST_BYTES:
            return [], f'the values file "{path}" has more than {MOST_BYTES:,} bytes'
    return contents, ""


def _refused(chart: _Chart, reason: str, cache: FileCache, *, fails: bool) -> Iterator[Result]:
    """That a chart is not rendered, and if so, that it should have been."""
    yield _not_rendered(chart, f"not rendered: {reason}", cache)
    source = cache.source(chart.metadata_file)
    if source is not None and fails:
        yield BuildFailure(SourceSpan(source, _START), reason)


def _charts(
    sources: Sources, projects: Projects, cache: FileCache, renders: ChartRenders
) -> Iterator[_Chart]:
    """The charts with templates in scope, by path; without those that are parts of others.

    One whose metadata is a link that leads out of its project is none.
    """
    paths: dict[str, str] = {}
    for file in sources.files:
        if file.chart:
            depth = file.path.count("/") - (file.chart.count("/") + 1 if file.chart != "." else 0)
            location = file.location  # which may be a link to another place
            for _ in range(depth + 1):
                location = os.path.dirname(location)
            whole = _whole(os.path.realpath(location), file.chart, projects, cache, renders)
            paths.setdefault(*whole)
    for location, path in sorted(paths.items(), key=lambda item: item[1]):
        above, name = os.path.split(os.path.dirname(location))
        if name == "charts" and above in paths:
            continue
        metadata_file = os.path.join(location, "Chart.yaml")
        if not projects.linted(location).holds(os.path.realpath(metadata_file)):
            continue
        cache.show(metadata_file, f"{path}/Chart.yaml".removeprefix("./"))
        documents = cache.documents(metadata_file)
        metadata = documents[0].value if documents else None
        if isinstance(metadata, dict) and metadata.get("type") != "library":
            yield _Chart(location, path)


def _whole(
    location: str, path: str, projects: Projects, cache: FileCache, renders: ChartRenders
) -> tuple[str, str]:
    """The chart that a chart is a part of, which gives it values; else the chart itself."""
    while True:
        inside, steps = os.path.dirname(location), path.split("/")
        above, path_above = os.path.dirname(inside), "/".join(steps[:-2]) or "."
        metadata_file = os.path.join(above, "Chart.yaml")
        is_part = os.path.basename(inside) == "charts" and len(steps) > 1
        is_there = is_part and is_file(metadata_file)
        if not (is_there and projects.linted(location).holds(os.path.realpath(metadata_file))):
            return location, path
        cache.show(metadata_file, f"{path_above}/Chart.yaml".removeprefix("./"))
        if renders.lacks(above):
            return location, path
        location, path = above, path_above


def _not_rendered(chart: _Chart, reason: str, cache: FileCache) -> NotRendered:
    source = cache.source(chart.metadata_file)
    at = SourceSpan(source, _START) if source is not None else None
    gap = Gap(f'chart "{chart.path}"', reason, at)
    return NotRendered(chart.path, reason, _owned(chart, cache), (gap,))


def _owned(chart: _Chart, cache: FileCache) -> frozenset[str]:
    """The real paths of the templates and CRDs of the chart that are files of the run."""
    directory = os.path.join(chart.location, "")
    files = (path for path in cache.files if path.startswith(directory))
    return frozenset(path for path in files if is_owned(path, chart.location))


def _failed(
    chart: _Chart, render: ChartRender, output: Output, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    """The error of helm. Many sound charts fail without the values of a release."""
    from vmsnap_lint.deploy.render import chart_errors  # few charts fail
    from vmsnap_lint.deploy.render.private_copy import values_file

    paths = [os.path.realpath(path) for path in settings.helm_values]
    names = {values_file(load(path, path)): path for path in paths}
    yield _not_rendered(chart, chart_errors.reason_of(render, names), cache)
    matters = render.is_stopped if output.limit else bool(settings.helm_values)
    if matters or settings.render == "require":
        yield from chart_errors.failures(render, chart.location, cache, names)
