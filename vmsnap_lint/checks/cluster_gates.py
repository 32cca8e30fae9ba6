"""Feature gates that are off, although an object of the input needs them."""

from __future__ import annotations

from itertools import islice

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.feature_gates import FEATURE_GATES, SNAPSHOT_GATE
from vmsnap_lint.core.kinds import (
    BACKUP,
    BACKUP_TRACKER,
    CLONE,
    EXPORT,
    HYPERCONVERGED,
    KUBEVIRT,
    VM,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.kubevirt.admission.gates import gate_problem, needed_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.feature_gates import FeatureGate
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.problem import Problem

__all__ = ["CHECKS"]

_COPIES = (BACKUP, BACKUP_TRACKER, CLONE, EXPORT)


def feature_gate_off(owner: Manifest, world: World) -> Iterator[Problem]:
    """A gate other than Snapshot is off, and what needs it is rejected."""
    for gate in FEATURE_GATES:
        problem = None if gate is SNAPSHOT_GATE else gate_problem(world.cluster, gate)
        if problem is None or problem.at[0] is not owner:
            continue
        needs = tuple(islice(_needs(gate, world), MOST_PLACES))
        if needs:
            yield problem._replace(related=needs)


def _needs(gate: FeatureGate, world: World) -> Iterator[Place]:
    """Where objects need the gate; those of an export were admitted, and VMs must be named."""
    for kind in dict.fromkeys(need.kind for need in gate.needs):
        named = world.cluster.once(_copied) if kind == VM else ()
        for manifest in world.workspace.of(kind):
            is_due = kind != VM or world.vm_in_scope(manifest) or manifest in named
            if is_due and not manifest.is_export:
                for place in islice(needed_at(gate, manifest), 1):
                    yield place._replace(note="needs the gate")


def _copied(cluster: Cluster) -> set[Manifest]:
    """The VMs that clones, exports and backups name."""
    copies = (copy for kind in _COPIES for copy in cluster.workspace.of(kind))
    found = (
        cluster.find(VM, copy.text("spec", "source", "name"), copy)
        for copy in copies
        if copy.text("spec", "source", "kind") == VM.kind
    )
    return {vm for vm in found if vm is not None}


CHECKS: dict[str, Check] = {
    "feature-gate-off": Check(feature_gate_off, (HYPERCONVERGED, KUBEVIRT)),
}
