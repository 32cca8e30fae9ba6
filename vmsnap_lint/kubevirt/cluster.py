"""The objects and the KubeVirt release of the cluster that a workspace is for."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter

from vmsnap_lint.core import kinds, releases
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.kubevirt.stated_release import stated_release
from vmsnap_lint.objects.references import POD_CLAIM, TEMPLATES, references
from vmsnap_lint.schema.crds import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TypeVar

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.values import Release
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.workspace import Absence, Workspace
    from vmsnap_lint.schema.crds import Crds

    _Template = tuple[Manifest, int]
    _Value = TypeVar("_Value")

__all__ = ["Cluster"]


class Cluster:
    """A workspace seen as a cluster of one KubeVirt release.

    `release` is the target: the argument, else the one that the input states, else the newest known
    one; `release_known` is False in the last case. `release_source` says where it comes from, for
    people; "" in the last case. A release after the newest known one is judged as that one.
    `crds` replace built-in schemas. Without `cap` every fault of an object is looked for. Objects
    in the files `rendered_later` get their final form from kustomize or helm.
    """

    def __init__(
        self,
        workspace: Workspace,
        release: Release | None = None,
        crds: Crds = NONE,
        *,
        cap: bool = True,
        release_source: str = "",
        rendered_later: frozenset[str] = frozenset(),
    ) -> None:
        self.workspace = workspace
        self.rendered_later = rendered_later
        self.crds = crds
        self.cap = cap
        self._results: dict[Callable[[Cluster], Any], Any] = {}
        if release is None:
            release, release_source = stated_release(workspace)
        if release is not None and releases.is_later(release):
            release_source = f"the newest known; {release_source} says {release}"
            release = releases.NEWEST
        self.release_source = release_source
        self.release_known = release is not None
        self.release = release or releases.NEWEST
        self.behaviour = releases.behaviour(self.release)

    def resolve(self, kind: Kind, name: str, near: Manifest) -> Manifest | Absence:
        """The object of that kind and name in the namespace of `near`."""
        return self.workspace.resolve(kind, near.namespace, name, near)

    def find(self, kind: Kind, name: str, near: Manifest) -> Manifest | None:
        """The same, or None; no object is named "" or a placeholder."""
        return self.workspace.find(kind, near.namespace, name, near)

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

    def template(self, name: str, vm: Manifest) -> tuple[Manifest, int] | None:
        """The dataVolumeTemplate of that name: the VM's own, else the last one of its namespace."""
        own = self._own_templates.get((name, vm))
        if own is not None:
            return vm, own
        others = self._templates.get((self.workspace.home(vm.namespace), name))
        return others[1] if others else None

    def first_template(self, name: str, near: Manifest) -> tuple[Manifest, int] | None:
        """The first dataVolumeTemplate of that name in the namespace of `near`."""
        return self.template_in(near.namespace, name)

    def template_in(self, namespace: str | None, name: str) -> tuple[Manifest, int] | None:
        """The first dataVolumeTemplate of that name in a namespace."""
        others = self._templates.get((self.workspace.home(namespace), name))
        return others[0] if others else None

    @cached_property
    def _own_templates(self) -> dict[tuple[str, Manifest], int]:
        own: dict[tuple[str, Manifest], int] = {}
        for vm, index, name in self._named_templates():
            own.setdefault((name, vm), index)
        return own

    @cached_property
    def _templates(self) -> dict[tuple[str | None, str], tuple[_Template, _Template]]:
        """The first and the last template of each namespace and name."""
        templates: dict[tuple[str | None, str], tuple[_Template, _Template]] = {}
        for vm, index, name in self._named_templates():
            key, this = (self.workspace.home(vm.namespace), name), (vm, index)
            templates[key] = (templates.get(key, (this, this))[0], this)
        return templates

    def _named_templates(self) -> Iterator[tuple[Manifest, int, str]]:
        for vm in self.workspace.of(kinds.VM):
            for index, _ in vm.items(*TEMPLATES):
                if name := vm.text(*TEMPLATES, index, "metadata", "name"):
                    yield vm, index, name

    def makes_vm(self, name: str, snapshot: Manifest) -> bool:
        """Whether a clone, generateName or another snapshot's restore may make a VM of that name.

        Only in the namespace of the snapshot.
        """
        if self._generated_vms.may_have(name, self.workspace.home(snapshot.namespace)):
            return True
        makers = self._makers.get((self.workspace.home(snapshot.namespace), name), set())
        return len(makers) > (snapshot.name in makers)

    def generates_snapshot(self, name: str, near: Manifest) -> bool:
        """Whether a snapshot in the namespace of `near` may get that name by its generateName."""
        return self._generated_snapshots.may_have(name, self.workspace.home(near.namespace))

    @cached_property
    def _makers(self) -> dict[tuple[str | None, str], set[str | None]]:
        """What makes the VM of a namespace and name: the snapshots of restores, None for clones."""
        makers: dict[tuple[str | None, str], set[str | None]] = {}
        for kind in (kinds.CLONE, kinds.RESTORE):
            for maker in self.workspace.of(kind):
                key = self.workspace.home(maker.namespace), maker.text("spec", "target", "name")
                restored = maker.text("spec", "virtualMachineSnapshotName")
                makers.setdefault(key, set()).add(restored if kind == kinds.RESTORE else None)
        return makers

    @cached_property
    def _generated_vms(self) -> _Generated:
        return _Generated(self.workspace, kinds.VM)

    @cached_property
    def _generated_snapshots(self) -> _Generated:
        return _Generated(self.workspace, kinds.SNAPSHOT)

    def bound_volume(self, claim: Manifest) -> Manifest | None:
        """The PersistentVolume that the PVC names, or else one whose claimRef names the PVC.

        A released volume still names its former PVC, which may have had the same name.
        """
        if not self.workspace.of(kinds.PV):
            return None
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

    def mounts(self, claim: str, near: Manifest) -> list[Place]:
        """Where pods in the namespace of `near` that have not succeeded use a PVC."""
        return self._mounts.get((self.workspace.home(near.namespace), claim), [])

    @cached_property
    def _mounts(self) -> dict[tuple[str | None, str], list[Place]]:
        mounts: dict[tuple[str | None, str], list[Place]] = {}
        for pod in self.workspace.of(kinds.POD):
            if pod.text("status", "phase") == "Succeeded":
                continue
            home = self.workspace.home(pod.namespace)
            for claim in references(pod, (POD_CLAIM,)):
                place = claim.at(note=f'used by Pod "{pod.name}"')
                mounts.setdefault((home, claim.name), []).append(place)
        return mounts

    def state_claim(self, vm: Manifest) -> Manifest | None:
        """The PVC of the namespace that is labelled as the state of the VM.

        Of several the newest that is not being deleted: `getNewestNonTerminatingPVC` of kubevirt
        v1.9.0, pkg/storage/backend-storage.
        """
        return self._state_claims.get((self.workspace.home(vm.namespace), vm.name))

    @cached_property
    def _state_claims(self) -> dict[tuple[str | None, str], Manifest]:
        claims: dict[tuple[str | None, str], Manifest] = {}
        for claim in self.workspace.of(kinds.PVC):
            if owner := claim.text("metadata", "labels", "persistent-state-for"):
                key = self.workspace.home(claim.namespace), owner
                claims[key] = max(claims.get(key, claim), claim, key=_life)
        return claims

    def once(self, find: Callable[[Cluster], _Value]) -> _Value:
        """What a function finds in this cluster, computed once."""
        if find not in self._results:
            self._results[find] = find(self)
        result: _Value = self._results[find]
        return result


