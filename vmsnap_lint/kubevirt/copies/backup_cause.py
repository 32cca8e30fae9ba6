"""The causes for which a backup is rejected or never starts."""

from __future__ import annotations

from enum import Enum

__all__ = ["BackupCause"]


class BackupCause(Enum):
    """Why a backup does not start."""

    INVALID = "the source has the wrong group, or is being backed up"
    NOT_TRACKED = "KubeVirt does not track the changed blocks of the VM"
    SOURCE_MISSING = "the VM or the tracker does not exist"
    TARGET_CLAIM = "the PVC to write to is missing, or is no file system"
    VM_OFFLINE = "the VM is not expected to run"
