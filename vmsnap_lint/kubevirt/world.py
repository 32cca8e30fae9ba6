"""The cluster, the chains and the outcomes for checks, each computed once."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import chain, islice

from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.memo import Memo
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import FOLLOWED, SAVING, of_kind
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import storage
from vmsnap_lint.kubevirt.admission import vm_webhook, webhooks
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.copied_vms import CopiedVms
from vmsnap_lint.kubevirt.dependents import Dependents
from vmsnap_lint.kubevirt.policy import Policy
from vmsnap_lint.kubevirt.sharing import Users
from vmsnap_lint.kubevirt.snapshot import source_vm, status
from vmsnap_lint.kubevirt.snapshot.links import Links
from vmsnap_lint.kubevirt.snapshot.outcomes_index import SnapshotOutcomes
from vmsnap_lint.kubevirt.storage.deleted_classes import DeletedClasses
from vmsnap_lint.objects.history import NONE
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.copies_index import Copies
    from vmsnap_lint.kubevirt.restore.restores_index import Restores
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.storage import Cause, StorageCause, Volume
    from vmsnap_lint.objects.history import History
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree
    from vmsnap_lint.schema.crds.cel_rules import Judgement, RuleFailure

__all__ = ["World"]

_OUR_GROUPS = frozenset(kind.group for kind in SAVING)
_GROUPS = _OUR_GROUPS | {kinds.VOLUME_SNAPSHOT_CLASS.group}
_OUR_NAMES = frozenset(kind.kind for kind in (*SAVING, kinds.VOLUME_SNAPSHOT_CLASS))
_ADDED_LATER = (RejectionCause.TYPE_META_MISSING, SchemaFault.MISSING_FIELD)

_USUAL = Policy()
_NO_CAUSES: dict[StorageCause, list[tuple[Volume, Cause]]] = {}


class World:
    """A cluster under one policy, the trees it is rendered from, and its changes.

    `name` is that of the cluster, "" where none is declared.

    "In scope" is what findings are reported for: a cluster (`in_scope`) or a run (`run_in_scope`)
    with objects that save, restore or copy VMs; a VM that is to be snapshotted (`vm_in_scope`); an
    object whose shape decides about that (`shape_in_scope`).
    """

    def __init__(
        self,
        cluster: Cluster,
        policy: Policy = _USUAL,
        trees: tuple[RenderedTree, ...] = (),
        failures: tuple[BuildFailure, ...] = (),
        history: History = NONE,
    ) -> None:
        self.name = policy.name
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
        self._locked: dict[Manifest, Manifest | None] = {}
        self._volumes = Memo(partial(storage.volumes, cluster))
        self._causes = Memo(self._find_causes)
        self._rejections = Memo(self._find_rejections)
        self._refusals = Memo(self._find_refusals)
        self._deleted_classes = DeletedClasses(history)
        self._judgement: Judgement | None = None
        self._copied_vms = CopiedVms(cluster.workspace, self.find_source)
        for snapshot in cluster.workspace.of(kinds.SNAPSHOT):
            self._follow(snapshot)

    def _follow(self, snapshot: Manifest) -> None:
        """Index a snapshot by its VM."""
        source = self._sources[snapshot] = source_vm.source_of(self.cluster, snapshot)
        if not isinstance(source, Absence) and not status.is_taken(snapshot):
            self._snapshots.setdefault(source, []).append(snapshot)

    def resolve(self, kind: Kind, name: str, near: Manifest) -> Manifest | Absence:
        """The object of that kind and name in the namespace of `near`."""
        return self.cluster.resolve(kind, name, near)

    def find(self, kind: Kind, name: str, near: Manifest) -> Manifest | None:
        """The same, or None if it is not in the input."""
        return self.cluster.find(kind, name, near)

    def find_source(self, kind: Kind, manifest: Manifest) -> Manifest | None:
        """The object that `spec.source` of a clone, export or backup names, if of that kind."""
        if manifest.text("spec", "source", "kind") != kind.kind:
            return None
        return self.find(kind, manifest.text("spec", "source", "name"), manifest)

    def source(self, snapshot: Manifest) -> Manifest | Absence:
        """The VM that a snapshot names."""
        return self._sources[snapshot]

    def snapshots_of(self, vm: Manifest) -> list[Manifest]:
        """The snapshots of `vm` that are not taken yet, in input order."""
        return self._snapshots.get(vm, [])

    def naming(self, manifest: Manifest) -> list[Manifest]:
        """The first three snapshots that name this VM, or the VM of this VMI."""
        namespaces = dict.fromkeys((manifest.namespace, None))
        named = (self._naming.get((namespace, manifest.name), []) for namespace in namespaces)
        return list(islice(chain.from_iterable(named), MOST_PLACES))

    @cached_property
    def _naming(self) -> dict[tuple[str | None, str], list[Manifest]]:
        """The snapshots by the namespace and name of their VM."""
        naming: dict[tuple[str | None, str], list[Manifest]] = {}
        for snapshot in self._sources:
            name = snapshot.text("spec", "source", "name")
            naming.setdefault((snapshot.namespace, name), []).append(snapshot)
        return naming

    @cached_property
    def _awaited(self) -> set[tuple[str | None, str]]:
        """The namespaces and names of VMs with a snapshot that is not taken yet."""
        named = self._naming.items()
        return {key for key, made in named if not all(map(status.is_taken, made))}

    def is_awaited(self, manifest: Manifest) -> bool:
        """Whether a snapshot of this VM, or of the VM of this VMI, is not taken yet."""
        return any(
            (namespace, manifest.name) in self._awaited for namespace in (manifest.namespace, None)
        )

    def first_locked(self, vm: Manifest) -> Manifest | None:
        """The first manifest of the same VM that a snapshot in progress locks."""
        definitions = self.workspace.definitions(vm) or [vm]
        if definitions[0] not in self._locked:
            locked = (d for d in definitions if d.text("status", "snapshotInProgress"))
            self._locked[definitions[0]] = next(locked, None)
        return self._locked[definitions[0]]

    @cached_property
    def in_scope(self) -> bool:
        """Whether the cluster, or files next to its own, save, restore or copy VMs."""
        of = self.workspace.of
        return self.policy.all_vms or self.policy.in_scope or any(of(kind) for kind in SAVING)

    @property
    def run_in_scope(self) -> bool:
        """Whether this cluster or another one of the run is in scope."""
        return self.policy.run_in_scope or self.in_scope

    def awaits_snapshot(self, vm: Manifest) -> bool:
        """Whether a snapshot of the VM may still be taken, as not all of them failed."""
        return self.policy.all_vms or not all(map(status.is_failed, self.snapshots_of(vm)))

    def vm_in_scope(self, vm: Manifest) -> bool:
        """Whether a snapshot or a clone of the VM, or of one of a pool, is still to be taken.

        So are all where all VMs are in scope; a clone takes a snapshot.
        """
        return (
            vm in self._snapshots
            or self.policy.all_vms
            or vm in self._copied_vms.cloned
            or self._makes_one(vm)
        )

    def is_snapshotted(self, vm: Manifest) -> bool:
        """Whether the VM has a snapshot that is not taken yet, or all VMs are in scope."""
        return self.policy.all_vms or vm in self._snapshots

    def _makes_one(self, pool: Manifest) -> bool:
        """Whether it is a pool, and a snapshot may name a VM of it: `<pool>-<number>`."""
        return pool.group_kind == kinds.POOL and (pool.namespace, pool.name) in self._pools_named

    @cached_property
    def _pools_named(self) -> set[tuple[str | None, str]]:
        return {(home, name.rpartition("-")[0]) for home, name in self._naming} | {*self._naming}

    def shape_in_scope(self, manifest: Manifest) -> bool:
        """Whether the shape of an object is in scope.

        That of snapshots, restores and the like always is. VMs, PVCs and classes of a tree without
        any snapshot are left to other linters, except those in a file that is an argument.
        """
        return (
            self.in_scope
            or manifest.file in self.policy.named
            or manifest.group in _OUR_GROUPS
            or self.cluster.crds.defines(manifest.group_kind)
            or manifest.kind.removesuffix("List") in _OUR_NAMES
        )

    def is_read(self, manifest: Manifest) -> bool:
        """Whether its shape is in scope and some rule reads the object."""
        kind = manifest.group_kind
        known = (of_kind(*kind) and kind not in FOLLOWED) or self.cluster.crds.defines(kind)
        return bool(known) and self.shape_in_scope(manifest)

    def vms_in_scope(self) -> list[Manifest]:
        """Every VM in scope, in input order."""
        return self._vms_in_scope

    @cached_property
    def _vms_in_scope(self) -> list[Manifest]:
        return [vm for vm in self.workspace.of(kinds.VM) if self.vm_in_scope(vm)]

    def named_at(self, vm: Manifest) -> tuple[Place, ...]:
        """The references of the first three snapshots, clones and exports to `vm`."""
        snapshots = (("snapshot", snapshot) for snapshot in self.snapshots_of(vm))
        named = islice(chain(snapshots, self._copied_vms.of(vm)), MOST_PLACES)
        return tuple(
            copy.at("spec", "source", "name", note=f'source of {what} "{copy.name}"')
            for what, copy in named
        )

    def volumes(self, vm: Manifest) -> tuple[Volume, ...]:
        """The volumes of a VM, followed to their snapshot classes."""
        return self._volumes[vm]

    def causes(self, vm: Manifest) -> dict[StorageCause, list[tuple[Volume, Cause]]]:
        """The causes of the volumes of a VM in scope, by kind."""
        return self._causes[vm]

    def _find_causes(self, vm: Manifest) -> dict[StorageCause, list[tuple[Volume, Cause]]]:
        causes: dict[StorageCause, list[tuple[Volume, Cause]]] = {}
        for volume in self.volumes(vm) if self._is_followed(vm) else ():
            for cause in self._causes_of(vm, volume):
                causes.setdefault(cause.kind, []).append((volume, cause))
        return causes or _NO_CAUSES

    def _is_followed(self, vm: Manifest) -> bool:
        return self.vm_in_scope(vm) or vm in self._copied_vms.exported

    def _causes_of(self, vm: Manifest, volume: Volume) -> Iterable[Cause]:
        """The causes of a volume, without what findings of clones say themselves."""
        if self.is_snapshotted(vm):
            return self._deleted_classes.explained(volume)
        if vm not in self._copied_vms.cloned:
            from vmsnap_lint.kubevirt.copies.exported_volumes import exported_causes  # few exports

            return exported_causes(volume)
        left_out = volume.included is False and not volume.blocks
        is_disk = volume.source in ("dataVolume", "persistentVolumeClaim")
        return () if left_out and is_disk else self._deleted_classes.explained(volume)

    @cached_property
    def is_synced(self) -> bool:
        """Whether kustomize, helm, Flux or Argo CD has a part in what is applied."""
        of = self.workspace.of
        return bool(self.trees or of(kinds.ARGO_APPLICATION) or of(kinds.FLUX_KUSTOMIZATION))

    @cached_property
    def dependents(self) -> Dependents:
        """The PVCs and classes that the volumes of VMs in scope depend on."""
        return Dependents((vm, self.volumes(vm)) for vm in self.vms_in_scope())

    @cached_property
    def copied_vms(self) -> frozenset[Manifest]:
        """The VMs of clones and exports that are not done."""
        return frozenset((*self._copied_vms.cloned, *self._copied_vms.exported))

    @cached_property
    def needed(self) -> Dependents:
        """The PVCs and classes that VMs in scope depend on, or those that are copied."""
        if not self.copied_vms:
            return self.dependents
        copied = [vm for vm in self.workspace.of(kinds.VM) if vm in self.copied_vms]
        vms = dict.fromkeys((*self.vms_in_scope(), *copied))
        return Dependents((vm, self.volumes(vm)) for vm in vms)

    @cached_property
    def users_of_claims(self) -> Users:
        """The VMs of the cluster, by the PVCs that they use."""
        return Users(self.cluster)

    def rejections(self, manifest: Manifest) -> tuple[Rejection, ...]:
        """The reasons to reject an object that do not depend on other objects."""
        return self._rejections[manifest]

    def _find_rejections(self, manifest: Manifest) -> tuple[Rejection, ...]:
        found = tuple(webhooks.rejections(self.cluster, manifest))
        if not any(rejection.problem.fixes for rejection in found):
            return found
        from vmsnap_lint.kubevirt.admission import quoted_values  # few objects are rejected

        return quoted_values.only_accepted(self.cluster, manifest, found)

    def vm_refusals(self, manifest: Manifest) -> tuple[Rejection, ...]:
        """The reasons for which the webhook for VMs rejects a VM, or the template of a pool."""
        return self._refusals[manifest]

    def _find_refusals(self, manifest: Manifest) -> tuple[Rejection, ...]:
        return tuple(vm_webhook.refusals_of(self.cluster, manifest))

    def rule_failures(self, manifest: Manifest) -> list[RuleFailure]:
        """The rules of its CRD that an object breaks; the first call evaluates all objects."""
        crds = self.cluster.crds
        if not crds.defines(manifest.group_kind):
            return []
        if self._judgement is None:
            from vmsnap_lint.schema.crds.cel_rules import judge  # only where there are CRDs

            self._judgement = judge(crds, self._of_crds())
        return self._judgement.failures.get(manifest, [])

    def _of_crds(self) -> list[Manifest]:
        crds = self.cluster.crds
        return [manifest for crd in crds for manifest in self.workspace.of(crd.kind)]

    def not_checked(self) -> set[NotChecked]:
        """Kinds of other projects, and what could not be decided of the rules of CRDs."""
        rules = self._judgement.not_checked if self._judgement else ()
        return {*rules, *self.cluster.crds.undecided(self._of_crds()), *self._foreign()}

    def _foreign(self) -> Iterator[NotChecked]:
        """One note for each kind of another project with the name of a known kind."""
        for group, kind in self.workspace.kinds():
            if kind in _OUR_NAMES and group not in _GROUPS and not holds_placeholder(group):
                objects = self.workspace.of(Kind(group, kind))
                if not self.cluster.crds.defines((group, kind)) and not self.rejections(objects[0]):
                    more = f" ({len(objects)} objects)" if len(objects) > 1 else ""
                    reason = f"{kind} of {group}{more} is a kind of another project"
                    yield NotChecked(objects[0].file, reason)

    def applier(self, manifest: Manifest) -> Manifest | None:
        """The object of Flux or Argo CD that applies this one, where the input shows it."""
        return self.policy.appliers.get(manifest.position)

    def is_rendered_later(self, manifest: Manifest) -> bool:
        """Whether kustomize or helm renders this object."""
        return manifest.file in self.cluster.rendered_later

    def is_kustomized(self, manifest: Manifest) -> bool:
        """Whether a kustomization of the input includes the object."""
        return manifest.position in self._kustomized

    @cached_property
    def _kustomized(self) -> set[tuple[object, ...]]:
        objects = (obj for tree in self.trees for obj in tree.objects)
        return {(obj.final or obj.original).position for obj in objects}

    def plan(self, snapshot: Manifest) -> SnapshotPlan:
        """The plan of a snapshot."""
        return self.outcomes.plan(snapshot)

    def preview_plan(self, vm: Manifest) -> SnapshotPlan:
        """The plan of a snapshot of `vm` that does not exist."""
        return self.outcomes.preview_plan(vm)

    @cached_property
    def outcomes(self) -> SnapshotOutcomes:
        """The blockers and plans of snapshots, and of those that VMs may get."""
        return SnapshotOutcomes(
            self.evidence,
            self.source,
            self.volumes,
            self._applied_rejections,
            self._applied_refusals,
        )

    def _applied_rejections(self, manifest: Manifest) -> tuple[Rejection, ...]:
        """The reasons to reject an object, but for what kustomize or helm may still add."""
        found = self._rejections[manifest]
        if not found or not self.is_rendered_later(manifest):
            return found
        return tuple(one for one in found if one.cause not in _ADDED_LATER)

    def _applied_refusals(self, manifest: Manifest) -> tuple[Rejection, ...]:
        """What the webhook rejects a VM or DataVolume for that is applied as it is written."""
        if manifest.is_export or self.is_rendered_later(manifest):
            return ()
        if manifest.group_kind == kinds.DATA_VOLUME:
            from vmsnap_lint.kubevirt.admission import data_volume_webhook  # many VMs mount PVCs

            return tuple(data_volume_webhook.refusals(manifest))
        of = self.workspace.of
        if not (of(kinds.KUBEVIRT) or of(kinds.HYPERCONVERGED)):
            return self.vm_refusals(manifest)
        from vmsnap_lint.kubevirt.admission import gates  # many inputs have neither

        return (*self.vm_refusals(manifest), *gates.gate_refusals(self.cluster, manifest))

    @cached_property
    def restores(self) -> Restores:
        """The outcomes of restores; most inputs have none."""
        from vmsnap_lint.kubevirt.restore import restores_index  # so it is rarely imported

        return restores_index.Restores(
            self.cluster, self.evidence, self.plan, self._applied_rejections
        )

    @cached_property
    def copies(self) -> Copies:
        """The outcomes of clones, exports and backups; most inputs have none."""
        from vmsnap_lint.kubevirt.copies import copies_index  # so it is rarely imported

        outcomes = copies_index.Outcomes(
            self.evidence, self.plan, self.preview_plan, self.volumes,
            self._applied_rejections, self._conflicting_backup,
        )  # fmt: skip
        return copies_index.Copies(self.cluster, outcomes)

    def _conflicting_backup(self, backup: Manifest) -> Manifest | None:
        return self.restores.conflicting(backup) if backup.kind == kinds.BACKUP.kind else None
