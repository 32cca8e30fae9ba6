"""The PVCs of a stopped VM that other VMs hold.

Whatever the access mode and readOnly are: kubevirt v1.9.0, pkg/storage/snapshot/source.go and
pkg/virt-controller/watch/util/util.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import MOUNTS, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

    _Use = tuple[str | None, str, str]

__all__ = ["held_claims", "may_hold"]


def may_hold(cluster: Cluster) -> bool:
    """Whether some VM may run."""
    return bool(cluster.once(_running_users))


def held_claims(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> Iterator[Blocker]:
    """The PVCs of a stopped VM that the pod of another, running VM mounts, each once."""
    running, told = cluster.once(_running_users), set[str]()
    for volume in volumes:
        claim = volume.claim_name
        if not volume.persistent or claim is None or claim in told:
            continue
        told.add(claim)
        users = running.get(_use(cluster, vm, claim), {})
        names = users.keys() - {vm.name}
        certain = {name for name in names if users[name]}
        if names:
            who, state = f"VM {quoted(sorted(certain or names))}", "runs" if certain else "may run"
            message = f'the VM is stopped, but {who} {state} with its PVC "{claim}"'
            problem = Problem(volume.at, f"{message}; the snapshot waits")
            effect = Effect.STUCK if certain else Effect.DOUBT
            yield Blocker(SnapshotCause.CLAIM_HELD, effect, problem)


def _running_users(cluster: Cluster) -> dict[_Use, dict[str, bool]]:
    """The names of the VMs that may run and use each PVC, each with whether it surely runs."""
    users: dict[_Use, dict[str, bool]] = {}
    for vm in cluster.workspace.of(VM):
        online = run_state.is_online(cluster, vm)
        if online is not False and not holds_placeholder(vm.name):
            for claim in references(vm, MOUNTS):
                of_claim = users.setdefault(_use(cluster, vm, claim.name), {})
                of_claim[vm.name] = of_claim.get(vm.name, False) or online is True
    return users


def _use(cluster: Cluster, vm: Manifest, claim: str) -> _Use:
    """What a PVC is to a VM; without a namespace only files of one directory belong together."""
    directory = vm.directory if vm.namespace is None else ""
    return cluster.workspace.home(vm.namespace), directory, claim
