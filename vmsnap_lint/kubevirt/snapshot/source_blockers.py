"""What is wrong with the name of the VM in a snapshot.

The VM is read by `getVM` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go; up to 1.4 by the
webhook, pkg/storage/admitters/vmsnapshot.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import POOL, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES, nearest_hint, quoted
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.snapshot.source_vm import is_made_by_pool
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["source_blockers"]

_NAME = ("spec", "source", "name")


def source_blockers(cluster: Cluster, snapshot: Manifest, why: Absence) -> Iterator[Blocker]:
    """Why a snapshot without a VM in the input does not complete, or may not."""
    pool = None if why is Absence.AMBIGUOUS else _pool(cluster, snapshot)
    if pool is not None:
        yield _of_pool(cluster, snapshot, pool)
    elif why in (Absence.ABSENT, Absence.GUESSED):
        yield _absent(cluster, snapshot, is_certain=why is Absence.ABSENT)
    elif why is Absence.AMBIGUOUS:
        yield from _ambiguous(cluster, snapshot)
    else:
        yield from _unseen(cluster, snapshot)


def _pool(cluster: Cluster, snapshot: Manifest) -> Manifest | None:
    """The pool of the source's name."""
    if not cluster.behaviour.pools:
        return None
    return cluster.find(POOL, snapshot.text(*_NAME), snapshot)


def _of_pool(cluster: Cluster, snapshot: Manifest, pool: Manifest) -> Blocker:
    what = f'"{pool.name}" is a VirtualMachinePool, which cannot be snapshotted'
    message = f'{what}: name one of its VMs, such as "{pool.name}-0"'
    related = (pool.at("metadata", "name", note="the pool"),)
    from vmsnap_lint.objects import mending

    at = snapshot.at(*_NAME)
    fixes = mending.with_value(at, f"{pool.name}-0", Safety.DISPLAY)
    problem = Problem(at, message, related, fixes=fixes)
    return Blocker(SnapshotCause.SOURCE_IS_POOL, _effect(cluster), problem)


def _absent(cluster: Cluster, snapshot: Manifest, *, is_certain: bool) -> Blocker:
    """The VM is missing in the namespace, for certain or as a guess."""
    name, workspace = snapshot.text(*_NAME), cluster.workspace
    others = workspace.elsewhere(VM, snapshot.namespace, name)
    if others:
        return _elsewhere(cluster, snapshot, others, is_certain=is_certain)
    hint = nearest_hint(name, workspace.vocabulary(snapshot.namespace, VM))
    where = f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""
    what = f'no VirtualMachine "{name}"{where}{hint}' if name else "source.name is empty"
    problem = _of_name(cluster, snapshot, f"{what}: {_result(cluster)}")
    effect = _effect(cluster) if is_certain else Effect.DOUBT
    return Blocker(SnapshotCause.SOURCE_MISSING, effect, problem)


def _of_name(cluster: Cluster, snapshot: Manifest, message: str) -> Problem:
    """The problem of the name of the VM, with the one that was meant."""
    from vmsnap_lint.objects import mending

    at, known = snapshot.at(*_NAME), cluster.workspace.vocabulary(snapshot.namespace, VM)
    return Problem(at, message, fixes=mending.named(at, snapshot.text(*_NAME), known))


def _elsewhere(
    cluster: Cluster, snapshot: Manifest, vms: list[Manifest], *, is_certain: bool
) -> Blocker:
    name = snapshot.text(*_NAME)
    namespaces = quoted(cluster.workspace.namespaces_with(VM, name))
    what = f'VirtualMachine "{name}" is in namespace {namespaces}, but the snapshot is in '
    places = tuple(vm.at("metadata", "namespace", note="the VM is here") for vm in vms)
    effect, result, severity = _effect(cluster), _result(cluster), None
    if not is_certain:
        effect, severity = Effect.DOUBT, Severity.WARNING
        result = "a snapshot is of a VM of its own namespace"
    message = f'{what}"{snapshot.namespace}": {result}'
    from vmsnap_lint.objects import mending

    fixes = mending.moved_to(snapshot, vms)
    problem = Problem(snapshot.at(*_NAME), message, places[:MOST_PLACES], severity, fixes)
    return Blocker(SnapshotCause.SOURCE_ELSEWHERE, effect, problem)


def _ambiguous(cluster: Cluster, snapshot: Manifest) -> Iterator[Blocker]:
    name = snapshot.text(*_NAME)
    vms = cluster.workspace.candidates(VM, snapshot.namespace, name)
    count = f"{len(vms)} different definitions, and none is nearer"
    message = f'VirtualMachine "{name}" has {count}: the snapshot is not checked'
    places = tuple(vm.at("metadata", "name", note="one of them") for vm in vms[:MOST_PLACES])
    problem = Problem(snapshot.at(*_NAME), message, places)
    yield Blocker(SnapshotCause.SOURCE_UNVERIFIED, Effect.DOUBT, problem)


def _unseen(cluster: Cluster, snapshot: Manifest) -> Iterator[Blocker]:
    """The VM is not in the input, with what may make it."""
    name, at = snapshot.text(*_NAME), snapshot.at(*_NAME)
    kind = snapshot.text("spec", "source", "kind")
    if holds_placeholder(name) or holds_placeholder(kind):
        message = "the source is named by a placeholder: the snapshot is not checked"
        yield Blocker(SnapshotCause.SOURCE_OF_PLACEHOLDER, Effect.DOUBT, Problem(at, message))
        return
    if not name:
        return
    what = f'VirtualMachine "{name}"'
    gap = cluster.workspace.gap(VM, snapshot.namespace, name)
    others = cluster.workspace.vocabulary(snapshot.namespace, VM)
    if is_made_by_pool(cluster, name, snapshot):
        message = f"{what} is made by a VirtualMachinePool: the snapshot is not checked"
        yield Blocker(SnapshotCause.SOURCE_OF_POOL, Effect.DOUBT, Problem(at, message))
        return
    if gap is not None:
        hint = "" if gap.is_seen else nearest_hint(name, others)
        message = gap.brief(gap.explain(f"{what}{hint}")).replace("; ", ": ", 1)
        problem = _of_name(cluster, snapshot, message)._replace(related=gap.places())
        if not hint:
            problem = problem._replace(fixes=())
    else:
        limit = " that can be read" if others else ""
        problem = Problem(at, f"{what} is not in the input{limit}: the snapshot is not checked")
    yield Blocker(SnapshotCause.SOURCE_UNVERIFIED, Effect.DOUBT, problem)


def _effect(cluster: Cluster) -> Effect:
    checked = cluster.behaviour.source_checked_on_admission
    return Effect.REJECTED if checked else Effect.STUCK


def _result(cluster: Cluster) -> str:
    if cluster.behaviour.source_checked_on_admission:
        return "the snapshot is rejected"
    return "the snapshot waits for it and fails at its deadline"
