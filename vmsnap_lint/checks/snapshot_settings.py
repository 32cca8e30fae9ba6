"""How a snapshot is asked for: its deadline, what deleting it does, the feature gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import CLONE, HYPERCONVERGED, KUBEVIRT, RESTORE, SNAPSHOT
from vmsnap_lint.core.messages import counted, did_you_mean, nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder, nearest, parse_duration
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place


__all__ = ["CHECKS"]

_GATE = "Snapshot"
_POLICIES = ("Delete", "Retain")
_SHORT = 30  # seconds in which a storage system may well not take a snapshot


def deletion_policy_unknown(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """A deletionPolicy that KubeVirt takes for Retain, whatever was meant."""
    policy = snapshot.get("spec", "deletionPolicy")
    if not isinstance(policy, str) or policy in _POLICIES or holds_placeholder(policy):
        return
    message = (
        f'deletionPolicy "{policy}" is neither "Delete" nor "Retain"'
        f"{nearest_hint(policy, _POLICIES)}: it is accepted and acts like Retain"
    )
    yield Problem(snapshot.at("spec", "deletionPolicy"), message)


def failure_deadline_odd(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A failureDeadline that never comes, has passed already, or is too near."""
    text = snapshot.text("spec", "failureDeadline")
    seconds = None if not text or holds_placeholder(text) else parse_duration(text)
    if seconds is None or not world.behaviour.failure_deadline:
        return
    effect = _deadline_effect(snapshot, seconds, world)
    if effect:
        yield Problem(snapshot.at("spec", "failureDeadline"), f'failureDeadline "{text}" {effect}')


def gate_misplaced(manifest: Manifest, world: World) -> Iterator[Problem]:
    """The Snapshot gate is set where nothing reads it, or by a name that nothing knows."""
    if manifest.kind == HYPERCONVERGED.kind:
        for place in _in_hyperconverged(manifest):
            message = (
                f'HyperConverged has no feature gate "{_GATE}": the operator itself sets it on the '
                "KubeVirt object"
            )
            yield Problem(place, message)
        return
    off = _gate_off(manifest, world)
    for place, gate in _misspelt(manifest):
        message = f'no feature gate "{gate}"{did_you_mean((_GATE,))}: it has no effect'
        if off is None:
            yield Problem(place, message)
            continue
        severity = Severity.ERROR if off.severity is None else None
        effect = "up to KubeVirt 1.8 every snapshot is refused without the right one"
        yield Problem(place, f"{message}, and {effect}", off.related, severity=severity)


def snapshot_gate_off(kubevirt: Manifest, world: World) -> Iterator[Problem]:
    """The feature gate is off, so every snapshot, restore and clone of the input is refused."""
    problem = _gate_off(kubevirt, world)
    if problem is None:
        return
    if problem.at[1] == webhooks.FEATURE_GATES and any(_misspelt(kubevirt)):
        return  # gate-misplaced
    yield problem


def _gate_off(kubevirt: Manifest, world: World) -> Problem | None:
    """What the gate of this KubeVirt object keeps from being admitted, if it is off."""
    of = world.workspace.of
    refused_ones = [*of(SNAPSHOT), *of(RESTORE), *of(CLONE)]
    problem = webhooks.gate(world.cluster) if refused_ones else None
    if problem is None or problem.at[0] is not kubevirt:
        return None
    related = tuple(one.at("metadata", "name", note="needs the gate") for one in refused_ones[:3])
    severity = Severity.WARNING if world.is_rendered_later(kubevirt) else problem.severity
    return problem._replace(related=related, severity=severity)


def _misspelt(kubevirt: Manifest) -> Iterator[tuple[Place, str]]:
    """Entries that look as if the gate was meant, where it is not listed itself."""
    listed = kubevirt.get(*webhooks.FEATURE_GATES)
    if not isinstance(listed, list) or _GATE in listed:
        return
    for index, gate in enumerate(listed):
        if isinstance(gate, str) and nearest(gate, (_GATE,)):
            yield kubevirt.at(*webhooks.FEATURE_GATES, index), gate


def _deadline_effect(snapshot: Manifest, seconds: float, world: World) -> str:
    if seconds == 0:
        return "means none: a snapshot that cannot complete waits for ever"
    if seconds < 0:
        return "has passed before it begins: the snapshot fails at once"
    if seconds < 1:
        return "passes before the first volume is looked at: the snapshot fails"
    vm = world.source(snapshot)
    if seconds >= _SHORT or isinstance(vm, Absence):
        return ""
    volumes = sum(volume.persistent for volume in world.volumes(vm))
    if not volumes:
        return ""
    return f"leaves little time for {counted(volumes, 'volume')}: too late is failed for good"


def _in_hyperconverged(manifest: Manifest) -> Iterator[Place]:
    """Where a HyperConverged lists the gate: a mapping of switches, or a list of names."""
    gates = manifest.get("spec", "featureGates")
    if isinstance(gates, dict):
        for name in gates:
            if isinstance(name, str) and name.casefold() == _GATE.casefold():
                yield manifest.at("spec", "featureGates", name, key=True)
    for index, gate in enumerate(gates if isinstance(gates, list) else ()):
        name = gate.get("name") if isinstance(gate, dict) else gate
        if isinstance(name, str) and name.casefold() == _GATE.casefold():
            yield manifest.at("spec", "featureGates", index)


def _has_no_deadline(_snapshot: Manifest, world: World) -> bool:
    """Whether the release has no such field, which is reported then."""
    return not world.behaviour.failure_deadline


CHECKS: dict[str, Check] = {
    "deletion-policy-unknown": Check(deletion_policy_unknown, (SNAPSHOT,)),
    "failure-deadline-invalid": row((SNAPSHOT,), rejections, unless=_has_no_deadline),
    "failure-deadline-odd": Check(failure_deadline_odd, (SNAPSHOT,)),
    "gate-misplaced": Check(gate_misplaced, (HYPERCONVERGED, KUBEVIRT)),
    "snapshot-gate-off": Check(snapshot_gate_off, (KUBEVIRT,)),
}
