"""What the status of an exported clone, export or backup shows, in its own words.

kubevirt v1.9.0: `updateStatus` of pkg/virt-controller/watch/clone/clone.go; the reasons of
pkg/storage/export/export/export.go.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Trouble", "clone_trouble", "export_trouble", "phase"]

# What a clone says of itself while nothing is wrong (newReadyCondition, newProgressingCondition).
_CLONE_STEPS = frozenset(("", "Failed", "Pending", "Ready", "Still processing"))
# What an export says of itself on its way.
_EXPORT_STEPS = frozenset((
    "", "AllPVCsReady", "DigestsComputed", "DigestsPending", "Initializing", "NotAllPVCsReady",
    "PVCBound", "PVCPending", "PodCompleted", "PodPending", "PodReady",
))  # fmt: skip
_FINAL = ("Failed", "Unknown")
_NOT_EXPORTED = (*_FINAL, "Skipped")


class Trouble(NamedTuple):
    """Where a status shows that something is wrong, and its words; `is_final` if it has ended."""

    at: Place
    words: str
    is_final: bool


def phase(copy: Manifest) -> str:
    """status.phase, or ""."""
    return copy.text("status", "phase")


def clone_trouble(clone: Manifest) -> Trouble | None:
    """A clone that failed, or whose conditions give an error."""
    return _trouble(clone, _FINAL, _CLONE_STEPS)


def export_trouble(export: Manifest) -> Trouble | None:
    """An export that ended without volumes, or whose conditions give an error."""
    if phase(export) in ("Ready", "Terminated"):
        return None
    return _trouble(export, _NOT_EXPORTED, _EXPORT_STEPS)


def _trouble(copy: Manifest, ended: tuple[str, ...], steps: frozenset[str]) -> Trouble | None:
    """The first Failure of the conditions, else the first unusual reason, else the phase."""
    is_final = phase(copy) in ended
    for index, condition in _conditions(copy):
        if condition["type"] == "Failure" and condition.get("status") == "True":
            return _quoted(copy, index, is_final=True)
    for index, condition in _conditions(copy):
        if condition.get("status") == "False" and _text(condition.get("reason")) not in steps:
            return _quoted(copy, index, is_final=is_final)
    if is_final:
        return Trouble(copy.at("status", "phase"), f"phase {phase(copy)}", is_final=True)
    return None


def _quoted(copy: Manifest, index: int, *, is_final: bool) -> Trouble:
    """The words of a condition: its message, else its reason."""
    path = ("status", "conditions", index)
    field = next((name for name in ("message", "reason") if copy.text(*path, name)), "type")
    words = copy.text(*path, field)
    shown = f"condition {words}" if field == "type" else verbatim(words)
    return Trouble(copy.at(*path, field), shown, is_final)


def _conditions(copy: Manifest) -> Iterator[tuple[int, dict[str, Any]]]:
    """The conditions with a type of text."""
    for index, condition in copy.items("status", "conditions"):
        if isinstance(condition.get("type"), str):
            yield index, condition


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
