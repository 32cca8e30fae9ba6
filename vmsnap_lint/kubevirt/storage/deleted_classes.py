"""Classes that a change deletes, as the cause why volumes are left out."""

from __future__ import annotations

from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.history import History
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["DeletedClasses"]


class DeletedClasses:
    """The classes that were deleted since a revision."""

    def __init__(self, history: History) -> None:
        self._ref = history.ref
        self._storage, self._snapshot = (
            {deleted.name: deleted for deleted in history.deleted(kind)}
            for kind in (STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS)
        )

    def explained(self, volume: Volume) -> tuple[Cause, ...]:
        """The causes of a volume, with the deletion of a class instead of its consequences."""
        if not (self._storage or self._snapshot) or volume.included or not volume.persistent:
            return volume.causes
        is_hopeless = any(cause.kind.value.is_hopeless for cause in volume.causes)
        deleted = None if is_hopeless else self._deleted(volume)
        if deleted is None:
            return volume.causes
        what = f'{deleted.kind} "{deleted.name}" is deleted since {self._ref}'
        reason = f"{what}; new snapshots leave the volume out"
        place = deleted.at("metadata", "name", note=f"at {self._ref}")
        effects = [cause for cause in volume.causes if cause.kind.value.lacks_class]
        others = (cause for cause in volume.causes if not cause.kind.value.lacks_class)
        at = effects[0].at if effects else None
        return (Cause(StorageCause.CLASS_DELETED, reason, (place,), at=at), *others)

    def _deleted(self, volume: Volume) -> Manifest | None:
        """The deleted class without which the volume has no snapshot class."""
        choice = volume.choice
        if choice is None or choice.storage_class is None:
            return self._storage.get(volume.storage_class or "")
        if choice.snapshot_class is not None:
            return None
        if choice.profile is not None:
            status = choice.profile.text("status", "snapshotClass")
            name = status or choice.profile.text("spec", "snapshotClass")
            if status or name in self._snapshot:
                return self._snapshot.get(name)
        driver = choice.storage_class.text("provisioner")
        classes = self._snapshot.values()
        return next((deleted for deleted in classes if deleted.text("driver") == driver), None)
