"""Feature gates that are off in the KubeVirt or HyperConverged object, and what needs them.

`IsEnabled` of kubevirt v1.9.0, pkg/virt-config/featuregate/feature-gates.go: listed, else not
disabled and on by default. Up to 1.8 no gate is on by default (v1.8.4, pkg/virt-config).
"""

from __future__ import annotations

from vmsnap_lint.core import releases
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.feature_gates import FEATURE_GATES, SNAPSHOT_GATE
from vmsnap_lint.core.kinds import CONFIG_MAP, HYPERCONVERGED, KUBEVIRT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.feature_gates import FeatureGate, Need
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = [
    "GATES_PATH", "gate_off", "gate_problem", "gate_refusals", "needed_at", "snapshot_gate",
]  # fmt: skip

_DEVELOPER = ("spec", "configuration", "developerConfiguration")
GATES_PATH = (*_DEVELOPER, "featureGates")
_DISABLED = (*_DEVELOPER, "disabledFeatureGates")
_HYPERCONVERGED = ("spec", "featureGates")
_PATCH = ("metadata", "annotations", "kubevirt.kubevirt.io/jsonpatch")
_VOLUMES = ("spec", "template", "spec", "volumes")


def gate_off(cluster: Cluster, manifest: Manifest) -> Problem | None:
    """The problem of a gate that the object needs and that is off, at the object that has it off.

    The object is then rejected: for certain if the problem has no severity of its own.
    """
    for gate in _gates_of(manifest.group_kind):
        if gate.severity is Severity.ERROR and any(needed_at(gate, manifest)):
            problem = gate_problem(cluster, gate)
            if problem is not None:
                return problem
    return None


