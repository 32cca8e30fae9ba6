"""The causes for which a restore is rejected, fails, is stuck or waits."""

from __future__ import annotations

from enum import Enum

__all__ = ["RestoreCause"]


class RestoreCause(Enum):
    """Why a restore does not complete, or not yet."""

    CROSS_NAMESPACE = "the snapshot or the target exists only in another namespace"
    DUPLICATE_TARGET = "another restore of the same target has not completed"
    NEW_VM_STATE = "a VM with a persistent TPM or EFI can only be restored onto itself"
    OVERRIDE_INVALID = "an override has no volume name, or changes nothing"
    PATCH_COLON = "the webhook misreads a valid patch with colons or commas in its value"
    PATCH_MALFORMED = "a patch is not one JSON Patch operation"
    PATCH_PATH = "a patch changes a path that may not be patched"
    POLICY_UNKNOWN = "a policy has a value that the release does not know"
    SNAPSHOT_MISSING = "the snapshot does not exist"
    SNAPSHOT_UNUSABLE = "the snapshot has failed or is not ready"
    TARGET_IS_OTHER_VM = "the target exists and is not the VM that was snapshotted"
    TARGET_RUNNING = "the target is expected to run"
