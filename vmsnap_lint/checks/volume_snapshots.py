"""The VolumeSnapshots that hold a VM's data, and what stands behind them.

kubernetes-csi/external-snapshotter v8.6.0, pkg/common-controller/snapshot_controller.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import (
    CONTENT,
    VOLUME_SNAPSHOT,
    VOLUME_SNAPSHOT_CLASS,
    VOLUME_SNAPSHOT_CONTENT,
)
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS", "is_unready"]

_BOUND = ("status", "boundVolumeSnapshotContentName")
_SOURCE = ("spec", "source", "persistentVolumeClaimName")


def volumesnapshot_not_ready(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """A VolumeSnapshot is not ready to use, or reports an error."""
    if is_unready(snapshot) and world.evidence.is_ours(snapshot):
        problem = _trouble(snapshot)
        holder = world.evidence.holder(snapshot)
        if holder is not None:
            note = f'volume "{holder.volume}" is kept in it'
            problem = problem._replace(related=(holder.at("volumeSnapshotName", note=note),))
        yield problem


def volumesnapshot_mismatch(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A claim or a driver is another than the one that the snapshot was to take."""
    if manifest.kind == CONTENT.kind:
        yield from _other_claims(manifest)
        return
    if status.is_leaving(manifest) or not manifest.is_export:
        return
    yield from _other_source(manifest, world)
    if world.evidence.is_ours(manifest):
        yield from _other_driver(manifest, world)


def snapshot_chain_broken(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The way from VolumeSnapshot to the data on the storage is interrupted."""
    if not snapshot.is_export or status.is_leaving(snapshot) or is_unready(snapshot):
        return
    if not world.evidence.is_ours(snapshot):
        return
    contents = world.workspace.of(VOLUME_SNAPSHOT_CONTENT)
    if not contents and not world.workspace.is_complete(VOLUME_SNAPSHOT_CONTENT):
        return
    name = snapshot.text(*_BOUND)
    if not name:
        message = "the VolumeSnapshot is bound to no VolumeSnapshotContent: nothing backs it"
        yield Problem(snapshot.at(*_BOUND), message)
        return
    found = world.resolve(VOLUME_SNAPSHOT_CONTENT, name, snapshot)
    if isinstance(found, Absence):
        if found in (Absence.ABSENT, Absence.GUESSED) and not holds_placeholder(name):
            severity = Severity.WARNING if found is Absence.GUESSED else None
            message = f'no VolumeSnapshotContent "{name}": nothing backs this VolumeSnapshot'
            yield Problem(snapshot.at(*_BOUND), message, (), severity)
        return
    yield from _unlinked(snapshot, found)


def is_unready(snapshot: Manifest) -> bool:
    """Whether an export shows a VolumeSnapshot that is not ready, or that has an error."""
    if not snapshot.is_export or status.is_leaving(snapshot):
        return False
    error = status.error_of(snapshot, "status", "error")
    return snapshot.get("status", "readyToUse") is not True or bool(error)


def _trouble(snapshot: Manifest) -> Problem:
    """What is wrong with an unready VolumeSnapshot."""
    error = status.error_of(snapshot, "status", "error")
    name = f'VolumeSnapshot "{snapshot.name}"'
    if snapshot.get("status", "readyToUse") is True:
        at = snapshot.at("status", "error", "message")
        return Problem(at, f"{name} is ready, but has an error: {error}", (), Severity.WARNING)
    cause = f": {error}" if error else ""
    at = status.ready_place(snapshot)
    return Problem(at, f"{name} is not ready to use{cause}; what it holds cannot be restored")


def _other_claims(content: Manifest) -> Iterator[Problem]:
    """Entries whose claim is not the one that the volume of the content's own VM mounts."""
    vm = status.embedded(content)
    claims = {volume.volume: volume for volume in status.wanted(vm)} if vm is not None else {}
    for backup in status.backups(content):
        volume = claims.get(backup.volume)
        if volume is None or not volume.claim or not backup.claim:
            continue
        if backup.claim == volume.claim or holds_placeholder(backup.claim + volume.claim):
            continue
        message = (
            f'entry "{backup.volume}" keeps claim "{backup.claim}", but the VM mounts '
            f'"{volume.claim}" there'
        )
        at = backup.at("persistentVolumeClaim", "metadata", "name")
        yield Problem(at, message, (volume.at._replace(note="the volume"),))


def _other_source(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """Its claim is another than the one of the entry that names it."""
    claim, holder = snapshot.text(*_SOURCE), world.evidence.holder(snapshot)
    if holder is None or not claim or not holder.claim or claim == holder.claim:
        return
    if holds_placeholder(claim + holder.claim):
        return
    message = (
        f'VolumeSnapshot "{snapshot.name}" is of claim "{claim}", but should hold claim '
        f'"{holder.claim}" for volume "{holder.volume}"'
    )
    related = (holder.at("persistentVolumeClaim", "metadata", "name", note="its entry"),)
    yield Problem(snapshot.at(*_SOURCE), message, related)


def _other_driver(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """Its class is of another driver than the content that it is bound to."""
    named, bound = snapshot.text("spec", "volumeSnapshotClassName"), snapshot.text(*_BOUND)
    one = world.find(VOLUME_SNAPSHOT_CLASS, named, snapshot)
    content = world.find(VOLUME_SNAPSHOT_CONTENT, bound, snapshot)
    if one is None or content is None:
        return
    wanted, driver = one.text("driver"), content.text("spec", "driver")
    if wanted and driver and wanted != driver and not holds_placeholder(wanted + driver):
        message = (
            f'VolumeSnapshotClass "{named}" is of driver "{wanted}", but the snapshot was made by '
            f'"{driver}"'
        )
        related = (one.at("driver", note="the class"), content.at("spec", "driver", note="made by"))
        yield Problem(snapshot.at("spec", "volumeSnapshotClassName"), message, related)


def _unlinked(snapshot: Manifest, content: Manifest) -> Iterator[Problem]:
    """The content points to another VolumeSnapshot, or to no data."""
    at = snapshot.at(*_BOUND)
    said = f'VolumeSnapshotContent "{content.name}"'
    for field, mine in (("name", snapshot.name), ("namespace", snapshot.namespace)):
        theirs = content.text("spec", "volumeSnapshotRef", field)
        if theirs and mine and theirs != mine and not holds_placeholder(theirs + mine):
            message = f'{said} belongs to {field} "{theirs}", not to this VolumeSnapshot'
            path = ("spec", "volumeSnapshotRef", field)
            yield Problem(at, message, (content.at(*path, note="points elsewhere"),))
            return
    handles = (("status", "snapshotHandle"), ("spec", "source", "snapshotHandle"))
    if content.is_export and not any(content.get(*path) for path in handles):
        message = f"{said} has no snapshotHandle: no data stands behind it"
        yield Problem(at, message, (content.at("status", note="no snapshotHandle here"),))


CHECKS: dict[str, Check] = {
    "snapshot-chain-broken": Check(snapshot_chain_broken, (VOLUME_SNAPSHOT,)),
    "volumesnapshot-mismatch": Check(volumesnapshot_mismatch, (CONTENT, VOLUME_SNAPSHOT)),
    "volumesnapshot-not-ready": Check(volumesnapshot_not_ready, (VOLUME_SNAPSHOT,)),
}