def gate_refusals(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """The same as a reason to reject the object; an information is none."""
    problem = gate_off(cluster, manifest)
    if problem is not None and problem.severity is not Severity.INFO:
        yield Rejection(RejectionCause.GATE_OFF, problem)


def snapshot_gate(cluster: Cluster) -> Problem | None:
    """The problem of the gate of snapshots, restores and clones."""
    return gate_problem(cluster, SNAPSHOT_GATE)


def gate_problem(cluster: Cluster, gate: FeatureGate) -> Problem | None:
    """The problem that a gate is off, if every object that may have it on has it off.

    With the severity of a warning where the release is not known and some releases have it on, or
    kustomize or helm may set it; of an information where the KubeVirt object says nothing about
    gates.
    """
    known = cluster.once(_Known).problems
    if gate.name not in known:
        known[gate.name] = _weakened(cluster, _problem(cluster, gate))
    return known[gate.name]


def needed_at(gate: FeatureGate, manifest: Manifest) -> Iterator[Place]:
    """Where the object needs the gate."""
    for need in gate.needs:
        if need.kind == manifest.group_kind:
            if not need.path:
                yield manifest.at("metadata", "name")
            for path in _matches(manifest, need.path):
                if _is_meant(manifest, need, path):
                    yield manifest.at(*path)


class _Known:
    """The problems of gates that were asked for, by name."""

    def __init__(self, _cluster: Cluster) -> None:
        self.problems: dict[str, Problem | None] = {}


def _gates_of(kind: Kind) -> Iterator[FeatureGate]:
    return (gate for gate in FEATURE_GATES if any(need.kind == kind for need in gate.needs))


def _matches(manifest: Manifest, path: tuple[str, ...]) -> Iterator[tuple[Key, ...]]:
    """The paths of the object that a pattern stands for, where something is set."""
    if "*" not in path:
        if manifest.get(*path) is not None:
            yield path
        return
    at = path.index("*")
    for index, item in manifest.items(*path[:at]):
        value: object = item
        for step in path[at + 1 :]:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            yield (*path[:at], index, *path[at + 1 :])


def _is_meant(manifest: Manifest, need: Need, path: tuple[Key, ...]) -> bool:
    """Whether the value, and the volume of the item, are those that need the gate."""
    if need.value is not None and manifest.get(*path) != need.value:
        return False
    if need.volume is None:
        return True
    end = next(at for at, step in enumerate(path) if isinstance(step, int))
    name = manifest.get(*path[: end + 1], "name")
    if not isinstance(name, str) or holds_placeholder(name):
        return False
    volumes = [volume for _, volume in manifest.items(*_VOLUMES)]
    named = [volume for volume in volumes if volume.get("name") == name]
    if not need.volume:
        return not named and not any(holds_placeholder(volume.get("name")) for volume in volumes)
    return any(source in volume for volume in named for source in need.volume)


def _problem(cluster: Cluster, gate: FeatureGate) -> Problem | None:
    if not any(map(gate.decides.hold, _recent(cluster))):
        return None
    kubevirts = cluster.workspace.of(KUBEVIRT)
    if kubevirts:
        faults = [_of_kubevirt(cluster, gate, kubevirt) for kubevirt in kubevirts]
        return None if None in faults or _in_config_map(cluster, gate) else faults[0]
    operated = cluster.workspace.of(HYPERCONVERGED)
    faults = [_of_hyperconverged(cluster, gate, owner) for owner in operated]
    return None if not faults or None in faults else faults[0]


def _weakened(cluster: Cluster, problem: Problem | None) -> Problem | None:
    """The problem, a warning where its object gets its final form from kustomize or helm."""
    if problem is None or problem.severity is not None:
        return problem
    at = problem.at
    is_final = isinstance(at, SourceSpan) or at.manifest.file not in cluster.rendered_later
    return problem if is_final else problem._replace(severity=Severity.WARNING)


def _recent(cluster: Cluster) -> tuple[Release, ...]:
    """The target release; if that is not known, the newest two."""
    if cluster.release_known:
        return (cluster.release,)
    return tuple(map(releases.resolve, releases.known()[-2:]))


def _of_kubevirt(cluster: Cluster, gate: FeatureGate, kubevirt: Manifest) -> Problem | None:
    """The problem, if this KubeVirt object has the gate off."""
    enabled = kubevirt.get(*GATES_PATH)
    names = [name for name in enabled if isinstance(name, str)] if isinstance(enabled, list) else []
    parents = (kubevirt.text(*GATES_PATH[:end]) for end in range(1, len(GATES_PATH) + 1))
    if {gate.name, *gate.others} & {*names} or any(map(holds_placeholder, (*parents, *names))):
        return None
    disabled = kubevirt.get(*_DISABLED)
    if isinstance(disabled, list) and gate.name in disabled:
        at = kubevirt.at(*_DISABLED, disabled.index(gate.name))
        severity = None if cluster.release_known or _decides_always(gate) else Severity.WARNING
        message = f'feature gate "{gate.name}" is disabled: {gate.effect}'
        from vmsnap_lint.objects import mending

        what = f"{gate.name} from disabledFeatureGates"
        fixes = mending.without(at, safety=Safety.UNSAFE, what=what)
        return Problem(at, message, severity=_weaker(gate, severity), fixes=fixes)
    near = "".join(f' (but "{cut(name)}" is)' for name in nearest(gate.name, names)[:1])
    message = f'feature gate "{gate.name}" is not listed{near}'
    problem = _not_on(cluster, gate, kubevirt.at(*GATES_PATH, key=True), message)
    if problem is not None:
        problem = problem._replace(fixes=_listing(kubevirt, gate, names))
    is_silent = gate is not SNAPSHOT_GATE and kubevirt.get(*_DEVELOPER) is None
    if problem is not None and is_silent:
        # `kubectl patch` sets gates afterwards, as the user guide does, where none is written
        return problem._replace(severity=Severity.INFO)
    return problem


def _listing(kubevirt: Manifest, gate: FeatureGate, names: list[str]) -> tuple[Remedy, ...]:
    """The gate in the list, in the place of a misspelt one."""
    from vmsnap_lint.objects import mending

    near = nearest(gate.name, names)
    if not near:
        return mending.listed(kubevirt, GATES_PATH, gate.name, Safety.UNSAFE)
    at = kubevirt.at(*GATES_PATH, kubevirt.get(*GATES_PATH).index(near[0]))
    return mending.with_value(at, gate.name, Safety.UNSAFE)


def _of_hyperconverged(cluster: Cluster, gate: FeatureGate, owner: Manifest) -> Problem | None:
    """The problem, if the operator of this HyperConverged does not set the gate."""
    operator, patch = gate.operator, owner.text(*_PATCH)
    if operator.always.hold(cluster.release) or gate.name in patch or holds_placeholder(patch):
        return None
    place = owner.at(*_HYPERCONVERGED, key=True)
    if not operator.field:
        message = f'HyperConverged does not set feature gate "{gate.name}" on the KubeVirt object'
        return _not_on(cluster, gate, place, message)
    path, state = _state(owner, operator.field)
    if state is True or holds_placeholder(state):
        return None
    if state is None and operator.by_default.hold(cluster.release):
        return None
    word = "not enabled" if state is None else "disabled"
    message = f'feature gate "{operator.field}" of HyperConverged is {word}'
    problem = _not_on(cluster, gate, owner.at(*path) if path else place, message)
    return problem and problem._replace(fixes=_enabling(owner, path, operator.field))


def _enabling(owner: Manifest, path: tuple[Key, ...], field: str) -> tuple[Remedy, ...]:
    """The gate of HyperConverged as on, in the form of its version."""
    from vmsnap_lint.objects import mending

    is_array = isinstance(owner.get(*_HYPERCONVERGED), list)
    if is_array and path:
        return mending.with_value(owner.at(*path, "state"), "Enabled", Safety.UNSAFE)
    if is_array:
        return ()
    return mending.set_at(owner, (*_HYPERCONVERGED, field), value=True, safety=Safety.UNSAFE)


def _state(owner: Manifest, field: str) -> tuple[tuple[Key, ...], object]:
    """Where HyperConverged sets one of its gates, and to what: v1beta1 has fields, v1 an array.

    hyperconverged-cluster-operator main, api/v1/featuregates/feature_gates.go.
    """
    gates = owner.get(*_HYPERCONVERGED)
    if isinstance(gates, dict):
        path = (*_HYPERCONVERGED, field)
        return (path, gates[field]) if gates.get(field) is not None else ((), None)
    if isinstance(gates, str):
        return (), gates
    for index, item in owner.items(*_HYPERCONVERGED):
        name = item.get("name")
        if isinstance(name, str) and name.lower() == field.lower():
            state = item.get("state")
            is_on = state in (None, "Enabled")
            return (*_HYPERCONVERGED, index), state if holds_placeholder(state) else is_on
    return (), None


def _not_on(cluster: Cluster, gate: FeatureGate, at: Place, fault: str) -> Problem | None:
    """The problem of a gate that is not set, unless the release has it on nevertheless."""
    if not any(_is_off(gate, release) for release in _recent(cluster)):
        return None
    last = _last_off(gate)
    when = f"up to KubeVirt {last} " if last else ""
    severity = None if cluster.release_known or not last else Severity.WARNING
    return Problem(at, f"{fault}: {when}{gate.effect}", severity=_weaker(gate, severity))


def _weaker(gate: FeatureGate, severity: Severity | None) -> Severity | None:
    """The severity of the gate where that is less than an error, else the given one."""
    return severity if gate.severity is Severity.ERROR else gate.severity


def _last_off(gate: FeatureGate) -> str:
    """The last line of releases in which the gate is off unless it is listed; "" for the newest."""
    off = [line for line in releases.known() if _is_off(gate, releases.resolve(line))]
    return "" if off[-1] == releases.known()[-1] else off[-1]


def _is_off(gate: FeatureGate, release: Release) -> bool:
    return gate.decides.hold(release) and not gate.on.hold(release)


def _decides_always(gate: FeatureGate) -> bool:
    return gate.decides.hold(releases.NEWEST)


def _in_config_map(cluster: Cluster, gate: FeatureGate) -> bool:
    """Whether the ConfigMap kubevirt-config lists the gate, which counts up to 0.47."""
    return cluster.behaviour.gate_in_config_map and any(
        gate.name in map(str.strip, config_map.text("data", "feature-gates").split(","))
        for config_map in cluster.workspace.of(CONFIG_MAP)
        if config_map.name == "kubevirt-config"
    )
