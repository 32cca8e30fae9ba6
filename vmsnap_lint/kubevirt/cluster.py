"""What is known of the cluster a workspace is meant for: its objects and its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core import kinds, releases
from vmsnap_lint.core.values import Release
from vmsnap_lint.objects.references import POD_CLAIM, TEMPLATES, references
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.schema.crds import NONE

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.workspace import Workspace
    from vmsnap_lint.schema.crds import Crds

__all__ = ["Cluster"]


class Cluster:
    """A workspace seen as a cluster of one KubeVirt release.

    `release` is the target (the flag, else the KubeVirt object's own word, else the newest that we
    know); `release_known` is False in the last case. `crds` say what it serves, instead of what we
    know.
    """

    def __init__(
        self, workspace: Workspace, release: Release | None = None, crds: Crds = NONE
    ) -> None:
        self.workspace = workspace
        self.crds = crds
        release = release or _observed(workspace)
        self.release_known = release is not None
        self.release = release or releases.NEWEST
        self.behaviour = releases.behaviour(self.release)
        self._drivers: dict[str, list[Manifest]] | None = None
        self._templates: dict[str, list[tuple[Manifest, int]]] | None = None
        self._volumes: dict[str, list[Manifest]] | None = None
        self._state_claims: dict[str, list[Manifest]] | None = None
        self._mounts: dict[str, list[Place]] | None = None
        self._has_cdi: bool | None = None
        self._made: dict[str, list[Manifest]] | None = None
        self._unnamed: list[Manifest] = []

    def resolve(self, kind: Kind, name: str, near: Manifest) -> Manifest | Absence:
        """The object of that kind and name in the namespace of `near`."""
        return self.workspace.resolve(kind, near.namespace, name, near)

    def find(self, kind: Kind, name: str, near: Manifest) -> Manifest | None:
        """The same, None where the input does not hold it; no object has "" or a placeholder."""
        found = self.resolve(kind, name, near)
        return None if isinstance(found, Absence) else found

    @property
    def has_cdi(self) -> bool:
        """Whether anything in the input shows that CDI is installed."""
        if self._has_cdi is None:
            of = self.workspace.of
            self._has_cdi = bool(
                of(kinds.CDI) or of(kinds.DATA_VOLUME) or of(kinds.STORAGE_PROFILE) or self._used()
            )
        return self._has_cdi

    def _used(self) -> bool:
        return any(vm.get(*TEMPLATES) for vm in self.workspace.of(kinds.VM))

    def snapshot_classes(self, driver: str) -> list[Manifest]:
        """The VolumeSnapshotClasses of that driver, one a name, by name."""
        if self._drivers is None:
            self._drivers = {}
            for found in sorted(
                self.workspace.of(kinds.VOLUME_SNAPSHOT_CLASS), key=lambda m: (m.name, m.file)
            ):
                named = self._drivers.setdefault(found.text("driver"), [])
                if found.name and not any(other.name == found.name for other in named):
                    named.append(found)
        return self._drivers.get(driver, [])

    def templates(self, name: str) -> list[tuple[Manifest, int]]:
        """Every dataVolumeTemplate of that name: the VM that has it and its index."""
        if self._templates is None:
            self._templates = {}
            for vm in self.workspace.of(kinds.VM):
                for index, template in vm.items(*TEMPLATES):
                    metadata = template.get("metadata")
                    named = metadata.get("name") if isinstance(metadata, dict) else None
                    if isinstance(named, str) and named:
                        self._templates.setdefault(named, []).append((vm, index))
        return self._templates.get(name, [])

    def vm_makers(self, name: str) -> list[Manifest]:
        """What makes a VM of that name, in any namespace: clones, restores, VMs to be named yet."""
        if self._made is None:
            self._made = {}
            of = self.workspace.of
            for maker in (*of(kinds.CLONE), *of(kinds.RESTORE)):
                self._made.setdefault(maker.text("spec", "target", "name"), []).append(maker)
            self._unnamed = [vm for vm in of(kinds.VM) if not vm.name]
        prefixed = [
            vm
            for vm in self._unnamed
            if (start := vm.text("metadata", "generateName")) and name.startswith(start)
        ]
        return self._made.get(name, []) + prefixed

    def bound_volume(self, claim: Manifest) -> Manifest | None:
        """The PersistentVolume that the claim names, or else one that is meant for it alone.

        A volume that was released still names its former claim, which may have had the same name.
        """
        named = claim.text("spec", "volumeName")
        if named:
            return self.find(kinds.PV, named, claim)
        if self._volumes is None:
            self._volumes = {}
            for volume in self.workspace.of(kinds.PV):
                if volume.text("status", "phase") not in ("Failed", "Released"):
                    owner = volume.text("spec", "claimRef", "name")
                    self._volumes.setdefault(owner, []).append(volume)
        for volume in self._volumes.get(claim.name, ()):
            namespace = volume.text("spec", "claimRef", "namespace") or None
            if self.workspace.same_namespace(namespace, claim.namespace):
                return volume
        return None

    def mounts(self, claim: str) -> list[Place]:
        """Where pods mount a claim of that name, in any namespace."""
        if self._mounts is None:
            self._mounts = {}
            for pod in self.workspace.of(kinds.POD):
                for named in references(pod, (POD_CLAIM,)):
                    place = named.at(note=f'Pod "{pod.name}" mounts it')
                    self._mounts.setdefault(named.name, []).append(place)
        return self._mounts.get(claim, [])

    def state_claims(self, vm_name: str) -> list[Manifest]:
        """The claims labelled as the state of a VM of that name, in any namespace."""
        if self._state_claims is None:
            self._state_claims = {}
            for claim in self.workspace.of(kinds.PVC):
                owner = claim.text("metadata", "labels", "persistent-state-for")
                if owner:
                    self._state_claims.setdefault(owner, []).append(claim)
        return self._state_claims.get(vm_name, [])


def _observed(workspace: Workspace) -> Release | None:
    """The release that a KubeVirt object reports of itself; the oldest, where several do."""
    found = []
    for manifest in workspace.of(kinds.KUBEVIRT):
        text = manifest.text("status", "observedKubeVirtVersion")
        release = Release.parse(text) if text else None
        if release is not None:
            found.append(release)
    return min(found, default=None)
