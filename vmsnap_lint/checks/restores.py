"""Restores that are rejected or never complete.

The causes come from vmsnap_lint.kubevirt.restore.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import blockers, copy_blockers, rejections, rows
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import CLONE, RESTORE
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause

__all__ = ["CHECKS"]

# The other one is restore-name-collision, as most PVCs that exist are.
_CAUSES = [cause for cause in RestoreCause if cause is not RestoreCause.CLAIM_NOT_BOUND]

CHECKS: dict[str, Check] = {
    **rows((RESTORE,), blockers, _CAUSES),
    "restore-patch-colon": row((CLONE, RESTORE), blockers, copy_blockers),
    "restore-patch-inapplicable": row((CLONE, RESTORE), blockers, copy_blockers),
    "restore-patch-path": row((CLONE, RESTORE), blockers, copy_blockers),
    "restore-policy-unknown": row((RESTORE,), rejections, blockers),
    "restore-target-invalid": row((RESTORE,), rejections),
}
