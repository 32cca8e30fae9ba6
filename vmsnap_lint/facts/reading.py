"""A file of cluster facts becomes what is known of the cluster beside the input. Floor 6.16.

The file is what the command prints: of StorageClasses, VolumeSnapshotClasses,
StorageProfiles, KubeVirt objects and CRDs the few fields that decide about snapshots, picked one by
one, so that parameters, annotations and whatever else people keep in such objects stay where they
are. Its first line says from when it is. Behind what kubectl could read of a kind, a comment says
that this is every object of it: kubectl also fails where it may not read a kind, and what it was
not allowed to see may well exist.
"""

# pathlib costs start-up time:
# ruff: noqa: PTH112

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint import document, sources
from vmsnap_lint.errors import UsageError
from vmsnap_lint.facts.command import CRD_KINDS, CRDS, KINDS
from vmsnap_lint.kinds import (
    CRD,
    HYPERCONVERGED,
    KUBEVIRT,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VOLUME_SNAPSHOT_CLASS,
    Kind,
)
from vmsnap_lint.manifest import Manifest, manifests
from vmsnap_lint.model import NotChecked
from vmsnap_lint.values import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document import Source

__all__ = ["NONE", "Facts", "read"]

_RESOURCES = dict(
    zip(KINDS, (STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS, STORAGE_PROFILE, KUBEVIRT), strict=True)
)
_TAKEN = frozenset((*_RESOURCES.values(), CRD, HYPERCONVERGED, Kind("cdi.kubevirt.io", "CDI")))
_DAY = re.compile(rb"(?m)^# vmsnap-lint facts (\d{4}-\d\d-\d\d)T")
_EVERY = re.compile(rb"(?m)^# every (\S+)[ \t\r]*$")


class Facts(NamedTuple):
    """What a file says of the cluster; `complete` names the kinds of which it has every object.

    `day` is the date it was written on, "" where it does not say. It never changes.
    """

    source: Source | None = None
    manifests: tuple[Manifest, ...] = ()
    complete: frozenset[str] = frozenset()
    day: str = ""

    def beside(self, own: Iterable[Manifest]) -> Iterator[Manifest]:
        """The facts about what is not in the input, which is what will be applied."""
        mine = {(one.group, one.kind, one.name) for one in own}
        return (one for one in self.manifests if (one.group, one.kind, one.name) not in mine)

    def release(self) -> Release | None:
        """The KubeVirt release that runs; the oldest, where there are several."""
        texts = (one.text("status", "observedKubeVirtVersion") for one in self.manifests)
        found = (Release.parse(text) for text in texts if text)
        return min((one for one in found if one), default=None)

    def dated(self, message: str) -> str:
        """What is said on the strength of the facts, with their date."""
        file = self.source.file if self.source else ""
        return f"{message} (by the cluster facts {f'of {self.day}' if self.day else f'in {file}'})"

    def aged(self, today: str, hours: int) -> Iterator[NotChecked]:
        """The note that the facts are old, or of no known age; 0 hours stand for no limit."""
        if self.source is None or not hours:
            return
        renew = "`vmsnap-lint facts` prints the command that writes them anew"
        if not self.day:
            yield NotChecked(self.source.file, f"does not say from when it is: {renew}")
        elif today and _days(self.day, today) * 24 > hours:
            reason = f"cluster facts of {self.day}, what changed since is not known: {renew}"
            yield NotChecked(self.source.file, reason)


NONE = Facts()


def read(path: str) -> Facts:
    """The facts in a file; a UsageError where it cannot be read or holds what does not belong."""
    if path == "-" or os.path.isdir(path):
        raise UsageError("--facts takes a file: `vmsnap-lint facts` prints how to write it")
    try:
        found = sources.collect((path,), markers=(b"",)).files
    except UsageError as error:
        raise UsageError(f"--facts: {error}") from error
    data = found[0].data if found else b""
    source = document.read(path, data)
    for fault in source.faults:
        raise UsageError(f"--facts: {path}:{fault.span.line}: {fault.message}")
    objects = tuple(_known(one) for part in source.documents for one in manifests(part))
    day = _DAY.search(data)
    complete = _complete(data, objects, marked=day is not None)
    if not objects and not complete:
        raise UsageError(f"--facts: {path} holds none: see what kubectl had to say")
    return Facts(source, objects, complete, day[1].decode() if day else "")


def _known(manifest: Manifest) -> Manifest:
    """The object without what the command found nothing for."""
    if Kind(manifest.group, manifest.kind) not in _TAKEN:
        at = manifest.document.span((*manifest.root, "kind")).line
        raise UsageError(
            f'--facts: {manifest.file}:{at}: "{manifest.kind}" is no fact about the cluster: leave '
            "secrets and workloads out; `vmsnap-lint facts` prints a command that asks for none"
        )
    return Manifest(manifest.document, _filled(manifest.value), manifest.root)


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    """The mapping without null, "" and the mappings that are empty without these."""
    inner = {key: _filled(v) if isinstance(v, dict) else v for key, v in value.items()}
    return {key: below for key, below in inner.items() if below not in (None, "", {})}


def _complete(data: bytes, objects: Iterable[Manifest], *, marked: bool) -> frozenset[str]:
    """The kinds of which the file has every object; without marks, those it has any of.

    Where the CRDs are known, and that of a kind is not among them, there can be none of it.
    """
    found = {(one.group, one.kind) for one in objects}
    if not marked:
        return frozenset(kind.kind for kind in _RESOURCES.values() if kind in found)
    every = {match.decode("ascii", "replace") for match in _EVERY.findall(data)}
    defined = {one.name for one in objects if one.kind == CRD.kind}
    undefined = set(CRD_KINDS) - defined if CRDS in every else set()
    return frozenset(_RESOURCES[name].kind for name in (every | undefined) & _RESOURCES.keys())


def _days(since: str, until: str) -> int:
    """The days between two dates."""
    from datetime import date  # noqa: PLC0415 # few runs have facts

    try:
        return (date.fromisoformat(until) - date.fromisoformat(since)).days
    except ValueError:
        return 0
