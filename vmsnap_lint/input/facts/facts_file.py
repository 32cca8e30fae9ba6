"""Reads a file of cluster facts.

The file holds what the command prints: of StorageClasses, VolumeSnapshotClasses, StorageProfiles,
KubeVirt objects and CRDs the few fields that decide about snapshots, selected one by one, so that
parameters, annotations and other contents of such objects are not copied. Its first line is its
date. After the objects of a kind that kubectl could list, a comment marks the kind as complete:
kubectl also fails where it is not allowed to list a kind, of which objects may exist.
"""

from __future__ import annotations

import os
import re
from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core import kinds
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.input.facts.cluster_facts import ClusterFacts
from vmsnap_lint.input.facts.facts_script import CRD_KINDS, CRDS, KINDS
from vmsnap_lint.input.files import load, shown
from vmsnap_lint.objects.manifest import Manifest, manifests

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read"]

_READ = (kinds.STORAGE_CLASS, kinds.VOLUME_SNAPSHOT_CLASS, kinds.STORAGE_PROFILE, kinds.KUBEVIRT)
_RESOURCES = dict(zip(KINDS, _READ, strict=True))
_ALLOWED = frozenset((*_RESOURCES.values(), kinds.CRD, kinds.HYPERCONVERGED, kinds.CDI))
_DAY = re.compile(rb"(?m)^# vmsnap-lint facts (\d{4}-\d\d-\d\d)T")
_EVERY = re.compile(rb"(?m)^# every (\S+)[ \t\r]*$")


def read(path: str) -> ClusterFacts:
    """The facts in a file. Raises UsageError where it cannot be read or holds other objects."""
    if path == "-" or os.path.isdir(path):
        raise UsageError("--facts needs a file (`vmsnap-lint facts` prints how to write it)")
    try:
        data = load(path, path)
    except UsageError as error:
        raise UsageError(f"--facts: {error}") from error
    source = document.read(shown(path), data)
    for fault in source.faults:
        raise UsageError(f'--facts, line {fault.span.line} of "{path}": {fault.message}')
    objects = tuple(map(_fact, chain.from_iterable(map(manifests, source.documents))))
    day = _DAY.search(data)
    complete = _complete(data, objects, marked=day is not None)
    if not objects and not complete:
        raise UsageError(f'--facts: "{path}" contains no facts; check the output of kubectl')
    return ClusterFacts(source, objects, complete, day[1].decode() if day else "")


def _fact(manifest: Manifest) -> Manifest:
    """The object without the fields that the command found empty."""
    if manifest.group_kind not in _ALLOWED:
        line = manifest.document.span((*manifest.root, "kind")).line
        raise UsageError(
            f'--facts, line {line} of "{manifest.file}": "{manifest.kind}" does not belong in a '
            "facts file (use the command that `vmsnap-lint facts` prints)"
        )
    return Manifest(manifest.document, _filled(manifest.value), manifest.root)


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    """The object without null, "" and the objects that are empty without these."""
    inner = {key: _filled(v) if isinstance(v, dict) else v for key, v in value.items()}
    return {key: below for key, below in inner.items() if below not in (None, "", {})}


def _complete(data: bytes, objects: Iterable[Manifest], *, marked: bool) -> frozenset[str]:
    """The kinds of which the file has every object; without marks, those it has any of.

    A kind without a CRD, where the CRDs are complete, has no objects.
    """
    if not marked:
        present = {fact.group_kind for fact in objects}
        return frozenset(kind.kind for kind in present.intersection(_RESOURCES.values()))
    every = {match.decode("ascii", "replace") for match in _EVERY.findall(data)}
    defined = {fact.name for fact in objects if fact.kind == kinds.CRD.kind}
    undefined = set(CRD_KINDS) - defined if CRDS in every else set()
    return frozenset(_RESOURCES[name].kind for name in (every | undefined) & _RESOURCES.keys())
