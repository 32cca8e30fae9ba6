"""Trees of a test as what pointers look at, and what these apply as plain values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vmsnap_lint import document
from vmsnap_lint.deploy import argocd, flux
from vmsnap_lint.deploy.around import Around
from vmsnap_lint.deploy.checkout import Checkout
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.deploy.applied import Applied
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["application", "applied", "config_map", "git_repository", "kustomization", "pointer",
           "reasons", "release", "tree"]  # fmt: skip


def tree(root: Path, files: Mapping[str, str] | None = None, *objects: Manifest) -> Around:
    """The directory with these files, and the objects of its cluster."""
    for name, text in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def load(location: str) -> bytes | None:
        try:
            return Path(location).read_bytes()
        except OSError:
            return None

    return Around(Checkout(str(root.resolve()), load), objects)


def pointer(
    api_version: str,
    kind: str,
    spec: Any,
    name: str = "web",
    namespace: str | None = "flux-system",
    *,
    file: str = "clusters/all.yaml",
    **more: Any,
) -> Manifest:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    value = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, **more}
    (part,) = document.read(file, json.dumps(value).encode()).documents
    (made,) = manifests(part)
    return made


def kustomization(path: str = "./apps", **spec: Any) -> Manifest:
    source = {"kind": "GitRepository", "name": "flux-system"}
    return pointer(
        "kustomize.toolkit.fluxcd.io/v1", "Kustomization",
        {"path": path, "sourceRef": source, **spec}, "apps",
    )  # fmt: skip


def release(directory: str = "./charts/web", **spec: Any) -> Manifest:
    source = {"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"}
    chart_spec = {"spec": {"chart": directory, "sourceRef": source}}
    return pointer(
        "helm.toolkit.fluxcd.io/v2", "HelmRelease", {"chart": chart_spec, **spec}, "web", "shop"
    )


def application(**spec: Any) -> Manifest:
    where = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
    return pointer(
        "argoproj.io/v1alpha1", "Application", {"destination": where, **spec}, "web", "argocd"
    )


def git_repository(name: str, url: str) -> Manifest:
    return pointer("source.toolkit.fluxcd.io/v1", "GitRepository", {"url": url}, name)


def config_map(name: str, data: Any, namespace: str = "flux-system") -> Manifest:
    return pointer("v1", "ConfigMap", {}, name, namespace, data=data)


def applied(one: Manifest, around: Around) -> list[Applied]:
    """What the object applies."""
    return [*flux.applied(one, around), *argocd.applied(one, around)]


def reasons(one: Manifest, around: Around) -> list[str]:
    """Why some of what it applies is not known."""
    return [gap.reason for each in applied(one, around) for gap in each.gaps]
