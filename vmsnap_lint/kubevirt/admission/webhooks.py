"""What the API server and KubeVirt's webhooks would reject of a snapshot or restore.

kubevirt v1.9.0, pkg/storage/admitters/vmsnapshot.go and vmrestore.go; the gate is
pkg/virt-config/featuregate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import schema
from vmsnap_lint.core.kinds import (
    BACKUP,
    BACKUP_TRACKER,
    CONFIG_MAP,
    EXPORT,
    KUBEVIRT,
    RESTORE,
    SNAPSHOT,
    VM,
    VOLUME_SNAPSHOT_CLASS,
    Kind,
)
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder, parse_duration
from vmsnap_lint.kubevirt.admission import type_meta
from vmsnap_lint.kubevirt.admission.metadata_names import name_rejections
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.schema import SchemaProblem

__all__ = ["FEATURE_GATES", "gate", "rejections", "undecodable"]

_GATE = "Snapshot"
_BACKUP_FIELDS = frozenset((
    "spec.pvcName", "spec.source.apiGroup", "spec.source.name", "spec.tokenSecretRef",
))  # fmt: skip
_DEVELOPER = ("spec", "configuration", "developerConfiguration")
FEATURE_GATES = (*_DEVELOPER, "featureGates")


def rejections(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """Every reason to reject this object that the object alone gives."""
    kind = manifest.group_kind
    of_type_meta = tuple(type_meta.rejections(cluster, manifest))
    yield from of_type_meta
    if kind not in schema.KINDS and not cluster.crds.defines(kind):
        return
    if any(one.cause is RejectionCause.FLATTENED for one in of_type_meta):
        return
    yield from _of_schema(cluster, manifest)
    yield from name_rejections(manifest)
    if kind == SNAPSHOT:
        yield from _source(manifest, "source")
        yield from _deadline(manifest)
    elif kind == RESTORE:
        yield from _source(manifest, "target")
    elif kind in (BACKUP, EXPORT):
        yield from _lifetime(manifest)


def undecodable(cluster: Cluster, manifest: Manifest) -> Problem | None:
    """The first value of another type than its field has: for it no object is ever made.

    `provisioner: 010`, `name: n`, a label with a number. Of kinds whose fields are not known
    here, metadata is looked at alone.
    """
    for rejection in rejections(cluster, manifest):
        if rejection.cause is SchemaFault.WRONG_TYPE:
            return rejection.problem
    for path in _string_paths(manifest):
        if not isinstance(manifest.get(*path), str | None):
            return Problem(manifest.at(*path), f"{'.'.join(path)} must be a string")
    return None


def _string_paths(manifest: Manifest) -> Iterator[tuple[str, ...]]:
    """Where metadata of every kind holds text."""
    yield from (("metadata", "name"), ("metadata", "namespace"))
    for field in ("labels", "annotations"):
        yield from (("metadata", field, key) for key in manifest.mapping("metadata", field))


def _of_schema(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """What the kind's schema for the target release rejects."""
    kind = manifest.group_kind
    release = cluster.release if cluster.release_known else None
    if cluster.crds.defines(kind):
        problems = cluster.crds.problems(manifest)
    else:
        problems = schema.problems(manifest.value, kind, release)
    meant = {(*problem.path[:-1], problem.suggestion) for problem in problems if problem.key}
    for problem in problems:
        missing = (*problem.path, problem.expected.rpartition(".")[2])
        if problem.fault is SchemaFault.MISSING_FIELD and missing in meant:
            continue  # it is there, under a wrong name
        if not _is_pending(manifest, problem):
            at = manifest.at(*problem.path, key=problem.key)
            yield Rejection(_cause(kind, problem), Problem(at, problem.message))


def _is_pending(manifest: Manifest, problem: SchemaProblem) -> bool:
    """Whether a templating tool replaces what stands there before the API server sees it."""
    written = problem.path[-1] if problem.key and problem.path else manifest.get(*problem.path)
    return isinstance(written, str) and holds_placeholder(written)


def _cause(kind: Kind, problem: SchemaProblem) -> RejectionCause | SchemaFault:
    """Snapshot classes have a cause of their own for all but the types of their values."""
    if kind == VOLUME_SNAPSHOT_CLASS and problem.fault is not SchemaFault.WRONG_TYPE:
        return RejectionCause.SNAPSHOT_CLASS
    if kind == RESTORE and problem.path == ("spec", "targetReadinessPolicy"):
        is_unknown = problem.fault is SchemaFault.WRONG_VALUE
        return RejectionCause.RESTORE_POLICY if is_unknown else problem.fault
    if kind in (BACKUP, BACKUP_TRACKER) and _is_rule_of_backup(problem):
        return RejectionCause.BACKUP
    return problem.fault


def _is_rule_of_backup(problem: SchemaProblem) -> bool:
    """Whether a CEL rule of the backup CRDs rejects it, not the shape alone.

    kubevirt v1.9.0, staging/src/kubevirt.io/api/backup/v1alpha1/types.go.
    """
    if problem.fault is SchemaFault.MISSING_FIELD:
        is_named = problem.expected.startswith("spec.")
        field = problem.expected if is_named else ".".join(map(str, problem.path))
        return field in _BACKUP_FIELDS
    return problem.fault is SchemaFault.WRONG_VALUE and problem.path[:1] == ("spec",)


