"""Snapshot settings: deadline, deletion policy, feature gate."""

from __future__ import annotations

from itertools import chain, filterfalse, islice

from vmsnap_lint.checks.causes import rejections, snapshot_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import CLONE, HYPERCONVERGED, KUBEVIRT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import counted, did_you_mean, nearest_hint
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder, parse_duration
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place


__all__ = ["CHECKS"]

_GATE = "Snapshot"
_POLICIES = ("Delete", "Retain")
_SHORT = 30  # seconds that may not be enough for the snapshot of a volume


def deletion_policy_unknown(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """A deletionPolicy that KubeVirt treats as Retain."""
    policy = snapshot.get("spec", "deletionPolicy")
    if isinstance(policy, str) and policy not in _POLICIES and not holds_placeholder(policy):
        what = f'deletionPolicy "{cut(policy)}" is neither "Delete" nor "Retain"'
        message = f"{what}{nearest_hint(policy, _POLICIES)}: it is accepted, but works like Retain"
        from vmsnap_lint.objects import mending

        at = snapshot.at("spec", "deletionPolicy")
        is_retained = mending.is_same_but_for_case(policy, "Retain")  # as it works already
        safety = Safety.SAFE if is_retained else Safety.UNSAFE
        yield Problem(at, message, fixes=mending.chosen(at, policy, _POLICIES, safety))


def failure_deadline_odd(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A failureDeadline that means none, is over already, or is too short."""
    text = snapshot.text("spec", "failureDeadline")
    seconds = None if not text or holds_placeholder(text) else parse_duration(text)
    if seconds is not None and world.behaviour.failure_deadline:
        effect = _deadline_effect(snapshot, seconds, world)
        if effect:
            from vmsnap_lint.objects import mending

            message = f'failureDeadline "{text}" {effect}'
            at = snapshot.at("spec", "failureDeadline")
            safety = Safety.UNSAFE if seconds else Safety.DISPLAY  # none may be wanted
            yield Problem(at, message, fixes=mending.without(at, safety=safety))


def gate_misplaced(manifest: Manifest, world: World) -> Iterator[Problem]:
    """The Snapshot gate is in an object that has no such setting, or misspelt."""
    if manifest.kind == HYPERCONVERGED.kind:
        what = f'HyperConverged has no feature gate "{_GATE}"'
        from vmsnap_lint.objects import mending

        for place in _in_hyperconverged(manifest):
            fixes = mending.without(place, safety=Safety.SAFE, what="this feature gate")
            message = f"{what}: its operator sets it on the KubeVirt object"
            yield Problem(place, message, fixes=fixes)
        return
    disabled = _gate_off(manifest, world)
    severity, effect, related = None, "it has no effect", disabled.related if disabled else ()
    if disabled is not None:
        severity = Severity.ERROR if disabled.severity is None else None
        effect = "up to KubeVirt 1.8 every snapshot is rejected"
    for place, gate in _misspelt(manifest):
        what = f'no feature gate "{gate}"{did_you_mean((_GATE,))}'
        from vmsnap_lint.objects import mending

        fixes = mending.with_value(place, _GATE, Safety.UNSAFE)
        yield Problem(place, f"{what}: {effect}", related, severity, fixes)


def snapshot_gate_off(kubevirt: Manifest, world: World) -> Iterator[Problem]:
    """The feature gate is off: every snapshot, restore and clone is rejected."""
    problem = _gate_off(kubevirt, world)
    if problem is not None:
        from vmsnap_lint.kubevirt.admission.gates import GATES_PATH  # many inputs have no gate off

        if problem.at[1] != GATES_PATH or not any(_misspelt(kubevirt)):  # else gate-misplaced
            yield problem


def _gate_off(kubevirt: Manifest, world: World) -> Problem | None:
    """The problem of the feature gate, if this KubeVirt object turns it off."""
    kinds = (SNAPSHOT, RESTORE, CLONE, *((VM,) if world.policy.all_vms else ()))
    objects = chain.from_iterable(map(world.workspace.of, kinds))
    requests = list(islice(filterfalse(_was_admitted, objects), 3))
    problem = webhooks.gate(world.cluster) if requests else None
    if problem is None or problem.at[0] is not kubevirt:
        return None
    notes = {VM: "its snapshots need the gate"}
    related = tuple(
        m.at("metadata", "name", note=notes.get(m.group_kind, "needs the gate")) for m in requests
    )
    return problem._replace(related=related)


def _was_admitted(manifest: Manifest) -> bool:
    """Whether its status shows that a snapshot was taken, or failed."""
    is_snapshot = manifest.group_kind == SNAPSHOT
    return is_snapshot and (status.is_taken(manifest) or status.is_failed(manifest))


def _misspelt(kubevirt: Manifest) -> Iterator[tuple[Place, str]]:
    """The entries that are similar to the gate, if it is not listed itself."""
    from vmsnap_lint.kubevirt.admission.gates import GATES_PATH  # few inputs have a KubeVirt object

    gates = kubevirt.get(*GATES_PATH)
    listed = gates if isinstance(gates, list) and _GATE not in gates else ()
    for index, gate in enumerate(listed):
        if isinstance(gate, str) and nearest(gate, (_GATE,)):
            yield kubevirt.at(*GATES_PATH, index), gate


def _deadline_effect(snapshot: Manifest, seconds: float, world: World) -> str:
    if seconds == 0:
        return "means no deadline: a snapshot that cannot complete waits without end"
    vm = world.source(snapshot)
    if seconds < 1 or seconds >= _SHORT or isinstance(vm, Absence):
        return ""
    count = sum(volume.persistent for volume in world.volumes(vm))
    effect = f"is short for {counted(count, 'volume')}: a snapshot that misses it fails permanently"
    return effect if count else ""


def _in_hyperconverged(manifest: Manifest) -> Iterator[Place]:
    """The places of the gate in a HyperConverged: an object of booleans, or an array of names."""
    path = ("spec", "featureGates")
    gates = manifest.get(*path)
    names = manifest.mapping(*path)
    places: dict[Place, Any] = {manifest.at(*path, name, key=True): name for name in names}
    for index, gate in enumerate(gates if isinstance(gates, list) else ()):
        places[manifest.at(*path, index)] = gate.get("name") if isinstance(gate, dict) else gate
    for place, name in places.items():
        if isinstance(name, str) and name.casefold() == _GATE.casefold():
            yield place


def _has_no_deadline(_snapshot: Manifest, world: World) -> bool:
    """Whether the release does not have the field, which is reported then."""
    return not world.behaviour.failure_deadline


CHECKS: dict[str, Check] = {
    "deletion-policy-unknown": Check(deletion_policy_unknown, (SNAPSHOT,)),
    "failure-deadline-invalid": row((SNAPSHOT,), rejections, unless=_has_no_deadline),
    "failure-deadline-odd": Check(failure_deadline_odd, (SNAPSHOT,), sources=(snapshot_causes,)),
    "gate-misplaced": Check(gate_misplaced, (HYPERCONVERGED, KUBEVIRT)),
    "snapshot-gate-off": Check(snapshot_gate_off, (KUBEVIRT,)),
}
