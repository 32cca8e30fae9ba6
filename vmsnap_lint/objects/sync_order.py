"""Reads from annotations how and when an object is deployed by Argo CD, Flux or Helm.

https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/,
https://helm.sh/docs/topics/charts_hooks/, https://fluxcd.io/flux/components/kustomize/kustomizations/
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ARGO", "deploys", "gitops_marker", "hooks", "order_key", "precedes", "stage"]

ARGO = "argocd.argoproj.io/"
_HOOK = f"{ARGO}hook"
_WAVE = f"{ARGO}sync-wave"
_HELM_HOOK = "helm.sh/hook"
_HELM_WEIGHT = "helm.sh/hook-weight"


def gitops_marker(manifest: Manifest) -> str:
    """The label or annotation by which Argo CD or Flux manages the object, or ""."""
    for field in ("annotations", "labels"):
        for key in manifest.mapping("metadata", field):
            if key.startswith(ARGO) or "fluxcd.io/" in key:
                return key
    return ""


def deploys(tool: Manifest, directory: str) -> bool:
    """Whether an Application of Argo CD or a Kustomization of Flux deploys that directory.

    Its path counts from the top of a repository, some directory above the file of the tool.
    """
    deployed = directory.strip("/").split("/")
    above = tool.file.strip("/").split("/")[:-1]
    for path in _paths(tool):
        steps = [step for step in path.split("/") if step not in ("", ".")]
        tops = range(len(above) + 1) if steps else ()
        if any(deployed[: top + len(steps)] == above[:top] + steps for top in tops):
            return True
    return False


def hooks(manifest: Manifest) -> frozenset[str]:
    """The hooks of Argo CD or Helm of an object, in lower case without dashes."""
    names = _hook(manifest).replace("-", "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def order_key(manifest: Manifest) -> str:
    """The annotation that sets the order in Argo CD, or ""."""
    annotations = manifest.mapping("metadata", "annotations")
    return next((key for key in (_HOOK, _WAVE) if annotations.get(key)), "")


def precedes(first: Manifest, second: Manifest) -> bool:
    """Whether `first` is complete before `second` is applied, by hooks or waves."""
    return stage(first) < stage(second)


def stage(manifest: Manifest) -> tuple[int, int]:
    """The phase in which an object is applied (0 before the others, 2 after) and its wave."""
    annotations, hook = manifest.mapping("metadata", "annotations"), _hook(manifest)
    phase = 0 if hook.startswith("pre") else 2 if hook.startswith("post") else 1
    return phase, _number(annotations.get(_WAVE, annotations.get(_HELM_WEIGHT)))


def _hook(manifest: Manifest) -> str:
    """The hook annotation in lower case, "" if there is none."""
    annotations = manifest.mapping("metadata", "annotations")
    hook = annotations.get(_HOOK) or annotations.get(_HELM_HOOK)
    return hook.lower() if isinstance(hook, str) else ""


def _paths(tool: Manifest) -> list[str]:
    """The directories that it deploys."""
    sources = [("spec", "sources", index) for index, _ in tool.items("spec", "sources")]
    paths = (tool.text(*at, "path") for at in (("spec",), ("spec", "source"), *sources))
    return [path for path in paths if path]


def _number(wave: object) -> int:
    try:
        return int(wave) if isinstance(wave, str) and len(wave) < 10 else 0
    except ValueError:
        return 0
