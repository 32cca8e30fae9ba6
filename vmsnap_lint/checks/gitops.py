"""GitOps: order and desired state.

How Argo CD orders what it applies: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.core.kinds import (
    ARGO_APPLICATION,
    CONFIG_MAP,
    CRD,
    FLUX_KUSTOMIZATION,
    SNAPSHOT,
    VM,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder, parse_duration
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects import sync_order
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.sync_order import ARGO
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_SHOWN = 3
_ANNOTATIONS = ("metadata", "annotations")
_DEADLINE = ("spec", "failureDeadline")
# Hooks of rare occasions: what they apply is not part of a sync.
_ASIDE = frozenset((
    "postdelete", "postrollback", "predelete", "prerollback", "skip", "syncfail", "test",
))  # fmt: skip
# What keeps a tool from applying an object, from deleting it, or lets it make it anew each time.
_UNAPPLIED = {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}
_KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
_SYNC_OPTIONS = f"{ARGO}sync-options"
_HEALTH = re.compile(r"kubevirt\.io[/_]VirtualMachine(?!\w)")


def apply_order(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """Waves or hooks bring the snapshot to the cluster before its VM, or along with it."""
    vm = world.source(snapshot)
    if isinstance(vm, Absence) or vm.is_export or snapshot.is_export:
        return
    if not _is_ordered(snapshot, vm, world) or _is_taken_before(snapshot):
        return
    mine, its = sync_order.stage(snapshot), sync_order.stage(vm)
    if mine > its:
        return
    told = _too_early(snapshot, vm, world) if mine < its else _along(snapshot, vm, world)
    if told is not None:
        effect, severity = told
        message = f"{_when(snapshot)}, its VirtualMachine in {_when(vm)}: {effect}"
        where = _order_place(vm, world, "its VM")
        yield Problem(_order_place(snapshot, world), message, (where,), severity)


def argocd_stopped_vm_wave(vm: Manifest, world: World) -> Iterator[Problem]:
    """Argo CD waits for a stopped VM to run before it goes on to the wave of its snapshot."""
    if run_state.declared(vm) is not Declared.HALTED or vm.is_export or _has_health_check(world):
        return
    later = [
        snapshot
        for snapshot in world.snapshots_of(vm)
        if not snapshot.is_export
        and _is_ordered(snapshot, vm, world)
        and sync_order.precedes(vm, snapshot)
    ]
    if later:
        message = (
            f"Argo CD calls a stopped VM Suspended and waits for it in {_when(vm)}: the snapshot, "
            f"in {_when(later[0])}, is never applied (versions without argo-cd#29664)"
        )
        places = [_order_place(one, world, f'snapshot "{one.name}"') for one in later[:_SHOWN]]
        yield Problem(run_state.run_state_place(vm), message, tuple(places))


def crd_and_class_together(world: World) -> Iterator[Problem]:
    """What defines VolumeSnapshotClasses is applied in one go with such a class."""
    if not world.run_in_scope:
        return
    defining: dict[str, Manifest] = {}
    for crd in world.workspace.of(CRD):
        if _defines_classes(crd):
            defining.setdefault(_release(crd, world), crd)
    defining.pop("", None)
    told = set()
    for one in world.workspace.of(VOLUME_SNAPSHOT_CLASS) if defining else ():
        release = _release(one, world)
        crd = defining.get(release, one)
        if crd is one or release in told or _is_sorted(crd, one, release, world):
            continue
        told.add(release)
        message = (
            f'VolumeSnapshotClass "{one.name}" is applied together with the CRD that defines it: '
            "the first attempt fails, as the kind is not known yet"
        )
        yield Problem(one.at("kind"), message, (crd.at("metadata", "name", note="the CRD"),))


def snapshot_as_desired_state(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A tool keeps the snapshot in sync with Git: it is taken once, and never again."""
    if snapshot.is_export or not snapshot.name or holds_placeholder(snapshot.name):
        return
    if sync_order.hooks(snapshot) or _is_made_anew(snapshot) or _has(snapshot, _UNAPPLIED):
        return
    keeper = _keeper(snapshot, world)
    if keeper is None:
        return
    who, places = keeper
    loses = snapshot.get("spec", "deletionPolicy") in (None, "Delete") and not _is_kept(snapshot)
    loss = "; once it is pruned, its data is deleted: deletionPolicy Retain keeps it"
    message = (
        f"{who} the snapshot: it is taken when it is first applied and never again"
        f"{loss if loses else ''}"
    )
    yield Problem(_name_place(snapshot, world), message, places)


