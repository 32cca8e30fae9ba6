"""The objects and the KubeVirt release of the cluster that a workspace is for."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from vmsnap_lint.core import kinds, releases
from vmsnap_lint.core.values import Release
from vmsnap_lint.objects.references import POD_CLAIM, TEMPLATES, references
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.schema.crds import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.workspace import Workspace
    from vmsnap_lint.schema.crds import Crds

__all__ = ["Cluster"]

_Value = TypeVar("_Value")


class Cluster:
    """A workspace seen as a cluster of one KubeVirt release.

    `release` is the target: the argument, else that of the status of the KubeVirt object, else the
    newest known one; `release_known` is False in the last case. `crds` replace built-in schemas.
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

    def resolve(self, kind: Kind, name: str, near: Manifest) -> Manifest | Absence:
        """The object of that kind and name in the namespace of `near`."""
        return self.workspace.resolve(kind, near.namespace, name, near)

    def find(self, kind: Kind, name: str, near: Manifest) -> Manifest | None:
        """The same, or None; no object is named "" or a placeholder."""
        manifest = self.resolve(kind, name, near)
        return None if isinstance(manifest, Absence) else manifest

    @cached_property
    def has_cdi(self) -> bool:
        """Whether the input shows that CDI is installed."""
        of = self.workspace.of
        cdi = (kinds.CDI, kinds.DATA_VOLUME, kinds.STORAGE_PROFILE)
        return any(map(of, cdi)) or any(vm.get(*TEMPLATES) for vm in of(kinds.VM))

    @cached_property
    def snapshot_classes(self) -> Mapping[str, list[Manifest]]:
        """The VolumeSnapshotClasses of each driver, one per name, sorted by name."""
        named: dict[tuple[str, str], Manifest] = {}
        classes = self.workspace.of(kinds.VOLUME_SNAPSHOT_CLASS)
        for snapshot_class in sorted(classes, key=attrgetter("name", "file")):
            if snapshot_class.name:
                key = (snapshot_class.text("driver"), snapshot_class.name)
                named.setdefault(key, snapshot_class)
        return _Grouped((driver, manifest) for (driver, _), manifest in named.items())

    @cached_property
    def templates(self) -> Mapping[str, list[tuple[Manifest, int]]]:
        """The dataVolumeTemplates of each name: the VM that has it and its index."""
        return _Grouped(
            (name, (vm, index))
            for vm in self.workspace.of(kinds.VM)
            for index, _ in vm.items(*TEMPLATES)
            if (name := vm.text(*TEMPLATES, index, "metadata", "name"))
        )

    def vm_makers(self, name: str) -> list[Manifest]:
        """The clones, restores and generateNames that create a VM of that name in any namespace."""
        prefixed = [
            vm
            for vm in self._unnamed
            if (start := vm.text("metadata", "generateName")) and name.startswith(start)
        ]
        return self._by_target[name] + prefixed

    @cached_property
    def _by_target(self) -> Mapping[str, list[Manifest]]:
        makers = (*self.workspace.of(kinds.CLONE), *self.workspace.of(kinds.RESTORE))
        return _Grouped((maker.text("spec", "target", "name"), maker) for maker in makers)

    @cached_property
    def _unnamed(self) -> list[Manifest]:
        return [vm for vm in self.workspace.of(kinds.VM) if not vm.name]

    def bound_volume(self, claim: Manifest) -> Manifest | None:
        """The PersistentVolume that the PVC names, or else one whose claimRef names the PVC.

        A released volume still names its former PVC, which may have had the same name.
        """
        name = claim.text("spec", "volumeName")
        if name:
            return self.find(kinds.PV, name, claim)
        for volume in self._claimed[claim.name]:
            namespace = volume.text("spec", "claimRef", "namespace") or None
            if self.workspace.same_namespace(namespace, claim.namespace):
                return volume
        return None

    @cached_property
    def _claimed(self) -> Mapping[str, list[Manifest]]:
        """The volumes that are not released, by the name of the PVC in their claimRef."""
        return _Grouped(
            (volume.text("spec", "claimRef", "name"), volume)
            for volume in self.workspace.of(kinds.PV)
            if volume.text("status", "phase") not in ("Failed", "Released")
        )

    @cached_property
    def mounts(self) -> Mapping[str, list[Place]]:
        """Where pods use a PVC, by its name, in any namespace."""
        return _Grouped(
            (claim.name, claim.at(note=f'used by Pod "{pod.name}"'))
            for pod in self.workspace.of(kinds.POD)
            for claim in references(pod, (POD_CLAIM,))
        )

    @cached_property
    def state_claims(self) -> Mapping[str, list[Manifest]]:
        """The PVCs labelled as the state of a VM, by its name, in any namespace."""
        return _Grouped(
            (owner, claim)
            for claim in self.workspace.of(kinds.PVC)
            if (owner := claim.text("metadata", "labels", "persistent-state-for"))
        )


class _Grouped(dict[str, list[_Value]]):
    """The values of each name, an empty list for any other name."""

    def __init__(self, named: Iterable[tuple[str, _Value]]) -> None:
        super().__init__()
        for name, value in named:
            self.setdefault(name, []).append(value)

    def __missing__(self, name: str) -> list[_Value]:
        return []


def _observed(workspace: Workspace) -> Release | None:
    """The oldest release in the status of a KubeVirt object."""
    objects = workspace.of(kinds.KUBEVIRT)
    texts = (kubevirt.text("status", "observedKubeVirtVersion") for kubevirt in objects)
    return min(filter(None, map(Release.parse, texts)), default=None)
