"""GitOps: order and desired state.

How Argo CD orders what it applies: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

from __future__ import annotations

import re

from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.checks.prefilters import synced
from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder, parse_duration
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects import sync_order
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.sync_order import ARGO
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_ANNOTATIONS = ("metadata", "annotations")
# Hooks of rare occasions: what they apply is not part of a sync.
_ASIDE = frozenset((
    "postdelete", "postrollback", "predelete", "prerollback", "skip", "syncfail", "test",
))  # fmt: skip
_HEALTH = r"kubevirt\.io[/_]VirtualMachine(?!\w)"


def apply_order(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A snapshot that waves or hooks apply before its VM, or together with it."""
    vm = world.source(snapshot)
    if isinstance(vm, Absence) or vm.is_export or snapshot.is_export:
        return
    if not _is_ordered(snapshot, vm, world) or _is_of_state_before(snapshot):
        return
    effect, severity = _effect(snapshot, vm, world)
    if effect and not sync_order.precedes(vm, snapshot):
        message = f"the snapshot is in {_when(snapshot)}, its VM in {_when(vm)}: {effect}"
        places = (_order_place(vm, world, "its VM"),)
        yield Problem(_order_place(snapshot, world), message, places, severity)


def argocd_stopped_vm_wave(vm: Manifest, world: World) -> Iterator[Problem]:
    """Argo CD waits for a stopped VM to run before it continues with the wave of its snapshot."""
    if (
        run_state.declared(vm) is not Declared.HALTED
        or vm.is_export
        or world.cluster.once(_has_health_check)
    ):
        return
    later = [
        snapshot
        for snapshot in world.snapshots_of(vm)
        if not snapshot.is_export
        and _is_ordered(snapshot, vm, world)
        and sync_order.precedes(vm, snapshot)
    ]
    if later:
        effect = f"the snapshot in {_when(later[0])} is never applied (before argo-cd#29664)"
        message = f"Argo CD waits for the stopped VM in {_when(vm)}: {effect}"
        places = (_order_place(s, world, f'snapshot "{s.name}"') for s in later[:MOST_PLACES])
        yield Problem(run_state.run_state_place(vm), message, tuple(places))


def crd_and_class_together(world: World) -> Iterator[Problem]:
    """The CRD of VolumeSnapshotClasses is applied together with such a class."""
    of = world.workspace.of
    if not world.run_in_scope or not of(kinds.VOLUME_SNAPSHOT_CLASS):
        return
    defined = reversed(of(kinds.CRD))
    released = ((_release(crd, world), crd) for crd in defined)
    crds = {release: crd for release, crd in released if release and _defines_classes(crd)}
    for snapshot_class in of(kinds.VOLUME_SNAPSHOT_CLASS) if crds else ():
        release = _release(snapshot_class, world)
        crd = crds.get(release)
        if crd is not None and not _is_sorted(crd, snapshot_class, release, world):
            del crds[release]  # one finding is enough
            what = f'VolumeSnapshotClass "{snapshot_class.name}" is applied together with its CRD'
            message = f"{what}: the first attempt fails, because the kind is not known yet"
            place = crd.at("metadata", "name", note="the CRD")
            yield Problem(snapshot_class.at("kind"), message, (place,))


