"""The preference of a VM, and what the preferences that KubeVirt installs set."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLUSTER_PREFERENCE, PREFERENCE
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["WITH_STATE", "is_unknown", "of"]

# kubevirt v1.9.0, pkg/virt-operator/resource/generate/components/data/
# common-clusterpreferences-bundle.yaml: these set a persistent TPM and EFI, all others neither.
_SYSTEMS = ("windows.11", "windows.2k22", "windows.2k25")
WITH_STATE = frozenset(f"{system}{bus}" for system in _SYSTEMS for bus in ("", ".virtio"))
"""The preferences that KubeVirt installs which set a persistent TPM and EFI."""
_FAMILIES = frozenset((
    "alpine", "centos", "cirros", "debian", "fedora", "legacy", "linux", "opensuse", "oraclelinux",
    "rhel", "sles", "ubuntu", "windows",
))  # fmt: skip


def of(vm: Manifest) -> tuple[Kind, str]:
    """The kind and the name of the preference of a VM, "" where it has none or a placeholder."""
    name = vm.text("spec", "preference", "name")
    is_namespaced = vm.text("spec", "preference", "kind").casefold() == PREFERENCE.kind.casefold()
    kind = PREFERENCE if is_namespaced else CLUSTER_PREFERENCE
    return kind, "" if holds_placeholder(name) else name


def is_unknown(cluster: Cluster, vm: Manifest) -> bool:
    """Whether a preference that nobody knows may set a persistent TPM or EFI for the VM."""
    kind, name = of(vm)
    if not name or not cluster.behaviour.backend_state_in_snapshot or persistent_state(vm):
        return False
    is_of_kubevirt = kind == CLUSTER_PREFERENCE and name.partition(".")[0] in _FAMILIES
    return not is_of_kubevirt and cluster.find(kind, name, vm) is None
