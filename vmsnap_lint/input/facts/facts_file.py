"""A file of cluster facts becomes what is known of the cluster beside the input.

The file is what the command prints: of StorageClasses, VolumeSnapshotClasses,
StorageProfiles, KubeVirt objects and CRDs the few fields that decide about snapshots, picked one by
one, so that parameters, annotations and whatever else people keep in such objects stay where they
are. Its first line says from when it is. Behind what kubectl could read of a kind, a comment says
that this is every object of it: kubectl also fails where it may not read a kind, and what it was
not allowed to see may well exist.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import (
    CDI,
    CRD,
    HYPERCONVERGED,
    KUBEVIRT,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.input.facts.cluster_facts import ClusterFacts
from vmsnap_lint.input.facts.facts_script import CRD_KINDS, CRDS, KINDS
from vmsnap_lint.input.files import load, shown
from vmsnap_lint.objects.manifest import Manifest, manifests

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read"]

_RESOURCES = dict(
    zip(KINDS, (STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS, STORAGE_PROFILE, KUBEVIRT), strict=True)
)
_TAKEN = frozenset((*_RESOURCES.values(), CRD, HYPERCONVERGED, CDI))
_DAY = re.compile(rb"(?m)^# vmsnap-lint facts (\d{4}-\d\d-\d\d)T")
_EVERY = re.compile(rb"(?m)^# every (\S+)[ \t\r]*$")


def read(path: str) -> ClusterFacts:
    """The facts in a file; a UsageError where it cannot be read or holds what does not belong."""
    if path == "-" or os.path.isdir(path):
        raise UsageError("--facts takes a file: `vmsnap-lint facts` prints how to write it")
    try:
        data = load(path, path)
    except UsageError as error:
        raise UsageError(f"--facts: {error}") from error
    source = document.read(shown(path), data)
    for fault in source.faults:
        raise UsageError(f"--facts: {path}:{fault.span.line}: {fault.message}")
    objects = tuple(_known(one) for part in source.documents for one in manifests(part))
    day = _DAY.search(data)
    complete = _complete(data, objects, marked=day is not None)
    if not objects and not complete:
        raise UsageError(f"--facts: {path} holds none: see what kubectl had to say")
    return ClusterFacts(source, objects, complete, day[1].decode() if day else "")


def _known(manifest: Manifest) -> Manifest:
    """The object without what the command found nothing for."""
    if manifest.group_kind not in _TAKEN:
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
    found = {one.group_kind for one in objects}
    if not marked:
        return frozenset(kind.kind for kind in _RESOURCES.values() if kind in found)
    every = {match.decode("ascii", "replace") for match in _EVERY.findall(data)}
    defined = {one.name for one in objects if one.kind == CRD.kind}
    undefined = set(CRD_KINDS) - defined if CRDS in every else set()
    return frozenset(_RESOURCES[name].kind for name in (every | undefined) & _RESOURCES.keys())