def _is_ordered(snapshot: Manifest, vm: Manifest, world: World) -> bool:
    """Whether Argo CD orders the two: one has a wave or hook, and one Application holds both."""
    keys = sync_order.order_key(snapshot), sync_order.order_key(vm)
    if not any(keys) or not _ASIDE.isdisjoint(sync_order.hooks(snapshot) | sync_order.hooks(vm)):
        return False
    both = world.is_kustomized(snapshot) and world.is_kustomized(vm)
    return all(keys) or both or snapshot.directory == vm.directory


def _is_taken_before(snapshot: Manifest) -> bool:
    """Whether a hook takes it of the VM as it was before this sync."""
    return any(hook.startswith("pre") for hook in sync_order.hooks(snapshot))


def _too_early(
    snapshot: Manifest, vm: Manifest, world: World
) -> tuple[str, Severity | None] | None:
    """What becomes of a snapshot that is applied before its VM."""
    if world.behaviour.source_checked_on_admission:
        surely = _is_one_application(snapshot, vm)
        return "the snapshot is refused where the VM is new", Severity.ERROR if surely else None
    deadline = _deadline(snapshot)
    if not deadline:
        return None
    return f"the snapshot waits for the VM and fails {deadline} after it was applied", None


def _along(snapshot: Manifest, vm: Manifest, world: World) -> tuple[str, Severity | None] | None:
    """What becomes of a snapshot that is applied in the same wave as its VM."""
    early = world.behaviour.source_checked_on_admission
    # one wave goes by kind, then by name; both kinds are custom resources
    if early and snapshot.name < vm.name and _is_one_application(snapshot, vm):
        effect = f'within a wave "{snapshot.name}" comes before "{vm.name}", and is refused'
        return effect, Severity.ERROR
    if early:
        return "the snapshot is taken before the claims are bound, and leaves these out", None
    deadline = _deadline(snapshot)
    if not deadline:
        return None
    claims = [volume.claim for volume in world.volumes(vm) if volume.claim is not None]
    made_too = any(claim.spec is not None and not claim.is_bound for claim in claims)
    effect = f"the snapshot waits for the VM's disks and fails {deadline} after it was applied"
    return effect, None if made_too else Severity.INFO


def _deadline(snapshot: Manifest) -> str:
    """The time that a snapshot has, "" where it has no end."""
    text = snapshot.get(*_DEADLINE)
    if not isinstance(text, str) or parse_duration(text) is None:
        return "5m"
    return text if parse_duration(text) else ""


def _is_one_application(snapshot: Manifest, vm: Manifest) -> bool:
    """Whether both surely stand in one Application: then waves compare."""
    return snapshot.directory == vm.directory


def _when(manifest: Manifest) -> str:
    hook = manifest.text(*_ANNOTATIONS, f"{ARGO}hook")
    wave = f"sync wave {sync_order.stage(manifest)[1]}"
    return f"{wave} of hook {hook}" if hook else wave


def _order_place(manifest: Manifest, world: World, note: str = "") -> Place:
    """Where its wave or hook is set, else its name."""
    key = sync_order.order_key(manifest)
    if key:
        return manifest.at(*_ANNOTATIONS, key, note=note)
    return _name_place(manifest, world)._replace(note=note)


def _name_place(manifest: Manifest, world: World) -> Place:
    """Its name; the kind where a kustomization may have set the name."""
    if world.is_kustomized(manifest):
        return manifest.at("kind")
    return manifest.at("metadata", "name")


