"""Annotations become what deploys an object and when: Argo CD, Flux, Helm.

https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/,
https://helm.sh/docs/topics/charts_hooks/, https://fluxcd.io/flux/components/kustomize/kustomizations/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ARGO", "deploys", "gitops_marker", "hooks", "order_key", "precedes", "stage"]

ARGO = "argocd.argoproj.io/"
_HOOK = f"{ARGO}hook"
_WAVE = f"{ARGO}sync-wave"
_HELM_HOOK = "helm.sh/hook"
_HELM_WEIGHT = "helm.sh/hook-weight"


def gitops_marker(manifest: Manifest) -> str:
    """The label or annotation that shows Argo CD or Flux to keep the object in sync, or ""."""
    for field in ("annotations", "labels"):
        for key in manifest.mapping("metadata", field):
            if key.startswith(ARGO) or "fluxcd.io/" in key:
                return key
    return ""


def deploys(tool: Manifest, directory: str) -> bool:
    """Whether an Application of Argo CD or a Kustomization of Flux speaks of that directory.

    Its path starts at the top of a repository, which is some directory above the tool's own file.
    """
    wanted = directory.strip("/").split("/")
    above = tool.file.strip("/").split("/")[:-1]
    for path in _paths(tool):
        steps = [step for step in path.split("/") if step not in ("", ".")]
        tops = range(len(above) + 1) if steps else ()
        if any(wanted[: top + len(steps)] == above[:top] + steps for top in tops):
            return True
    return False


def hooks(manifest: Manifest) -> frozenset[str]:
    """The hooks of Argo CD or Helm as which an object is applied, in small letters, no dashes."""
    annotations = manifest.mapping("metadata", "annotations")
    hook = annotations.get(_HOOK) or annotations.get(_HELM_HOOK)
    named = hook.lower().replace("-", "").split(",") if isinstance(hook, str) else ()
    return frozenset(one.strip() for one in named if one.strip())


def order_key(manifest: Manifest) -> str:
    """The annotation by which Argo CD orders the object, or ""."""
    annotations = manifest.mapping("metadata", "annotations")
    return next((key for key in (_HOOK, _WAVE) if annotations.get(key)), "")


def precedes(first: Manifest, second: Manifest) -> bool:
    """Whether hooks or waves bring `first` to its end before `second` is applied."""
    return stage(first) < stage(second)


def stage(manifest: Manifest) -> tuple[int, int]:
    """The phase in which an object is applied (0 before the others, 2 after) and its wave."""
    annotations = manifest.mapping("metadata", "annotations")
    hook = annotations.get(_HOOK) or annotations.get(_HELM_HOOK)
    wave = annotations.get(_WAVE, annotations.get(_HELM_WEIGHT))
    return _phase(hook if isinstance(hook, str) else ""), _number(wave)


def _paths(tool: Manifest) -> list[str]:
    """The directories that it applies."""
    found = [tool.text("spec", "path"), tool.text("spec", "source", "path")]
    for index, _ in tool.items("spec", "sources"):
        found.append(tool.text("spec", "sources", index, "path"))
    return [path for path in found if path]


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
