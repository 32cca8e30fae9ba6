"""Whether a content agrees with the snapshot it belongs to. Floor 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import exported
from vmsnap_lint.checks.check import Check
from vmsnap_lint.kinds import CONTENT
from vmsnap_lint.model import Severity
from vmsnap_lint.problem import Problem
from vmsnap_lint.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.world import World


__all__ = ["CHECKS"]

_MACHINE = ("spec", "source", "virtualMachine", "metadata")
_NAME = ("spec", "virtualMachineSnapshotName")
# What a content keeps of its VM, and where the snapshot says the same.
_SAME = (
    ((*_MACHINE, "name"), ("spec", "source", "name"), "VirtualMachine"),
    ((*_MACHINE, "uid"), ("status", "sourceUID"), "the uid"),
    ((*_MACHINE, "namespace"), ("metadata", "namespace"), "namespace"),
)


def content_mismatch(content: Manifest, world: World) -> Iterator[Problem]:
    """The content and the snapshot whose status names it do not say the same."""
    snapshot = world.evidence.snapshot(content)
    if snapshot is None or exported.is_failed(snapshot) or exported.is_leaving(snapshot):
        return
    yield from _other_name(content, snapshot)
    yield from _other_source(content, snapshot)
    yield from _other_status(content, snapshot)
    yield from _unlisted(content, snapshot)


def _other_name(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    name = content.get(*_NAME)
    if name == snapshot.name or not content.mapping("spec") or not snapshot.name:
        return
    if not isinstance(name, str | None) or holds_placeholder(name or ""):
        return
    field = ("status", "virtualMachineSnapshotContentName")
    related = (snapshot.at(*field, note=f'snapshot "{snapshot.name}" says this is its content'),)
    says = f'belongs to VirtualMachineSnapshot "{name}"' if name else "names no snapshot"
    message = f'the content {says}, but it is the content of "{snapshot.name}"'
    yield Problem(content.at(*_NAME), message, related)


def _other_source(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    for mine, theirs, what in _SAME:
        kept, said = content.text(*mine), snapshot.text(*theirs)
        if kept and said and kept != said and not holds_placeholder(kept + said):
            message = (
                f'the content keeps {what} "{kept}", the snapshot "{snapshot.name}" is of "{said}"'
            )
            yield Problem(content.at(*mine), message, (snapshot.at(*theirs, note="the snapshot"),))
            return  # another VM has another uid as well


def _other_status(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    """What the controller copies; it may differ in a dump that was made in between."""
    for field in ("readyToUse", "creationTime"):
        mine, theirs = content.get("status", field), snapshot.get("status", field)
        if mine is None or theirs is None or mine == theirs:
            continue
        if mine is False and exported.error_of(content, "status", "error"):
            continue  # content-error, or what is wrong with its VolumeSnapshots
        message = (
            f"{field} is {_shown(mine)} here and {_shown(theirs)} in snapshot "
            f'"{snapshot.name}": the dump was made in between, or one was edited'
        )
        related = (snapshot.at("status", field, note="the snapshot"),)
        yield Problem(content.at("status", field), message, related, Severity.WARNING)


def _unlisted(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    """An entry that the snapshot's own list of included volumes does not have."""
    listed = exported.included(snapshot)
    for backup in exported.backups(content) if listed else ():
        if backup.volume and backup.volume not in listed:
            message = (
                f'entry "{backup.volume}" is not among the included volumes of snapshot '
                f'"{snapshot.name}"'
            )
            field = ("status", "snapshotVolumes", "includedVolumes")
            related = (snapshot.at(*field, note="its included volumes"),)
            yield Problem(backup.at("volumeName"), message, related, Severity.WARNING)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


CHECKS: dict[str, Check] = {
    "content-mismatch": Check(content_mismatch, (CONTENT,)),
}
