"""A restore becomes what it is about, what hinders it, and what it leaves behind."""

from vmsnap_lint.kubevirt.restore.blockers import Blocker, BlockerEffect, blockers_of
from vmsnap_lint.kubevirt.restore.claim_names import claim_after, claim_place
from vmsnap_lint.kubevirt.restore.restore_plan import (
    RestoredVolume,
    RestorePlan,
    RestoreVerdict,
    VolumeOutcome,
    restore_plan,
    restored,
)
from vmsnap_lint.kubevirt.restore.subject import (
    MEMORY_DUMP,
    Relation,
    RestoreSubject,
    SavedVolume,
    restoration,
)

__all__ = [
    "MEMORY_DUMP",
    "Blocker",
    "BlockerEffect",
    "Relation",
    "RestorePlan",
    "RestoreSubject",
    "RestoreVerdict",
    "RestoredVolume",
    "SavedVolume",
    "VolumeOutcome",
    "blockers_of",
    "claim_after",
    "claim_place",
    "restoration",
    "restore_plan",
    "restored",
]  # fmt: skip
