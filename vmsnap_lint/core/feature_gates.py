"""The feature gates of KubeVirt that objects of ours need: the one table, a row per gate.

Releases: the gates of kubevirt v0.31.0 to v1.9.0, pkg/virt-config/feature-gates.go and
featuregate/active.go, inactive.go. Needs: what the webhooks of pkg/virt-api and
pkg/storage/admitters reject while the gate is off. Operator: `hardCodeKvFgs` and
`getFeatureGateChecks` of hyperconverged-cluster-operator v1.4.4 to v1.18.1 and main,
controllers/handlers/kubevirt.go (1.10 has KubeVirt 1.0, and so on).
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import BACKUP, BACKUP_TRACKER, CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.releases import reached

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.values import Release

__all__ = [
    "DRIVES_GATE",
    "FEATURE_GATES",
    "SNAPSHOT_GATE",
    "FeatureGate",
    "Need",
    "Operator",
    "Since",
]


class Since(NamedTuple):
    """Releases from one on until another, as in `releases.Fact`."""

    first: str = "0.31.0"
    until: str = ""

    def hold(self, release: Release) -> bool:
        """Whether the release is one of them."""
        return reached(release, self.first) and not reached(release, self.until)


_NEVER = Since("9999.0.0")


class Need(NamedTuple):
    """Objects of a kind that have a value at `path` ("*" is any item of an array).

    With `value` it must be that one. With `volume` the item is a disk or filesystem, and the volume
    of its name must have one of these sources; () means that there is no such volume.
    """

    kind: Kind
    path: tuple[str, ...] = ()
    value: object = None
    volume: tuple[str, ...] | None = None


class Operator(NamedTuple):
    """What the operator of HyperConverged does: it sets the gate always, by a field, or never."""

    always: Since = _NEVER
    field: str = ""
    by_default: Since = _NEVER


class FeatureGate(NamedTuple):
    """A gate: `decides` from its first release to general availability, `on` unless disabled.

    `others` are gates that do the same. `effect` says what is off with it, of which severity.
    """

    name: str
    decides: Since
    needs: tuple[Need, ...]
    effect: str
    on: Since = _NEVER
    others: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    operator: Operator = Operator()


_SPEC = ("spec", "template", "spec")
_DEVICES = (*_SPEC, "domain", "devices")
_DISK = (*_DEVICES, "disks", "*")
_VOLUME = (*_SPEC, "volumes", "*")
_CLAIMS = ("dataVolume", "persistentVolumeClaim")
_ALWAYS = Operator(always=Since())


def _by(field: str, on: str = "") -> Operator:
    return Operator(field=field, by_default=Since(on) if on else _NEVER)


SNAPSHOT_GATE = FeatureGate(
    "Snapshot", Since(), (Need(SNAPSHOT), Need(RESTORE), Need(CLONE)), "every snapshot is rejected",
    on=Since("1.9.0"), operator=_ALWAYS,
)  # fmt: skip
_TEMPLATE_EXPORT = Need(EXPORT, ("spec", "source", "kind"), "VirtualMachineTemplate")
FEATURE_GATES = (
    SNAPSHOT_GATE,
    FeatureGate(
        "VMExport", Since("0.55.0", until="1.9.0"), (Need(EXPORT),), "every export is rejected",
        operator=Operator(always=Since("0.58.0")),
    ),
    FeatureGate(
        "IncrementalBackup", Since("1.8.0"), (Need(BACKUP), Need(BACKUP_TRACKER)),
        "every backup and tracker is rejected", operator=_by("incrementalBackup"),
    ),
    FeatureGate(
        "OCIExport", Since("1.9.0"), (_TEMPLATE_EXPORT,), "exports of templates are rejected",
    ),
    FeatureGate(
        "Template", Since("1.9.0"), (_TEMPLATE_EXPORT,), "exports of templates are rejected",
        on=Since("1.9.0"), operator=_by("template", "1.9.0"),
    ),
    FeatureGate(
        "VMPersistentState", Since("1.0.0", until="1.6.0"),
        (
            Need(VM, (*_DEVICES, "tpm", "persistent"), value=True),
            Need(VM, (*_SPEC, "domain", "firmware", "bootloader", "efi", "persistent"), value=True),
        ),
        "VMs with a persistent TPM or EFI are rejected", operator=_ALWAYS,
    ),
    FeatureGate(
        "VolumesUpdateStrategy", Since("1.3.0", until="1.5.0"),
        (Need(VM, ("spec", "updateVolumesStrategy")),),
        "VMs with updateVolumesStrategy are rejected",
        operator=Operator(always=Since("1.4.0")),
    ),
    FeatureGate(
        "VolumeMigration", Since("1.3.0", until="1.5.0"),
        (Need(VM, ("spec", "updateVolumesStrategy"), "Migration"),),
        "VMs with updateVolumesStrategy Migration are rejected",
        operator=Operator(always=Since("1.4.0")),
    ),
    FeatureGate(
        "HostDisk", Since(), (Need(VM, (*_VOLUME, "hostDisk")),),
        "VMs with hostDisk volumes are rejected",
    ),
    DRIVES_GATE := FeatureGate(
        "DeclarativeHotplugVolumes", Since("1.6.0"), (Need(VM, (*_DISK, "cdrom"), volume=()),),
        "VMs with an empty CD-ROM are rejected", on=Since("1.9.0"),
        operator=_by("declarativeHotplugVolumes", "1.9.0"),
    ),
    # Only the commands of virtctl need the gate. Of a volume in the spec it decides when it comes.
    FeatureGate(
        "HotplugVolumes", Since("0.36.0", until="1.9.0"),
        tuple(Need(VM, (*_VOLUME, source, "hotpluggable"), value=True) for source in _CLAIMS),
        "a hotpluggable volume is plugged in only when the VM starts",
        others=("DeclarativeHotplugVolumes",), severity=Severity.INFO, operator=_ALWAYS,
    ),
    FeatureGate(
        "DecentralizedLiveMigration", Since("1.6.0"),
        (Need(VM, ("spec", "runStrategy"), "WaitAsReceiver"),),
        "VMs with runStrategy WaitAsReceiver are rejected",
        operator=_by("decentralizedLiveMigration", "1.8.0"),
    ),
    FeatureGate(
        "PersistentReservation", Since("1.0.0", until="1.9.0"),
        (Need(VM, (*_DISK, "lun", "reservation"), value=True),),
        "VMs with a reservation of a LUN are rejected", operator=_by("persistentReservation"),
    ),
    FeatureGate(
        "EnableVirtioFsStorageVolumes", Since("1.5.0"),
        (Need(VM, (*_DEVICES, "filesystems", "*"), volume=_CLAIMS),),
        "VMs with a PVC as a filesystem are rejected", others=("ExperimentalVirtiofsSupport",),
    ),
    # pkg/virt-controller/watch/vmi/lifecycle.go: admitted, but no pod is made
    FeatureGate(
        "ContainerPathVolumes", Since("1.8.0"),
        (Need(VM, (*_DEVICES, "filesystems", "*"), volume=("containerPath",)),),
        "VMs with containerPath volumes do not start", severity=Severity.WARNING,
        operator=_by("containerPathVolumes"),
    ),
    FeatureGate(
        "DownwardMetrics", Since("0.42.0"),
        (
            Need(VM, (*_VOLUME, "downwardMetrics")),
            Need(VM, (*_DEVICES, "downwardMetrics")),
        ),
        "VMs with downwardMetrics are rejected",
        operator=Operator(Since(until="1.1.0"), "downwardMetrics", Since("1.1.0", until="1.2.0")),
    ),
    FeatureGate(
        "HostDevices", Since("0.36.0"), (Need(VM, (*_DEVICES, "hostDevices")),),
        "VMs with hostDevices are rejected", operator=_ALWAYS,
    ),
    FeatureGate(
        "GPU", Since(until="1.4.0"), (Need(VM, (*_DEVICES, "gpus")),),
        "VMs with gpus are rejected", operator=_ALWAYS,
    ),
    FeatureGate(
        "NUMA", Since("0.43.0", until="1.4.0"),
        (Need(VM, (*_SPEC, "domain", "cpu", "numa", "guestMappingPassthrough")),),
        "VMs with guestMappingPassthrough are rejected", operator=Operator(always=Since("0.49.0")),
    ),
    FeatureGate(
        "VSOCK", Since("0.59.0"), (Need(VM, (*_DEVICES, "autoattachVSOCK"), value=True),),
        "VMs with autoattachVSOCK are rejected",
    ),
)  # fmt: skip
