"""The causes for which a clone is rejected, fails or never completes."""

from __future__ import annotations

from enum import Enum

__all__ = ["CloneCause"]


class CloneCause(Enum):
    """Why a clone does not complete."""

    BACKEND_STATE = "the source has a persistent TPM or EFI"
    FAILED = "the status of the clone shows a failure"
    FILTER_SYNTAX = "a filter has `!` or `*` where it is not allowed"
    MAC_COLONS = "a MAC address with colons becomes a patch that is rejected"
    MAC_INVALID = "a new MAC address is none"
    NAME_COLLISION = "a PVC that the clone would make exists already"
    PATCH_COLON = "a patch is rejected by the webhook of the restore, which misreads it"
    PATCH_INAPPLICABLE = "a patch does not apply, or makes a VM that is refused"
    PATCH_MALFORMED = "a patch is not JSON, or not one JSON Patch operation"
    PATCH_PATH = "a patch changes a path that may not be patched"
    SAME_NAME = "source and target are the same VM"
    SOURCE_INVALID = "the kinds and groups of source and target cannot be cloned"
    SOURCE_MISSING = "the source does not exist"
    TARGET_API_GROUP = "the target has no apiGroup"
    TARGET_EXISTS = "the target exists already"
    VOLUME_UNSNAPSHOTTABLE = "a disk of the source is not in its snapshot"
