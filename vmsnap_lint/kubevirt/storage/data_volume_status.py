"""What keeps a DataVolume from being filled, in the words of its status.

containerized-data-importer v1.66.0, pkg/controller/datavolume/conditions.go: Running has the fault
of an import or clone, Bound that of the PVC, Ready mostly nothing.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Obstacle", "obstacle_of"]

_TYPES = ("Running", "Bound", "Ready")
# They say that nothing is wrong, or only that the work has not begun or goes on.
_NO_FAULT = frozenset((
    "", "Completed", "ContainerCreating", "NotFound", "Pending", "Pod is running",
    "TransferRunning",
))  # fmt: skip


class Obstacle(NamedTuple):
    """The message of a condition that is not met, or its reason, with the place."""

    text: str
    place: Place


def obstacle_of(data_volume: Manifest) -> Obstacle | None:
    """The first condition that is not met and says why."""
    conditions: dict[object, int] = {}
    for index, condition in data_volume.items("status", "conditions"):
        if condition.get("status") in ("False", "Unknown") and isinstance(
            condition.get("type"), str
        ):
            conditions.setdefault(condition["type"], index)
    for kind in _TYPES:
        if kind in conditions and (found := _told(data_volume, conditions[kind])) is not None:
            return found
    return None


def _told(data_volume: Manifest, index: int) -> Obstacle | None:
    at = ("status", "conditions", index)
    reason, message = (data_volume.text(*at, field) for field in ("reason", "message"))
    if reason in _NO_FAULT:
        return None
    field = "message" if message else "reason"
    place = data_volume.at(*at, field, note="the condition of the DataVolume")
    return Obstacle(message or reason, place)
