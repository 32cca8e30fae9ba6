"""Restores and backups become those that stand in each other's way.

The webhooks admit one at a time: restores of one target and backups of one source, compared as
whole references (kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go and vmbackup.go). A restore
that failed still counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import BACKUP, RESTORE, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["has_ended", "rivals"]

_FIELDS: Mapping[Kind, str] = {BACKUP: "source", RESTORE: "target"}
_LAST = ("Done", "Failed", "Succeeded")


def has_ended(manifest: Manifest) -> bool:
    """Whether an export shows the restore or the backup to be over."""
    if manifest.kind == RESTORE.kind:
        return manifest.get("status", "complete") is True
    return any(
        condition.get("type") in _LAST and condition.get("status") == "True"
        for _, condition in manifest.items("status", "conditions")
    )


def rivals(cluster: Cluster) -> dict[Manifest, Manifest]:
    """Each restore and backup that another one keeps from being admitted, with that other one."""
    first: dict[tuple[str, str | None, str], Manifest] = {}
    found = {}
    for kind, field in _FIELDS.items():
        for manifest in sorted(cluster.workspace.of(kind), key=_order):
            named = manifest.get("spec", field)
            if has_ended(manifest) or not _names_one(named):
                continue
            whole = json.dumps(named, sort_keys=True, default=str)
            key = (kind.kind, _home(cluster, manifest.namespace), whole)
            other = first.setdefault(key, manifest)
            if other.name != manifest.name:
                found[manifest] = other
    return found


def _order(manifest: Manifest) -> tuple[bool, str, str]:
    """What is in the cluster already comes first, then the names decide."""
    return (not manifest.is_export, manifest.name, manifest.file)


def _names_one(named: object) -> bool:
    return isinstance(named, dict) and isinstance(named.get("name"), str) and bool(named["name"])


def _home(cluster: Cluster, namespace: str | None) -> str | None:
    """An unset namespace may surely be `default`, as in the export of a whole cluster."""
    same = cluster.workspace.same_namespace
    return "default" if namespace is None and same(None, "default") else namespace
