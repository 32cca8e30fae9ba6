"""A saved volume becomes the name of the claim that a restore puts it into.

kubevirt v1.9.0, `restorePVCName` and `getRestoreNameOverride` of pkg/storage/snapshot/restore.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.references import TEMPLATES

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject, SavedVolume
    from vmsnap_lint.objects.manifest import Place

__all__ = ["claim_after", "claim_place"]

_LONGEST = 63


def claim_after(it: RestoreSubject, volume: SavedVolume) -> tuple[str | None, bool]:
    """The claim's name, None where it cannot be told, and whether an override chose it."""
    overrides = it.overrides()
    if volume.name in overrides:
        return overrides[volume.name][1], True
    if it.policy == "InPlace":
        return volume.claim, False
    for _, done in it.manifest.items("status", "restores"):
        name = done.get("persistentVolumeClaim")
        if done.get("volumeName") == volume.name and isinstance(name, str):
            return name, False
    if it.policy == "PrefixTargetName":
        name = f"{it.target_name}-{volume.name}"
        # a longer one is shortened with a hash
        return (name if len(name) <= _LONGEST else None), False
    return f"restore-{it.manifest.text('metadata', 'uid') or '<uid>'}-{volume.name}", False


def claim_place(cluster: Cluster, it: RestoreSubject, name: str) -> Place | None:
    """Where the input declares a claim of that name that this restore did not make itself."""
    restore = it.manifest
    if holds_placeholder(name):
        return None
    for kind in (PVC, DATA_VOLUME):
        found = cluster.find(kind, name, restore)
        if found is None:
            continue
        if found.mapping("metadata", "annotations").get("restore.kubevirt.io/name") == restore.name:
            return None
        return found.at("metadata", "name", note=f'{kind.kind} "{name}" exists')
    for vm, index in cluster.templates[name]:
        if cluster.workspace.same_namespace(vm.namespace, restore.namespace):
            at = (*TEMPLATES, index, "metadata", "name")
            return vm.at(*at, note=f'VirtualMachine "{vm.name}" makes it')
    return None
