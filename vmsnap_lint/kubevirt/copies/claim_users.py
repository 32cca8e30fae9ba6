"""What runs and uses the source of an export, which then waits.

`isSourceInUseVM` and `isPVCInUse` of kubevirt v1.9.0, pkg/storage/export/export.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import EXPORT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.objects.references import volume_claims

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["running_vm", "user_of_claim"]


def running_vm(cluster: Cluster, vm: Manifest) -> tuple[str, Place] | None:
    """The VM, if it is expected to run."""
    if run_state.is_online(cluster, vm) is not True:
        return None
    where = run_state.run_state_place(vm, "its run state")
    return f'VirtualMachine "{vm.name}" is expected to run', where


def user_of_claim(cluster: Cluster, export: Manifest, name: str) -> tuple[str, Place] | None:
    """The first running VM, or pod of another owner, that uses the PVC."""
    for place in cluster.mounts(name, export):
        if not _is_exporter(place.manifest):
            return f'Pod "{place.manifest.name}" uses it', place
    vms = cluster.once(_running_users)
    vm = vms.get((cluster.workspace.home(export.namespace), name))
    return running_vm(cluster, vm) if vm is not None else None


def _is_exporter(pod: Manifest) -> bool:
    """Whether it is the pod of an export."""
    owners = pod.items("metadata", "ownerReferences")
    return any(owner.get("kind") == EXPORT.kind for _, owner in owners)


def _running_users(cluster: Cluster) -> dict[tuple[str | None, str], Manifest]:
    """The first running VM of each namespace and PVC."""
    users: dict[tuple[str | None, str], Manifest] = {}
    for vm in cluster.workspace.of(VM):
        if holds_placeholder(vm.name) or run_state.is_online(cluster, vm) is not True:
            continue
        home = cluster.workspace.home(vm.namespace)
        for claim in volume_claims(vm):
            users.setdefault((home, claim.name), vm)
    return users
