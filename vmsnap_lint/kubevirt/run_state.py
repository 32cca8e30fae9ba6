"""The run state of a VM, by its manifest and its VMI.

Run strategies: kubevirt v1.9.0, pkg/virt-controller/watch/vm; when a VM counts as online:
`Online` of pkg/storage/snapshot/source.go.
"""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.kinds import VMI
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = [
    "Declared", "declared", "has_condition", "instance", "is_alive", "is_online",
    "is_paused_with_agent", "pods_using", "run_state_place", "sighting", "strategy",
]  # fmt: skip


class Declared(Enum):
    """The run state that spec.running or spec.runStrategy sets."""

    RUNNING = "running"
    HALTED = "halted"
    UNDECIDED = "undecided"
    """Manual, RerunOnFailure, Once: it depends on later events."""
    BOTH = "both"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """A placeholder or an unknown value."""


_STRATEGIES = {
    "Always": Declared.RUNNING,
    "Halted": Declared.HALTED,
    "Manual": Declared.UNDECIDED,
    "Once": Declared.UNDECIDED,
    "RerunOnFailure": Declared.UNDECIDED,
    "WaitAsReceiver": Declared.RUNNING,
}
_SURE = (Declared.RUNNING, Declared.HALTED)
_UP = frozenset(("Migrating", "Paused", "Running", "Starting", "Stopping"))
_FINAL = frozenset(("Failed", "Succeeded"))


def strategy(vm: Manifest) -> str:
    """spec.runStrategy, or the one that spec.running stands for, or ""."""
    running, wanted = _fields(vm)
    if isinstance(running, bool):
        return "Always" if running else "Halted"
    return wanted if isinstance(wanted, str) else ""


def declared(vm: Manifest) -> Declared:
    """The run state that the spec of the VM sets."""
    running, wanted = _fields(vm)
    if running is not None and wanted is not None:
        return Declared.BOTH
    if running is None and wanted is None:
        return Declared.MISSING
    if isinstance(running, bool):
        return Declared.RUNNING if running else Declared.HALTED
    return _STRATEGIES.get(wanted if isinstance(wanted, str) else "", Declared.UNKNOWN)


def _fields(vm: Manifest) -> tuple[object, object]:
    """spec.running and spec.runStrategy; this is read of each of thousands."""
    spec = vm.value.get("spec")
    return (
        (spec.get("running"), spec.get("runStrategy")) if isinstance(spec, dict) else (None, None)
    )


def run_state_place(vm: Manifest, note: str = "") -> Place:
    """Where the run state is set."""
    field = "running" if vm.get("spec", "running") is not None else "runStrategy"
    return vm.at("spec", field, note=note)


def instance(cluster: Cluster, vm: Manifest) -> Manifest | None:
    """The VMI of the VM, if it is in the input."""
    return cluster.find(VMI, vm.name, vm) if cluster.workspace.of(VMI) else None


def is_alive(vmi: Manifest) -> bool:
    """Whether the VMI has not ended."""
    return vmi.text("status", "phase") not in _FINAL


def is_online(cluster: Cluster, vm: Manifest) -> bool | None:
    """Whether the VM runs, or will once applied; None if it is unknown.

    A VMI of its name counts first, then the status of the VM, then its spec.
    """
    vmi = instance(cluster, vm)
    if vmi is not None:
        return is_alive(vmi)
    if cluster.workspace.is_complete(VMI):
        return False
    status = vm.mapping("status")
    shown = status.get("printableStatus")
    if shown == "Stopped":
        return False
    if (isinstance(shown, str) and shown in _UP) or status.get("created") is True:
        return True
    wanted = declared(vm)
    return wanted is Declared.RUNNING if wanted in _SURE else None


def sighting(cluster: Cluster, vm: Manifest) -> Place | None:
    """Where an export shows that the VM runs."""
    vmi = instance(cluster, vm)
    if vmi is not None:
        note = "the VirtualMachineInstance"
        return vmi.at("status", "phase", note=note) if is_alive(vmi) else None
    if vm.text("status", "printableStatus") in _UP:
        return vm.at("status", "printableStatus", note="the VM's status")
    if vm.get("status", "created") is True:
        return vm.at("status", "created", note="its VirtualMachineInstance exists")
    return None


def has_condition(vmi: Manifest, kind: str) -> bool:
    """Whether the condition of that type is True."""
    return any(
        condition.get("type") == kind and condition.get("status") == "True"
        for _, condition in vmi.items("status", "conditions")
    )


def is_paused_with_agent(vmi: Manifest) -> bool:
    """Whether a guest agent is connected, but the VMI is paused, so that it cannot answer."""
    return has_condition(vmi, "Paused") and has_condition(vmi, "AgentConnected")


def pods_using(cluster: Cluster, vm: Manifest, claim: str) -> tuple[str, list[Place]]:
    """The pods of the VM's namespace that use a PVC: their names in words, and where they do.

    kubevirt v1.9.0, `PodsUsingPVCs` of pkg/virt-controller/watch/util/util.go: failed ones count.
    """
    places, names = cluster.mounts(claim, vm), cluster.once(_pod_names)
    key = cluster.workspace.home(vm.namespace), claim
    if key not in names:
        names[key] = quoted(sorted({place.manifest.name for place in places}))
    return names[key], places


def _pod_names(_cluster: Cluster) -> dict[tuple[str | None, str], str]:
    """The names of the pods that use a PVC, as far as they were asked for."""
    return {}
