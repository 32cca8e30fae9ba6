"""The name of the PVC that a restore creates for a saved volume.

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


def claim_after(subject: RestoreSubject, volume: SavedVolume) -> tuple[str | None, bool]:
    """The name of the PVC, None if it is unknown, and whether an override sets it."""
    overrides = subject.overrides()
    if volume.name in overrides:
        return overrides[volume.name][1], True
    if subject.policy == "InPlace":
        return volume.claim, False
    for _, restored in subject.manifest.items("status", "restores"):
        name = restored.get("persistentVolumeClaim")
        if restored.get("volumeName") == volume.name and isinstance(name, str):
            return name, False
    if subject.policy == "PrefixTargetName":
        name = f"{subject.target_name}-{volume.name}"
        # a longer one is shortened with a hash
        return (name if len(name) <= _LONGEST else None), False
    return f"restore-{subject.manifest.text('metadata', 'uid') or '<uid>'}-{volume.name}", False


def claim_place(cluster: Cluster, subject: RestoreSubject, name: str) -> Place | None:
    """Where the input declares a PVC of that name, unless this restore created it."""
    restore = subject.manifest
    if holds_placeholder(name):
        return None
    for kind in (PVC, DATA_VOLUME):
        claim = cluster.find(kind, name, restore)
        if claim is None:
            continue
        if claim.get("metadata", "annotations", "restore.kubevirt.io/name") == restore.name:
            return None
        return claim.at("metadata", "name", note=f'{kind.kind} "{name}" exists')
    for vm, index in cluster.templates[name]:
        if cluster.workspace.same_namespace(vm.namespace, restore.namespace):
            note = f'created by VirtualMachine "{vm.name}"'
            return vm.at(*TEMPLATES, index, "metadata", "name", note=note)
    return None
