"""What the status of an exported restore reports.

`doUpdateErrorWithFailure` and `hasConditionType` of kubevirt v1.9.0, pkg/storage/snapshot: a
condition Failure is final, whatever its status; other errors are the reason of the conditions
Progressing and Ready, and are retried.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["errors", "failure"]

# Reasons that are no errors, and one that goes away once the snapshot is ready.
_PROGRESS = re.compile(
    r"|Automatically stopping restore target.*|Creating new PVCs|Initializing VirtualMachineRestore"
    r"|Operation complete|Operation failed|Updating target spec|VM restore is deleting"
    r"|VMSnapshot \S+ not ready|Waiting for .*",
    re.DOTALL,
)


def failure(restore: Manifest) -> Blocker | None:
    """The failure that the status reports, or None."""
    found = status.condition(restore, "Failure")
    if found is None or restore.get("status", "complete") is True:
        return None
    index, condition = found
    reason = _text(condition.get("reason")) or _text(condition.get("message"))
    field = "reason" if condition.get("reason") else "type"
    named = f" with {verbatim(reason)}" if reason else ""
    message = f"the restore failed{named}: it is never taken up again"
    at = restore.at("status", "conditions", index, field)
    return Blocker(RestoreCause.FAILED, Effect.FAILED, Problem(at, message))


def errors(restore: Manifest) -> Iterator[Blocker]:
    """The error that the status reports, which the controller meets again and again."""
    for kind in ("Progressing", "Ready"):
        index, condition = status.condition(restore, kind) or (0, {})
        reason = _text(condition.get("reason"))
        if condition.get("status") == "True" or _PROGRESS.fullmatch(reason):
            continue
        at = restore.at("status", "conditions", index, "reason")
        message = f"the restore does not proceed, its status shows {verbatim(reason)}"
        yield Blocker(RestoreCause.FAILED, Effect.STUCK, Problem(at, message))
        return  # the other condition has the same reason


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
