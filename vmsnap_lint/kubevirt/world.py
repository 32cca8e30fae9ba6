"""What a check may ask: the cluster, each chain and each outcome, worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import SAVING, of_kind
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import storage
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.dependents import Dependents, Users
from vmsnap_lint.kubevirt.snapshot import predicted, status
from vmsnap_lint.kubevirt.snapshot.links import Links
from vmsnap_lint.kubevirt.storage.deleted_classes import DeletedClasses
from vmsnap_lint.objects.history import NONE
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.dependents import User
    from vmsnap_lint.kubevirt.restore.restores_index import Restores
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.storage import Cause, StorageCause, Volume
    from vmsnap_lint.objects.history import History
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree
    from vmsnap_lint.schema.crds.cel_rules import Judgement, RuleFailure

__all__ = ["Policy", "World"]

_OUR_GROUPS = frozenset(kind.group for kind in SAVING)
_GROUPS = _OUR_GROUPS | {kinds.VOLUME_SNAPSHOT_CLASS.group}
_OUR_NAMES = frozenset(kind.kind for kind in (*SAVING, kinds.VOLUME_SNAPSHOT_CLASS))


class Policy(NamedTuple):
    """What a run says of a cluster that its objects do not.

    `online` is the policy for running VMs (False: snapshots are meant to be taken offline),
    `all_vms` judges all VMs, also those that no snapshot names. `named` are the files that were
    asked for by name, `rendered_later` those whose objects get their final form from kustomize or
    helm. `in_scope` says that the cluster's files stand among some that are in scope,
    `run_in_scope` that some other cluster of the run is.
    """

    online: bool = False
    all_vms: bool = False
    named: frozenset[str] = frozenset()
    rendered_later: frozenset[str] = frozenset()
    in_scope: bool = False
    run_in_scope: bool = False


_USUAL = Policy()


class World:
    """A cluster under one policy, the trees it is rendered from, and what changed of it.

    "In scope" is what findings are wanted of: a cluster (`in_scope`) or a run (`run_in_scope`) that
    holds something which saves, restores or copies VMs; a VM that a snapshot is to be taken of
    (`vm_in_scope`); an object whose shape decides about that (`shape_in_scope`).
    """

    def __init__(
        self,
        cluster: Cluster,
        policy: Policy = _USUAL,
        trees: tuple[RenderedTree, ...] = (),
        failures: tuple[BuildFailure, ...] = (),
        history: History = NONE,
    ) -> None:
        self.cluster = cluster
        self.workspace = cluster.workspace
        self.behaviour = cluster.behaviour
        self.evidence = Links(cluster)
        self.policy = policy
        self.trees = trees
        self.failures = failures
        self.history = history
        self._sources: dict[Manifest, Manifest | Absence] = {}
        self._snapshots: dict[Manifest, list[Manifest]] = {}
        self._naming: dict[tuple[str | None, str], list[Manifest]] = {}
        self._volumes: dict[Manifest, tuple[Volume, ...]] = {}
        self._causes: dict[Manifest, dict[StorageCause, list[tuple[Volume, Cause]]]] = {}
        self._rejections: dict[Manifest, tuple[Rejection, ...]] = {}
        self._judgement: Judgement | None = None
        for snapshot in cluster.workspace.of(kinds.SNAPSHOT):
            self._follow(snapshot)

    def _follow(self, snapshot: Manifest) -> None:
        """Index a snapshot by the VM that it names, and by the one that it finds."""
        its_vm = (snapshot.namespace, snapshot.text("spec", "source", "name"))
        self._naming.setdefault(its_vm, []).append(snapshot)
        source = self._sources[snapshot] = predicted.source_of(self.cluster, snapshot)
        if not isinstance(source, Absence) and not status.is_taken(snapshot):
            self._snapshots.setdefault(source, []).append(snapshot)

    def resolve(self, kind: Kind, name: str, near: Manifest) -> Manifest | Absence:
        """The object of that kind and name in the namespace of `near`."""
        return self.cluster.resolve(kind, name, near)

    def find(self, kind: Kind, name: str, near: Manifest) -> Manifest | None:
        """The same, None where the input does not hold it."""
        return self.cluster.find(kind, name, near)

    def find_source(self, kind: Kind, manifest: Manifest) -> Manifest | None:
        """What `spec.source` of a clone, export or backup names, where it is of that kind."""
        if manifest.text("spec", "source", "kind") != kind.kind:
            return None
        return self.find(kind, manifest.text("spec", "source", "name"), manifest)

    def source(self, snapshot: Manifest) -> Manifest | Absence:
        """The VM that a snapshot names."""
        return self._sources[snapshot]

    def snapshots_of(self, vm: Manifest) -> list[Manifest]:
        """The snapshots that name `vm` and that no export shows to be taken, in input order."""
        return self._snapshots.get(vm, [])

    def naming(self, manifest: Manifest) -> list[Manifest]:
        """The snapshots that name this VM, or the VM of this VMI, whether or not it resolves."""
        namespace, name = manifest.namespace, manifest.name
        mine = self._naming.get((namespace, name), [])
        return mine if namespace is None else mine + self._naming.get((None, name), [])

    @cached_property
    def in_scope(self) -> bool:
        """Whether the cluster holds, or stands among, what saves, restores or copies VMs."""
        of = self.workspace.of
        return self.policy.all_vms or self.policy.in_scope or any(of(kind) for kind in SAVING)

    @property
    def run_in_scope(self) -> bool:
        """Whether this cluster or another one of the run is in scope."""
        return self.policy.run_in_scope or self.in_scope

    def awaits_snapshot(self, vm: Manifest) -> bool:
        """Whether a snapshot of the VM may still be taken: none of them failed for good."""
        return self.policy.all_vms or not all(map(status.is_failed, self.snapshots_of(vm)))

    def vm_in_scope(self, vm: Manifest) -> bool:
        """Whether a snapshot that is not taken yet names the VM, or all VMs are asked for."""
        return self.policy.all_vms or vm in self._snapshots

    def shape_in_scope(self, manifest: Manifest) -> bool:
        """Whether faults in the shape of an object are reported.

        Those of snapshots, restores and the like always are. Virtual machines, claims and classes
        of a tree that never snapshots anything are left to other linters: such trees hold sketches,
        tests of refusals and files for old clusters, and nothing here depends on them. Who names
        a file, though, asks about that file.
        """
        return (
            self.in_scope
            or manifest.file in self.policy.named
            or manifest.group in _OUR_GROUPS
            or self.cluster.crds.defines(manifest.group_kind)
            or manifest.kind.removesuffix("List") in _OUR_NAMES
        )

    def is_read(self, manifest: Manifest) -> bool:
        """Whether faults in its shape are reported, and some rule reads what the object says."""
        kind = manifest.group_kind
        known = of_kind(*kind) or self.cluster.crds.defines(kind)
        return bool(known) and self.shape_in_scope(manifest)

    def vms_in_scope(self) -> list[Manifest]:
        """Every VM in scope, in input order."""
        return [vm for vm in self.workspace.of(kinds.VM) if self.vm_in_scope(vm)]

    def named_at(self, vm: Manifest) -> tuple[Place, ...]:
        """Where snapshots name `vm`: the first three, as related places."""
        return tuple(
            snapshot.at("spec", "source", "name", note=f'snapshot "{snapshot.name}" names it')
            for snapshot in self.snapshots_of(vm)[:3]
        )

    def volumes(self, vm: Manifest) -> tuple[Volume, ...]:
        """The volumes of a VM, followed to their snapshot classes."""
        found = self._volumes.get(vm)
        if found is None:
            found = self._volumes[vm] = storage.volumes(self.cluster, vm)
        return found

    def causes(self, vm: Manifest) -> dict[StorageCause, list[tuple[Volume, Cause]]]:
        """What is wrong with the volumes of a VM in scope, by its kind."""
        found = self._causes.get(vm)
        if found is None:
            found = self._causes[vm] = {}
            for volume in self.volumes(vm) if self.vm_in_scope(vm) else ():
                for cause in self._losses.explained(volume):
                    found.setdefault(cause.kind, []).append((volume, cause))
        return found

    @cached_property
    def _losses(self) -> DeletedClasses:
        return DeletedClasses(self.history)

    @cached_property
    def dependents(self) -> Dependents:
        """The claims and classes that the volumes of VMs in scope depend on."""
        return Dependents((vm, self.volumes(vm)) for vm in self.vms_in_scope())

    def users(self, vm: Manifest, claim: str) -> list[User]:
        """The other VMs of its namespace that mount the claim."""
        return self._users.others(vm, claim)

    @cached_property
    def _users(self) -> Users:
        return Users(self.workspace)

    def rejections(self, manifest: Manifest) -> tuple[Rejection, ...]:
        """Why the API server would reject this object for what stands in it alone."""
        found = self._rejections.get(manifest)
        if found is None:
            found = tuple(webhooks.rejections(self.cluster, manifest))
            self._rejections[manifest] = found
        return found

    def rule_failures(self, manifest: Manifest) -> list[RuleFailure]:
        """The rules of its CRD that an object breaks; all objects are judged at once."""
        crds = self.cluster.crds
        if not crds.defines(manifest.group_kind):
            return []
        if self._judgement is None:
            from vmsnap_lint.schema.crds.cel_rules import judge  # only where there are CRDs

            defined = [one for crd in crds for one in self.workspace.of(crd.kind)]
            self._judgement = judge(crds, defined)
        return self._judgement.failures.get(manifest, [])

    def not_checked(self) -> set[NotChecked]:
        """Kinds of others, and what CRDs ask for and could not be decided, as far as asked."""
        crds = self.cluster.crds
        rules = self._judgement.not_checked if self._judgement else ()
        defined = (one for crd in crds for one in self.workspace.of(crd.kind))
        return {*rules, *crds.undecided(defined), *self._foreign()}

    def _foreign(self) -> Iterator[NotChecked]:
        """The kinds of other projects that bear the name of one of ours: one note for each."""
        for group, kind in self.workspace.kinds():
            if kind in _OUR_NAMES and group not in _GROUPS and not holds_placeholder(group):
                found = self.workspace.of(Kind(group, kind))
                if not self.cluster.crds.defines((group, kind)) and not self.rejections(found[0]):
                    more = f" ({len(found)} objects)" if len(found) > 1 else ""
                    reason = f"{kind} of {group}{more} is a kind of another project"
                    yield NotChecked(found[0].file, reason)

    def is_rendered_later(self, manifest: Manifest) -> bool:
        """Whether kustomize or helm has the last word on this object."""
        return manifest.file in self.policy.rendered_later

    def is_kustomized(self, manifest: Manifest) -> bool:
        """Whether a kustomization of the input includes the object."""
        return manifest.position in self._kustomized

    @cached_property
    def _kustomized(self) -> set[tuple[object, ...]]:
        objects = (one for tree in self.trees for one in tree.objects)
        return {(one.final or one.original).position for one in objects}

    def plan(self, snapshot: Manifest) -> SnapshotPlan:
        """What becomes of a snapshot."""
        from vmsnap_lint.kubevirt.snapshot import observed  # a lint of sources has no use for it

        if status.is_failed(snapshot):
            return observed.failed_plan(self.evidence, snapshot)
        if status.is_taken(snapshot):
            return observed.plan(self.evidence, snapshot)
        vm = self.source(snapshot)
        volumes = () if isinstance(vm, Absence) else self.volumes(vm)
        plan = predicted.snapshot_plan(self.cluster, snapshot, vm, volumes)
        return observed.corrected_plan(plan, snapshot)

    def machine_plan(self, vm: Manifest) -> SnapshotPlan:
        """What would become of a snapshot of `vm`."""
        return predicted.preview_plan(self.cluster, vm, self.volumes(vm))

    @cached_property
    def restores(self) -> Restores:
        """What becomes of restores; most inputs have none."""
        from vmsnap_lint.kubevirt.restore import restores_index  # and so it is not imported

        return restores_index.Restores(self.cluster, self.evidence, self.plan, self.rejections)