class _Generated:
    """The generateNames of a kind, each with the namespaces of its objects."""

    def __init__(self, workspace: Workspace, kind: Kind) -> None:
        self._homes: dict[str, set[str | None]] = {}
        for manifest in workspace.of(kind):
            start = "" if manifest.name else manifest.text("metadata", "generateName")
            if start:
                self._homes.setdefault(start, set()).add(workspace.home(manifest.namespace))
        self._lengths = sorted(set(map(len, self._homes)))

    def may_have(self, name: str, home: str | None) -> bool:
        """Whether an object of that namespace may get the name."""
        starts = (name[:length] for length in self._lengths if length <= len(name))
        return any(home in self._homes.get(start, ()) for start in starts)


class _Grouped(dict[str, "list[_Value]"]):
    """The values of each name, an empty list for any other name."""

    def __init__(self, named: Iterable[tuple[str, _Value]]) -> None:
        super().__init__()
        for name, value in named:
            self.setdefault(name, []).append(value)

    def __missing__(self, name: str) -> list[_Value]:
        return []


def _life(claim: Manifest) -> tuple[bool, str]:
    """Whether a PVC is kept, and when it was created; the first of equals counts."""
    kept = not claim.get("metadata", "deletionTimestamp")
    return kept, claim.text("metadata", "creationTimestamp")