def _has_health_check(world: World) -> bool:
    """Whether the settings of Argo CD judge VMs in their own way."""
    for one in world.workspace.of(CONFIG_MAP):
        if one.name == "argocd-cm":
            data = one.mapping("data")
            if any(map(_HEALTH.search, (*data, str(data.get("resource.customizations"))))):
                return True
    return False


def _defines_classes(crd: Manifest) -> bool:
    named = crd.text("spec", "group"), crd.text("spec", "names", "kind")
    return named == VOLUME_SNAPSHOT_CLASS


def _release(manifest: Manifest, world: World) -> str:
    """The chart or kustomization that the object is a part of, "" where there is none."""
    chart, templates, _ = manifest.file.rpartition("/templates/")
    if templates and (world.trees or world.is_rendered_later(manifest)):
        return f"chart {chart.partition('/charts/')[0]}"
    return "kustomization" if world.is_kustomized(manifest) else ""


def _is_sorted(crd: Manifest, one: Manifest, release: str, world: World) -> bool:
    """Whether something waits for the CRD: Argo CD and Flux do, of what they apply themselves."""
    if sync_order.precedes(crd, one):
        return True
    if any(sync_order.gitops_marker(m).startswith(ARGO) for m in (crd, one)):
        return True
    tools = world.workspace.of(ARGO_APPLICATION)
    if release == "kustomization":
        tools = [*tools, *world.workspace.of(FLUX_KUSTOMIZATION)]
    return any(sync_order.deploys(tool, one.directory) for tool in tools)


def _keeper(snapshot: Manifest, world: World) -> tuple[str, tuple[Place, ...]] | None:
    """What keeps a snapshot as Git has it, and where that stands."""
    vm = world.source(snapshot)
    beside = [] if isinstance(vm, Absence) or vm.directory != snapshot.directory else [vm]
    for one in (snapshot, *beside):
        marker = sync_order.gitops_marker(one)
        if marker:
            where = one.at("metadata", note="") if one is snapshot else one.at("metadata", "name")
            note = f"{marker} is set on {'it' if one is snapshot else 'its VM'}"
            return f"{_tool(marker)} applies", (where._replace(note=note),)
    for kind, who in ((ARGO_APPLICATION, "Argo CD"), (FLUX_KUSTOMIZATION, "Flux")):
        for tool in world.workspace.of(kind):
            if sync_order.deploys(tool, snapshot.directory):
                note = f'{kind.kind} "{tool.name}" applies its directory'
                return f"{who} applies", (tool.at("metadata", "name", note=note),)
    return ("a kustomization holds", ()) if world.is_kustomized(snapshot) else None


def _tool(marker: str) -> str:
    return "Argo CD" if marker.startswith(ARGO) else "Flux"


def _has(manifest: Manifest, wanted: dict[str, str]) -> bool:
    """Whether one of the annotations or labels has that value."""
    set_ones = manifest.mapping(*_ANNOTATIONS) | manifest.mapping("metadata", "labels")
    return any(set_ones.get(key) == value for key, value in wanted.items())


def _options(manifest: Manifest) -> set[str]:
    text = manifest.text(*_ANNOTATIONS, _SYNC_OPTIONS)
    return {option.strip() for option in text.split(",")}


def _is_made_anew(snapshot: Manifest) -> bool:
    return {"Force=true", "Replace=true"} <= _options(snapshot)


def _is_kept(snapshot: Manifest) -> bool:
    return "Prune=false" in _options(snapshot) or _has(snapshot, _KEPT)


CHECKS: dict[str, Check] = {
    "apply-order": Check(apply_order, (SNAPSHOT,), prefilters.synced),
    "argocd-stopped-vm-wave": Check(argocd_stopped_vm_wave, (VM,), prefilters.synced),
    "crd-and-class-together": Check(crd_and_class_together, RUN),
    "snapshot-as-desired-state": Check(snapshot_as_desired_state, (SNAPSHOT,), prefilters.synced),
}
