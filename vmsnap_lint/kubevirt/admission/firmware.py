"""The firmware of a VM that KubeVirt's webhook rejects.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go
(secureBootEnabled, smmFeatureEnabled); all supported releases have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Place

    Fault = tuple[Place, str]

__all__ = ["faults"]

_EFI = ("domain", "firmware", "bootloader", "efi")
_SMM = ("domain", "features", "smm")


def faults(at: Place) -> Iterator[Fault]:
    """The fault of SecureBoot, which is on where EFI is, without SMM."""
    vm = at.manifest
    efi, smm = vm.get(*at.path, *_EFI), vm.get(*at.path, *_SMM)
    if not isinstance(efi, dict) or efi.get("secureBoot") not in (None, True):
        return
    if vm.get(*at.path, "domain", "launchSecurity", "tdx") is not None or _may_set(at):
        return
    if smm is None or (isinstance(smm, dict) and smm.get("enabled") is False):
        which = "secureBoot is on" if efi.get("secureBoot") else "secureBoot is on by default"
        what = f"{which}, and needs domain.features.smm"
        yield vm.at(*at.path, *_EFI, key=True), f"{what}: the VM is rejected"


def _may_set(at: Place) -> bool:
    """Whether a preference may turn SMM on."""
    return at.manifest.get(*at.path[:-2], "preference") is not None
