"""A clone with its source and what the input shows of that."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.copies import copy_status
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.copies.copied_source import CopiedSource
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CloneSubject", "Uncopied"]


class Uncopied(NamedTuple):
    """A disk of the source that is not in its snapshot: name, reason and place."""

    name: str
    reason: str
    at: Place


class CloneSubject(NamedTuple):
    """A clone with its source.

    `vm` is the VM that is cloned, as far as it is known, `plan` the outcome of the snapshot,
    `uncopied` has its disks that are not snapshotted, `content` is that of a snapshot.
    """

    manifest: Manifest
    source: CopiedSource
    vm: Manifest | None
    plan: SnapshotPlan | None
    uncopied: tuple[Uncopied, ...]
    content: Manifest | Absence = Absence.UNKNOWN

    @property
    def is_done(self) -> bool:
        """Whether an export shows that it has succeeded."""
        return copy_status.phase(self.manifest) == "Succeeded"
