"""What an export has of the volumes of a VM, and what keeps them from being exported.

No snapshot is taken: each PVC must exist and be populated. One of a DataVolume is waited for, any
other that is missing is left out (`getPVCsFromVM` of kubevirt v1.9.0,
pkg/storage/export/export/vm-source.go).
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.kubevirt.storage.volume_trail import volume_trail
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage import Cause, Volume

__all__ = ["ExportedVolume", "exported_causes", "exported_volumes"]

_LEFT_OUT = "the export leaves it out"
_WAITS = "the export waits for it"
_EFFECTS = {
    StorageCause.CLAIM_MISSING: _LEFT_OUT,
    StorageCause.CLAIM_NOT_POPULATED: _WAITS,
    StorageCause.DATA_VOLUME_MISSING: _WAITS,
    StorageCause.NEVER_STARTED: _WAITS,
    StorageCause.SOURCE_MISSING: _WAITS,
}


class ExportedVolume(NamedTuple):
    """One volume of an export. `included` is None where the input does not show it.

    With `blocks` the whole export never becomes ready. `trail` leads from the volume of the VM to
    the PVC, or is that of the snapshot.
    """

    name: str
    claim: str | None
    included: bool | None
    reason: str
    blocks: bool = False
    trail: Trail = NO_TRAIL


def exported_causes(volume: Volume) -> Iterator[Cause]:
    """The causes of a volume that matter to an export, with what they mean for it."""
    for cause in volume.causes:
        if cause.kind is StorageCause.UNVERIFIED and _is_unseen(volume):
            yield cause
        effect = _EFFECTS.get(cause.kind)
        if effect is not None:
            reason = cause.reason.partition("; ")[0]
            effect = effect if cause.severity is None else f"without it {effect}"
            yield cause._replace(reason=f"{reason}; {effect}")


def _is_unseen(volume: Volume) -> bool:
    """Whether the input does not show its PVC."""
    return volume.claim is not None and volume.claim.absence is not None


def exported_volumes(cluster: Cluster, volumes: Iterable[Volume]) -> tuple[ExportedVolume, ...]:
    """The persistent volumes of a VM, as an export has them."""
    return tuple(_with_trail(cluster, volume) for volume in volumes if volume.persistent)


def _with_trail(cluster: Cluster, volume: Volume) -> ExportedVolume:
    trail = Trail.later(lambda: volume_trail(cluster, volume))
    return _exported(volume)._replace(trail=trail)


def _exported(volume: Volume) -> ExportedVolume:
    name, claim = volume.name, volume.claim_name
    causes = [cause for cause in exported_causes(volume) if cause.kind in _EFFECTS]
    reason = "; ".join(cause.reason for cause in causes)
    if any(cause.severity is not None for cause in causes):
        return ExportedVolume(name, claim, None, reason)
    if causes:
        waits = any(_EFFECTS[cause.kind] == _WAITS for cause in causes)
        return ExportedVolume(name, claim, False, reason, blocks=waits)
    if volume.claim is None or _is_unseen(volume):
        is_state = volume.source == STATE_SOURCE
        what = "the PVC of its state" if is_state else "its PVC"
        if is_state and volume.claim is None:
            return ExportedVolume(name, claim, None, f"{what} is not in the input")
        return ExportedVolume(name, claim, None, volume.reason)
    return ExportedVolume(name, claim, True, f'exported from PVC "{claim}"')
