"""Finds the patches that the webhook rejects, or that never make a VM.

`validatePatches` of kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go, and `patchVM` of
pkg/storage/snapshot/restore.go: the operations of all patches are applied, one after the other, to
the VM that the restore is about to make; the result is decoded and created.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore import json_patch
from vmsnap_lint.kubevirt.restore.json_patch import PatchFaultKind
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.subject import Relation
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["patch_blockers"]

_CAUSES = {
    PatchFaultKind.COLON: RestoreCause.PATCH_COLON,
    PatchFaultKind.MALFORMED: RestoreCause.PATCH_MALFORMED,
    PatchFaultKind.PATH: RestoreCause.PATCH_PATH,
}
_NEVER = "the restore never completes"
_Operation = dict[str, Any]


def patch_blockers(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """The faults of the patches, or what is wrong with the VM that they make."""
    if not cluster.behaviour.restore_patches or not subject.manifest.get("spec", "patches"):
        return
    metadata = cluster.behaviour.restore_patches_metadata
    operations: list[tuple[_Operation, Place]] = []
    is_sound = True
    for patch, at in status.strings(subject.manifest, "spec", "patches"):
        decoded = json_patch.operations(patch)
        fault = None if holds_placeholder(patch) else json_patch.fault(patch, metadata=metadata)
        is_sound &= fault is None and isinstance(decoded, list) and not holds_placeholder(patch)
        if isinstance(decoded, list):
            operations += [(operation, at) for operation in decoded]
        effect = _effect(cluster, subject, patch, metadata) if fault is not None else None
        if fault is not None and effect is not None:
            fixes = _fixes(at, patch, fault, metadata)
            problem = Problem(at, _message(fault, metadata), severity=effect[1], fixes=fixes)
            yield Blocker(_CAUSES[fault.kind], effect[0], problem)
    if is_sound and subject.relation in (Relation.GONE, Relation.NEW):
        yield from _inapplicable(cluster, subject, operations)


def _effect(
    cluster: Cluster, subject: RestoreSubject, patch: str, metadata: bool
) -> tuple[Effect, Severity | None] | None:
    """The effect of a fault and the severity of its finding, None where it has no effect.

    Up to 1.4.0 the rejection was lost where the target did not exist; since 1.5 the webhook does
    not check patches where the snapshot does not exist (yet).
    """
    exists, behaviour = not isinstance(subject.target, Absence), cluster.behaviour
    if not json_patch.rejections(patch, metadata=metadata):  # only the controller decodes it
        if exists and behaviour.restore_patches_ignored_for_existing:
            return Effect.WAITS, Severity.WARNING
        is_made = subject.relation in (Relation.GONE, Relation.NEW)
        return (Effect.STUCK if exists or is_made else Effect.DOUBT), None
    if not behaviour.restore_patches_checked_always and not exists:
        absent = subject.target is Absence.ABSENT
        return None if absent else (Effect.DOUBT, Severity.WARNING)
    if not isinstance(subject.snapshot, Absence) or behaviour.restore_snapshot_checked:
        return Effect.REJECTED, None
    return Effect.DOUBT, Severity.WARNING


def _fixes(
    at: Place, patch: str, fault: json_patch.PatchFault, metadata: bool
) -> tuple[Remedy, ...]:
    """The patch in the form that is read, where there is one of the same meaning."""
    text = json_patch.rewritten(patch, fault.kind)
    if text == patch or json_patch.fault(text, metadata=metadata) is not None:
        return ()
    from vmsnap_lint.objects import mending

    return mending.with_value(at, text, Safety.SAFE)


def _message(fault: json_patch.PatchFault, metadata: bool) -> str:
    if fault.kind is PatchFaultKind.MALFORMED:
        return f"not a JSON Patch operation: {fault.detail}"
    if fault.kind is PatchFaultKind.PATH:
        paths = "/spec/, /metadata/labels/ and /metadata/annotations/" if metadata else "/spec/"
        return f'path "{cut(fault.detail)}" may not be patched: only {paths} may'
    return (
        'the webhook rejects values with ":" or ",", objects and arrays in a patch: it cannot read '
        f"{verbatim(fault.detail[:80])}"
    )


def _inapplicable(
    cluster: Cluster, subject: RestoreSubject, operations: list[tuple[_Operation, Place]]
) -> Iterator[Blocker]:
    """Why the operations cannot be applied to the saved VM, or why the result is no VM."""
    from vmsnap_lint.kubevirt.restore import applied_patch, made_vm, restored_vm  # few patch

    vm = restored_vm.restored_vm(subject)
    if vm is None or subject.saved_vm is None:
        return
    saved = subject.saved_vm.at("metadata", "name", note="the saved VM")
    faults_before = set(made_vm.faults(cluster, subject.saved_vm, vm))
    patched = applied_patch.PatchedObject(vm)
    for operation, at in operations:
        try:
            patched.apply(operation)
        except applied_patch.InapplicableError as error:
            message = f'"{operation["op"]}" does not apply to the saved VM, {error}: {_NEVER}'
            yield _blocker(at, message, saved)
            return
        except applied_patch.PatchSizeError:
            message = f'"{operation["op"]}" was not followed, the patches make the VM too large'
            yield _blocker(at, message, saved, Severity.WARNING)
            return
    faults = {it.path: it for it in made_vm.faults(cluster, subject.saved_vm, vm)}
    for fault in faults.values():
        if fault not in faults_before:
            at = _patch_of(fault.path, operations) or subject.manifest.at("spec", "patches")
            yield _blocker(at, f"the patches make a VM that {fault.effect}: {_NEVER}", saved)


def _blocker(at: Place, message: str, saved: Place, severity: Severity | None = None) -> Blocker:
    effect = Effect.STUCK if severity is None else Effect.DOUBT
    return Blocker(
        RestoreCause.PATCH_INAPPLICABLE, effect, Problem(at, message, (saved,), severity)
    )


def _patch_of(path: tuple[Key, ...], operations: list[tuple[_Operation, Place]]) -> Place | None:
    """The last patch that sets the value at a path, something in it or something around it."""
    for operation, at in reversed(operations):
        changed = operation["path"].split("/")[1:]
        depth = min(len(changed), len(path))
        if operation["op"] != "test" and changed[:depth] == [str(step) for step in path[:depth]]:
            return at
    return None
