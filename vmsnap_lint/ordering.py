"""Annotations become what deploys an object and when: Argo CD, Flux, Helm. Floor 3.

https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/,
https://helm.sh/docs/topics/charts_hooks/, https://fluxcd.io/flux/components/kustomize/kustomizations/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.manifest import Manifest

__all__ = ["gitops_marker", "precedes", "stage"]

_ARGO = "argocd.argoproj.io/"
_HOOK = f"{_ARGO}hook"
_WAVE = f"{_ARGO}sync-wave"
_HELM_HOOK = "helm.sh/hook"
_HELM_WEIGHT = "helm.sh/hook-weight"


def gitops_marker(manifest: Manifest) -> str:
    """The label or annotation that shows Argo CD or Flux to keep the object in sync, or ""."""
    for field in ("annotations", "labels"):
        for key in manifest.mapping("metadata", field):
            if key.startswith(_ARGO) or "fluxcd.io/" in key:
                return key
    return ""


def precedes(first: Manifest, second: Manifest) -> bool:
    """Whether hooks or waves bring `first` to its end before `second` is applied."""
    return stage(first) < stage(second)


def stage(manifest: Manifest) -> tuple[int, int]:
    """The phase in which an object is applied (0 before the others, 2 after) and its wave."""
    annotations = manifest.mapping("metadata", "annotations")
    hook = annotations.get(_HOOK) or annotations.get(_HELM_HOOK)
    wave = annotations.get(_WAVE, annotations.get(_HELM_WEIGHT))
    return _phase(hook if isinstance(hook, str) else ""), _number(wave)


def _phase(hook: str) -> int:
    named = hook.lower()
    if named.startswith("pre"):
        return 0
    return 2 if named.startswith("post") else 1


def _number(wave: object) -> int:
    try:
        return int(wave) if isinstance(wave, str) and len(wave) < 10 else 0
    except ValueError:
        return 0
