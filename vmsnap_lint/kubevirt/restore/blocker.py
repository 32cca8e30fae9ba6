"""One thing that keeps a restore from being admitted or from completing."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.objects.problem import Problem

__all__ = ["Blocker", "BlockerCause", "BlockerEffect"]


class BlockerCause(Enum):
    """What is in the way."""

    CROSS_NAMESPACE = "the snapshot, or the target, exists in another namespace only"
    DUPLICATE_TARGET = "another restore of the same target has not completed"
    NEW_VM_STATE = "a VM with a persistent TPM or EFI can only be restored onto itself"
    OVERRIDE_INVALID = "an override names no volume, or changes nothing"
    PATCH_COLON = "the webhook takes a sound patch apart at its colons and commas"
    PATCH_MALFORMED = "a patch is not one JSON Patch operation"
    PATCH_PATH = "a patch changes what may not be patched"
    POLICY_UNKNOWN = "a policy has no value that the release knows"
    SNAPSHOT_MISSING = "the snapshot does not exist"
    SNAPSHOT_UNUSABLE = "the snapshot has failed or is not ready"
    TARGET_IS_OTHER_VM = "the target exists and is not the VM that was snapshotted"
    TARGET_RUNNING = "the target is expected to run"


class BlockerEffect(Enum):
    """What a blocker does to the restore."""

    REJECTED = "rejected"
    STUCK = "stuck"
    WAITS = "waits"
    """It goes on once somebody, or time, has removed the blocker."""


class Blocker(NamedTuple):
    """A cause, what it does to the restore, and the problem that it is at one place."""

    cause: BlockerCause
    effect: BlockerEffect
    problem: Problem
