"""What keeps a restore from being admitted or from completing.

How is worked out in vmsnap_lint.kubevirt.restore.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import blockers, rejections
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import RESTORE

__all__ = ["CHECKS"]

CHECKS: dict[str, Check] = {
    "restore-cross-namespace": row((RESTORE,), blockers),
    "restore-duplicate-target": row((RESTORE,), blockers),
    "restore-newvm-backend-state": row((RESTORE,), blockers),
    "restore-override-invalid": row((RESTORE,), blockers),
    "restore-patch-colon": row((RESTORE,), blockers),
    "restore-patch-malformed": row((RESTORE,), blockers),
    "restore-patch-path": row((RESTORE,), blockers),
    "restore-policy-unknown": row((RESTORE,), rejections, blockers),
    "restore-snapshot-missing": row((RESTORE,), blockers),
    "restore-snapshot-unusable": row((RESTORE,), blockers),
    "restore-target-invalid": row((RESTORE,), rejections),
    "restore-target-is-other-vm": row((RESTORE,), blockers),
    "restore-target-running": row((RESTORE,), blockers),
}
