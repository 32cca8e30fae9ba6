"""A volume of a VM, and the causes that decide whether a snapshot contains it."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.objects.references import SOURCES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest, Place, SourceSpan
    from vmsnap_lint.objects.remedies import Remedy

__all__ = [
    "SOURCES", "UNCERTAIN", "Cause", "Choice", "StorageCause", "Volume", "left_out", "unverified",
]  # fmt: skip

UNCERTAIN = {
    Absence.AMBIGUOUS: "has several different definitions",
    Absence.UNKNOWN: "is not in the input",
}
"""The absences from which nothing follows, in words."""


class _Nature(NamedTuple):
    """The properties of a kind of cause."""

    what: str
    is_hopeless: bool = False
    """No snapshot class can exist for the volume."""
    lacks_class: bool = False
    """A class is missing; if a change deleted it, CLASS_DELETED replaces the cause."""
    holds_for_state: bool = False
    """It applies as it is to the PVC with the state of a TPM or EFI."""
    explains: bool = True
    """It is the reason why the volume is left out, not only the fact."""
    of_class: bool = False
    """It is a fault of the VolumeSnapshotClass, for all volumes that it is used for."""


class StorageCause(Enum):
    """Why a volume is left out, blocks the snapshot, or cannot be judged."""

    AMBIGUOUS_CLASS = _Nature("several snapshot classes fit, and none is the default")
    CLAIM_MISSING = _Nature("the namespace has no such PVC")
    CLAIM_NOT_ADOPTED = _Nature("the PVC of a DataVolume's name is not its own")
    CLAIM_NOT_BOUND = _Nature("the PVC is not Bound", holds_for_state=True)
    CLAIM_NOT_POPULATED = _Nature("the DataVolume of the PVC has not succeeded")
    CLAIM_TERMINATING = _Nature("the PVC is being deleted", holds_for_state=True)
    CLAIM_WITHOUT_CLASS = _Nature("the PVC has no StorageClass")
    CLASS_DELETED = _Nature("a class that the volume needs was deleted")
    CLASS_OF_OTHER_CLUSTER = _Nature(
        "the class is for another Ceph cluster", holds_for_state=True, of_class=True
    )
    CLASS_OF_OTHER_DRIVER = _Nature("the class in the StorageProfile has another driver")
    CLASS_WITHOUT_SECRET = _Nature(
        "the class lacks parameters of its driver", holds_for_state=True, of_class=True
    )
    DATA_VOLUME_MISSING = _Nature("the namespace has no such DataVolume")
    DEFAULT_CLASS = _Nature("no StorageClass is the default, or several are")
    DISABLED_IN_STATUS = _Nature("the status of the VM shows that it is left out", explains=False)
    DRIVER_UNSUPPORTED = _Nature("the CSI driver has no snapshots", is_hopeless=True)
    IN_TREE_PROVISIONER = _Nature("the provisioner is an in-tree plugin", is_hopeless=True)
    NEVER_STARTED = _Nature("the state PVC is created when the VM starts first")
    NO_ACCESS_MODE = _Nature("neither the DataVolume nor CDI sets accessModes")
    NO_SNAPSHOT_CLASS = _Nature("no snapshot class has the driver", lacks_class=True)
    NON_CSI_PROVISIONER = _Nature("the provisioner is not a CSI driver", is_hopeless=True)
    PROFILE_DANGLING = _Nature("the class in the StorageProfile does not exist", lacks_class=True)
    PV_NOT_CSI = _Nature("the bound volume has no CSI driver", holds_for_state=True)
    PV_OF_OTHER_DRIVER = _Nature("the bound volume has another driver", holds_for_state=True)
    SOURCE_IN_USE = _Nature("the PVC to be cloned is in use")
    SOURCE_MISSING = _Nature("what the DataVolume clones does not exist")
    SOURCE_UNVERIFIED = _Nature("what the DataVolume clones is not in the input", explains=False)
    STATE_CLASS = _Nature("the state PVC has a class without snapshots")
    STORAGE_CLASS_MISSING = _Nature("the StorageClass does not exist", lacks_class=True)
    UNVERIFIED = _Nature(
        "an object that decides is not in the input",
        lacks_class=True, holds_for_state=True, explains=False,
    )  # fmt: skip
    WAITS_FOR_CONSUMER = _Nature("a halted VM is the first consumer", holds_for_state=True)


class Cause(NamedTuple):
    """One reason. `severity` is set where the evidence is weaker than usual.

    `at` is the place to fix, if that is not the volume; `about` is the missing object, which is
    reported once, `gap` what may make it. `effect` is STUCK where the whole snapshot never
    completes for it, DOUBT where it may not; None where only the volume is concerned, or nothing.
    `fixes` are what would mend it.
    """

    kind: StorageCause
    reason: str
    related: tuple[Place | SourceSpan, ...] = ()
    severity: Severity | None = None
    at: Place | None = None
    about: str = ""
    gap: Gap | None = None
    effect: Effect | None = None
    fixes: tuple[Remedy, ...] = ()


class Choice(NamedTuple):
    """The snapshot class that is used for a volume. `included` is None where it is unknown.

    `storage_class` and `profile` are the objects that decided, or None.
    """

    snapshot_class: str | None
    included: bool | None
    causes: tuple[Cause, ...] = ()
    storage_class: Manifest | None = None
    profile: Manifest | None = None

    @property
    def blocks(self) -> bool:
        """Whether the snapshot never becomes ready."""
        return any(cause.effect is Effect.STUCK for cause in self.causes)


class Volume(NamedTuple):
    """A volume, and whether a snapshot contains it.

    `source` is the key of its type (`persistentVolumeClaim`, `containerDisk`, ...; for the state of
    a persistent TPM or EFI, `backendState`). `included` is None where it is unknown. `at` is the
    reference to the PVC, `choice` the result for its StorageClass, if that is known.
    """

    name: str
    source: str
    at: Place
    persistent: bool
    claim: Claim | None = None
    storage_class: str | None = None
    snapshot_class: str | None = None
    included: bool | None = None
    causes: tuple[Cause, ...] = ()
    choice: Choice | None = None

    @property
    def blocks(self) -> bool:
        """Whether the whole snapshot never completes because of this volume."""
        return any(cause.effect is Effect.STUCK for cause in self.causes)

    @property
    def is_doubtful(self) -> bool:
        """Whether the whole snapshot may not complete because of this volume."""
        return any(cause.effect is Effect.DOUBT for cause in self.causes)

    @property
    def claim_name(self) -> str | None:
        """The name of its PVC."""
        return self.claim.name if self.claim else None

    @property
    def reason(self) -> str:
        """Why it is in the snapshot, is not, or is unknown."""
        told = "; ".join(cause.reason for cause in self.causes)
        if self.included and all(c.kind is StorageCause.SOURCE_UNVERIFIED for c in self.causes):
            taken = f'snapshotted with VolumeSnapshotClass "{self.snapshot_class}"'
            return f"{taken}; {told}" if told else taken
        if told:
            return told
        if not self.persistent:
            return f"{self.source} volumes are never snapshotted" if self.source else "no source"
        return "unknown from the input"


def unverified(about: str, absence: Absence, *related: Place, gap: Gap | None = None) -> Cause:
    """The cause that nothing is known about an object, which `gap` may make."""
    if gap is not None and absence is Absence.UNKNOWN:
        reason, places = gap.explain(about), (*related, *gap.places())
        return Cause(StorageCause.UNVERIFIED, reason, places, about=about, gap=gap)
    reason = f"{about} {UNCERTAIN[absence]}"
    return Cause(StorageCause.UNVERIFIED, reason, related, about=about)


def left_out(
    kind: StorageCause,
    reason: str,
    *related: Place,
    certain: bool = True,
    fixes: tuple[Remedy, ...] = (),
) -> Choice:
    """The choice of no snapshot class, for certain or as far as the input shows."""
    severity = None if certain else Severity.WARNING
    cause = Cause(kind, reason, related, severity, fixes=fixes)
    return Choice(None, False if certain else None, (cause,))
