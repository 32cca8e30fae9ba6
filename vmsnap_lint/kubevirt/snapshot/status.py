"""Reads the status of exported snapshots and the entries of their contents.

Field for field what `updateVMSnapshot`, `updateVMSnapshotContent` and `updateSnapshotStatus` of
kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go, write; older releases write less.
"""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.run_state import has_condition
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE, persistent_state
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.references import VOLUMES, volume_claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Place

__all__ = [
    "BACKUPS", "Backup", "ExpectedVolume", "backups", "condition", "embedded_vm", "error_clause",
    "error_of",
    "excluded", "expected_volumes", "failures", "included", "indications", "is_deleting",
    "is_failed", "is_over", "is_state", "is_taken", "lock_problem", "partial_mark", "ready_place",
    "strings",
]  # fmt: skip

BACKUPS = ("spec", "volumeBackups")
_VM = ("spec", "source", "virtualMachine")
_NAMES = (("volumeName",), ("persistentVolumeClaim", "metadata", "name"), ("volumeSnapshotName",))
_STATE_PREFIX = "persistent-state-for-"


class Backup(NamedTuple):
    """An entry of a content's volumeBackups; a string is "" where the entry does not have it."""

    content: Manifest
    position: int
    volume: str
    claim: str
    snapshot: str

    def at(self, *path: Key, note: str = "") -> Place:
        """A place in the entry."""
        return self.content.at(*BACKUPS, self.position, *path, note=note)


class ExpectedVolume(NamedTuple):
    """A volume whose data a snapshot of its VM should contain.

    `source` is its key in the volume; `claim` is "" for the state of TPM and EFI, whose PVC
    KubeVirt names itself.
    """

    volume: str
    source: str
    claim: str
    at: Place


def condition(manifest: Manifest, kind: str) -> tuple[int, dict[str, Any]] | None:
    """The condition of that type with its index, or None."""
    conditions = manifest.items("status", "conditions")
    return next((entry for entry in conditions if entry[1].get("type") == kind), None)


def is_failed(snapshot: Manifest) -> bool:
    """Whether the snapshot failed, which is final."""
    if "status" not in snapshot.value:
        return False
    return snapshot.text("status", "phase") == "Failed" or has_condition(snapshot, "Failure")


def is_deleting(manifest: Manifest) -> bool:
    """Whether the object is being deleted."""
    deleted = manifest.get("metadata", "deletionTimestamp")
    return bool(deleted) or manifest.text("status", "phase") == "Deleting"


def is_over(snapshot: Manifest | None) -> bool:
    """Whether there is a snapshot that failed or is being deleted."""
    return snapshot is not None and (is_failed(snapshot) or is_deleting(snapshot))


def is_taken(snapshot: Manifest) -> bool:
    """Whether the snapshot was taken, so that later changes of its VM do not affect it."""
    if "status" not in snapshot.value:
        return is_deleting(snapshot)
    return not is_failed(snapshot) and (
        is_deleting(snapshot)
        or snapshot.text("status", "phase") == "Succeeded"
        or snapshot.get("status", "readyToUse") is True
        or bool(snapshot.mapping("status", "snapshotVolumes"))  # written when it has succeeded
    )


def lock_problem(snapshot: Manifest) -> tuple[Place, str] | None:
    """The reason of the Progressing condition if the controller cannot begin, with its place."""
    index, progressing = condition(snapshot, "Progressing") or (0, {})
    reason = progressing.get("reason")
    if not isinstance(reason, str) or progressing.get("status") == "True":
        return None
    if reason.startswith(("Source not locked", "Source does not exist")):
        return snapshot.at("status", "conditions", index, "reason"), reason
    return None


def ready_place(manifest: Manifest) -> Place:
    """The place of readyToUse, or the key of the status that lacks it."""
    unset = manifest.get("status", "readyToUse") is None
    return manifest.at("status", key=True) if unset else manifest.at("status", "readyToUse")


def error_of(manifest: Manifest, *path: Key) -> str:
    """The message of the error at `path`, "unknown" where it has none, "" without an error."""
    if not manifest.mapping(*path):
        return ""
    return manifest.text(*path, "message") or "unknown"


def error_clause(manifest: Manifest) -> str:
    """`, its error is "x"` for messages, from the error of the status, or ""."""
    error = error_of(manifest, "status", "error")
    return f", its error is {verbatim(error)}" if error else ""


def failures(snapshot: Manifest) -> list[str]:
    """Why a snapshot failed, in the words of its status."""
    _, failure = condition(snapshot, "Failure") or (0, {})
    reasons = (failure.get("reason"), error_of(snapshot, "status", "error"))
    return [reason for reason in reasons if isinstance(reason, str) and reason]


def indications(snapshot: Manifest) -> dict[str, Place]:
    """Each indication with its first place; since 1.7 both lists have them."""
    sources = (
        (entry.get("indication"), snapshot.at("status", "sourceIndications", index, "indication"))
        for index, entry in snapshot.items("status", "sourceIndications")
    )
    places: dict[str, Place] = {}
    for name, place in chain(strings(snapshot, "status", "indications"), sources):
        if isinstance(name, str):
            places.setdefault(name, place)
    return places


def partial_mark(snapshot: Manifest) -> Place | None:
    """Where KubeVirt itself (1.9.0 and later) reports that a persistent volume is missing."""
    return indications(snapshot).get("PartialSnapshot")


def included(snapshot: Manifest) -> tuple[str, ...]:
    """The volumes that status.snapshotVolumes lists as included."""
    return tuple(
        name for name, _ in strings(snapshot, "status", "snapshotVolumes", "includedVolumes")
    )


def excluded(snapshot: Manifest) -> tuple[tuple[str, Place], ...]:
    """The volumes of any type that status.snapshotVolumes lists as left out."""
    return tuple(strings(snapshot, "status", "snapshotVolumes", "excludedVolumes"))


def strings(manifest: Manifest, *path: Key) -> Iterator[tuple[str, Place]]:
    """The strings in the array at `path`, each with its place; no other entries."""
    entries = manifest.get(*path)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, str):
            yield entry, manifest.at(*path, index)


def is_state(volume: str) -> bool:
    """Whether a content's volume is the state of a TPM or EFI; long names end in a hash."""
    return volume.startswith(_STATE_PREFIX)


def embedded_vm(content: Manifest) -> Manifest | None:
    """The content's copy of its VM, its places inside the content; None where it has no spec."""
    vm = content.get(*_VM)
    if not isinstance(vm, dict) or not isinstance(vm.get("spec"), dict):
        return None
    return Manifest(content.document, vm, (*content.root, *_VM))


def backups(content: Manifest) -> tuple[Backup, ...]:
    """The content's entries, in their order."""
    return tuple(
        Backup(content, index, *(content.text(*BACKUPS, index, *path) for path in _NAMES))
        for index, _ in content.items(*BACKUPS)
    )


def expected_volumes(vm: Manifest, *, memory_dump: bool = True) -> tuple[ExpectedVolume, ...]:
    """The persistent volumes of a VM, then the state of a persistent TPM or EFI."""
    volumes: dict[int, ExpectedVolume] = {}
    for claim in volume_claims(vm):
        name = vm.text(*VOLUMES, claim.entry, "name")
        if name and not holds_placeholder(name) and (memory_dump or claim.source != "memoryDump"):
            volume = ExpectedVolume(name, claim.source, claim.name, claim.at())
            volumes.setdefault(claim.entry, volume)
    places = persistent_state(vm)[:1]
    state = [ExpectedVolume(_STATE_PREFIX + vm.name, STATE_SOURCE, "", place) for place in places]
    return (*volumes.values(), *state)
