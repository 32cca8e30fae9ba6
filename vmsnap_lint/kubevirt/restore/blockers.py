"""Everything that keeps a restore from being admitted or from completing."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore import reported
from vmsnap_lint.kubevirt.restore.claim_blockers import claim_blockers
from vmsnap_lint.kubevirt.restore.fields import blocking_fields
from vmsnap_lint.kubevirt.restore.patch_blockers import patch_blockers
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.saved_content import saved_content
from vmsnap_lint.kubevirt.restore.saved_snapshot import snapshot_blockers
from vmsnap_lint.kubevirt.restore.target_blockers import target_blockers
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["blockers_of", "second_restore"]


def blockers_of(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """Everything that blocks a restore which has not completed yet, but for other restores."""
    if subject.is_done or not cluster.behaviour.restores:
        return
    failure = reported.failure(subject.manifest)
    if failure is not None:
        yield failure  # final, so that nothing else counts
        return
    yield from reported.errors(subject.manifest)
    for blockers in (
        snapshot_blockers, target_blockers, saved_content, claim_blockers, blocking_fields,
        patch_blockers,
    ):  # fmt: skip
        yield from blockers(cluster, subject)


def second_restore(subject: RestoreSubject, other: Manifest) -> Blocker:
    """The blocker of a restore whose target another restore in progress has."""
    message = (
        f'VirtualMachineRestore "{other.name}" with the same target is in progress: the webhook '
        "admits only one"
    )
    where = (other.at("spec", "target", note=f'restore "{other.name}"', key=True),)
    problem = Problem(subject.manifest.at("spec", "target", key=True), message, where)
    return Blocker(RestoreCause.DUPLICATE_TARGET, Effect.REJECTED, problem)
