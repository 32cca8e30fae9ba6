"""Says what a verdict, and the outcome of a volume, mean for each kind of plan."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.snapshot.predicted import VolumePlan
    from vmsnap_lint.kubevirt.verdict import Verdict

__all__ = ["Wording", "answer", "words"]


class Wording(NamedTuple):
    """A text and its style: good, warning, error or dim."""

    text: str
    style: str


_SNAPSHOT = {
    "complete": Wording("it contains every persistent volume", "good"),
    "empty": Wording("it becomes Ready without data", "warning"),
    "failed": Wording("it ends without success, and is not taken up again", "error"),
    "partial": Wording("it becomes Ready without a persistent volume", "error"),
    "rejected": Wording("it is not accepted by the API server", "error"),
    "stuck": Wording("it is accepted, never becomes Ready, and fails at its deadline", "error"),
    "unknown": Wording("the input does not show enough, or shows a doubt", "warning"),
}
_RESTORE = {
    **_SNAPSHOT,
    "complete": Wording("every volume is restored", "good"),
    "empty": Wording("only settings are restored, there is no disk", "warning"),
    "partial": Wording("it completes, but a volume is lost or not restored", "error"),
    "stuck": Wording("it is accepted, but never completes", "error"),
}
_CLONE = {
    **_RESTORE,
    "complete": Wording("every volume is cloned", "good"),
    "empty": Wording("only settings are cloned, there is no disk", "warning"),
    "partial": Wording("it completes, but a volume is not cloned", "error"),
}
_EXPORT = {
    **_RESTORE,
    "complete": Wording("every volume is exported", "good"),
    "empty": Wording("it is skipped, there is no volume to export", "warning"),
    "partial": Wording("it becomes Ready without a volume", "error"),
    "stuck": Wording("it is accepted, but never becomes Ready", "error"),
}
_OF_KIND = {
    SNAPSHOT: _SNAPSHOT,
    VM: _SNAPSHOT,
    RESTORE: _RESTORE,
    CLONE: _CLONE,
    EXPORT: _EXPORT,
}
# The styles of the outcomes of a restored volume; all others are errors.
_OUTCOMES = {"created": "good", "overwritten": "good", "unknown": "warning"}


def words(kind: Kind, verdict: Verdict) -> Wording:
    """What the verdict means for an object of that kind; of a VM it is that of a preview."""
    return _OF_KIND[kind][verdict.value]


def answer(volume: VolumePlan | RestoredVolume | ExportedVolume) -> Wording:
    """Whether a volume is in a snapshot or export, or its outcome in a restore or clone."""
    if isinstance(volume, RestoredVolume):
        outcome = volume.outcome.value
        return Wording(outcome, _OUTCOMES.get(outcome, "error"))
    if volume.included is None:
        return Wording("?", "warning")
    if volume.included:
        return Wording("yes", "good")
    is_needed = isinstance(volume, ExportedVolume) or volume.persistent
    return Wording("NO", "error") if is_needed else Wording("no", "dim")
