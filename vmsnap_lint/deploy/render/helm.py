"""Renders the charts of a run."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import NotChecked, Span
from vmsnap_lint.deploy.render import build_errors, programs
from vmsnap_lint.deploy.render.align import array_at, object_at
from vmsnap_lint.deploy.render.chart_files import chart_files, is_self_contained
from vmsnap_lint.deploy.render.chart_objects import ChartObjects, template_in
from vmsnap_lint.deploy.render.private_copy import PrivateCopy
from vmsnap_lint.deploy.render.programs import Ending
from vmsnap_lint.deploy.render.rendering import Built, NotRendered
from vmsnap_lint.input.files import MOST_BYTES, load
from vmsnap_lint.objects.manifest import Manifest, SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.chart_files import ChartFiles
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.programs import Output
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.deploy.render.rendering import Result
    from vmsnap_lint.input.sources import Sources

__all__ = ["render_charts"]

# helm needs a namespace to render for, and none is given: it is removed from the output.
_NAMESPACE = "vmsnap-lint-namespace-is-not-set"
_NO_SCHEMA = "values are not validated: a schema of them may refer to other files or hosts"
_START = Span(1, 1, 1, 1)
_PLACE = re.compile(r"\((?P<file>[^():]+):(?P<line>\d+)(?::\d+)?\)|on (?P<on>\S+\.\w+):")


class _Chart(NamedTuple):
    """A chart's directory (real path), its path for people, and the content of its Chart.yaml.

    `files` are the real paths of its files, where it is rendered.
    """

    location: str
    path: str
    metadata: dict[str, Any]
    files: frozenset[str] = frozenset()

    @property
    def metadata_file(self) -> str:
        """The real path of its Chart.yaml."""
        return os.path.join(self.location, "Chart.yaml")


def render_charts(
    sources: Sources, projects: Projects, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    """The rendered form of each chart that is not part of another one.

    Raises UsageError where charts must be rendered and helm is not installed.
    """
    charts = list(_charts(sources, projects, cache)) if settings.render != "never" else []
    helm = programs.find("helm", settings.tool_path) if charts else ""
    if charts and not helm and settings.render == "require":
        message = "--render require: helm is not on PATH; install it or pass --render auto"
        raise UsageError(message)
    if helm:
        yield from _all(charts, helm, projects, cache, settings)


def _all(
    charts: list[_Chart], helm: str, projects: Projects, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    """The results of charts."""
    values, problem = _values(settings)
    sound = []
    for chart in charts:
        files = chart_files(chart.location, projects.linted(chart.location))
        reason = problem or _lacks(chart) or files.problem
        if reason:
            yield from _refused(chart, reason, cache, fails=bool(problem) or _required(settings))
        else:
            sound.append((chart, files))
    try:
        yield from list(_rendered(sound, values, helm, cache, settings)) if sound else ()
    except programs.NoHomeError as error:
        yield from _unwritable((chart for chart, _ in sound), str(error), cache, settings)


def _required(settings: Settings) -> bool:
    return settings.render == "require"


def _values(settings: Settings) -> tuple[list[bytes], str]:
    """The content of the values files, or why one of them cannot be used."""
    contents = []
    for path in settings.helm_values:
        if not os.path.exists(path):
            return [], f'the values file "{path}" does not exist'
        if not os.path.isfile(path):
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


def _charts(sources: Sources, projects: Projects, cache: FileCache) -> Iterator[_Chart]:
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
            paths.setdefault(os.path.realpath(location), file.chart)
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
            yield _Chart(location, path, metadata)


def _lacks(chart: _Chart) -> str:
    """Why a chart cannot be rendered, without a call of helm; "" if no reason is known."""
    inside = os.path.join(chart.location, "charts")
    present = os.listdir(inside) if os.path.isdir(inside) else []
    for dependency in array_at(chart.metadata, "dependencies"):
        name = object_at(dependency).get("name")
        if not any(str(entry).startswith(str(name)) for entry in present):
            return f'dependency "{name}" is missing in "charts"'
    return ""


def _not_rendered(chart: _Chart, reason: str, cache: FileCache) -> NotRendered:
    return NotRendered(chart.path, reason, _files(chart, cache))


def _files(chart: _Chart, cache: FileCache) -> frozenset[str]:
    """The real paths of the files of the run in the chart."""
    directory = os.path.join(chart.location, "")
    return frozenset(path for path in cache.files if path.startswith(directory))


def _rendered(
    charts: list[tuple[_Chart, ChartFiles]],
    values: list[bytes],
    helm: str,
    cache: FileCache,
    settings: Settings,
) -> Iterator[Result]:
    limits = programs.ProgramLimits(seconds=settings.render_seconds)
    with programs.temporary_home() as home:
        copy = PrivateCopy(os.path.join(home, "files"))
        paths = [os.path.realpath(path) for path in settings.helm_values]
        problem = next(filter(None, map(copy.add_data, paths, values)), "")
        flags = [word for path in paths for word in ("-f", copy.place(path))]
        copied, commands, sizes = [], [], []
        for chart, files in charts:
            reason = problem or copy.add_chart(files)
            if reason:
                yield from _refused(chart, reason, cache, fails=True)
                continue
            copied.append(chart._replace(files=frozenset(files.files)))
            sizes.append(programs.size_of(files.files) + sum(map(len, values)))
            place = copy.place(chart.location)
            words = [helm, "template", "release-name", place, "--namespace", _NAMESPACE, *flags]
            if not is_self_contained(map(copy.place, files.files)):
                yield NotChecked(chart.path, _NO_SCHEMA)
                words.append("--skip-schema-validation")
            commands.append(words)
        outputs = programs.run_all(commands, home, limits, sizes, apart=True)
    for chart, output in zip(copied, outputs, strict=True):
        if output.error:
            at = output._replace(error=copy.originals(output.error))
            yield from _failed(chart, at, cache, settings)
        else:
            yield _built(chart, output.data, values, cache)


def _unwritable(
    charts: Iterable[_Chart], reason: str, cache: FileCache, settings: Settings
) -> Iterator[NotRendered]:
    """Raises UsageError where the charts must be rendered."""
    if settings.render == "require":
        raise UsageError(f"--render require: {reason}; set TMPDIR to one")
    for chart in charts:
        yield _not_rendered(chart, f"not rendered: {reason}", cache)


def _failed(
    chart: _Chart, output: Output, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    """The error of helm. Many sound charts fail without the values of a release."""
    start = cache.source(chart.metadata_file)
    if output.limit:
        yield _not_rendered(chart, f"not rendered: {output.limit}", cache)
        if output.ending is Ending.STOPPED and start is not None:
            yield build_errors.at_limit(SourceSpan(start, _START), "helm", output.limit)
        return
    lines = [
        line for line in output.error.splitlines() if line and not line.startswith("Use --debug")
    ]
    message = " ".join(lines).removeprefix("Error: ")[:400]
    yield _not_rendered(chart, f"not rendered by helm: {verbatim(message)}", cache)
    place = _PLACE.search(message)
    file = place["file"] or place["on"] if place else ""
    template = template_in(chart.location, file, chart.files, cache) if file else None
    source = template or start
    if source is not None and (settings.helm_values or settings.render == "require"):
        line = int(place["line"]) if template and place and place["line"] else 1
        span = Span(line, 1, line, len(source.line(line)) + 1)
        yield BuildFailure(SourceSpan(source, span), f"helm: {verbatim(message)}")


def _built(chart: _Chart, data: bytes, values: list[bytes], cache: FileCache) -> Built:
    name = f"{chart.path}/Chart.yaml".removeprefix("./")
    source = document.read(name, data.replace(_NAMESPACE.encode(), b"<namespace>"))
    parts = [part for part in source.documents if isinstance(part.value, dict)]
    for part in parts:
        metadata = object_at(part.value, "metadata")
        if metadata.get("namespace") == "<namespace>":
            del metadata["namespace"]
    objects = ChartObjects(chart.location, chart.files, values, cache)
    manifests = [Manifest(part, part.value, ()) for part in objects.documents(parts)]
    tree = RenderedTree((), frozenset())
    return Built(chart.path, tuple(manifests), tree, _files(chart, cache))