def _source(manifest: Manifest, field: str) -> Iterator[Rejection]:
    """The typed reference that must name group kubevirt.io and kind VirtualMachine."""
    reference = manifest.get("spec", field)
    if not isinstance(reference, dict):
        return
    restore = field == "target"
    group, kind = reference.get("apiGroup"), reference.get("kind")
    if group is None:
        message = f'spec.{field} has no apiGroup, which must be "{VM.group}"'
        at = manifest.at("spec", field, key=True)
        yield Rejection(RejectionCause.SOURCE_GROUP_MISSING, Problem(at, message))
    elif isinstance(group, str) and group != VM.group and not holds_placeholder(group):
        hint = ": the group alone, without a version" if group.startswith(VM.group + "/") else ""
        message = f'apiGroup "{group}" is refused, it must be "{VM.group}"{hint}'
        cause = RejectionCause.RESTORE_TARGET if restore else RejectionCause.SOURCE_GROUP
        yield Rejection(cause, Problem(manifest.at("spec", field, "apiGroup"), message))
    if isinstance(kind, str) and kind != VM.kind and not holds_placeholder(kind):
        message = f'kind "{kind}" is refused, it must be "{VM.kind}"'
        cause = RejectionCause.RESTORE_TARGET if restore else RejectionCause.SOURCE_KIND
        yield Rejection(cause, Problem(manifest.at("spec", field, "kind"), message))


def _deadline(snapshot: Manifest) -> Iterator[Rejection]:
    text = snapshot.get("spec", "failureDeadline")
    if not isinstance(text, str) or holds_placeholder(text):
        return
    if parse_duration(text) is None:
        message = (
            f'failureDeadline "{text}" is not a Go duration: write hours, minutes or seconds with '
            'their unit, such as "1h30m", "10m" or "45s"'
        )
        at = snapshot.at("spec", "failureDeadline")
        yield Rejection(RejectionCause.DEADLINE, Problem(at, message))


def _lifetime(manifest: Manifest) -> Iterator[Rejection]:
    text = manifest.get("spec", "ttlDuration")
    if isinstance(text, str) and not holds_placeholder(text) and parse_duration(text) is None:
        message = (
            f'ttlDuration "{text}" is not a Go duration: write hours, minutes or seconds with '
            'their unit, such as "1h30m" or "45m"'
        )
        yield Rejection(
            SchemaFault.WRONG_VALUE, Problem(manifest.at("spec", "ttlDuration"), message)
        )


def gate(cluster: Cluster) -> Problem | None:
    """The feature gate that keeps every snapshot from being admitted, if a KubeVirt object says so.

    Off up to 1.8 unless listed; on since 1.9 unless listed as disabled (kubevirt 6a8dfaf64c).
    """
    objects = cluster.workspace.of(KUBEVIRT)
    faults = [_gate_of(cluster, kubevirt) for kubevirt in objects]
    if not faults or None in faults or _in_config_map(cluster):
        return None
    return faults[0]


def _gate_of(cluster: Cluster, kubevirt: Manifest) -> Problem | None:
    enabled = kubevirt.get(*FEATURE_GATES)
    listed = [one for one in enabled if isinstance(one, str)] if isinstance(enabled, list) else []
    if any(_is_templated(kubevirt, depth) for depth in range(1, len(FEATURE_GATES) + 1)):
        return None
    if _GATE in listed or any(holds_placeholder(one) for one in listed):
        return None
    disabled = kubevirt.get(*_DEVELOPER, "disabledFeatureGates")
    if isinstance(disabled, list) and _GATE in disabled:
        at = kubevirt.at(*_DEVELOPER, "disabledFeatureGates", disabled.index(_GATE))
        return Problem(at, f'feature gate "{_GATE}" is disabled: every snapshot is refused')
    if cluster.behaviour.gate_default_on and cluster.release_known:
        return None
    message = (
        f'feature gate "{_GATE}" is not listed{nearest_hint(_GATE, listed)}: up to KubeVirt 1.8 '
        "every snapshot is refused without it"
    )
    severity = None if cluster.release_known else Severity.WARNING
    return Problem(_gate_place(kubevirt), message, severity=severity)


def _gate_place(kubevirt: Manifest) -> Place:
    return kubevirt.at(*FEATURE_GATES, key=True)


def _is_templated(kubevirt: Manifest, depth: int) -> bool:
    """Whether a placeholder stands for the whole list of gates, or for what holds it."""
    return holds_placeholder(kubevirt.text(*FEATURE_GATES[:depth]))


def _in_config_map(cluster: Cluster) -> bool:
    """Up to 0.47 the ConfigMap kubevirt-config could list the gates too."""
    if not cluster.behaviour.gate_in_config_map:
        return False
    return any(
        _GATE in (gate.strip() for gate in one.text("data", "feature-gates").split(","))
        for one in cluster.workspace.of(CONFIG_MAP)
        if one.name == "kubevirt-config"
    )
