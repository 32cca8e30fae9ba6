"""Finds restores and backups that are rejected because of another one.

The webhooks admit one at a time: restores of one target and backups of one source, compared as
whole references (kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go and vmbackup.go). The one
that is admitted first stays; a restore that failed still counts.
"""

from __future__ import annotations

import json

from vmsnap_lint.core.kinds import BACKUP, RESTORE, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.run_state import has_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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


def conflicts(
    cluster: Cluster, is_rejected: Callable[[Manifest], bool]
) -> dict[Manifest, Manifest]:
    """Each restore and backup that is rejected because of another one, with that other one.

    One that is rejected for another reason is in nobody's way.
    """
    groups: dict[tuple[str, str | None, str], list[Manifest]] = {}
    unset_is_default = cluster.workspace.same_namespace(None, "default")
    for kind, field in _FIELDS.items():
        for manifest in sorted(cluster.workspace.of(kind), key=_order):
            reference = manifest.mapping("spec", field)
            if has_ended(manifest) or not manifest.text("spec", field, "name"):
                continue
            namespace = manifest.namespace or ("default" if unset_is_default else None)
            text = json.dumps(reference, sort_keys=True, default=str)
            groups.setdefault((kind.kind, namespace, text), []).append(manifest)
    others: dict[Manifest, Manifest] = {}
    for group in groups.values():
        if len(group) > 1:
            others.update(_later(group, is_rejected))
    return others


def _later(
    group: list[Manifest], is_rejected: Callable[[Manifest], bool]
) -> Iterator[tuple[Manifest, Manifest]]:
    """Each object of another name than the first one that is admitted, with that one."""
    first: Manifest | None = None
    for manifest in group:
        if first is not None and first.name != manifest.name:
            yield manifest, first
        elif first is None and (manifest.is_export or not is_rejected(manifest)):
            first = manifest


def _order(manifest: Manifest) -> tuple[bool, tuple[object, ...]]:
    """Objects of the cluster come first, then those that are applied first."""
    return not manifest.is_export, manifest.position
