"""One volume of a VM with everything that decides whether a snapshot holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.objects.references import CLAIM_FIELDS

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.storage.cause import Cause
    from vmsnap_lint.kubevirt.storage.choice import Choice
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.objects.manifest import Place

__all__ = ["PERSISTENT", "SOURCES", "Volume"]

PERSISTENT = frozenset(CLAIM_FIELDS)
# Every member of VolumeSource: kubevirt v1.9.0, staging/src/kubevirt.io/api/core/v1/schema.go
SOURCES = PERSISTENT | {
    "cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "containerDisk", "containerPath",
    "downwardAPI", "downwardMetrics", "emptyDisk", "ephemeral", "hostDisk", "secret",
    "serviceAccount", "sysprep",
}  # fmt: skip


class Volume(NamedTuple):
    """A volume and its fate.

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
