"""Finds restores and backups that are rejected because of another one.

The webhooks admit one at a time: restores of one target and backups of one source, compared as
whole references (kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go and vmbackup.go). A restore
that failed still counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import BACKUP, RESTORE, Kind
from vmsnap_lint.kubevirt.run_state import has_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["conflicts", "has_ended"]

_FIELDS: Mapping[Kind, str] = {BACKUP: "source", RESTORE: "target"}


def has_ended(manifest: Manifest) -> bool:
    """Whether an export shows that the restore or the backup has ended."""
    if manifest.kind == RESTORE.kind:
        return manifest.get("status", "complete") is True
    return any(
        has_condition(manifest, kind) for kind in ("Complete", "Done", "Failed", "Succeeded")
    )


def conflicts(cluster: Cluster) -> dict[Manifest, Manifest]:
    """Each restore and backup that is rejected because of another one, with that other one."""
    first: dict[tuple[str, str | None, str], Manifest] = {}
    others = {}
    unset_is_default = cluster.workspace.same_namespace(None, "default")
    for kind, field in _FIELDS.items():
        for manifest in sorted(cluster.workspace.of(kind), key=_order):
            reference = manifest.mapping("spec", field)
            if has_ended(manifest) or not manifest.text("spec", field, "name"):
                continue
            namespace = manifest.namespace or ("default" if unset_is_default else None)
            text = json.dumps(reference, sort_keys=True, default=str)
            other = first.setdefault((kind.kind, namespace, text), manifest)
            if other.name != manifest.name:
                others[manifest] = other
    return others


def _order(manifest: Manifest) -> tuple[bool, str, str]:
    """Objects of the cluster come first, then the names decide."""
    return (not manifest.is_export, manifest.name, manifest.file)
