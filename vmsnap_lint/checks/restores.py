"""What keeps a restore from being admitted or from completing.

How is worked out in vmsnap_lint.kubevirt.restore; each rule here reports its own blockers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check, refused
from vmsnap_lint.core.kinds import RESTORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

__all__ = ["CHECKS"]


def restore_cross_namespace(restore: Manifest, world: World) -> Iterator[Problem]:
    """The snapshot exists in another namespace only."""
    yield from _hindered(restore, world, "restore-cross-namespace")


def restore_duplicate_target(restore: Manifest, world: World) -> Iterator[Problem]:
    """Another restore of the same target has not completed."""
    yield from _hindered(restore, world, "restore-duplicate-target")


def restore_newvm_backend_state(restore: Manifest, world: World) -> Iterator[Problem]:
    """A VM with a persistent TPM or EFI can only be restored onto itself."""
    yield from _hindered(restore, world, "restore-newvm-backend-state")


def restore_override_invalid(restore: Manifest, world: World) -> Iterator[Problem]:
    """An override names no volume, or changes nothing."""
    yield from _hindered(restore, world, "restore-override-invalid")


def restore_patch_colon(restore: Manifest, world: World) -> Iterator[Problem]:
    """The webhook takes a sound patch apart at its colons and commas."""
    yield from _hindered(restore, world, "restore-patch-colon")


def restore_patch_malformed(restore: Manifest, world: World) -> Iterator[Problem]:
    """A patch is not one JSON Patch operation."""
    yield from _hindered(restore, world, "restore-patch-malformed")


def restore_patch_path(restore: Manifest, world: World) -> Iterator[Problem]:
    """A patch changes what may not be patched."""
    yield from _hindered(restore, world, "restore-patch-path")


def restore_policy_unknown(restore: Manifest, world: World) -> Iterator[Problem]:
    """A policy has no value that the release knows."""
    yield from refused(restore, world, "restore-policy-unknown")
    yield from _hindered(restore, world, "restore-policy-unknown")


def restore_snapshot_missing(restore: Manifest, world: World) -> Iterator[Problem]:
    """The namespace declares snapshots, but not the one that the restore names."""
    yield from _hindered(restore, world, "restore-snapshot-missing")


def restore_snapshot_unusable(restore: Manifest, world: World) -> Iterator[Problem]:
    """An export shows that the snapshot has failed or is not ready."""
    yield from _hindered(restore, world, "restore-snapshot-unusable")


def restore_target_invalid(restore: Manifest, world: World) -> Iterator[Problem]:
    """The target is not of group kubevirt.io and kind VirtualMachine."""
    yield from refused(restore, world, "restore-target-invalid")


def restore_target_is_other_vm(restore: Manifest, world: World) -> Iterator[Problem]:
    """The target exists and is not the VM that was snapshotted."""
    yield from _hindered(restore, world, "restore-target-is-other-vm")


def restore_target_running(restore: Manifest, world: World) -> Iterator[Problem]:
    """The target is expected to run."""
    yield from _hindered(restore, world, "restore-target-running")


def _hindered(restore: Manifest, world: World, rule: str) -> Iterator[Problem]:
    for hindrance in world.restores.hindrances(restore):
        if hindrance.rule == rule:
            yield hindrance.problem


CHECKS: dict[str, Check] = {
    "restore-cross-namespace": Check(restore_cross_namespace, (RESTORE,)),
    "restore-duplicate-target": Check(restore_duplicate_target, (RESTORE,)),
    "restore-newvm-backend-state": Check(restore_newvm_backend_state, (RESTORE,)),
    "restore-override-invalid": Check(restore_override_invalid, (RESTORE,)),
    "restore-patch-colon": Check(restore_patch_colon, (RESTORE,)),
    "restore-patch-malformed": Check(restore_patch_malformed, (RESTORE,)),
    "restore-patch-path": Check(restore_patch_path, (RESTORE,)),
    "restore-policy-unknown": Check(restore_policy_unknown, (RESTORE,)),
    "restore-snapshot-missing": Check(restore_snapshot_missing, (RESTORE,)),
    "restore-snapshot-unusable": Check(restore_snapshot_unusable, (RESTORE,)),
    "restore-target-invalid": Check(restore_target_invalid, (RESTORE,), prefilters.refused),
    "restore-target-is-other-vm": Check(restore_target_is_other_vm, (RESTORE,)),
    "restore-target-running": Check(restore_target_running, (RESTORE,)),
}
