"""A volume of a VM with everything that decides whether a snapshot holds it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.objects.references import CLAIM_FIELDS

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Severity
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["PERSISTENT", "SOURCES", "Cause", "Choice", "StorageCause", "Volume"]

PERSISTENT = frozenset(CLAIM_FIELDS)
# Every member of VolumeSource: kubevirt v1.9.0, staging/src/kubevirt.io/api/core/v1/schema.go
SOURCES = PERSISTENT | {
    "cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "containerDisk", "containerPath",
    "downwardAPI", "downwardMetrics", "emptyDisk", "ephemeral", "hostDisk", "secret",
    "serviceAccount", "sysprep",
}  # fmt: skip


class _Nature(NamedTuple):
    """What a cause is, whatever volume it concerns."""

    what: str
    blocks: bool = False
    """The snapshot never becomes ready."""
    is_hopeless: bool = False
    """No snapshot class could ever help."""
    lacks_class: bool = False
    """A class is not there; where a change deleted it, the deletion says more."""
    holds_for_state: bool = False
    """It is the same cause where the claim keeps the state of a TPM or EFI."""
    explains: bool = True
    """It says why the volume is left out, rather than that it is or may be."""


class StorageCause(Enum):
    """Why a volume is left out, blocks the snapshot, or cannot be judged."""

    AMBIGUOUS_CLASS = _Nature("several snapshot classes fit, and none is the default")
    CLAIM_MISSING = _Nature("the namespace has no such claim")
    CLAIM_NOT_BOUND = _Nature("the claim is not Bound", holds_for_state=True)
    CLAIM_NOT_POPULATED = _Nature("the DataVolume that fills the claim has not succeeded")
    CLAIM_TERMINATING = _Nature("the claim is being deleted", holds_for_state=True)
    CLAIM_WITHOUT_CLASS = _Nature("the claim has no StorageClass")
    CLASS_DELETED = _Nature("a class that the volume needs was deleted")
    CLASS_OF_OTHER_DRIVER = _Nature("the StorageProfile names a class of another driver")
    DATA_VOLUME_MISSING = _Nature("the namespace has no such DataVolume")
    DEFAULT_CLASS = _Nature("no StorageClass is the default, or several are")
    DISABLED_IN_STATUS = _Nature("the status of the VM says that it is left out", explains=False)
    DRIVER_UNSUPPORTED = _Nature("the CSI driver makes no snapshots", is_hopeless=True)
    IN_TREE_PROVISIONER = _Nature("a plugin inside Kubernetes made the volume", is_hopeless=True)
    NEVER_STARTED = _Nature("the claim for the state is made at the first start of the VM")
    NO_ACCESS_MODE = _Nature("neither the DataVolume nor CDI has access modes for the claim")
    NO_SNAPSHOT_CLASS = _Nature("no snapshot class has the driver", lacks_class=True)
    NON_CSI_PROVISIONER = _Nature("the provisioner is not a CSI driver", is_hopeless=True)
    PROFILE_DANGLING = _Nature("the StorageProfile names a missing class", lacks_class=True)
    PV_NOT_CSI = _Nature("no CSI driver made the bound volume", blocks=True, holds_for_state=True)
    PV_OF_OTHER_DRIVER = _Nature("another driver made the bound volume", holds_for_state=True)
    STATE_CLASS = _Nature("the claim that keeps the state of a TPM or EFI has an unfit class")
    STORAGE_CLASS_MISSING = _Nature("the StorageClass does not exist", lacks_class=True)
    UNVERIFIED = _Nature(
        "the input does not hold what decides",
        lacks_class=True, holds_for_state=True, explains=False,
    )  # fmt: skip
    WAITS_FOR_CONSUMER = _Nature("a halted VM is the first consumer", holds_for_state=True)


class Cause(NamedTuple):
    """One reason. `severity` is set where the evidence is weaker than usual.

    `at` is where the user fixes it, if that is not the volume; `about` names what the input does
    not hold, so that it is reported once.
    """

    kind: StorageCause
    reason: str
    related: tuple[Place, ...] = ()
    severity: Severity | None = None
    at: Place | None = None
    about: str = ""


class Choice(NamedTuple):
    """The snapshot class that takes a volume. `included` is None where the input cannot tell.

    `blocks` says that the snapshot never becomes ready. `storage_class` and `profile` are the
    objects that decided, each None where the input does not hold it or it was not asked.
    """

    snapshot_class: str | None
    included: bool | None
    causes: tuple[Cause, ...] = ()
    blocks: bool = False
    storage_class: Manifest | None = None
    profile: Manifest | None = None


class Volume(NamedTuple):
    """A volume and what a snapshot makes of it.

    `source` is the key that says what it is (`persistentVolumeClaim`, `containerDisk`, ...; for the
    state of a persistent TPM or EFI, `backendState`). `included` is None where the input cannot
    tell; `blocks` says that the volume keeps the whole snapshot from completing. `at` is where the
    VM names the claim, `choice` what its StorageClass leads to, if the chain came that far.
    """

    name: str
    source: str
    at: Place
    persistent: bool
    claim: Claim | None = None
    storage_class: str | None = None
    snapshot_class: str | None = None
    included: bool | None = None
    blocks: bool = False
    causes: tuple[Cause, ...] = ()
    choice: Choice | None = None

    @property
    def claim_name(self) -> str | None:
        """The name of the claim behind it."""
        return self.claim.name if self.claim else None

    @property
    def reason(self) -> str:
        """Why it is in the snapshot, is not, or cannot be told."""
        if self.causes:
            return "; ".join(cause.reason for cause in self.causes)
        if not self.persistent:
            return f"{self.source} volumes are never snapshotted" if self.source else "no source"
        if self.included:
            return f'VolumeSnapshotClass "{self.snapshot_class}" takes it'
        return "the input does not tell"
