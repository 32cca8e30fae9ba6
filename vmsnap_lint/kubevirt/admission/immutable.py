"""Two versions of an object become the fields that differ and that no update may change.

Sources: facts of kubevirt v1.9.0, pkg/storage/admitters (snapshot, restore, export, backup) and
vmpool-admitter.go; containerized-data-importer v1.66.0, pkg/apiserver/webhooks/
datavolume-validate.go; kubernetes v1.33, pkg/apis/storage/validation (StorageClass) and
pkg/apis/core/validation (PersistentVolumeClaim); external-snapshotter v8.2, client/config/crd.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.kinds import (
    BACKUP,
    BACKUP_TRACKER,
    DATA_VOLUME,
    EXPORT,
    POOL,
    PVC,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    VOLUME_SNAPSHOT,
    VOLUME_SNAPSHOT_CONTENT,
    Kind,
)
from vmsnap_lint.core.values import holds_placeholder, parse_duration, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["IMMUTABLE", "differences"]

Path = tuple[str | int, ...]
IMMUTABLE: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    BACKUP: (("spec",),),
    BACKUP_TRACKER: (("spec",),),
    DATA_VOLUME: (("spec",),),
    EXPORT: (("spec",),),
    POOL: (("spec", "selector"),),
    PVC: (("spec", "storageClassName"),),
    RESTORE: (("spec",),),
    SNAPSHOT: (("spec",),),
    STORAGE_CLASS: (("parameters",), ("provisioner",), ("reclaimPolicy",), ("volumeBindingMode",)),
    VOLUME_SNAPSHOT: (("spec", "source"),),
    VOLUME_SNAPSHOT_CONTENT: (("spec", "source"), ("spec", "sourceVolumeMode")),
}
# What the API server fills in: leaving it out and writing it down is the same.
_DEFAULTS = {
    "reclaimPolicy": "Delete",
    "targetReadinessPolicy": "WaitGracePeriod",
    "volumeBindingMode": "Immediate",
}
_DURATIONS = frozenset(("failureDeadline", "ttlDuration"))
_LATE = frozenset(("storageClassName", "sourceVolumeMode"))  # may be set once, by a controller too


def differences(
    kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], *, live: bool = False
) -> list[Path]:
    """The immutable fields in which two objects differ, in the order of the fields.

    With `live`, the old one is what a cluster holds: what it has and the new one does not ask for
    may have been filled in there.
    """
    return [
        path
        for field in IMMUTABLE.get(kind, ())
        for path in _differing(_at(old, field), _at(new, field), field, live)
    ]


def _at(value: Any, path: tuple[str, ...]) -> Any:  # any decoded value
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _differing(old: object, new: object, path: Path, live: bool) -> Iterator[Path]:
    if _is_empty(old) and _is_empty(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}, key=str):
            yield from _differing(old.get(key), new.get(key), (*path, key), live)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differing(one, other, (*path, index), live)
    elif not (live and _is_empty(new)) and not _same(old, new, path):
        yield path


def _is_empty(value: object) -> bool:
    """Whether it is written down or not makes no difference to the API server."""
    return value is None or value in ({}, [])


def _same(old: object, new: object, path: Path) -> bool:
    """Whether two values mean the same, or may do so."""
    if (type(old), old) == (type(new), new) or _is_open(old) or _is_open(new):
        return True
    name = path[-1]
    if _is_empty(old) or _is_empty(new):
        filled = new if _is_empty(old) else old
        return name in _LATE or filled == _DEFAULTS.get(str(name))
    if name in _DURATIONS and isinstance(old, str) and isinstance(new, str):
        return parse_duration(old) == parse_duration(new) is not None
    if "resources" in path:
        return parse_quantity(old) == parse_quantity(new) is not None
    return False


def _is_open(value: object) -> bool:
    """Whether a placeholder stands in it."""
    if isinstance(value, str):
        return holds_placeholder(value)
    if isinstance(value, dict):
        return any(map(_is_open, value.values()))
    return isinstance(value, list) and any(map(_is_open, value))
