"""Links the exported objects of one snapshot: snapshot, content, volume snapshot.

The names that link them: `GetVMSnapshotContentName` and `createVolumeSnapshot` of kubevirt v1.9.0,
pkg/storage/snapshot/snapshot.go and util.go.
"""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.kinds import CONTENT, SNAPSHOT, VM, VOLUME_SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
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
    """The objects of a cluster that belong together; each index is built when first needed."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._unset_is_default = cluster.workspace.same_namespace(None, _DEFAULT)
        self._vms: dict[Manifest, tuple[Manifest | None, bool]] = {}
        self._expected: dict[Manifest, tuple[ExpectedVolume, ...]] = {}
        self._missing: dict[Manifest, tuple[ExpectedVolume, ...]] = {}
        self._persistent: dict[Manifest, frozenset[str]] = {}

    def content(self, snapshot: Manifest) -> Manifest | Absence:
        """The content that the status of a snapshot names, else the only one that names it."""
        name = snapshot.text(*_CONTENT_NAME)
        if name:
            return self.cluster.resolve(CONTENT, name, snapshot)
        contents = self._contents.get(self._key(snapshot, snapshot.name), ())
        return contents[0] if len(contents) == 1 else Absence.UNKNOWN

    def is_gone(self, backup: Backup) -> bool:
        """Whether an entry names a VolumeSnapshot which does not exist in its namespace."""
        if not backup.snapshot or holds_placeholder(backup.snapshot):
            return False
        found = self.cluster.resolve(VOLUME_SNAPSHOT, backup.snapshot, backup.content)
        return found is Absence.ABSENT

    def snapshot(self, content: Manifest) -> Manifest | None:
        """The snapshot whose status names a content, else the one that the content names."""
        snapshots = self._snapshots.get(self._key(content, content.name))
        if snapshots:
            return snapshots[0]
        named = self.named_snapshot(content)
        return None if isinstance(named, Absence) or named.text(*_CONTENT_NAME) else named

    def named_snapshot(self, content: Manifest) -> Manifest | Absence:
        """The snapshot that a content names, even if its status names another content."""
        name = content.text(*_SNAPSHOT_NAME)
        return self.cluster.resolve(SNAPSHOT, name, content) if name else Absence.UNKNOWN

    def backup_in(self, volume_snapshot: Manifest) -> Backup | None:
        """The entry of a content that names the volume snapshot."""
        return self._backups.get(self._key(volume_snapshot, volume_snapshot.name))

    def is_of_kubevirt(self, volume_snapshot: Manifest) -> bool:
        """Whether KubeVirt created the volume snapshot, as far as the input shows."""
        if self.backup_in(volume_snapshot) is not None or _is_marked(volume_snapshot):
            return True
        if self.cluster.workspace.of(CONTENT):
            return False
        metadata, source = volume_snapshot.mapping("metadata"), ("spec", "source")
        prepared = volume_snapshot.get(*source, "volumeSnapshotContentName")
        foreign = metadata.get("labels") or metadata.get("ownerReferences") or prepared
        return bool(volume_snapshot.get(*source, "persistentVolumeClaimName")) and not foreign

    def vm_of_content(self, content: Manifest) -> tuple[Manifest | None, bool]:
        """The VM of a content, and whether it is the content's own copy of it."""
        if content not in self._vms:
            self._vms[content] = self._vm_of_content(content)
        return self._vms[content]

    def _vm_of_content(self, content: Manifest) -> tuple[Manifest | None, bool]:
        vm = status.embedded_vm(content)
        if vm is not None:
            return vm, True
        name = content.text("spec", "source", "virtualMachine", "metadata", "name")
        snapshot = self.snapshot(content)
        if not name and snapshot is not None:
            name = snapshot.text("spec", "source", "name")
        return self.cluster.find(VM, name, content), False

    def vm_of(self, snapshot: Manifest) -> Manifest | None:
        """The VM in the content of a snapshot, else the current one of the input."""
        content = self.content(snapshot)
        vm = None if isinstance(content, Absence) else self.vm_of_content(content)[0]
        return vm or self.cluster.find(VM, snapshot.text("spec", "source", "name"), snapshot)

    def expected(self, vm: Manifest | None) -> tuple[ExpectedVolume, ...]:
        """The volumes that a snapshot of the VM should contain; none without a VM."""
        if vm is None:
            return ()
        if vm not in self._expected:
            memory_dump = self.cluster.behaviour.memory_dump_included
            self._expected[vm] = status.expected_volumes(vm, memory_dump=memory_dump)
        return self._expected[vm]

    def _names(self, vm: Manifest | None) -> frozenset[str]:
        """The names of the volumes that a snapshot of the VM should contain."""
        if vm is None:
            return frozenset()
        if vm not in self._persistent:
            self._persistent[vm] = frozenset(volume.volume for volume in self.expected(vm))
        return self._persistent[vm]

    def missing(self, content: Manifest) -> tuple[ExpectedVolume, ...]:
        """The persistent volumes of its VM that have no entry in the content."""
        if content not in self._missing:
            self._missing[content] = self._find_missing(content)
        return self._missing[content]

    def _find_missing(self, content: Manifest) -> tuple[ExpectedVolume, ...]:
        if not content.mapping("spec"):
            return ()
        expected = self.expected(self.vm_of_content(content)[0])
        names = {backup.volume for backup in status.backups(content)}
        if any(map(status.is_state, names)):
            names.update(volume.volume for volume in expected if not volume.claim)
        return tuple(volume for volume in expected if volume.volume not in names)

    def left_out(self, snapshot: Manifest) -> tuple[tuple[str, ...], tuple[Place, ...]] | None:
        """The persistent volumes that the status reports as left out, and the places of that.

        None where it reports none. The list alone is not enough, as it also has the volumes that
        are never snapshotted; 1.9.0 added a mark.
        """
        if status.is_over(snapshot):
            return None
        mark = status.partial_mark(snapshot)
        persistent = self._names(self.vm_of(snapshot))
        excluded = [
            entry
            for entry in status.excluded(snapshot)
            if entry[0] in persistent or status.is_state(entry[0])
        ]
        marks = () if mark is None else (mark._replace(note="KubeVirt marks it as partial"),)
        if excluded:
            names, places = zip(*excluded, strict=True)
            return names, places + marks
        if not marks:
            return None
        content = self.content(snapshot)
        missing = () if isinstance(content, Absence) else self.missing(content)
        return tuple(volume.volume for volume in missing), marks

    @cached_property
    def _contents(self) -> dict[_Key, list[Manifest]]:
        return self._by(self.cluster.workspace.of(CONTENT), *_SNAPSHOT_NAME)

    @cached_property
    def _snapshots(self) -> dict[_Key, list[Manifest]]:
        return self._by(self.cluster.workspace.of(SNAPSHOT), *_CONTENT_NAME)

    @cached_property
    def _backups(self) -> dict[_Key, Backup]:
        backups: dict[_Key, Backup] = {}
        for content in self.cluster.workspace.of(CONTENT):
            for backup in status.backups(content):
                backups.setdefault(self._key(content, backup.snapshot), backup)
        return backups

    def _key(self, manifest: Manifest, name: str) -> _Key:
        """What `name` means in the namespace of `manifest`."""
        unset = manifest.namespace is None and self._unset_is_default
        return (_DEFAULT if unset else manifest.namespace, name)

    def _by(self, manifests: list[Manifest], *path: str) -> dict[_Key, list[Manifest]]:
        """The manifests by the name at `path`."""
        named: dict[_Key, list[Manifest]] = {}
        for manifest in manifests:
            if name := manifest.text(*path):
                named.setdefault(self._key(manifest, name), []).append(manifest)
        return named


def _is_marked(volume_snapshot: Manifest) -> bool:
    """Whether label, owner or name are those that KubeVirt sets."""
    owners = volume_snapshot.items("metadata", "ownerReferences")
    return (
        volume_snapshot.get("metadata", "labels", _OWN_LABEL) is not None
        or any(owner.get("kind") == CONTENT.kind for _, owner in owners)
        or (volume_snapshot.name.startswith("vmsnapshot-") and "-volume-" in volume_snapshot.name)
    )
