"""What keeps a restore from being admitted or from completing."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.objects.problem import Problem

__all__ = ["Blocker", "BlockerCause", "BlockerEffect"]


class BlockerCause(Enum):
    """The kinds of blockers."""

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


class BlockerEffect(Enum):
    """The effect of a blocker on the restore."""

    REJECTED = "rejected"
    STUCK = "stuck"
    WAITS = "waits"
    """It continues once the blocker is removed."""


class Blocker(NamedTuple):
    """A cause, its effect on the restore, and the problem at one place."""

    cause: BlockerCause
    effect: BlockerEffect
    problem: Problem
