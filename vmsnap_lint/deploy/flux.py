"""A Kustomization or HelmRelease of Flux becomes what it applies.

The fields are those of kustomize-controller v1.9.4, api/v1/kustomization_types.go.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.kinds import FLUX_HELM_RELEASE, FLUX_KUSTOMIZATION
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy import helm_release
from vmsnap_lint.deploy.applied import Applied, gap_of
from vmsnap_lint.deploy.flux_artifacts import copied_from
from vmsnap_lint.deploy.flux_source import absent_source, other_cluster
from vmsnap_lint.deploy.kustomize_fields import (
    components,
    images,
    metadata,
    patches,
    written,
)
from vmsnap_lint.deploy.post_build import substitution
from vmsnap_lint.deploy.render.jobs import KustomizeJob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["applied"]

_NO_MANIFESTS = frozenset((
    ".drone.yml", ".flux.yaml", ".gitlab-ci.yml", ".goreleaser.yml",
    ".sops.yaml", ".travis.yml", "appveyor.yml", "cloudbuild.yaml", "codeship-services.yml",
    "codeship-steps.yml",
))  # fmt: skip
"""Files that no source holds (fluxcd/pkg sourceignore v0.18.0, sourceignore.go)."""
_NO_SOURCES = frozenset((".circleci", ".github"))


def applied(pointer: Manifest, around: Around) -> Iterator[Applied]:
    """What the object applies; nothing for other kinds, and for one that is a patch."""
    if pointer.group_kind == FLUX_KUSTOMIZATION and _names_source(pointer):
        yield _kustomization(pointer, around)
    elif pointer.group_kind == FLUX_HELM_RELEASE and helm_release.names_chart(pointer):
        yield helm_release.applied(pointer, around)


def _names_source(pointer: Manifest) -> bool:
    """Whether it has a source, which is required, or a path; else it is a patch of one."""
    return bool(pointer.get("spec", "sourceRef") or pointer.text("spec", "path"))


def _kustomization(pointer: Manifest, around: Around) -> Applied:
    cluster = other_cluster(pointer)
    path = pointer.text("spec", "path")
    reference = pointer.get("spec", "sourceRef")
    copied = copied_from(reference, path, around, pointer)
    path = path if copied is None else copied
    around = around.seen_from(pointer, path.lstrip("/"))
    reason = ""
    if copied is None:
        reason = absent_source(reference, pointer.namespace, path, around, pointer)
    if reason:
        gap = _gap(pointer, reason, "sourceRef")
        return Applied(pointer, cluster=cluster, gaps=(gap,))
    try:
        # An absolute path counts from the root of the source (SecureJoin in
        # kustomize-controller v1.9.4, internal/controller/kustomization_controller.go).
        directory = around.directory(path, from_root=True)
    except ValueError as error:
        gap = _gap(pointer, f"its path {error}", "path")
        return Applied(pointer, cluster=cluster, gaps=(gap,))
    return _built(pointer, cluster, directory, around)


def _built(pointer: Manifest, cluster: str, directory: str, around: Around) -> Applied:
    """What a directory of the repository comes to."""
    spec = pointer.mapping("spec")
    ignore_missing = spec.get("ignoreMissingComponents") is True
    parts, reason = components(spec.get("components"), ignore_missing, directory, around)
    fields = {
        "namespace": pointer.text("spec", "targetNamespace"),
        "namePrefix": pointer.text("spec", "namePrefix"),
        "nameSuffix": pointer.text("spec", "nameSuffix"),
        "patches": patches(spec),
        "images": images(spec),
        "components": parts,
        **metadata(spec.get("commonMetadata")),
    }
    files, is_cut = _generated(directory, around)
    gaps = (_gap(pointer, "it applies more files than are read", "path"),) if is_cut else ()
    job = KustomizeJob(directory, written(fields), files)
    if not files and not around.kustomization(directory):
        return Applied(pointer, cluster=cluster, gaps=gaps)
    variables, invalid = substitution(pointer, around)
    suspended = "it is suspended: its objects may be out of date"
    uncertain = suspended if spec.get("suspend") is True else reason or invalid
    return Applied(pointer, job, cluster, gaps, variables, uncertain=uncertain)


def _generated(directory: str, around: Around) -> tuple[tuple[str, ...], bool]:
    """The resources of the kustomization that Flux makes where a directory has none.

    All YAML files below, and directories with a kustomization as a whole.
    Source: scanManifests, fluxcd/pkg kustomize v1.39.0, kustomize_generator.go.
    """
    if around.kustomization(directory):
        return (), False

    def is_whole(below: str) -> bool:
        return os.path.basename(below) not in _NO_SOURCES and bool(around.kustomization(below))

    listing = around.files(directory, recurse=True, is_whole=is_whole)
    return tuple(path for path in listing.files if _is_resource(path, directory)), listing.is_cut


def _is_resource(path: str, directory: str) -> bool:
    name = os.path.basename(path)
    if not _NO_SOURCES.isdisjoint(os.path.relpath(path, directory).split(os.sep)):
        return False
    if os.path.isdir(path):
        return True
    return name.endswith((".yaml", ".yml")) and name not in _NO_MANIFESTS


def _gap(pointer: Manifest, reason: str, field: str) -> Gap:
    return gap_of(pointer, reason, ("spec", field), pointer.text("spec", "targetNamespace"))
