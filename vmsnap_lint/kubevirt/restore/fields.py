"""The fields of a restore become what the webhook rejects of them.

kubevirt v1.9.0, `validatePatches`, `validateVolumeOverrides`, `validateVolumeRestorePolicy` and
`validateVolumeOwnershipPolicy` of pkg/storage/admitters/vmrestore.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.restore import json_patch
from vmsnap_lint.kubevirt.restore.blocker import Blocker, BlockerCause, BlockerEffect
from vmsnap_lint.kubevirt.restore.json_patch import PatchFaultKind
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject

__all__ = ["blocking_fields"]

_OVERRIDES = ("spec", "volumeRestoreOverrides")
_FieldFault = tuple[BlockerCause, Problem]
_READINESS = ("FailImmediate", "StopTarget", "WaitEventually", "WaitGracePeriod")
_CAUSES = {
    PatchFaultKind.COLON: BlockerCause.PATCH_COLON,
    PatchFaultKind.MALFORMED: BlockerCause.PATCH_MALFORMED,
    PatchFaultKind.PATH: BlockerCause.PATCH_PATH,
}


def blocking_fields(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    """The faults of patches, overrides and policies; what is not certain lets the restore wait."""
    for faults in (_patch_faults, _override_faults, _policy_faults):
        for cause, problem in faults(cluster, it):
            rejected = problem.severity is None
            effect = BlockerEffect.REJECTED if rejected else BlockerEffect.WAITS
            yield Blocker(cause, effect, problem)


def _patch_faults(cluster: Cluster, it: RestoreSubject) -> Iterator[_FieldFault]:
    """The patches that the webhook rejects or the controller cannot decode, one fault each."""
    texts = it.manifest.get("spec", "patches")
    if not cluster.behaviour.restore_patches or not isinstance(texts, list):
        return
    metadata = cluster.behaviour.restore_patches_metadata
    for index, text in enumerate(texts):
        if not isinstance(text, str) or holds_placeholder(text):
            continue
        fault = json_patch.fault(text, metadata=metadata)
        if fault is None:
            continue
        severity = _severity(cluster, it, text, metadata)
        if severity is not Severity.INFO:
            at = it.manifest.at("spec", "patches", index)
            yield _CAUSES[fault.kind], Problem(at, _message(fault, metadata), severity=severity)


def _severity(cluster: Cluster, it: RestoreSubject, text: str, metadata: bool) -> Severity | None:
    """How sure the rejection is: None for certain, INFO where nothing comes of the fault.

    Up to 1.4.0 the rejection was forgotten where the target did not exist; since 1.5 the webhook
    does not look at patches where the snapshot does not exist (yet).
    """
    if not json_patch.rejections(text, metadata=metadata):  # the controller alone stumbles over it
        exists = not isinstance(it.target, Absence)
        ignored = exists and cluster.behaviour.restore_patches_ignored_for_existing
        return Severity.WARNING if ignored else None
    if not cluster.behaviour.restore_patches_checked_always and isinstance(it.target, Absence):
        return Severity.INFO if it.target is Absence.ABSENT else Severity.WARNING
    checked = cluster.behaviour.restore_snapshot_checked or not isinstance(it.snapshot, Absence)
    return None if checked else Severity.WARNING


def _message(fault: json_patch.PatchFault, metadata: bool) -> str:
    if fault.kind is PatchFaultKind.MALFORMED:
        return f"not a JSON Patch operation: {fault.detail}"
    if fault.kind is PatchFaultKind.PATH:
        also = ", /metadata/labels/ or /metadata/annotations/" if metadata else ""
        return f'path "{fault.detail}" is refused: only what is below /spec/{also} may be patched'
    return (
        f"the webhook cuts a patch at every comma and refuses the piece {fault.detail[:80]!s}, as "
        'it does not hold exactly one ":": values with ":" or ",", mappings and lists cannot be '
        "patched"
    )


def _override_faults(cluster: Cluster, it: RestoreSubject) -> Iterator[_FieldFault]:
    """Overrides that name no volume, or change nothing."""
    if not cluster.behaviour.volume_overrides:
        return
    for index, override in it.manifest.items(*_OVERRIDES):
        at = it.manifest.at(*_OVERRIDES, index)
        if override.get("volumeName") in (None, ""):
            yield BlockerCause.OVERRIDE_INVALID, Problem(at, "the override names no volumeName")
        set_maps = any(override.get(key) is not None for key in ("labels", "annotations"))
        if not set_maps and override.get("restoreName") in (None, ""):
            message = "the override sets none of restoreName, labels and annotations"
            yield BlockerCause.OVERRIDE_INVALID, Problem(at, message)


def _policy_faults(cluster: Cluster, it: RestoreSubject) -> Iterator[_FieldFault]:
    """Policies that the release does not know.

    Since 1.9 the schema names the values of targetReadinessPolicy; before, the controller only
    stumbled over an unknown one when the target was not ready.
    """
    behaviour = cluster.behaviour
    if behaviour.readiness_policies and not behaviour.readiness_policy_checked:
        yield from _policy(it, "targetReadinessPolicy", _READINESS, Severity.WARNING)
    if behaviour.volume_restore_policies:
        yield from _policy(it, "volumeRestorePolicy", behaviour.restore_policies, None)
    if behaviour.volume_ownership_policies:
        yield from _policy(it, "volumeOwnershipPolicy", ("None", "Vm"), None)


def _policy(
    it: RestoreSubject, field: str, values: tuple[str, ...], severity: Severity | None
) -> Iterator[_FieldFault]:
    value = it.manifest.get("spec", field)
    if not isinstance(value, str) or value in values or holds_placeholder(value):
        return
    newer = " (it came with KubeVirt 1.8)" if value == "PrefixTargetName" else ""
    hint = nearest_hint(value, values)
    message = f'{field} "{value}" is not one of {quoted(values)}{newer}{hint}'
    problem = Problem(it.manifest.at("spec", field), message, severity=severity)
    yield BlockerCause.POLICY_UNKNOWN, problem
