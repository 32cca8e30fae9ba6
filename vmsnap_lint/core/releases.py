"""A KubeVirt release becomes what its snapshots do: the one table of differences.

Every fact is named once, as a `Fact` of `Behaviour`, with the releases in which it holds. Lines of
KubeVirt are maintained side by side (1.4.1 is younger than 1.5.0), so a fact that begins or ends in
several lines names the first release of each: `Fact("1.5.3 1.6.1 1.7.0")` does not hold in 1.6.0.
"""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "NEWEST", "OLDEST", "Behaviour", "Fact", "behaviour", "is_later", "known", "newest_known",
    "of_hyperconverged", "product", "reached", "resolve", "supported",
]  # fmt: skip

OLDEST = Release(0, 31, 0)  # the first with VirtualMachineSnapshot
NEWEST = Release(1, 9, 0)
_FORESEEN = 10  # lines after the newest known one
_SUPPORTED = (
    3  # lines that get patches: https://github.com/kubevirt/kubevirt/blob/main/docs/release.md
)

# The newest release of each line. Up to 0.58 patches are distinguished only where a fact needs it.
_LINES: Mapping[tuple[int, int], int] = {
    **{(0, minor): 0 for minor in range(31, 59)}, (0, 44): 2, (0, 59): 2, (1, 0): 1, (1, 1): 1,
    (1, 2): 2, (1, 3): 1, (1, 4): 1, (1, 5): 3, (1, 6): 6, (1, 7): 4, (1, 8): 4, (1, 9): 0,
}  # fmt: skip


def known() -> tuple[str, ...]:
    """The release lines that `resolve` accepts, oldest first: `0.31` to `1.9`."""
    return tuple(f"{major}.{minor}" for major, minor in sorted(_LINES))


# The line of KubeVirt in each 4.x of OpenShift Virtualization: up to 4.13 by the tags of
# hyperconverged-cluster-operator 1.2 to 1.9 (hack/config), from 4.14 on minor by minor (kubevirt
# PR 18041: 4.14 is release-1.0, PR 18040: 4.15 is release-1.1, PR 16653: 4.20 is 1.6).
_OPENSHIFT_MAJOR = 4
_OPERATOR_BEHIND = 4  # its own releases: 1.16 is that of OpenShift Virtualization 4.20
_OPENSHIFT: Mapping[int, str] = {
    6: "0.34", 7: "0.36", 8: "0.41", 9: "0.44", 10: "0.49", 11: "0.53", 12: "0.58", 13: "0.59",
    **{minor: f"1.{minor - 14}" for minor in range(14, 23)},
}  # fmt: skip


def is_later(release: Release) -> bool:
    """Whether it is of a line after the newest known one; such a cluster is judged as NEWEST.

    Three lines appear each year: what is far ahead of that is a mistake or another product.
    """
    return release.major == NEWEST.major and 0 < release.minor - NEWEST.minor <= _FORESEEN


def supported() -> Release:
    """The oldest of the releases that were supported when the newest known one came."""
    return Release(NEWEST.major, NEWEST.minor - _SUPPORTED + 1, 0)


class _NewestOfLine(Release):
    """The newest release of a line, where the line was named."""

    __slots__ = ()

    def __str__(self) -> str:
        """As it was given: `1.6` for 1.6.6."""
        return f"{self.major}.{self.minor}"


class _InProduct(_NewestOfLine):
    """The line that a release of OpenShift Virtualization has, with the name of that."""

    name = ""

    @classmethod
    def named(cls, line: str, minor: int) -> _InProduct:
        """The newest release of a line, as that of OpenShift Virtualization 4.`minor`."""
        release = cls(*resolve(line))
        release.name = f"OpenShift Virtualization 4.{minor}"
        return release


