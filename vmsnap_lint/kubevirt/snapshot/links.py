"""Exported objects tied to each other: snapshot, content, volume snapshot.

Which names tie them: `GetVMSnapshotContentName` and `createVolumeSnapshot` of kubevirt v1.9.0,
pkg/storage/snapshot/snapshot.go and util.go.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import CONTENT, SNAPSHOT, VM
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.snapshot.status import Backup, ExpectedVolume
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Links"]

_DEFAULT = "default"
_OWN_LABEL = "snapshot.kubevirt.io/source-vm-name"
_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")
_SNAPSHOT_NAME = ("spec", "virtualMachineSnapshotName")
_Key = tuple[str | None, str]


class Links:
    """A cluster asked for what belongs together; each index is built when first needed."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._unset_is_default = cluster.workspace.same_namespace(None, _DEFAULT)

    def content(self, snapshot: Manifest) -> Manifest | Absence:
        """The content of a snapshot: the one its status names, else one that names it alone."""
        name = snapshot.text(*_CONTENT_NAME)
        if name:
            return self.cluster.resolve(CONTENT, name, snapshot)
        naming = self._contents.get(self._key(snapshot, snapshot.name), ())
        return naming[0] if len(naming) == 1 else Absence.UNKNOWN

    def snapshot(self, content: Manifest) -> Manifest | None:
        """The snapshot of a content: one whose status names it, else the one it names itself."""
        referring = self._referring.get(self._key(content, content.name))
        if referring:
            return referring[0]
        named = self.named_snapshot(content)
        if isinstance(named, Absence) or named.text(*_CONTENT_NAME):
            return None
        return named

    def named_snapshot(self, content: Manifest) -> Manifest | Absence:
        """The snapshot that a content names, whatever that one says itself."""
        name = content.text(*_SNAPSHOT_NAME)
        return self.cluster.resolve(SNAPSHOT, name, content) if name else Absence.UNKNOWN

    def holder(self, volume_snapshot: Manifest) -> Backup | None:
        """The entry of a content that names the volume snapshot."""
        return self._holders.get(self._key(volume_snapshot, volume_snapshot.name))

    def is_ours(self, volume_snapshot: Manifest) -> bool:
        """Whether KubeVirt made the volume snapshot, or nothing in the input speaks against it."""
        if self.holder(volume_snapshot) is not None or _is_marked(volume_snapshot):
            return True
        if self.cluster.workspace.of(CONTENT):
            return False
        metadata = volume_snapshot.mapping("metadata")
        made_from_claim = volume_snapshot.get("spec", "source", "persistentVolumeClaimName")
        prepared = volume_snapshot.get("spec", "source", "volumeSnapshotContentName")
        foreign = metadata.get("labels") or metadata.get("ownerReferences") or prepared
        return bool(made_from_claim) and not foreign

    def machine(self, content: Manifest) -> tuple[Manifest | None, bool]:
        """The VM that a content is about, and whether it is the content's own copy of it."""
        vm = status.embedded(content)
        if vm is not None:
            return vm, True
        named = content.text("spec", "source", "virtualMachine", "metadata", "name")
        snapshot = self.snapshot(content)
        if not named and snapshot is not None:
            named = snapshot.text("spec", "source", "name")
        return self.cluster.find(VM, named, content), False

    def machine_of(self, snapshot: Manifest) -> Manifest | None:
        """The VM as the snapshot's content keeps it, else as the input has it now."""
        content = self.content(snapshot)
        if not isinstance(content, Absence):
            vm, _ = self.machine(content)
            if vm is not None:
                return vm
        named = snapshot.text("spec", "source", "name")
        return self.cluster.find(VM, named, snapshot)

    def wanted(self, vm: Manifest) -> tuple[ExpectedVolume, ...]:
        """The volumes that a snapshot of the VM should hold."""
        return status.wanted(vm, memory_dump=self.cluster.behaviour.memory_dump_included)

    def missing(self, content: Manifest) -> tuple[ExpectedVolume, ...]:
        """The persistent volumes of its VM that the content has no entry for."""
        vm, _ = self.machine(content)
        if vm is None or not content.mapping("spec"):
            return ()
        held = {backup.volume for backup in status.backups(content)}
        if any(map(status.is_state, held)):
            held.update(volume.volume for volume in self.wanted(vm) if not volume.claim)
        return tuple(volume for volume in self.wanted(vm) if volume.volume not in held)

    def lost(self, snapshot: Manifest) -> tuple[tuple[str, ...], tuple[Place, ...]] | None:
        """The persistent volumes that the status says were left out, with places that say so.

        None where it says nothing of the kind. Only since 1.9.0 there is a mark beside the list,
        which also holds the volumes that no snapshot takes.
        """
        if status.is_failed(snapshot) or status.is_leaving(snapshot):
            return None
        left, mark = status.excluded(snapshot), status.partial_mark(snapshot)
        if not left and mark is None:
            return None
        vm = self.machine_of(snapshot)
        persistent = {volume.volume for volume in self.wanted(vm)} if vm is not None else set()
        gone = [one for one in left if one[0] in persistent or status.is_state(one[0])]
        marks = () if mark is None else (mark._replace(note="KubeVirt marks it as partial"),)
        if gone:
            names, places = zip(*gone, strict=True)
            return names, places + marks
        if not marks:
            return None
        content = self.content(snapshot)
        absent = () if isinstance(content, Absence) else self.missing(content)
        return tuple(volume.volume for volume in absent), marks

    @cached_property
    def _contents(self) -> dict[_Key, list[Manifest]]:
        return self._by(self.cluster.workspace.of(CONTENT), *_SNAPSHOT_NAME)

    @cached_property
    def _referring(self) -> dict[_Key, list[Manifest]]:
        return self._by(self.cluster.workspace.of(SNAPSHOT), *_CONTENT_NAME)

    @cached_property
    def _holders(self) -> dict[_Key, Backup]:
        holders: dict[_Key, Backup] = {}
        for content in self.cluster.workspace.of(CONTENT):
            for backup in status.backups(content):
                holders.setdefault(self._key(content, backup.snapshot), backup)
        return holders

    def _key(self, manifest: Manifest, name: str) -> _Key:
        """What `name` means in the namespace of `manifest`."""
        unset = manifest.namespace is None and self._unset_is_default
        return (_DEFAULT if unset else manifest.namespace, name)

    def _by(self, manifests: list[Manifest], *path: str) -> dict[_Key, list[Manifest]]:
        found: dict[_Key, list[Manifest]] = {}
        for manifest in manifests:
            name = manifest.text(*path)
            if name:
                found.setdefault(self._key(manifest, name), []).append(manifest)
        return found


def _is_marked(volume_snapshot: Manifest) -> bool:
    """Whether label, owner or name are those that KubeVirt gives."""
    if volume_snapshot.mapping("metadata", "labels").get(_OWN_LABEL) is not None:
        return True
    owners = volume_snapshot.items("metadata", "ownerReferences")
    if any(owner.get("kind") == CONTENT.kind for _, owner in owners):
        return True
    return volume_snapshot.name.startswith("vmsnapshot-") and "-volume-" in volume_snapshot.name
