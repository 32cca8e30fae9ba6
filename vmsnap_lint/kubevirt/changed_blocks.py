"""Whether KubeVirt tracks the changed blocks of a VM, without which no backup starts.

kubevirt v1.9.0, pkg/storage/cbt/cbt.go (`vmMatchesChangedBlockTrackingSelectors`) and backup.go
("has no ChangedBlockTracking, cannot start backup").
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import HYPERCONVERGED, KUBEVIRT, NAMESPACE
from vmsnap_lint.core.label_selector import selects
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Untracked", "untracked"]

_FIELD = "changedBlockTrackingLabelSelectors"
_CONFIGURED = (
    (KUBEVIRT, (("spec", "configuration"),)),
    (HYPERCONVERGED, (("spec",), ("spec", "virtualization"))),
)
_STATUS = ("status", "changedBlockTracking", "state")
_TRACKED = frozenset(("Enabled", "Initializing", "PendingRestart"))
_NAME_LABEL = "kubernetes.io/metadata.name"


class Untracked(NamedTuple):
    """Why the blocks of a VM are not tracked, and where that is set."""

    reason: str
    at: tuple[Place, ...]


def untracked(cluster: Cluster, vm: Manifest) -> Untracked | None:
    """Why the VM is certainly not tracked: by its own status, else by the selectors."""
    state = vm.get(*_STATUS)
    if isinstance(state, str) and state and not holds_placeholder(state):
        if state in _TRACKED:
            return None
        where = vm.at(*_STATUS, note="its status")
        return Untracked(f'its changedBlockTracking is "{state}"', (where,))
    places = [_selected(cluster, vm, owner, paths) for owner, paths in _owners(cluster)]
    found = tuple(place for place in places if place is not None)
    if not found or len(found) < len(places):
        return None
    return Untracked("no label selector of KubeVirt selects it", found)


def _owners(cluster: Cluster) -> Iterator[tuple[Manifest, tuple[tuple[str, ...], ...]]]:
    """The objects that hold the selectors: HyperConverged only where KubeVirt is not seen."""
    for kind, paths in _CONFIGURED:
        owners = cluster.workspace.of(kind)
        yield from ((owner, paths) for owner in owners)
        if owners:
            return


def _selected(
    cluster: Cluster, vm: Manifest, owner: Manifest, paths: tuple[tuple[str, ...], ...]
) -> Place | None:
    """Where the selectors are set, or would be, if they certainly do not select the VM."""
    for path in paths:
        at = (*path, _FIELD)
        if any(holds_placeholder(owner.get(*at[:end])) for end in range(1, len(at) + 1)):
            return None
        if owner.get(*at) is not None:
            where = owner.at(*at, key=True, note="the selectors")
            return None if _may_select(cluster, vm, owner, at) else where
    if owner.get(*paths[0]) is None:
        return None  # an object that is completed elsewhere
    return owner.at(*paths[0], key=True, note="no selectors are set")


def _may_select(cluster: Cluster, vm: Manifest, owner: Manifest, at: tuple[str, ...]) -> bool:
    labels = vm.mapping("metadata", "labels")
    by_vm = owner.get(*at, "virtualMachineLabelSelector")
    if by_vm is not None and selects(by_vm, labels) is not False:
        return True
    by_namespace = owner.get(*at, "namespaceLabelSelector")
    if by_namespace is None:
        return False
    return _selects_namespace(cluster, vm, by_namespace) is not False


def _selects_namespace(cluster: Cluster, vm: Manifest, selector: object) -> bool | None:
    """Whether the selector selects the namespace: by its object, else by its name alone."""
    namespace = cluster.once(_namespaces).get(vm.namespace) if vm.namespace else None
    if namespace is not None:
        labels = {**namespace.mapping("metadata", "labels"), _NAME_LABEL: vm.namespace}
        return selects(selector, labels)
    known = {_NAME_LABEL: vm.namespace} if vm.namespace else {}
    return selects(selector, known, whole=False)


def _namespaces(cluster: Cluster) -> dict[str, Manifest]:
    """The first object of each namespace, by its name."""
    namespaces: dict[str, Manifest] = {}
    for namespace in cluster.workspace.of(NAMESPACE):
        namespaces.setdefault(namespace.name, namespace)
    return namespaces
