"""Where the files of a source of Flux are: in the tree, or not and why; on which cluster."""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import FLUX_GIT_REPOSITORY, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.kustomize_fields import text
from vmsnap_lint.deploy.render.remote import without_login

if TYPE_CHECKING:
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ARTIFACT", "SOURCE_GROUP", "absent_source", "other_cluster"]

SOURCE_GROUP = FLUX_GIT_REPOSITORY.group
ARTIFACT = "ExternalArtifact"
"""A source that is put together of others, so that its paths are no paths of a repository."""
_BOOTSTRAPPED = "flux-system"
"""The source that `flux bootstrap` makes of the repository itself."""


def absent_source(
    reference: Any, namespace: str | None, path: str, around: Around, near: Manifest
) -> str:
    """Why the files of a source that holds `path` are not those of the tree, or "".

    The source may be declared elsewhere; then the path alone tells.
    """
    if not isinstance(reference, dict):
        return ""  # the API server refuses it; its path is meant
    kind, name = text(reference, "kind"), text(reference, "name")
    home = text(reference, "namespace") or namespace
    source = around.find(Kind(SOURCE_GROUP, kind), home, name, near)
    url = source.text("spec", "url") if source is not None else ""
    shown = f'{cut(kind) or "source"} "{cut(name)}"'
    if name == _BOOTSTRAPPED and (source is None or kind != FLUX_GIT_REPOSITORY.kind):
        return ""
    if kind == FLUX_GIT_REPOSITORY.kind:
        if around.repositories.is_here(url, path):
            return ""
    elif kind != ARTIFACT and _names_directory(path) and around.has(path):
        return ""
    return f"the files of {shown}{_at(url)} are not in the repository"


def other_cluster(pointer: Manifest) -> str:
    """The name of another cluster that the object is applied to: that of its kubeconfig.

    Source: KubeConfigReference, fluxcd/pkg apis/meta v1.31.0, reference_types.go.
    """
    for field in ("secretRef", "configMapRef"):
        name = pointer.text("spec", "kubeConfig", field, "name")
        if name:
            namespace = pointer.namespace
            return name if namespace in (None, _BOOTSTRAPPED) else f"{namespace}/{name}"
    return ""


def _names_directory(path: str) -> bool:
    return path.strip("./") != ""


def _at(url: str) -> str:
    return f" ({without_login(url)})" if url else ""
