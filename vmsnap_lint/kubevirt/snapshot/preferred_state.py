"""State of TPM or EFI that a preference asks for, and that snapshots therefore do not contain.

The snapshot controller reads the VM alone: https://github.com/kubevirt/kubevirt/issues/17564
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLUSTER_PREFERENCE
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.storage import preferences
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["blockers"]

_EFFECT = "the snapshot does not contain that state unless the VM sets it too"
_PREFERRED = {
    "TPM": ("spec", "devices", "preferredTPM", "persistent"),
    "EFI": ("spec", "firmware", "preferredEfi", "persistent"),
}


def blockers(cluster: Cluster, vm: Manifest) -> Iterator[Blocker]:
    """The state that the preference of a VM sets; that of KubeVirt's own ones is a table."""
    kind, name = preferences.of(vm)
    if not name or persistent_state(vm) or not cluster.behaviour.backend_state_in_snapshot:
        return
    preference = cluster.find(kind, name, vm)
    at = vm.at("spec", "preference", "name")
    if preference is None:
        if kind == CLUSTER_PREFERENCE and name in preferences.WITH_STATE:
            message = f'preference "{name}" sets a persistent TPM and EFI: {_EFFECT}'
            yield _blocker(Problem(at, message))
        elif preferences.is_unknown(cluster, vm):
            message = f'{kind.kind} "{name}" is not in the input'
            message = f"{message}: whether it sets a persistent TPM or EFI is unknown"
            cause = SnapshotCause.STATE_OF_PREFERENCE_UNVERIFIED
            yield Blocker(cause, Effect.DOUBT, Problem(at, message))
        return
    for state, path in _PREFERRED.items():
        if preference.get(*path) is True:
            message = f'preference "{name}" sets a persistent {state}: {_EFFECT}'
            yield _blocker(Problem(at, message, (preference.at(*path, note="set here"),)))


def _blocker(problem: Problem) -> Blocker:
    return Blocker(SnapshotCause.STATE_FROM_PREFERENCE, Effect.PARTIAL, problem)
