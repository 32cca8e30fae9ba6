"""What exported snapshots and their contents say of themselves and of each other.

Field for field what `updateVMSnapshot`, `updateVMSnapshotContent` and `updateSnapshotStatus` of
kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go, write; older releases write less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.references import VOLUMES, volume_claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Place

__all__ = [
    "BACKUPS", "Backup", "ExpectedVolume", "backups", "condition", "embedded", "error_of",
    "excluded",
    "failures",
    "included", "indications", "is_failed", "is_leaving", "is_state", "is_taken", "partial_mark",
    "ready_place", "unlocked", "wanted",
]  # fmt: skip

BACKUPS = ("spec", "volumeBackups")
_MACHINE = ("spec", "source", "virtualMachine")
_STATE_PREFIX = "persistent-state-for-"


class Backup(NamedTuple):
    """An entry of a content's volumeBackups; a text is "" where the entry does not say it."""

    content: Manifest
    position: int
    volume: str
    claim: str
    snapshot: str

    def at(self, *path: Key, note: str = "") -> Place:
        """A place in the entry."""
        return self.content.at(*BACKUPS, self.position, *path, note=note)


class ExpectedVolume(NamedTuple):
    """A volume whose data a snapshot of its VM should hold.

    `source` is its key in the volume; `claim` is "" for the state of TPM and EFI, whose claim
    KubeVirt names itself.
    """

    volume: str
    source: str
    claim: str
    at: Place


def condition(manifest: Manifest, kind: str) -> tuple[int, dict[str, Any]] | None:
    """The condition of that type with its index, or None."""
    for index, found in manifest.items("status", "conditions"):
        if found.get("type") == kind:
            return index, found
    return None


def is_failed(snapshot: Manifest) -> bool:
    """Whether the snapshot failed, which is final."""
    if snapshot.text("status", "phase") == "Failed":
        return True
    failure = condition(snapshot, "Failure")
    return failure is not None and failure[1].get("status") == "True"


def is_leaving(manifest: Manifest) -> bool:
    """Whether the object is being deleted."""
    deleted = manifest.get("metadata", "deletionTimestamp")
    return bool(deleted) or manifest.text("status", "phase") == "Deleting"


def is_taken(snapshot: Manifest) -> bool:
    """Whether the snapshot was taken, so that no fault of its VM can touch it any more."""
    if not snapshot.mapping("status") and not snapshot.get("metadata", "deletionTimestamp"):
        return False
    done = snapshot.text("status", "phase") == "Succeeded"
    listed = bool(snapshot.mapping("status", "snapshotVolumes"))  # written when it has succeeded
    ready = snapshot.get("status", "readyToUse") is True
    return (done or ready or listed or is_leaving(snapshot)) and not is_failed(snapshot)


def unlocked(snapshot: Manifest) -> tuple[Place, str] | None:
    """Where and why the controller says that it cannot begin, or None.

    The cause stands inside the reason of the Progressing condition.
    """
    progressing = condition(snapshot, "Progressing")
    if progressing is None:
        return None
    index, found = progressing
    reason = found.get("reason")
    if not isinstance(reason, str) or found.get("status") == "True":
        return None
    if reason.startswith(("Source not locked", "Source does not exist")):
        return snapshot.at("status", "conditions", index, "reason"), reason
    return None


def ready_place(manifest: Manifest) -> Place:
    """Where readyToUse stands, or the key of the status that lacks it."""
    if manifest.get("status", "readyToUse") is None:
        return manifest.at("status", key=True)
    return manifest.at("status", "readyToUse")


def error_of(manifest: Manifest, *path: Key) -> str:
    """The message of the error at `path`, "unknown" where it has none, "" without an error."""
    error = manifest.get(*path)
    if not isinstance(error, dict) or not error:
        return ""
    message = error.get("message")
    return message if isinstance(message, str) and message else "unknown"


def failures(snapshot: Manifest) -> list[str]:
    """Why a snapshot failed, in the words of its status."""
    failure = condition(snapshot, "Failure")
    reason = failure[1].get("reason") if failure is not None else None
    error = error_of(snapshot, "status", "error")
    return [text for text in (reason, error) if isinstance(text, str) and text]


def indications(snapshot: Manifest) -> Iterator[tuple[str, Place]]:
    """Each indication with its place; since 1.7 both lists hold them, and one is enough."""
    seen = set()
    listed = snapshot.get("status", "indications")
    for index, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str) and name not in seen:
            seen.add(name)
            yield name, snapshot.at("status", "indications", index)
    for index, entry in snapshot.items("status", "sourceIndications"):
        named = entry.get("indication")
        if isinstance(named, str) and named not in seen:
            seen.add(named)
            yield named, snapshot.at("status", "sourceIndications", index, "indication")


def partial_mark(snapshot: Manifest) -> Place | None:
    """Where KubeVirt itself (1.9.0 and later) says that a persistent volume is missing."""
    for name, place in indications(snapshot):
        if name == "PartialSnapshot":
            return place
    return None


def included(snapshot: Manifest) -> tuple[str, ...]:
    """The volumes that status.snapshotVolumes says the snapshot holds."""
    return tuple(name for name, _ in _listed(snapshot, "includedVolumes"))


def excluded(snapshot: Manifest) -> tuple[tuple[str, Place], ...]:
    """The volumes that status.snapshotVolumes says were left out, of any type."""
    return tuple(_listed(snapshot, "excludedVolumes"))


def _listed(snapshot: Manifest, field: str) -> Iterator[tuple[str, Place]]:
    path = ("status", "snapshotVolumes", field)
    names = snapshot.get(*path)
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str):
            yield name, snapshot.at(*path, index)


def is_state(volume: str) -> bool:
    """Whether a content's volume is the state of a TPM or EFI; long names end in a hash."""
    return volume.startswith(_STATE_PREFIX)


def embedded(content: Manifest) -> Manifest | None:
    """The VM that the content keeps, its places inside the content; None where it has no spec."""
    value = content.get(*_MACHINE)
    if not isinstance(value, dict) or not isinstance(value.get("spec"), dict):
        return None
    return Manifest(content.document, value, (*content.root, *_MACHINE))


def backups(content: Manifest) -> tuple[Backup, ...]:
    """The content's entries, in their order."""
    return tuple(
        Backup(
            content,
            index,
            content.text(*BACKUPS, index, "volumeName"),
            content.text(*BACKUPS, index, "persistentVolumeClaim", "metadata", "name"),
            content.text(*BACKUPS, index, "volumeSnapshotName"),
        )
        for index, _ in content.items(*BACKUPS)
    )


def wanted(vm: Manifest, *, memory_dump: bool = True) -> tuple[ExpectedVolume, ...]:
    """The persistent volumes of a VM, then the state of a persistent TPM or EFI."""
    found: dict[int, ExpectedVolume] = {}
    for claim in volume_claims(vm):
        name = vm.text(*VOLUMES, claim.entry, "name")
        if not name or holds_placeholder(name):
            continue
        if claim.source != "memoryDump" or memory_dump:
            volume = ExpectedVolume(name, claim.source, claim.name, claim.at())
            found.setdefault(claim.entry, volume)
    expected = list(found.values())
    state = persistent_state(vm)
    if state:
        expected.append(ExpectedVolume(_STATE_PREFIX + vm.name, "backendState", "", state[0]))
    return tuple(expected)
