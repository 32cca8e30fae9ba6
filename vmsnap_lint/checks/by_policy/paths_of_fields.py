"""Where the fields of the verdict model stand that are a part of the object itself."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, Kind

__all__ = ["LISTS", "OF_CLONE", "OF_EXPORT", "OF_RESTORE", "OF_SNAPSHOT"]

_SPEC_SOURCE = ("spec", "source")
_SPEC_TARGET = ("spec", "target")
_SOURCE = {
    "sourceKind": (*_SPEC_SOURCE, "kind"),
    "sourceName": (*_SPEC_SOURCE, "name"),
}
OF_SNAPSHOT = {
    **_SOURCE,
    "failureDeadline": ("spec", "failureDeadline"),
    "deletionPolicy": ("spec", "deletionPolicy"),
}
OF_RESTORE = {
    "snapshotName": ("spec", "virtualMachineSnapshotName"),
    "targetKind": (*_SPEC_TARGET, "kind"),
    "targetName": (*_SPEC_TARGET, "name"),
    "targetReadinessPolicy": ("spec", "targetReadinessPolicy"),
    "volumeRestorePolicy": ("spec", "volumeRestorePolicy"),
    "volumeOwnershipPolicy": ("spec", "volumeOwnershipPolicy"),
}
OF_CLONE = {
    **_SOURCE,
    "targetName": (*_SPEC_TARGET, "name"),
    "volumeNamePolicy": ("spec", "volumeNamePolicy"),
}
LISTS: dict[Kind, tuple[str, ...]] = {
    RESTORE: ("patches",),
    CLONE: ("patches", "labelFilters", "annotationFilters"),
    EXPORT: (),
}
OF_EXPORT = {
    **_SOURCE,
    "ttlDuration": ("spec", "ttlDuration"),
    "tokenSecretRef": ("spec", "tokenSecretRef"),
}
