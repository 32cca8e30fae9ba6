"""The charts of a kustomization (`helmCharts`) that are in its tree become jobs for helm.

kustomize v5.6.0: api/internal/builtins/HelmChartInflationGenerator.go,
api/types/helmchartargs.go.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.render.align import array_at, object_at
from vmsnap_lint.deploy.render.jobs import ChartJob
from vmsnap_lint.deploy.render.left_out import LeftOut
from vmsnap_lint.deploy.render.plugins import as_json
from vmsnap_lint.deploy.render.remote import without_login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.projects import Project

    Path = tuple[str | int, ...]

__all__ = ["CHART_FIELDS", "Inflation", "inflations"]

CHART_FIELDS = ("helmCharts", "helmChartInflationGenerator")
# The keys of the older field, as those of the newer one.
_OLDER = {
    "chartName": "name", "chartVersion": "version", "chartRepoUrl": "repo",
    "chartRepoName": "repo", "releaseNamespace": "namespace", "values": "valuesFile",
    "valuesLocal": "valuesInline",
}  # fmt: skip
_HOME = "charts"


class Inflation(NamedTuple):
    """A chart that a kustomization builds: its entry, its job, and the file for its objects."""

    at: Path
    job: ChartJob
    file: str


def inflations(
    value: dict[str, Any], directory: str, project: Project, cache: FileCache
) -> tuple[tuple[Inflation, ...], tuple[LeftOut, ...]]:
    """The charts of a kustomization that are in its tree, and those that are not."""
    local: list[Inflation] = []
    remote: list[LeftOut] = []
    for at, chart in _charts(value):
        result = _read(chart, value, directory, project, cache)
        if isinstance(result, ChartJob):
            file = os.path.join(directory, f"vmsnap-lint-chart-{len(local)}.yaml")
            while os.path.lexists(file):
                file = file.replace("vmsnap-lint-", "vmsnap-lint-x-", 1)
            local.append(Inflation(at, result, file))
        else:
            name, url = without_login(str(chart.get("name"))), str(chart.get("repo") or "")
            remote.append(LeftOut(at, f'chart "{name}"', result, url))
    return tuple(local), tuple(remote)


def _charts(value: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for field in CHART_FIELDS:
        written = value.get(field)
        is_array = isinstance(written, list)
        entries = array_at(written) if is_array else [written] if written else []
        for index, entry in enumerate(entries):
            chart = {_OLDER.get(key, key): below for key, below in object_at(entry).items()}
            yield (field, index) if is_array else (field,), chart


def _read(
    chart: dict[str, Any],
    value: dict[str, Any],
    directory: str,
    project: Project,
    cache: FileCache,
) -> ChartJob | str:
    """The job of a chart, or why there is none."""
    location = _location(chart, value, directory, project)
    if not location:
        return "the chart is not in the tree"
    defaults = os.path.relpath(os.path.join(location, "values.yaml"), directory)
    values = _values(chart, directory, defaults, project, cache)
    if values is None:
        return "a values file of it cannot be read"
    release, namespace = chart.get("releaseName"), chart.get("namespace")
    return ChartJob(
        location,
        release if isinstance(release, str) and release else "release-name",
        namespace if isinstance(namespace, str) and namespace else None,
        values,
        tuple(_flags(chart)),
    )


def _location(
    chart: dict[str, Any], value: dict[str, Any], directory: str, project: Project
) -> str:
    """The directory of a chart (real path), "" where it is not in the tree."""
    name, version = chart.get("name"), chart.get("version")
    home = chart.get("chartHome") or object_at(value, "helmGlobals").get("chartHome") or _HOME
    if not isinstance(name, str) or not name or not isinstance(home, str):
        return ""
    for text in (os.path.join(home, f"{name}-{version}", name), os.path.join(home, name)):
        path = project.find(directory, text)
        if isinstance(path, str) and is_file(os.path.join(path, "Chart.yaml")):
            return path
    return ""


def _values(
    chart: dict[str, Any], directory: str, defaults: str, project: Project, cache: FileCache
) -> tuple[bytes, ...] | None:
    """The contents of the values in the order of helm; None where a file cannot be read.

    What is merged does not replace what a values file sets, which is that of the chart by default.
    """
    own = chart.get("valuesFile") or (defaults if chart.get("valuesMerge") == "merge" else "")
    texts = [own, *array_at(chart, "additionalValuesFiles")]
    paths = [project.find(directory, text) for text in texts if isinstance(text, str) and text]
    files = [cache.data(path) if isinstance(path, str) else None for path in paths]
    contents = [data for data in files if data is not None]
    if len(contents) < len(files):
        return None
    inline, merge = chart.get("valuesInline"), chart.get("valuesMerge")
    if isinstance(inline, dict) and inline:
        text = as_json([inline]).encode()
        first = 1 if own else 0
        if merge == "replace":
            contents[:first] = [text]
        else:
            contents.insert(0 if merge == "merge" else first, text)
    return tuple(contents)


def _flags(chart: dict[str, Any]) -> Iterator[str]:
    if not chart.get("includeCRDs"):
        yield "--skip-crds"
    if chart.get("skipHooks"):
        yield "--no-hooks"
    if chart.get("skipTests"):
        yield "--skip-tests"
    for version in _texts(chart.get("apiVersions")):
        yield from ("--api-versions", version)
    if isinstance(chart.get("kubeVersion"), str) and chart["kubeVersion"]:
        yield from ("--kube-version", chart["kubeVersion"])


def _texts(value: object) -> Iterator[str]:
    """The texts in an array."""
    yield from (entry for entry in array_at(value) if isinstance(entry, str))
