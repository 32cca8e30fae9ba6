"""The restore that a clone makes, and what keeps that restore from completing.

`generateRestore` and `verifySnapshotContent` of kubevirt v1.9.0, pkg/virt-controller/watch/clone:
the patches of the clone are those of the restore, behind the ones that KubeVirt generates.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.copies.clone_fields import TARGET
from vmsnap_lint.kubevirt.restore.patch_blockers import patch_blockers
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.saved_content import saved_content
from vmsnap_lint.kubevirt.restore.subject import Relation, RestoreSubject, saved_volumes
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.manifest import Manifest, Place, SourceSpan
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.clone_subject import CloneSubject

__all__ = ["POLICY", "content_blockers", "patches_of_restore", "restore_of"]

POLICY = ("spec", "volumeNamePolicy")
_PATCHES = ("spec", "patches")
_CAUSES = {
    RestoreCause.PATCH_COLON: CloneCause.PATCH_COLON,
    RestoreCause.PATCH_INAPPLICABLE: CloneCause.PATCH_INAPPLICABLE,
    RestoreCause.PATCH_PATH: CloneCause.PATCH_PATH,
}
# What the generated patches change, so that the saved VM does not show it.
_GENERATED = ("/annotations", "/firmware", "/labels", "/macAddress")


def patches_of_restore(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """Patches that the restore webhook rejects again and again, or that do not apply."""
    clone = subject.manifest
    if not cluster.behaviour.clone_patches or not clone.get(*_PATCHES):
        return
    texts = [text for text, _ in status.strings(clone, *_PATCHES)]
    is_seen = not any(part in text for part in _GENERATED for text in texts)
    for blocker in patch_blockers(cluster, restore_of(subject)):
        cause = _CAUSES.get(blocker.cause) if isinstance(blocker.cause, RestoreCause) else None
        if cause is None or not (is_seen or cause is not CloneCause.PATCH_INAPPLICABLE):
            continue
        message = blocker.problem.message.replace("the restore never", "the clone never")
        problem = blocker.problem._replace(message=message, at=_at(clone, blocker.problem.at))
        if cause is not CloneCause.PATCH_INAPPLICABLE:
            yield Blocker(cause, Effect.STUCK, problem._replace(severity=None))
        else:
            yield Blocker(cause, blocker.effect, problem)


def _at(clone: Manifest, at: Place | SourceSpan) -> Place:
    """The place in the clone itself."""
    return clone.at(*at.path) if isinstance(at, Place) else clone.at(*_PATCHES)


def content_blockers(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """What is wrong with the content of the snapshot that is cloned; one that is gone is final."""
    if subject.source.of(SNAPSHOT) is None:
        return
    for blocker in saved_content(cluster, restore_of(subject)):
        is_final = blocker.effect is Effect.REJECTED
        yield blocker._replace(effect=Effect.FAILED) if is_final else blocker


def restore_of(subject: CloneSubject) -> RestoreSubject:
    """The restore that the clone makes, at the place of the clone."""
    clone, snapshot = subject.manifest, subject.source.of(SNAPSHOT)
    spec: dict[str, Any] = {"target": clone.mapping(*TARGET)}
    policy, patches = clone.text(*POLICY), clone.get(*_PATCHES)
    if patches:
        spec["patches"] = patches
    metadata = {"name": "tmp-restore-<uid>", "namespace": clone.namespace}
    value = {
        "apiVersion": f"{RESTORE.group}/v1beta1", "kind": RESTORE.kind, "metadata": metadata,
        "spec": {**spec, "volumeRestorePolicy": policy} if policy else spec,
    }  # fmt: skip
    restore = Manifest(clone.document, value, clone.root)
    saved = saved_volumes(subject.vm, subject.plan)
    found = Absence.UNKNOWN if snapshot is None else snapshot
    return RestoreSubject(
        restore, found, Absence.UNKNOWN, Relation.NEW, subject.vm, subject.plan, saved,
        content=subject.content,
    )  # fmt: skip