def snapshot_as_desired_state(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A tool keeps the snapshot in sync with Git, although it is taken only once."""
    if snapshot.is_export or not snapshot.name or holds_placeholder(snapshot.name):
        return
    if snapshot.is_indirect:
        return
    if sync_order.hooks(snapshot) or _is_disabled(snapshot, "reconcile"):
        return
    options = {o.strip() for o in snapshot.text(*_ANNOTATIONS, f"{ARGO}sync-options").split(",")}
    keeper = _keeper(snapshot, world)
    if keeper is None or {"Force=true", "Replace=true"} <= options:
        return
    who, places = keeper
    is_kept = "Prune=false" in options or _is_disabled(snapshot, "prune")
    is_kept = is_kept or _prunes_nothing(world.applier(snapshot))
    loss = ", and pruning deletes its data unless deletionPolicy is Retain"
    if is_kept or snapshot.get("spec", "deletionPolicy") not in (None, "Delete"):
        loss = ""
    from vmsnap_lint.objects import mending

    path = ("spec", "deletionPolicy")
    fixes = mending.set_at(snapshot, path, "Retain", Safety.UNSAFE) if loss else ()
    message = f"{who} the snapshot: it is taken only once{loss}"
    yield Problem(_name_place(snapshot, world), message, places, fixes=fixes)


def _prunes_nothing(applier: Manifest | None) -> bool:
    """Whether it is a Kustomization of Flux that leaves what is gone from Git."""
    if applier is None or applier.group_kind != kinds.FLUX_KUSTOMIZATION:
        return False
    return applier.get("spec", "prune") is False


def _is_ordered(snapshot: Manifest, vm: Manifest, world: World) -> bool:
    """Whether Argo CD orders both: one has a wave or hook, and one Application contains both."""
    if snapshot.is_indirect or vm.is_indirect:
        return False
    keys = sync_order.order_key(snapshot), sync_order.order_key(vm)
    if not any(keys) or not _ASIDE.isdisjoint(sync_order.hooks(snapshot) | sync_order.hooks(vm)):
        return False
    both = world.is_kustomized(snapshot) and world.is_kustomized(vm)
    return all(keys) or both or snapshot.directory == vm.directory


def _is_of_state_before(snapshot: Manifest) -> bool:
    """Whether a hook takes it of the VM as it was before this sync."""
    return any(hook.startswith("pre") for hook in sync_order.hooks(snapshot))


def _effect(snapshot: Manifest, vm: Manifest, world: World) -> tuple[str, Severity | None]:
    """What becomes of a snapshot that is applied before or with its VM, "" if nothing."""
    is_before = sync_order.precedes(snapshot, vm)
    # in one directory, and so surely in one Application, whose waves compare
    certain = Severity.ERROR if snapshot.directory == vm.directory else None
    if world.behaviour.source_checked_on_admission:
        if is_before:
            return "it is rejected if the VM is new", certain
        # one wave goes by kind, then by name; both kinds are custom resources
        if certain and snapshot.name < vm.name:
            names = f'"{snapshot.name}" is applied before "{vm.name}"'
            return f"in one wave {names} and rejected", certain
        return "PVCs are not bound yet and are left out", None
    deadline = _deadline(snapshot)
    if not deadline or is_before:
        return f"it waits for the VM and fails after {deadline}" if deadline else "", None
    claims = [volume.claim for volume in world.volumes(vm) if volume.claim is not None]
    is_new = any(claim.spec is not None and not claim.is_bound for claim in claims)
    effect = f"it waits for the VM's disks and fails after {deadline}"
    return effect, None if is_new else Severity.INFO


def _deadline(snapshot: Manifest) -> str:
    """The time that a snapshot has, "" if it has no deadline."""
    text = snapshot.text("spec", "failureDeadline")
    seconds = parse_duration(text)
    if seconds is None:
        return "5m"
    return text if seconds else ""


def _when(manifest: Manifest) -> str:
    hook = manifest.text(*_ANNOTATIONS, f"{ARGO}hook")
    wave = f"wave {sync_order.stage(manifest)[1]}"
    return f"{wave} ({hook})" if hook else wave


def _order_place(manifest: Manifest, world: World, note: str = "") -> Place:
    """Where its wave or hook is set, else its name."""
    key = sync_order.order_key(manifest)
    if key:
        return manifest.at(*_ANNOTATIONS, key, note=note)
    return _name_place(manifest, world)._replace(note=note)


def _name_place(manifest: Manifest, world: World) -> Place:
    """Its name; the kind where a kustomization may have set the name."""
    if world.is_kustomized(manifest) and world.applier(manifest) is None:
        return manifest.at("kind")
    return manifest.at("metadata", "name")


def _has_health_check(cluster: Cluster) -> bool:
    """Whether the settings of Argo CD have a health check for VMs."""
    for settings in cluster.workspace.of(kinds.CONFIG_MAP):
        if settings.name == "argocd-cm":
            data = settings.mapping("data")
            texts = (*data, str(data.get("resource.customizations")))
            if any(re.search(_HEALTH, text) for text in texts):
                return True
    return False


def _defines_classes(crd: Manifest) -> bool:
    if not all(map(crd.may_hold, kinds.VOLUME_SNAPSHOT_CLASS)):
        return False
    names = crd.text("spec", "group"), crd.text("spec", "names", "kind")
    return names == kinds.VOLUME_SNAPSHOT_CLASS


def _release(manifest: Manifest, world: World) -> str:
    """The chart or kustomization that the object is a part of, else ""."""
    chart, templates, _ = manifest.file.rpartition("/templates/")
    if templates and (world.trees or world.is_rendered_later(manifest)):
        return f"chart {chart.partition('/charts/')[0]}"
    return "kustomization" if world.is_kustomized(manifest) else ""


def _is_sorted(crd: Manifest, snapshot_class: Manifest, release: str, world: World) -> bool:
    """Whether the tool waits for the CRD: Argo CD and Flux do for what they apply themselves."""
    both = crd, snapshot_class
    if sync_order.precedes(*both) or any(
        sync_order.gitops_marker(m).startswith(ARGO) for m in both
    ):
        return True
    of_release = release == "kustomization"
    tools = (kinds.ARGO_APPLICATION, *[kinds.FLUX_KUSTOMIZATION] * of_release)
    return any(_tool(world, kind, snapshot_class.directory) is not None for kind in tools)


def _keeper(snapshot: Manifest, world: World) -> tuple[str, tuple[Place, ...]] | None:
    """What keeps the snapshot in sync with Git, and the place that shows it."""
    places = {"it": (snapshot, snapshot.at("metadata"))}
    vm = world.source(snapshot)
    if not isinstance(vm, Absence) and vm.directory == snapshot.directory:
        places["its VM"] = (vm, vm.at("metadata", "name"))
    for what, (manifest, place) in places.items():
        marker = sync_order.gitops_marker(manifest)
        if marker:
            who = "Argo CD" if marker.startswith(ARGO) else "Flux"
            return f"{who} applies", (place._replace(note=f"{marker} is set on {what}"),)
    applier = world.applier(snapshot)
    if applier is not None:
        who = "Argo CD" if applier.group == kinds.ARGO_APPLICATION.group else "Flux"
        note = f"{applier.title} applies it"
        return f"{who} applies", (applier.at("metadata", "name", note=note),)
    for kind, who in ((kinds.ARGO_APPLICATION, "Argo CD"), (kinds.FLUX_KUSTOMIZATION, "Flux")):
        tool = _tool(world, kind, snapshot.directory)
        if tool is not None:
            note = f"{tool.title} applies its directory"
            return f"{who} applies", (tool.at("metadata", "name", note=note),)
    return ("a kustomization has", ()) if world.is_kustomized(snapshot) else None


def _tool(world: World, kind: Kind, directory: str) -> Manifest | None:
    """The first Application or Kustomization that deploys a directory; looked for once."""
    tools, key = world.cluster.once(_tools), (kind, directory)
    if key not in tools:
        of_kind = world.workspace.of(kind)
        tools[key] = next((t for t in of_kind if sync_order.deploys(t, directory)), None)
    return tools[key]


def _tools(_cluster: Cluster) -> dict[tuple[Kind, str], Manifest | None]:
    """What deploys each directory, as far as it was asked for."""
    return {}


def _is_disabled(manifest: Manifest, setting: str) -> bool:
    """Whether an annotation or label disables a setting of Flux for the object."""
    key = f"kustomize.toolkit.fluxcd.io/{setting}"
    return any(manifest.get("metadata", m, key) == "disabled" for m in ("annotations", "labels"))


CHECKS: dict[str, Check] = {
    "apply-order": Check(apply_order, (kinds.SNAPSHOT,), synced),
    "argocd-stopped-vm-wave": Check(argocd_stopped_vm_wave, (kinds.VM,), synced),
    "crd-and-class-together": Check(crd_and_class_together, RUN),
    "snapshot-as-desired-state": Check(snapshot_as_desired_state, (kinds.SNAPSHOT,), synced),
}
