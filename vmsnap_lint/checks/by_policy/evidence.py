"""The objects of a world become what the expressions of policies read: `verdict_model`.

A field that is unknown is left out, so that CEL fails where an expression needs it; `&&`, `||`,
`all` and `exists` do not need it where the rest decides. Two things are open in another way: the
value of a label that is a placeholder, and whether there are further snapshots. Expressions are
evaluated for both ends, `raw` and not: what differs is unknown.
"""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.checks.by_policy import volume_evidence
from vmsnap_lint.checks.by_policy.known_fields import defaults, labelled, texts, written
from vmsnap_lint.checks.by_policy.paths_of_fields import (
    LISTS,
    OF_CLONE,
    OF_EXPORT,
    OF_RESTORE,
    OF_SNAPSHOT,
)
from vmsnap_lint.checks.by_policy.plan_evidence import exported, outcome, restored
from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from vmsnap_lint.checks.by_policy.known_fields import Fields
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

    _MakePlan = Callable[[Manifest], Fields]

__all__ = ["Evidence"]

_SPEC_SOURCE = ("spec", "source")


class Evidence:
    """What a world shows, as far as expressions use the names `wanted`; each object once.

    With `raw`, placeholders in labels are their values, and there are no further snapshots.
    """

    def __init__(self, world: World, wanted: frozenset[str], *, raw: bool) -> None:
        self._world = world
        self._wanted = wanted
        self._raw = raw
        self._classes = volume_evidence.Classes(world.cluster, wanted, raw=raw)
        self._known: dict[tuple[str, Manifest], Any] = {}
        self._cluster: Fields | None = None
        self._none: list[Fields] = []
        self._any: list[Fields] = [{}]

    def variables(self, subject: Manifest, names: Container[str]) -> dict[str, Any]:
        """The variables of these names for an object, but for constants.

        The value of one that is unknown has no field.
        """
        made: dict[str, Callable[[], Any]] = {
            "cluster": self._of_cluster,
            **self._of_subject(subject),
        }
        return {name: make() for name, make in made.items() if name in names}

    def snapshots_of(self, vm: Manifest | Absence) -> list[Manifest]:
        """The snapshots of a VM in the input, those that were taken as well."""
        return [] if isinstance(vm, Absence) else self._snapshots_by_vm.get(self._named(vm), [])

    @cached_property
    def _snapshots_by_vm(self) -> dict[tuple[str | None, str], list[Manifest]]:
        """The snapshots by the namespace and name of their VM, which may be defined twice."""
        found: dict[tuple[str | None, str], list[Manifest]] = {}
        for snapshot in self._world.workspace.of(SNAPSHOT):
            source, home = self._world.source(snapshot), self._world.workspace.home
            name = snapshot.text(*_SPEC_SOURCE, "name")
            by_name = home(snapshot.namespace), name
            key = by_name if isinstance(source, Absence) else self._named(source)
            found.setdefault(key, []).append(snapshot)
        return found

    def _named(self, vm: Manifest) -> tuple[str | None, str]:
        return self._world.workspace.home(vm.namespace), vm.name

    def vm_of(self, subject: Manifest) -> Manifest | Absence:
        """The VM of an object: itself, its source or its target."""
        world, kind = self._world, subject.group_kind
        if kind == VM:
            return subject
        if kind == SNAPSHOT:
            return world.source(subject)
        if kind == RESTORE:
            return world.restores.subject(subject).target
        if kind == CLONE:
            return world.copies.cloned_vm(subject) or self._absence(subject, VM.kind)
        source = world.copies.source(subject)
        snapshot = source.of(SNAPSHOT)
        found = source.of(VM) if snapshot is None else world.evidence.vm_of(snapshot)
        return found or self._absence(subject, VM.kind)

    def snapshot_of(self, subject: Manifest) -> Manifest | Absence:
        """The snapshot of an object: itself, or the one that it is made of."""
        if subject.group_kind == SNAPSHOT:
            return subject
        if subject.group_kind == RESTORE:
            return self._world.restores.subject(subject).snapshot
        found = self._world.copies.source(subject).of(SNAPSHOT)
        return found or self._absence(subject, SNAPSHOT.kind)

    def _absence(self, copy: Manifest, kind: str) -> Absence:
        """Why a copy has no source of that kind: it has one of another kind, or it is not seen."""
        of = copy.text(*_SPEC_SOURCE, "kind")
        is_other = bool(of) and of != kind and not holds_placeholder(of)
        if is_other and kind == VM.kind and of == SNAPSHOT.kind:
            return Absence.UNKNOWN
        return Absence.ABSENT if is_other else Absence.UNKNOWN

    def _once(self, what: str, manifest: Manifest, make: Callable[[Manifest], Any]) -> Any:
        """What is made of an object, the same value each time, so that it is sent once."""
        if (what, manifest) not in self._known:
            self._known[what, manifest] = make(manifest)
        return self._known[what, manifest]

    def _of_cluster(self) -> Fields:
        if self._cluster is None:
            cluster, release = self._world.cluster, self._world.cluster.release
            self._cluster = {
                "name": self._world.name,
                "release": str(release),
                "major": release.major,
                "minor": release.minor,
                "complete": sorted(cluster.workspace.complete_kinds),
            }
        return self._cluster

    def _vm(self, vm: Manifest | Absence) -> Fields:
        if isinstance(vm, Absence):
            return defaults("VirtualMachine") if vm is Absence.ABSENT else {}
        fields: Fields = self._once("vm", vm, self._fields_of_vm)
        return fields

    def _fields_of_vm(self, vm: Manifest) -> Fields:
        fields = {"exists": True, **self._identified(vm)}
        spec = vm.mapping("spec")
        if not any(holds_placeholder(spec.get(key)) for key in ("runStrategy", "running")):
            fields["runStrategy"] = run_state.strategy(vm)
        running = run_state.is_online(self._world.cluster, vm)
        if running is not None:
            fields["running"] = running
        if "volumes" in self._wanted:
            fields["volumes"] = self._volumes(vm)
        return fields

    def _volumes(self, vm: Manifest) -> list[Fields]:
        volumes: list[Fields] = self._once("volumes", vm, self._fields_of_volumes)
        return volumes

    def _fields_of_volumes(self, vm: Manifest) -> list[Fields]:
        return [
            volume_evidence.fields_of(self._classes, vm, volume)
            for volume in self._world.volumes(vm)
        ]

    def _identified(self, manifest: Manifest) -> Fields:
        """What objects of all kinds have; the cluster makes up the name behind a generateName."""
        home = self._world.workspace.home(manifest.namespace)
        is_named = manifest.name or not manifest.text("metadata", "generateName")
        return {
            **(written(manifest, {"name": ("metadata", "name")}) if is_named else {}),
            **({} if home is None else {"namespace": home}),
            **labelled(manifest, self._wanted, raw=self._raw),
        }

    def _snapshot(self, snapshot: Manifest | Absence) -> Fields:
        if isinstance(snapshot, Absence):
            is_none = snapshot is Absence.ABSENT
            return defaults("VirtualMachineSnapshot") if is_none else {}
        fields: Fields = self._once("snapshot", snapshot, self._fields_of_snapshot)
        return fields

    def _fields_of_snapshot(self, snapshot: Manifest) -> Fields:
        fields = {"exists": True, **self._identified(snapshot), **written(snapshot, OF_SNAPSHOT)}
        if "online" in self._wanted:
            online = self._is_online(snapshot)
            fields.update({} if online is None else {"online": online})
        if "plan" in self._wanted:
            fields["plan"] = self._plan(snapshot)
        return fields

    def _is_online(self, snapshot: Manifest) -> bool | None:
        """Whether the VM runs when the snapshot is taken; that of a snapshot which is says so."""
        shown = snapshot.get("status", "indications")
        if isinstance(shown, list):
            return "Online" in shown
        vm = self._world.source(snapshot)
        return None if isinstance(vm, Absence) else run_state.is_online(self._world.cluster, vm)

    def _snapshots(self, vm: Manifest | Absence) -> list[Fields]:
        """Those of a VM; one without any field stands for others that may be there."""
        if isinstance(vm, Absence):
            return self._none if self._raw or vm is Absence.ABSENT else self._any
        fields: list[Fields] = self._once("snapshots", vm, self._fields_of_snapshots)
        return fields

    def _fields_of_snapshots(self, vm: Manifest) -> list[Fields]:
        fields = [self._snapshot(snapshot) for snapshot in self.snapshots_of(vm)]
        if self._raw:
            return fields
        return [*fields, {}] if self._may_have_others(vm) else fields

    def _may_have_others(self, vm: Manifest) -> bool:
        """Whether what the run cannot see may make snapshots of the VM, or one may be its own."""
        if self._world.workspace.gap(SNAPSHOT, vm.namespace) is not None:
            return True
        home = self._world.workspace.home
        return not self._unclear.isdisjoint((None, home(vm.namespace)))

    @cached_property
    def _unclear(self) -> frozenset[str | None]:
        """The namespaces with a snapshot whose VM a templating tool names."""
        return frozenset(
            self._world.workspace.home(snapshot.namespace)
            for snapshot in self._world.workspace.of(SNAPSHOT)
            if holds_placeholder(snapshot.text(*_SPEC_SOURCE, "name"))
        )

    def _plan(self, subject: Manifest) -> Fields:
        fields: Fields = self._once("plan", subject, self._made_plan)
        return fields

    def _made_plan(self, subject: Manifest) -> Fields:
        """What a snapshot comes to, or one of a VM would."""
        world, vm = self._world, self.vm_of(subject)
        plan: SnapshotPlan
        plan = world.preview_plan(subject) if subject.group_kind == VM else world.plan(subject)
        fields = outcome(plan)
        if "volumes" not in self._wanted or isinstance(vm, Absence):
            return fields
        names = [volume.name for volume in world.volumes(vm)]
        by_name = dict(zip(names, self._volumes(vm), strict=True))
        fields["volumes"] = [
            volume_evidence.planned(self._classes, subject, volume, by_name.get(volume.name, {}))
            for volume in plan.volumes
            if volume.persistent
        ]
        return fields

    def _of_subject(self, subject: Manifest) -> dict[str, Callable[[], Any]]:
        """What makes each variable of an object."""
        made: dict[str, Callable[[], Any]] = {
            "vm": lambda: self._vm(self.vm_of(subject)),
            "snapshots": lambda: self._snapshots(self.vm_of(subject)),
        }
        if subject.group_kind == VM:
            return {**made, "plan": lambda: self._plan(subject)}
        made["snapshot"] = lambda: self._snapshot(self.snapshot_of(subject))
        if subject.group_kind == SNAPSHOT:
            return {**made, "plan": lambda: self._plan(subject)}
        name, paths, plan = self._copies()[subject.group_kind]
        made[name] = lambda: self._copying(subject, paths)
        made["plan"] = lambda: plan(subject)
        return made

    def _copies(self) -> dict[Kind, tuple[str, Mapping[str, tuple[str, ...]], _MakePlan]]:
        """The variable of each kind that copies, its fields, and what makes its plan."""
        restores, copies = self._world.restores, self._world.copies
        return {
            RESTORE: ("restore", OF_RESTORE, lambda it: restored(restores.restore_plan(it))),
            CLONE: ("clone", OF_CLONE, lambda it: restored(copies.clone_plan(it))),
            EXPORT: ("export", OF_EXPORT, lambda it: exported(copies.export_plan(it))),
        }

    def _copying(self, copy: Manifest, paths: Mapping[str, tuple[str, ...]]) -> Fields:
        """A restore, clone or export."""
        lists = {key: ("spec", key) for key in LISTS[copy.group_kind]}
        return {**self._identified(copy), **written(copy, paths), **texts(copy, lists)}
