"""The fields that differ between two versions of an object and that no update may change.

Sources: facts of kubevirt v1.9.0, pkg/storage/admitters (snapshot, restore, export, backup) and
vmpool-admitter.go; containerized-data-importer v1.66.0, pkg/apiserver/webhooks/
datavolume-validate.go; kubernetes v1.33, pkg/apis/storage/validation (StorageClass) and
pkg/apis/core/validation (PersistentVolumeClaim); external-snapshotter v8.2, client/config/crd.
"""

from __future__ import annotations

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import holds_placeholder, parse_duration, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.kinds import Kind

__all__ = ["IMMUTABLE", "differences"]

Path = tuple[str | int, ...]
IMMUTABLE: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    kinds.BACKUP: (("spec",),),
    kinds.BACKUP_TRACKER: (("spec",),),
    kinds.DATA_VOLUME: (("spec",),),
    kinds.EXPORT: (("spec",),),
    kinds.POOL: (("spec", "selector"),),
    kinds.PVC: (("spec", "storageClassName"),),
    kinds.RESTORE: (("spec",),),
    kinds.SNAPSHOT: (("spec",),),
    kinds.STORAGE_CLASS: tuple(
        (field,) for field in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
    ),
    kinds.VOLUME_SNAPSHOT: (("spec", "source"),),
    kinds.VOLUME_SNAPSHOT_CONTENT: (("spec", "source"), ("spec", "sourceVolumeMode")),
}
# What the API server sets where the field is missing.
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

    With `live`, the old one is from a cluster, which may have set fields that the new one lacks.
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
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differing(before, after, (*path, index), live)
    elif not (live and _is_empty(new)) and not _same(old, new, path):
        yield path


def _is_empty(value: object) -> bool:
    """Whether the API server treats the value as if the field were missing."""
    return value is None or value in ({}, [])


def _same(old: object, new: object, path: Path) -> bool:
    """Whether two values mean the same, or may do so."""
    if (type(old), old) == (type(new), new) or _is_open(old) or _is_open(new):
        return True
    name = path[-1]
    if _is_empty(old) or _is_empty(new):
        return name in _LATE or (new if _is_empty(old) else old) == _DEFAULTS.get(str(name))
    if name in _DURATIONS and isinstance(old, str) and isinstance(new, str):
        return parse_duration(old) == parse_duration(new) is not None
    if "resources" in path:
        return parse_quantity(old) == parse_quantity(new) is not None
    return False


def _is_open(value: object) -> bool:
    """Whether the value contains a placeholder."""
    if isinstance(value, str):
        return holds_placeholder(value)
    if isinstance(value, dict):
        return any(map(_is_open, value.values()))
    return isinstance(value, list) and any(map(_is_open, value))
