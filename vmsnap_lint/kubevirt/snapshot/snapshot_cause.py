"""The causes, apart from volumes, for which a snapshot is rejected, stuck or incomplete."""

from __future__ import annotations

from enum import Enum

__all__ = ["SnapshotCause"]


class SnapshotCause(Enum):
    """Why a snapshot does not complete, or not with all data."""

    CLAIM_HELD = "another VM runs with a PVC of the stopped VM"
    CLAIM_IN_USE = "a pod uses a PVC of the stopped VM"
    CHAIN_BROKEN = "a VolumeSnapshot has no data behind it"
    CONTENT_EMPTY = "the content has no volumes"
    CONTENT_ENTRY_UNUSABLE = "an entry of the content cannot be restored"
    CONTENT_ERROR = "the content has an error"
    CONTENT_MISMATCH = "the content and the snapshot do not agree"
    CONTENT_MISSING = "the content does not exist"
    CONTENT_VOLUME_MISSING = "a persistent volume has no entry in the content"
    DEADLINE_PASSED = "the deadline passes before the snapshot is taken"
    FAILED = "the status shows that it failed for good"
    GATE_OFF = "the feature gate of snapshots is off"
    HOTPLUGGED = "a disk is plugged into the running VMI only"
    MARKED_PARTIAL = "the status shows that a persistent volume was left out"
    NOT_LOCKED = "the status of the snapshot shows that its VM cannot be locked"
    NOT_READY = "the status shows that it is not ready to use"
    PAUSED = "the VM is paused, and its guest agent is asked to freeze it"
    REVISION_MISSING = "a revision of the instancetype or preference does not exist"
    RUNNING_REFUSED = "the release does not accept snapshots of VMs that are not halted"
    RUN_STATE_HANGS = "the run strategy counts as running, but no VMI may exist"
    SOURCE_ELSEWHERE = "the VM exists in another namespace only"
    SOURCE_IS_POOL = "the source is the name of a pool"
    SOURCE_MISSING = "the VM does not exist"
    SOURCE_OF_PLACEHOLDER = "the source is written as a placeholder"
    SOURCE_OF_POOL = "a pool makes the VM"
    SOURCE_UNVERIFIED = "the VM is not in the input, or is ambiguous"
    STATE_FROM_PREFERENCE = "a preference sets a persistent TPM or EFI, which is not seen"
    STATE_OF_PREFERENCE_UNVERIFIED = "the preference, which may set a persistent TPM, is not seen"
    STATE_REFUSED = "the release does not accept snapshots of VMs with persistent TPM or EFI"
    VM_BUSY = "another snapshot or a restore locks the VM"
    VM_TERMINATING = "the VM is being deleted"
    VOLUME_SNAPSHOT_MISMATCH = "a VolumeSnapshot is of another PVC or driver"
    VOLUME_SNAPSHOT_MISSING = "an entry names a VolumeSnapshot that does not exist"
    VOLUME_SNAPSHOT_NOT_READY = "a VolumeSnapshot is not ready to use"
