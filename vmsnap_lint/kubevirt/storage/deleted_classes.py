"""Classes that a change deletes become the cause of what is missing without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.history import History
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["DeletedClasses"]


class DeletedClasses:
    """The classes that are gone since a revision."""

    def __init__(self, history: History) -> None:
        self._ref = history.ref
        self._storage = {one.name: one for one in history.deleted(STORAGE_CLASS)}
        self._snapshot = {one.name: one for one in history.deleted(VOLUME_SNAPSHOT_CLASS)}

    def explained(self, volume: Volume) -> tuple[Cause, ...]:
        """The causes of a volume; the deletion in place of its consequences."""
        if not (self._storage or self._snapshot) or volume.included or not volume.persistent:
            return volume.causes
        if any(cause.kind.value.is_hopeless for cause in volume.causes):
            return volume.causes
        gone = self._gone(volume)
        if gone is None:
            return volume.causes
        effects = [cause for cause in volume.causes if cause.kind.value.lacks_class]
        reason = (
            f'{gone.kind} "{gone.name}" is deleted since {self._ref}: new snapshots leave the '
            "volume out"
        )
        place = gone.at("metadata", "name", note=f"it was here at {self._ref}")
        at = effects[0].at if effects else None
        rest = tuple(cause for cause in volume.causes if not cause.kind.value.lacks_class)
        return (Cause(StorageCause.CLASS_DELETED, reason, (place,), at=at), *rest)

    def _gone(self, volume: Volume) -> Manifest | None:
        """The class that the volume's chain ran through and ends at now."""
        choice = volume.choice
        if choice is None or choice.storage_class is None:
            return self._storage.get(volume.storage_class or "")
        if choice.snapshot_class is not None:
            return None
        if choice.profile is not None:
            status = choice.profile.text("status", "snapshotClass")
            named = status or choice.profile.text("spec", "snapshotClass")
            if status or named in self._snapshot:
                return self._snapshot.get(named)
        driver = choice.storage_class.text("provisioner")
        found = (one for one in self._snapshot.values() if one.text("driver") == driver)
        return next(found, None)
