"""A HelmRelease of Flux becomes the release of a chart.

The fields are those of helm-controller v1.6.3, api/v2/helmrelease_types.go; v2beta1 and v2beta2
have the same as far as they are read.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.kinds import FLUX_GIT_REPOSITORY, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.applied import Applied, gap_of
from vmsnap_lint.deploy.chart_values import ChartError, ChartValues, release_values
from vmsnap_lint.deploy.flux_artifacts import copied_from
from vmsnap_lint.deploy.flux_source import SOURCE_GROUP, absent_source, other_cluster
from vmsnap_lint.deploy.kustomize_fields import (
    images,
    metadata,
    objects,
    patches,
    text,
    written,
)
from vmsnap_lint.deploy.render.jobs import ChartJob

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["applied", "names_chart"]

_HELM_CHART = Kind(SOURCE_GROUP, "HelmChart")
_LONGEST_NAME = 53
_HASH_DIGITS = 12


def names_chart(pointer: Manifest) -> bool:
    """Whether the HelmRelease names a chart; one that does not is a patch for another one."""
    return any(pointer.get("spec", field) is not None for field in ("chart", "chartRef"))


class _Chart(NamedTuple):
    """The spec of a chart (a HelmChart, or the template of one), and where it is written."""

    spec: dict[str, Any]
    namespace: str | None
    at: Path


def applied(pointer: Manifest, around: Around) -> Applied:
    """What the HelmRelease applies: a chart of the repository, or a gap with the reason."""
    cluster = other_cluster(pointer)
    namespace = pointer.text("spec", "targetNamespace") or pointer.namespace
    try:
        chart = _chart(pointer, around)
        around = around.seen_from(pointer, text(chart.spec, "chart").lstrip("/"))
        directory = _directory(chart, around, pointer)
        values = release_values(pointer, chart.spec, directory, around)
    except ChartError as error:
        gap = gap_of(pointer, error.reason, ("spec", *error.at), namespace)
        return Applied(pointer, cluster=cluster, gaps=(gap,))
    job = ChartJob(
        directory, _release_name(pointer), namespace, values.files,
        (*values.settings, *_settings(pointer)), written(_rendered_fields(pointer)),
    )  # fmt: skip
    return Applied(pointer, job, cluster, uncertain=_uncertain(pointer, values))


def _chart(pointer: Manifest, around: Around) -> _Chart:
    """The chart of the release. Raises ChartError where nothing in the tree declares it."""
    reference = pointer.get("spec", "chartRef")
    if not isinstance(reference, dict):
        at: Path = ("chart", "spec")
        return _Chart(pointer.mapping("spec", *at), pointer.namespace, at)
    kind, name = text(reference, "kind"), text(reference, "name")
    namespace = text(reference, "namespace") or pointer.namespace
    copied = copied_from(reference, "", around, pointer)
    if copied is not None:
        own = {"chart": copied, "sourceRef": {"kind": FLUX_GIT_REPOSITORY.kind}}
        return _Chart(own, namespace, ("chartRef",))
    declared = around.find(_HELM_CHART, namespace, name) if kind == _HELM_CHART.kind else None
    if declared is None:
        reason = f'its chart, {cut(kind) or "source"} "{cut(name)}", is not in the repository'
        raise ChartError(reason, "chartRef")
    return _Chart(declared.mapping("spec"), declared.namespace or namespace, ("chartRef",))


def _directory(chart: _Chart, around: Around, pointer: Manifest) -> str:
    """The directory of the chart. Raises ChartError where the repository has none."""
    path, reference = text(chart.spec, "chart"), chart.spec.get("sourceRef")
    at = [str(step) for step in chart.at]
    kind = text(reference, "kind")
    name = f'its chart "{cut(path)}"'
    if kind not in (FLUX_GIT_REPOSITORY.kind, "Bucket"):
        source = f'{cut(kind) or "source"} "{cut(text(reference, "name"))}"'
        raise ChartError(f"{name} of {source} is not in the repository", *at)
    reason = absent_source(reference, chart.namespace, path, around, pointer)
    if reason:
        raise ChartError(f"{name} cannot be read, as {reason}", *at)
    try:
        directory = around.directory(path, from_root=True)
    except ValueError as error:
        raise ChartError(f"its chart {error}", *at) from error
    if not is_file(os.path.join(directory, "Chart.yaml")):
        raise ChartError(f"{name} has no Chart.yaml", *at)
    return directory


def _release_name(pointer: Manifest) -> str:
    """The name of the release, cut with a part of its hash where it is too long for helm.

    Source: ShortenName, helm-controller v1.6.3, internal/release/name.go.
    """
    target = pointer.text("spec", "targetNamespace")
    given = pointer.text("spec", "releaseName")
    name = given or (f"{target}-{pointer.name}" if target else pointer.name)
    if len(name) <= _LONGEST_NAME:
        return name
    import hashlib  # few names are that long

    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    return f"{name[: _LONGEST_NAME - _HASH_DIGITS - 1]}-{digest[:_HASH_DIGITS]}"


def _settings(pointer: Manifest) -> tuple[str, ...]:
    """The flags that leave out the custom resource definitions of the chart."""
    is_skipped = (
        pointer.get("spec", "install", "skipCRDs") is True
        or pointer.get("spec", "install", "crds") == "Skip"
    )
    return ("--skip-crds",) if is_skipped else ()


def _rendered_fields(pointer: Manifest) -> dict[str, Any]:
    """The fields of a kustomization that does what the post-renderers do.

    Source: BuildPostRenderers, helm-controller v1.6.3, internal/postrender/build.go.
    """
    found = [entry["kustomize"] for entry in objects(pointer.get("spec"), "postRenderers")
             if isinstance(entry.get("kustomize"), dict)]  # fmt: skip
    return {
        "patches": [patch for entry in found for patch in patches(entry)],
        "images": [image for entry in found for image in images(entry)],
        **metadata(pointer.get("spec", "commonMetadata")),
    }


def _uncertain(pointer: Manifest, values: ChartValues) -> str:
    if pointer.get("spec", "suspend") is True:
        return "it is suspended: its objects may be out of date"
    return values.uncertain
