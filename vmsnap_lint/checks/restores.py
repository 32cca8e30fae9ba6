"""Restores that are rejected or never complete.

The causes come from vmsnap_lint.kubevirt.restore.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import blockers, rejections, rows
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import RESTORE
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause

__all__ = ["CHECKS"]

CHECKS: dict[str, Check] = {
    **rows((RESTORE,), blockers, RestoreCause),
    "restore-policy-unknown": row((RESTORE,), rejections, blockers),
    "restore-target-invalid": row((RESTORE,), rejections),
}
