"""Exports and backups that are rejected, wait or fail.

The causes come from vmsnap_lint.kubevirt.copies.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import copy_blockers, rejections, rows
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import BACKUP, BACKUP_TRACKER, EXPORT
from vmsnap_lint.kubevirt.copies.backup_cause import BackupCause
from vmsnap_lint.kubevirt.copies.export_cause import ExportCause

__all__ = ["CHECKS"]

_BACKUPS = (BACKUP, BACKUP_TRACKER)
CHECKS: dict[str, Check] = {
    **rows((BACKUP,), copy_blockers, (BackupCause.TARGET_CLAIM, BackupCause.VM_OFFLINE)),
    **rows((EXPORT,), copy_blockers, ExportCause),
    "backup-cbt-off": row(_BACKUPS, copy_blockers),
    "backup-invalid": row(_BACKUPS, rejections, copy_blockers),
    "backup-source-missing": row(_BACKUPS, copy_blockers),
}
