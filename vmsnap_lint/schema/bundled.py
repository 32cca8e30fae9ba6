"""Schema files become the one schema that fits a kind at a release.

The files are plain JSON Schema 2020-12 plus a few words of our own, told in schemas/README.md.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core import data_files, kinds
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

__all__ = ["KINDS", "Json", "Schema", "definition", "schema_for"]

Json = Any  # a decoded value, or a node of a schema (a mapping, or True or False)
Schema = dict[str, Any]

KINDS = frozenset({
    kinds.BACKUP, kinds.BACKUP_TRACKER, kinds.CLONE, kinds.CONTENT, kinds.DATA_VOLUME,
    kinds.EXPORT, kinds.KUBEVIRT, kinds.POOL, kinds.PV, kinds.PVC, kinds.RESTORE, kinds.SNAPSHOT,
    kinds.STORAGE_CLASS, kinds.STORAGE_PROFILE, kinds.VM, kinds.VMI, kinds.VOLUME_SNAPSHOT,
    kinds.VOLUME_SNAPSHOT_CLASS, kinds.VOLUME_SNAPSHOT_CONTENT,
})  # fmt: skip

_PART = re.compile(r'"\$ref": "(?:\.\./parts/)?([a-z-]+)\.json"')


@cache
def definition(kind: Kind) -> Schema | None:
    """What the file of `kind` says, its parts under `$defs`; None for a kind without a file."""
    if kind not in KINDS:
        return None
    text = data_files.read_text("schemas", kind.group or "core", f"{kind.kind}.json")
    parts: dict[str, Schema] = {}
    wanted = _PART.findall(text)
    while wanted:
        name = wanted.pop()
        if name not in parts:
            part = data_files.read_text("schemas", "parts", f"{name}.json")
            parts[name] = json.loads(part)
            wanted += _PART.findall(part)
    root: Schema = json.loads(text)
    root["$defs"] = dict(sorted(parts.items()))
    return root


@cache
def schema_for(kind: Kind, release: Release | None = None, status: bool = False) -> Schema | None:
    """The schema of `kind` as `release` has it (None: the newest), without references to files.

    A status that the API server drops before it looks is left unchecked unless `status` is set.
    """
    root = definition(kind)
    if root is None:
        return None
    ours = root["x-project"] == "KubeVirt"
    fitted: Schema = _fit(root, _View(kind.group, release if ours else None, status, ours))
    return fitted


class _View(NamedTuple):
    """For whom a schema is cut: which group, release and mode; `ours` where KubeVirt's count."""

    group: str
    release: Release | None
    status: bool
    ours: bool


def _fit(node: Json, view: _View) -> Json:
    if not isinstance(node, dict):
        return node
    fitted = {}
    for word, value in node.items():
        if word in ("$defs", "properties"):
            fitted[word] = _fit_each(value, view)
        elif word == "$ref":
            fitted[word] = "#/$defs/" + value.rpartition("/")[2].removesuffix(".json")
        elif word in ("additionalProperties", "if", "items", "then"):
            fitted[word] = _fit(value, view)
        elif word != "enum" or not _newer(node.get("x-enum-since"), view):
            fitted[word] = value
    return fitted


def _fit_each(named: Schema, view: _View) -> Schema:
    return {
        name: _fit_property(node, view)
        for name, node in named.items()
        if node.get("x-only", view.group) == view.group and (view.ours or "x-removed" not in node)
    }


def _fit_property(node: Schema, view: _View) -> Json:
    if not view.status and _is_dropped(node, view):
        return True
    if _newer(node.get("x-since"), view):
        return {"not": {}, "x-since": node["x-since"], "x-target": str(view.release)}
    removed = node.get("x-removed")
    if removed and (view.release is None or not _newer(removed, view)):
        return {"not": {}, "x-removed": removed}
    return _fit(node, view)


def _is_dropped(node: Schema, view: _View) -> bool:
    since = node.get("x-dropped", False)
    return since is True or (isinstance(since, str) and not _newer(since, view))


def _newer(release: str | None, view: _View) -> bool:
    if release is None or view.release is None:
        return False
    parsed = Release.parse(release)
    return parsed is not None and parsed > view.release
