"""Schema files become the schema and the API versions of a kind at a release.

The files are plain JSON Schema 2020-12 plus a few words of our own, see schemas/README.md.
"""

from __future__ import annotations

import json
import re
from functools import cache

from vmsnap_lint.core import data_files, kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

__all__ = [
    "KINDS", "Json", "Schema", "ServedVersion", "drops_status", "is_deprecated", "is_served",
    "schema_for", "versions",
]  # fmt: skip

Json = Any  # a decoded value, or a node of a schema (a dict, or True or False)
Schema = dict[str, Any]

KINDS = frozenset({
    kinds.BACKUP, kinds.BACKUP_TRACKER, kinds.CLONE, kinds.CONTENT, kinds.DATA_VOLUME,
    kinds.EXPORT, kinds.KUBEVIRT, kinds.POOL, kinds.PV, kinds.PVC, kinds.RESTORE, kinds.SNAPSHOT,
    kinds.STORAGE_CLASS, kinds.STORAGE_PROFILE, kinds.VM, kinds.VMI, kinds.VOLUME_SNAPSHOT,
    kinds.VOLUME_SNAPSHOT_CLASS, kinds.VOLUME_SNAPSHOT_CONTENT,
})  # fmt: skip

_REFERENCE = re.compile(r'"\$ref": "(?:\.\./parts/)?([a-z-]+)\.json"')


@cache
def _definition(kind: Kind) -> Schema | None:
    """The schema file of `kind`, with its parts under `$defs`; None for a kind without a file."""
    if kind not in KINDS:
        return None
    root, pending = _file(kind.group or "core", kind.kind)
    parts: dict[str, Schema] = {}
    while pending:
        name, *pending = pending
        if name not in parts:
            parts[name], more = _file("parts", name)
            pending += more
    return {**root, "$defs": dict(sorted(parts.items()))}


@cache
def _file(folder: str, name: str) -> tuple[Schema, list[str]]:
    """A schema file, which several kinds may share, and the parts that it refers to."""
    text = data_files.read_text("schemas", folder, f"{name}.json")
    return json.loads(text), _REFERENCE.findall(text)


@cache
def schema_for(kind: Kind, release: Release | None = None, status: bool = False) -> Schema | None:
    """The schema of `kind` as `release` has it (None: the newest), without references to files.

    Of a status that the API server drops before validation only the names of its fields are
    checked, as strict decoding comes first, and that it is an object where a webhook decodes it;
    with `status` all of it.
    """
    root = _definition(kind)
    if root is None:
        return None
    ours = root["x-project"] == "KubeVirt"
    view = _View(kind.group, release if ours else None, status, ours)
    fitted: Schema = _fit(root, view)
    if _is_dropped(root["properties"].get("status", {}), view):
        node = root["properties"]["status"]
        kept = {"type": node["type"]} if node.get("x-decoded") else {}
        loose = _loosened(node, root["$defs"])
        fitted["properties"]["status"] = {**loose, **kept, "x-loose": True}
    return fitted


def drops_status(kind: Kind) -> bool:
    """Whether the API server drops the status of an object of this kind that is applied."""
    root = _definition(kind)
    return root is not None and "x-dropped" in root["properties"].get("status", {})


class _View(NamedTuple):
    """What a schema is reduced to: group, release, mode; `ours` where releases are KubeVirt's."""

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
    if _newer(node.get("x-since"), view):
        return {"not": {}, "x-since": node["x-since"]}
    removed = node.get("x-removed")
    if removed and not _newer(removed, view):
        return {"not": {}, "x-removed": removed}
    return _fit(node, view)


def _is_dropped(node: Schema, view: _View) -> bool:
    dropped = node.get("x-dropped")
    return bool(dropped) and not view.status and (dropped is True or not _newer(dropped, view))


def _loosened(node: Json, parts: dict[str, Schema]) -> Schema:
    """A schema of the same fields, in any release and of any type."""
    if "$ref" in node:
        node = parts[node["$ref"].rpartition("/")[2].removesuffix(".json")]
    loose: Schema = {}
    if "properties" in node:
        fields = node["properties"].items()
        loose["properties"] = {name: _loosened(field, parts) for name, field in fields}
    for word in ("additionalProperties", "items"):
        if isinstance(node.get(word), dict):
            loose[word] = _loosened(node[word], parts)
    if node.get("additionalProperties") is False:
        loose["additionalProperties"] = False
    return loose


def _newer(release: str | None, view: _View) -> bool:
    if not release or view.release is None:
        return False
    named = Release.parse(release)
    return named is not None and named > view.release


class ServedVersion(NamedTuple):
    """An API version of a kind, and the releases of the kind's own project that changed it."""

    name: str
    since: Release | None
    deprecated: Release | None
    removed: Release | None


@cache
def versions(kind: Kind) -> dict[str, ServedVersion]:
    """Every version of `kind` by name, oldest first; empty for a kind that has no schema."""
    root = _definition(kind)
    return {name: _version(name, row) for name, row in root["x-versions"].items()} if root else {}


def is_served(kind: Kind, version: str, release: Release | None = None) -> bool:
    """Whether `release` of KubeVirt (None: the newest known) serves `kind` at `version`.

    Kinds of other projects follow releases of their own, so there a version that is gone counts
    as not served at any release of KubeVirt.
    """
    row = versions(kind).get(version)
    if row is None:
        return False
    if release is None or not _is_kubevirt(kind):
        return row.removed is None
    return (row.since or release) <= release and (row.removed is None or release < row.removed)


def is_deprecated(kind: Kind, version: str, release: Release | None = None) -> bool:
    """Whether `version` is served with a warning, or by another project no longer."""
    row = versions(kind).get(version)
    if row is None or row.deprecated is None:
        return False
    return release is None or not _is_kubevirt(kind) or row.deprecated <= release


def _version(name: str, row: dict[str, str]) -> ServedVersion:
    since, deprecated, removed = (
        Release.parse(row[word]) if word in row else None
        for word in ("since", "deprecated", "removed")
    )
    return ServedVersion(name, since, deprecated, removed)


def _is_kubevirt(kind: Kind) -> bool:
    root = _definition(kind)
    return root is not None and root["x-project"] == "KubeVirt"
