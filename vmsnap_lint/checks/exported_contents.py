"""VirtualMachineSnapshotContents that lack data or do not match their snapshot."""

from __future__ import annotations

from vmsnap_lint.checks.causes import evidence_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import CONTENT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import counted
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["CHECKS"]

_NAME = ("spec", "virtualMachineSnapshotName")
_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")


def orphaned_content(content: Manifest, world: World) -> Iterator[Problem]:
    """The snapshot of the content is deleted, but the content and its VolumeSnapshots remain."""
    name = content.text(*_NAME)
    if not name or status.is_deleting(content) or world.evidence.snapshot(content) is not None:
        return
    snapshot = world.evidence.named_snapshot(content)
    number = len(status.backups(content))
    verb = "remains" if number == 1 else "remain"
    effect = f"{counted(number, 'VolumeSnapshot')} {verb} until the content is deleted"
    if snapshot is Absence.ABSENT:
        message = f'its VirtualMachineSnapshot "{name}" does not exist: {effect}'
        yield Problem(content.at(*_NAME), message)
    elif not isinstance(snapshot, Absence):
        message = f'VirtualMachineSnapshot "{name}" now has another content: {effect}'
        note = f'its content is "{snapshot.text(*_CONTENT_NAME)}"'
        yield Problem(content.at(*_NAME), message, (snapshot.at(*_CONTENT_NAME, note=note),))


CHECKS: dict[str, Check] = {
    "content-empty": row((CONTENT,), evidence_causes),
    "content-entry-unusable": row((CONTENT,), evidence_causes),
    "content-error": row((CONTENT,), evidence_causes),
    "content-mismatch": row((CONTENT,), evidence_causes),
    "content-volume-missing": row((CONTENT,), evidence_causes),
    "orphaned-content": Check(orphaned_content, (CONTENT,)),
    "volumesnapshot-missing": row((CONTENT,), evidence_causes),
}
