"""The name of the PVC that a restore creates for a saved volume.

kubevirt v1.9.0, `restorePVCName` and `getRestoreNameOverride` of pkg/storage/snapshot/restore.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import LONGEST_LABEL, holds_placeholder
from vmsnap_lint.objects.references import TEMPLATES

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject, SavedVolume
    from vmsnap_lint.objects.manifest import Place

__all__ = ["ClaimNames", "claim_place"]


class ClaimNames:
    """The names of the PVCs of one restore, by the volumes."""

    def __init__(self, subject: RestoreSubject) -> None:
        self._subject = subject
        self._overrides = subject.overrides()
        self._restored: dict[str, str] = {}
        for _, restored in subject.manifest.items("status", "restores"):
            volume, name = restored.get("volumeName"), restored.get("persistentVolumeClaim")
            if isinstance(volume, str) and isinstance(name, str):
                self._restored.setdefault(volume, name)

    def after(self, volume: SavedVolume) -> tuple[str | None, bool]:
        """The name of the PVC, None if it is unknown, and whether an override sets it."""
        if volume.name in self._overrides:
            return self._overrides[volume.name][1], True
        if self._subject.policy == "InPlace":
            return volume.claim, False
        known = self._restored.get(volume.name)
        return (_new_name(self._subject, volume) if known is None else known), False


def _new_name(subject: RestoreSubject, volume: SavedVolume) -> str | None:
    """The name that KubeVirt makes up."""
    if subject.policy == "PrefixTargetName":
        name = f"{subject.target_name}-{volume.name}"
        # a longer one is shortened with a hash
        return name if len(name) <= LONGEST_LABEL else None
    return f"restore-{subject.manifest.text('metadata', 'uid') or '<uid>'}-{volume.name}"


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
    template = cluster.first_template(name, restore)
    if template is None:
        return None
    vm, index = template
    note = f'created by VirtualMachine "{vm.name}"'
    return vm.at(*TEMPLATES, index, "metadata", "name", note=note)
