"""Whether a PVC that is to be cloned is in use: CDI waits for that to end.

containerized-data-importer v1.66.0, `IsSourceClaimReady` of pkg/controller/clone/common.go: pods
that only read do not count, nor those that have ended.
"""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import POD, PVC, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.references import MOUNTS, POD_CLAIM, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.references import Reference

    _Users = dict[tuple[str | None, str], list[Place]]

__all__ = ["in_use"]

_ENDED = ("Failed", "Succeeded")


def in_use(cluster: Cluster, source: Reference, user: Manifest) -> Cause | None:
    """The cause that a running VM, other than `user`, or a pod uses the PVC of that name."""
    if PVC not in source.edge.targets:
        return None
    key = cluster.workspace.home(source.namespace), source.name
    users = cluster.once(_users).get(key, ())
    places = [place for place in users if place.manifest.ref != user.ref]
    if not places:
        return None
    first = places[0].manifest
    who = "running VM" if first.group_kind == VM else "Pod"
    what = f'source PVC "{source.name}" is used by {who} "{cut(first.name)}"'
    reason = f"{what}; the clone does not begin before that ends"
    return Cause(StorageCause.SOURCE_IN_USE, reason, tuple(places[:MOST_PLACES]))


def _users(cluster: Cluster) -> _Users:
    """The first uses of each PVC that can write to it, by namespace and name."""
    users: _Users = {}
    for place, claim in chain(_of_vms(cluster), _of_pods(cluster)):
        home = cluster.workspace.home(place.manifest.namespace)
        listed = users.setdefault((home, claim), [])
        if len(listed) <= MOST_PLACES:
            listed.append(place)
    return users


def _of_vms(cluster: Cluster) -> Iterator[tuple[Place, str]]:
    """The volumes of VMs that run, or will once they are applied."""
    for vm in cluster.workspace.of(VM):
        if not holds_placeholder(vm.name) and run_state.is_online(cluster, vm) is True:
            for claim in references(vm, MOUNTS):
                if vm.get(*claim.path[:-1], "readOnly") is not True:
                    yield claim.at(note=f'used by VM "{vm.name}"'), claim.name


def _of_pods(cluster: Cluster) -> Iterator[tuple[Place, str]]:
    """The volumes of pods that have not ended."""
    for pod in cluster.workspace.of(POD):
        if pod.text("status", "phase") not in _ENDED:
            for claim in references(pod, (POD_CLAIM,)):
                if pod.get(*claim.path[:-1], "readOnly") is not True:
                    yield claim.at(note=f'used by Pod "{pod.name}"'), claim.name