def of_hyperconverged(text: str) -> Release | None:
    """The release of KubeVirt in one of HyperConverged: `1.16.0`, or in a product `4.20.1`."""
    release = Release.parse(text)
    if release is None or release.major not in (1, _OPENSHIFT_MAJOR):
        return None
    minor = release.minor + (_OPERATOR_BEHIND if release.major == 1 else 0)
    return resolve(_OPENSHIFT[minor]) if minor in _OPENSHIFT else None


def product(release: Release) -> str:
    """The product by whose release this one was named, else ""."""
    return release.name if isinstance(release, _InProduct) else ""


def resolve(text: str) -> Release:
    """The release that a user names: `1.3` is the newest of its line, `v1.3.0` itself.

    `4.17` is a release of OpenShift Virtualization, and means the line of KubeVirt in it; a line
    after the newest known one is no mistake (`is_later`).

    Raises UsageError where none is known by that name.
    """
    release = Release.parse(text)
    if release is not None and release.major == _OPENSHIFT_MAJOR and release.minor in _OPENSHIFT:
        return _InProduct.named(_OPENSHIFT[release.minor], release.minor)
    if release is not None and is_later(release):
        return release if text.count(".") > 1 else _NewestOfLine(*release)
    if release is None or release.line not in _LINES:
        first, *_, last = known()
        raise UsageError(
            f'no KubeVirt release "{text}" is known: name a line from {first} to {last}, '
            f'or one of its releases, such as "{NEWEST}"'
        )
    named_patch = text.count(".") > 1
    return release if named_patch else _NewestOfLine(*release.line, _LINES[release.line])


def newest_known(release: Release) -> Release | None:
    """The newest known release of its line, if the release is newer than that."""
    newest = _LINES.get(release.line)
    if newest is None or release.patch <= newest:
        return None
    return Release(*release.line, newest)


