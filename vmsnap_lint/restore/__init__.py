"""A restore becomes what it is about, what hinders it, and what it leaves behind. Floor 4.3."""

from vmsnap_lint.restore.hindrances import Fate, Hindrance, hindrances
from vmsnap_lint.restore.names import claim_after, claim_place
from vmsnap_lint.restore.outcome import (
    Ending,
    Outcome,
    RestoredVolume,
    RestorePlan,
    restore_plan,
    restored,
)
from vmsnap_lint.restore.restoration import (
    MEMORY_DUMP,
    Relation,
    Restoration,
    SavedVolume,
    restoration,
)

__all__ = [
    "MEMORY_DUMP", "Ending", "Fate", "Hindrance", "Outcome", "Relation", "Restoration",
    "RestorePlan", "RestoredVolume", "SavedVolume", "claim_after", "claim_place", "hindrances",
    "restoration", "restore_plan", "restored",
]  # fmt: skip
