"""VolumeSnapshots of a VM and their data."""

from __future__ import annotations

from vmsnap_lint.checks.causes import evidence_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import CONTENT, VOLUME_SNAPSHOT

__all__ = ["CHECKS"]

CHECKS: dict[str, Check] = {
    "snapshot-chain-broken": row((VOLUME_SNAPSHOT,), evidence_causes),
    "volumesnapshot-mismatch": row((CONTENT, VOLUME_SNAPSHOT), evidence_causes),
    "volumesnapshot-not-ready": row((VOLUME_SNAPSHOT,), evidence_causes),
}