class Fact:
    """Something that holds from some releases on until others; read as a bool of a Behaviour."""

    __slots__ = ("_name", "_since", "_until")

    def __init__(self, since: str = "0.31.0", until: str = "") -> None:
        self._since = since
        self._until = until
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name under which the answer is kept."""
        self._name = name

    def __get__(self, instance: Behaviour, owner: type) -> bool:
        """Whether it holds; worked out once for each Behaviour."""
        holds = self.holds_in(instance.release)
        instance.__dict__[self._name] = holds
        return holds

    def holds_in(self, release: Release) -> bool:
        """Whether it holds in `release`."""
        return reached(release, self._since) and not reached(release, self._until)


class Behaviour:
    """What one release does. Never changed after it is made; get it from `behaviour`."""

    def __init__(self, release: Release) -> None:
        self.release = release

    # --- Admission of snapshots: pkg/storage/admitters/vmsnapshot.go
    # The source VM must exist when the snapshot is applied. https://github.com/kubevirt/kubevirt/pull/13857
    source_checked_on_admission = Fact(until="1.5.0")
    # The source VM must be Halted: before online snapshots.
    run_state_refused = Fact(until="0.41.0")
    # A VM with persistent TPM is rejected.
    backend_state_refused_tpm = Fact("1.0.0", until="1.4.1")
    # The same for EFI.
    backend_state_refused_efi = Fact("1.1.0", until="1.4.1")
    # spec.failureDeadline and status.phase.
    failure_deadline = Fact("0.44.1")

    # --- Locking the source: pkg/storage/snapshot/source.go
    # A claim that is not Bound holds the snapshot up until its deadline; before, its volume was
    # left out in silence. https://github.com/kubevirt/kubevirt/pull/13803
    claims_must_be_bound = Fact("1.5.0")
    # So does a claim that its DataVolume has not filled yet.
    claims_must_be_populated = Fact("1.5.0")
    # So does a claim that is being deleted.
    terminating_claims_refused = Fact("1.7.1")
    # An offline snapshot waits for pods that mount a claim of the VM.
    pods_block_offline = Fact("0.34.0")

    # --- Choosing volumes and classes: pkg/storage/snapshot/snapshot.go
    # status.snapshotClass of the StorageProfile decides. https://github.com/kubevirt/kubevirt/pull/13711
    profile_snapshot_class = Fact("1.4.1")
    # The claim of persistent TPM and EFI is in the snapshot.
    backend_state_in_snapshot = Fact("1.4.1")
    # A claim made for changed block tracking counts as backend state.
    tracking_state_in_snapshot = Fact("1.7.0")
    # Volumes of type memoryDump are in the snapshot.
    memory_dump_included = Fact("0.55.0")
    # The ControllerRevisions of instancetype and preference are copied.
    revisions_in_snapshot = Fact("0.59.0")
    # The client reads snapshot.storage.k8s.io/v1 instead of v1beta1.
    snapshot_api_v1 = Fact("0.53.0")

    # --- Online or offline: pkg/storage/snapshot/source.go
    # A VM can be snapshotted while it runs.
    online_snapshots = Fact("0.41.0")
    # Only a VMI decides; before, run strategies did too, and without a VMI the snapshot hung.
    vmi_decides_online = Fact("1.4.0")
    # Without a VMI, Manual, Once and RerunOnFailure count as running.
    # https://github.com/kubevirt/kubevirt/issues/9944
    all_strategies_mean_online = Fact("0.41.0", until="1.1.0")
    # Without a VMI, RerunOnFailure counts as running.
    # https://github.com/kubevirt/kubevirt/issues/12515
    rerun_means_online = Fact("0.41.0", until="1.4.0")
    # A paused VM with a guest agent is asked to freeze, which cannot succeed.
    # https://github.com/kubevirt/kubevirt/issues/10759
    paused_frozen = Fact("0.41.0", until="1.5.3 1.6.1 1.7.0")

    # --- Status: staging/src/kubevirt.io/api/snapshot
    # status.indications of a snapshot.
    indications = Fact("0.41.0")
    # status.volumeSnapshotStatuses of the VM.
    volume_statuses = Fact("0.35.0")

    # --- Virtual machines: pkg/virt-api/webhooks/validating-webhook/admitters/vms-admitter.go
    # The run strategy Once.
    once_strategy = Fact("0.51.0")
    # The run strategy WaitAsReceiver.
    receiver_strategy = Fact("1.6.0")
    # spec.running is deprecated, in favour of spec.runStrategy.
    running_deprecated = Fact("1.4.0")
    # VirtualMachinePool.
    pools = Fact("0.49.0")
    # Persistent TPM.
    persistent_tpm = Fact("1.0.0")
    # Long VM names no longer break the volume of the backend state.
    # https://github.com/kubevirt/kubevirt/pull/17396
    long_state_names = Fact("1.6.5 1.7.3 1.8.2 1.9.0")

    # --- Feature gates: pkg/virt-config/featuregate
    # Beta gates, such as Snapshot, are on unless disabledFeatureGates names them.
    gate_default_on = Fact("1.9.0")
    # The ConfigMap kubevirt-config may hold the gates, too.
    gate_in_config_map = Fact(until="0.48.0")

    # --- Restores: pkg/storage/admitters/vmrestore.go, pkg/storage/snapshot/restore.go
    # VirtualMachineRestore.
    restores = Fact("0.34.0")
    # The snapshot must exist, not have failed and be ready when the restore is applied.
    restore_snapshot_checked = Fact("0.34.0", until="1.5.0")
    # A restore can create a new VM.
    restore_new_target = Fact("0.53.0")
    # A running target is rejected on admission; after, the readiness policy decides.
    restore_running_refused = Fact("0.34.0", until="1.5.0")
    # Ready means Halted; after, it means that no VMI exists. https://github.com/kubevirt/kubevirt/pull/13570
    restore_target_must_be_halted = Fact("0.34.0", until="1.4.1")
    # spec.targetReadinessPolicy.
    readiness_policies = Fact("1.5.0")
    # An unknown targetReadinessPolicy is rejected; before, the controller fails.
    readiness_policy_checked = Fact("1.9.0")
    # spec.volumeRestorePolicy, with RandomizeNames and InPlace.
    volume_restore_policies = Fact("1.6.0")
    # PrefixTargetName as a policy of restores and clones.
    prefix_policy = Fact("1.8.0")
    # spec.volumeRestoreOverrides.
    volume_overrides = Fact("1.6.0")
    # spec.volumeOwnershipPolicy.
    volume_ownership_policies = Fact("1.7.0")
    # spec.patches.
    restore_patches = Fact("0.53.0")
    # Patches may change the metadata of the VM.
    restore_patches_metadata = Fact("0.55.0")
    # Bad patches are rejected even where the target does not exist yet.
    restore_patches_checked_always = Fact("1.4.1")
    # Patches do nothing where the target exists.
    restore_patches_ignored_for_existing = Fact("1.1.0")
    # A VM with backend state can only be restored onto itself.
    restore_state_same_vm_only = Fact("1.4.1")

    # --- Clones, exports, backups
    # VirtualMachineClone.
    clones = Fact("0.55.0")
    # A clone of a VM to its own name is rejected.
    clone_same_name_refused = Fact("1.1.1")
    # The webhook looks at a VM that is the source; after, the controller does
    # (pkg/virt-api/webhooks/validating-webhook/admitters/vmclone-admitter.go).
    clone_vm_checked_on_admission = Fact("0.55.0", until="1.5.0")
    # So it does where the source is a snapshot.
    clone_snapshot_checked_on_admission = Fact("0.55.0", until="1.6.0")
    # A VM with persistent TPM or EFI cannot be cloned.
    clone_backend_state_refused = Fact("1.4.1")
    # Malformed newMacAddresses are rejected.
    clone_macs_checked = Fact("1.4.0")
    # spec.patches of a clone.
    clone_patches = Fact("1.6.0")
    # VirtualMachineExport.
    exports = Fact("0.55.0")
    # A VM can be exported.
    export_vm_source = Fact("0.58.0")
    # A VirtualMachineBackup can be exported.
    export_backup_source = Fact("1.8.0")
    # An export's own name is no label value any more (getExportLabelValue of export.go).
    export_name_hashed = Fact("1.4.0")
    # Long or dotted claim names no longer break an export. The first patch of 1.6 and 1.7 is not
    # certain. https://github.com/kubevirt/kubevirt/pull/16846
    export_long_names = Fact("1.6.5 1.7.3 1.8.0")
    # VirtualMachineBackup.
    backups = Fact("1.8.0")

    @property
    def run_strategies(self) -> tuple[str, ...]:
        """The allowed values of spec.runStrategy."""
        newer = (("Once", self.once_strategy), ("WaitAsReceiver", self.receiver_strategy))
        known_ever = ("Always", "Halted", "Manual", "RerunOnFailure")
        return known_ever + tuple(strategy for strategy, holds in newer if holds)

    @property
    def hang_strategies(self) -> frozenset[str]:
        """The run strategies under which a snapshot hangs when no VMI exists."""
        if self.all_strategies_mean_online:
            return frozenset(("Manual", "Once", "RerunOnFailure"))
        return frozenset(("RerunOnFailure",)) if self.rerun_means_online else frozenset()

    @property
    def restore_policies(self) -> tuple[str, ...]:
        """The allowed values of spec.volumeRestorePolicy of a restore."""
        if not self.volume_restore_policies:
            return ()
        prefix = ("PrefixTargetName",) if self.prefix_policy else ()
        return ("InPlace", *prefix, "RandomizeNames")


@cache
def behaviour(release: Release) -> Behaviour:
    """What `release` does."""
    return Behaviour(release)


def reached(release: Release, firsts: str) -> bool:
    """Whether `release` is at or after the first of its line, or after the last line named."""
    first = None
    for word in firsts.split():
        first = Release(*map(int, word.split(".")))
        if first.line == release.line:
            break
    return first is not None and release >= first
