"""What a check may ask: the cluster, each chain and each outcome, worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import (
    SNAPSHOT,
    VM,
    VOLUME_SNAPSHOT_CLASS,
    Kind,
)
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

    from vmsnap_lint.kubevirt.admission.webhooks import Refusal
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.dependents import User
    from vmsnap_lint.kubevirt.restore.restores_index import Restores
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.storage import Cause, Volume
    from vmsnap_lint.objects.history import History
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree
    from vmsnap_lint.schema.crds.cel_rules import Judgement, RuleFailure

__all__ = ["World"]

_OUR_GROUPS = frozenset(kind.group for kind in SAVING)
_GROUPS = _OUR_GROUPS | {VOLUME_SNAPSHOT_CLASS.group}
_OUR_NAMES = frozenset(kind.kind for kind in (*SAVING, VOLUME_SNAPSHOT_CLASS))


class World:
    """A cluster under one policy.

    `online` is the policy for running VMs (False: snapshots are meant to be taken offline),
    `all_vms` judges all VMs, also those that no snapshot names, `rendered_later` names the files
    whose objects get their final form from kustomize or helm. `is_concerned` says that it holds
    something that saves, restores or copies VMs, `run_is_concerned` that some part of the run does,
    `here` that its files stand among some that do; `named` are the files that were asked for by
    name.
    """

    def __init__(  # noqa: PLR0913 # the policy, and what the parts around it say
        self,
        cluster: Cluster,
        *,
        online: bool = False,
        all_vms: bool = False,
        rendered_later: frozenset[str] = frozenset(),
        named: frozenset[str] = frozenset(),
        trees: tuple[RenderedTree, ...] = (),
        failures: tuple[BuildFailure, ...] = (),
        history: History = NONE,
        concerned: bool = False,
        here: bool = False,
    ) -> None:
        self.cluster = cluster
        self.workspace = cluster.workspace
        self.behaviour = cluster.behaviour
        self.evidence = Links(cluster)
        self.online = online
        self.all_vms = all_vms
        self._rendered_later = rendered_later
        self._named = named
        self.trees = trees
        self.history = history
        self._losses = DeletedClasses(history)
        self.failures = failures
        self.is_concerned = all_vms or here or any(cluster.workspace.of(kind) for kind in SAVING)
        self.run_is_concerned = concerned or self.is_concerned
        self._sources: dict[Manifest, Manifest | Absence] = {}
        self._snapshots: dict[Manifest, list[Manifest]] = {}
        self._naming: dict[tuple[str | None, str], list[Manifest]] = {}
        self._volumes: dict[Manifest, tuple[Volume, ...]] = {}
        self._causes: dict[Manifest, dict[str, list[tuple[Volume, Cause]]]] = {}
        self._reach: Dependents | None = None
        self._users: Users | None = None
        self._refusals: dict[Manifest, tuple[Refusal, ...]] = {}
        self._judgement: Judgement | None = None
        self._restores: Restores | None = None
        self._kustomized: set[tuple[object, ...]] | None = None
        for snapshot in cluster.workspace.of(SNAPSHOT):
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

    def awaits_snapshot(self, vm: Manifest) -> bool:
        """Whether a snapshot of the VM may still be taken: none of them failed for good."""
        return self.all_vms or not all(map(status.is_failed, self.snapshots_of(vm)))

    def is_reached(self, vm: Manifest) -> bool:
        """Whether a snapshot that is not taken yet names the VM, so that its faults matter."""
        return self.all_vms or vm in self._snapshots

    def is_judged(self, manifest: Manifest) -> bool:
        """Whether the shape of an object is in scope.

        That of snapshots, restores and the like always is. Virtual machines, claims and classes of
        a tree that never snapshots anything are other linters' business: such trees hold sketches,
        tests of refusals and files for old clusters, and nothing here depends on them. Who names
        a file, though, asks about that file.
        """
        return (
            self.is_concerned
            or manifest.file in self._named
            or manifest.group in _OUR_GROUPS
            or self.cluster.crds.defines(manifest.group_kind)
            or manifest.kind.removesuffix("List") in _OUR_NAMES
        )

    def is_read(self, manifest: Manifest) -> bool:
        """Whether the shape of an object is in scope, and some rule reads what it says."""
        kind = manifest.group_kind
        known = of_kind(*kind) or self.cluster.crds.defines(kind)
        return bool(known) and self.is_judged(manifest)

    def reached(self) -> list[Manifest]:
        """Every VM whose faults matter, in input order."""
        vms = self.workspace.of(VM)
        return list(vms) if self.all_vms else [vm for vm in vms if vm in self._snapshots]

    def reaching(self, vm: Manifest) -> tuple[Place, ...]:
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

    def causes(self, vm: Manifest) -> dict[str, list[tuple[Volume, Cause]]]:
        """What is wrong with the volumes of a VM that is reached, by the rule that reports it."""
        found = self._causes.get(vm)
        if found is None:
            found = self._causes[vm] = {}
            for volume in self.volumes(vm) if self.is_reached(vm) else ():
                for cause in self._losses.explained(volume):
                    found.setdefault(cause.rule, []).append((volume, cause))
        return found

    @property
    def reach(self) -> Dependents:
        """The claims and classes that the chains of reached VMs run through."""
        if self._reach is None:
            self._reach = Dependents((vm, self.volumes(vm)) for vm in self.reached())
        return self._reach

    def users(self, vm: Manifest, claim: str) -> list[User]:
        """The other VMs of its namespace that mount the claim."""
        if self._users is None:
            self._users = Users(self.workspace)
        return self._users.others(vm, claim)

    def refusals(self, manifest: Manifest) -> tuple[Refusal, ...]:
        """Why the API server would refuse this object for what stands in it alone."""
        found = self._refusals.get(manifest)
        if found is None:
            found = tuple(webhooks.refusals(self.cluster, manifest))
            self._refusals[manifest] = found
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
                if not self.cluster.crds.defines((group, kind)) and not self.refusals(found[0]):
                    more = f" ({len(found)} objects)" if len(found) > 1 else ""
                    reason = f"{kind} of {group}{more} is a kind of another project"
                    yield NotChecked(found[0].file, reason)

    @property
    def stale_places(self) -> frozenset[tuple[Manifest, tuple[str | int, ...]]]:
        """The references that a kustomization left behind when it renamed what they name."""
        if not self.trees:
            return frozenset()
        from vmsnap_lint.objects.unrewritten import stale  # only where there are kustomizations

        places = (one.place for tree in self.trees for one in stale(tree))
        return frozenset((place.manifest, place.path) for place in places)

    def is_rendered_later(self, manifest: Manifest) -> bool:
        """Whether kustomize or helm has the last word on this object."""
        return manifest.file in self._rendered_later

    def is_kustomized(self, manifest: Manifest) -> bool:
        """Whether a kustomization of the input includes the object."""
        if self._kustomized is None:
            objects = (one for tree in self.trees for one in tree.objects)
            self._kustomized = {(one.final or one.original).position for one in objects}
        return manifest.position in self._kustomized

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
        return observed.seen_plan(plan, snapshot)

    def machine_plan(self, vm: Manifest) -> SnapshotPlan:
        """What would become of a snapshot of `vm`."""
        return predicted.machine_plan(self.cluster, vm, self.volumes(vm))

    @property
    def restores(self) -> Restores:
        """What becomes of restores; most inputs have none."""
        if self._restores is None:
            from vmsnap_lint.kubevirt.restore.restores_index import (
                Restores,
            )  # and so it is not imported

            self._restores = Restores(self.cluster, self.evidence, self.plan, self.refusals)
        return self._restores
