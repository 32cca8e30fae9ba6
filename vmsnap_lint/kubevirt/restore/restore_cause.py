"""The causes for which a restore is rejected, fails, is stuck or waits."""

from __future__ import annotations

from enum import Enum

__all__ = ["RestoreCause"]


class RestoreCause(Enum):
    """Why a restore does not complete, or not yet."""

    CLAIM_NOT_BOUND = "a PVC that the restore uses as it is is not Bound"
    CROSS_NAMESPACE = "the snapshot or the target exists only in another namespace"
    DUPLICATE_TARGET = "another restore of the same target has not completed"
    FAILED = "its own status shows that it failed, or an error"
    INPLACE_STATE = "InPlace loses the PVC with the state of a TPM or EFI"
    INSTANCETYPE_MISSING = "the revision of an instancetype or preference does not exist"
    NEW_VM_STATE = "a VM with a persistent TPM or EFI can only be restored onto itself"
    OVERRIDE_INVALID = "an override has no volume name, or changes nothing"
    PATCH_COLON = "the webhook misreads a valid patch with colons or commas in its value"
    PATCH_INAPPLICABLE = "the patches do not apply to the saved VM, or make no valid one"
    PATCH_MALFORMED = "a patch is not one JSON Patch operation"
    PATCH_PATH = "a patch changes a path that may not be patched"
    POLICY_UNKNOWN = "a policy has a value that the release does not know"
    SNAPSHOT_MISSING = "the snapshot does not exist"
    SNAPSHOT_UNUSABLE = "the snapshot has failed, is not ready or names no content"
    TARGET_IS_OTHER_VM = "the target exists and is not the VM that was snapshotted"
    TARGET_RUNNING = "the target is expected to run"
