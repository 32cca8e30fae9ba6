"""Finds the fields of a restore that the webhook rejects.

kubevirt v1.9.0, `validateVolumeOverrides`, `validateVolumeRestorePolicy` and
`validateVolumeOwnershipPolicy` of pkg/storage/admitters/vmrestore.go.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject

__all__ = ["blocking_fields"]

_OVERRIDES = ("spec", "volumeRestoreOverrides")
_FieldFault = tuple[RestoreCause, Problem]
_READINESS = ("FailImmediate", "StopTarget", "WaitEventually", "WaitGracePeriod")


def blocking_fields(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """The faults of overrides and policies; the uncertain ones let the restore wait."""
    for faults in (_override_faults, _policy_faults):
        for cause, problem in faults(cluster, subject):
            rejected = problem.severity is None
            effect = Effect.REJECTED if rejected else Effect.WAITS
            yield Blocker(cause, effect, problem)


def _override_faults(cluster: Cluster, subject: RestoreSubject) -> Iterator[_FieldFault]:
    """Overrides that have no volumeName, or change nothing."""
    if not cluster.behaviour.volume_overrides:
        return
    for index, override in subject.manifest.items(*_OVERRIDES):
        at = subject.manifest.at(*_OVERRIDES, index)
        if override.get("volumeName") in (None, ""):
            yield RestoreCause.OVERRIDE_INVALID, Problem(at, "the override has no volumeName")
        set_maps = any(override.get(key) is not None for key in ("labels", "annotations"))
        if not set_maps and override.get("restoreName") in (None, ""):
            message = "the override sets none of restoreName, labels and annotations"
            yield RestoreCause.OVERRIDE_INVALID, Problem(at, message)


def _policy_faults(cluster: Cluster, subject: RestoreSubject) -> Iterator[_FieldFault]:
    """Policies that the release does not know.

    Since 1.9 the schema lists the values of targetReadinessPolicy; before, an unknown one is a
    fault only when the target is not ready.
    """
    behaviour = cluster.behaviour
    if behaviour.readiness_policies and not behaviour.readiness_policy_checked:
        yield from _policy(subject, "targetReadinessPolicy", _READINESS, Severity.WARNING)
    if behaviour.volume_restore_policies:
        yield from _policy(subject, "volumeRestorePolicy", behaviour.restore_policies)
    if behaviour.volume_ownership_policies:
        yield from _policy(subject, "volumeOwnershipPolicy", ("None", "Vm"))


def _policy(
    subject: RestoreSubject, field: str, values: tuple[str, ...], severity: Severity | None = None
) -> Iterator[_FieldFault]:
    value = subject.manifest.get("spec", field)
    if not isinstance(value, str) or value in values or holds_placeholder(value):
        return
    newer = " (since KubeVirt 1.8)" if value == "PrefixTargetName" else ""
    hint = nearest_hint(value, values)
    message = f'{field} "{cut(value)}" is not one of {quoted(values)}{newer}{hint}'
    from vmsnap_lint.objects import mending

    at = subject.manifest.at("spec", field)
    # without a severity it is refused
    fixes = mending.chosen(at, value, values, Safety.UNSAFE if severity else Safety.SAFE)
    problem = Problem(at, message, severity=severity, fixes=fixes)
    yield RestoreCause.POLICY_UNKNOWN, problem
