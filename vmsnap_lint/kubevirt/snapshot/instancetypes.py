"""The instancetype and the preference of a VM, and their revisions, that do not exist.

kubevirt v1.9.0, `captureInstancetypeControllerRevisions` of pkg/storage/snapshot/source.go: each
snapshot copies the ControllerRevisions that the VM names, and gets no content without them. The
objects themselves are read when the VM starts (pkg/instancetype/find).
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, CONTROLLER_REVISION
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import (
    INSTANCETYPE,
    INSTANCETYPE_REVISION,
    PREFERENCE,
    PREFERENCE_REVISION,
    references,
)
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.references import Reference
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["MissingType", "missing_types", "unseen_revisions"]

_REVISIONS = (INSTANCETYPE_REVISION, PREFERENCE_REVISION)
# The instancetypes and preferences that KubeVirt installs: kubevirt v1.9.0,
# pkg/virt-operator/resource/generate/components/data.
_OF_KUBEVIRT = frozenset((
    "alpine", "centos", "cirros", "cx1", "d1", "debian", "fedora", "gn1", "highperformance",
    "legacy", "linux", "m1", "n1", "o1", "opensuse", "oraclelinux", "rhel", "rt1", "server",
    "sles", "u1", "ubuntu", "windows",
))  # fmt: skip


class MissingType(NamedTuple):
    """A problem, and its effect on a snapshot of the VM; None where there is none."""

    effect: Effect | None
    problem: Problem


def missing_types(cluster: Cluster, vm: Manifest) -> Iterator[MissingType]:
    """What a VM names as its instancetype and preference that does not exist."""
    for reference in references(vm, _REVISIONS):
        if _absence(cluster, reference) is Absence.ABSENT:
            yield _without_revision(cluster, reference)
    for reference in references(vm, (INSTANCETYPE, PREFERENCE)):
        is_pinned = vm.text(*reference.path[:-1], "revisionName")
        if not is_pinned and _is_missing(cluster, reference):
            what = _described(cluster, reference)
            message = f"{what}: the VM does not start, nor does a restored one"
            fixes = _other_name(cluster, reference)
            problem = Problem(reference.at(), message, severity=Severity.WARNING, fixes=fixes)
            yield MissingType(None, problem)


def unseen_revisions(cluster: Cluster, vm: Manifest) -> Iterator[Problem]:
    """The revisions that a VM names and that the input does not show."""
    for reference in references(vm, _REVISIONS):
        if _absence(cluster, reference) is Absence.UNKNOWN:
            what = f'ControllerRevision "{reference.name}" is not in the input'
            message = f"{what}: whether the snapshot can copy it is unknown"
            yield Problem(reference.at(), message)


def _without_revision(cluster: Cluster, reference: Reference) -> MissingType:
    what, is_certain = _described(cluster, reference), _is_certain(cluster, reference)
    from vmsnap_lint.objects import mending

    removed = mending.without(reference.at(), safety=Safety.UNSAFE)
    fixes = (*_other_name(cluster, reference), *removed)
    if not cluster.behaviour.revisions_in_snapshot:
        message = f"{what}: the VM does not start, nor does a restored one"
        problem = Problem(reference.at(), message, severity=Severity.WARNING, fixes=fixes)
        return MissingType(None, problem)
    message = f"{what}: the snapshot copies it, and waits until it fails"
    problem = Problem(reference.at(), message, fixes=fixes)
    if is_certain:
        return MissingType(Effect.STUCK, problem)
    return MissingType(Effect.DOUBT, problem._replace(severity=Severity.WARNING))


def _other_name(cluster: Cluster, reference: Reference) -> tuple[Remedy, ...]:
    """The name that was meant."""
    from vmsnap_lint.objects import mending

    known = cluster.workspace.vocabulary(reference.namespace, reference.kinds[0])
    return mending.named(reference.at(), reference.name, known)


def _absence(cluster: Cluster, reference: Reference) -> Absence | None:
    """Why the revision of that name is not in the input; None if it is, or is not named."""
    if not reference.name or holds_placeholder(reference.name):
        return None
    found = cluster.resolve(CONTROLLER_REVISION, reference.name, reference.manifest)
    return found if isinstance(found, Absence) else None


def _is_missing(cluster: Cluster, reference: Reference) -> bool:
    """Whether there is no such instancetype or preference, for all that the input shows."""
    name, workspace = reference.name, cluster.workspace
    if not name or holds_placeholder(name) or len(reference.kinds) != 1:
        return False
    (kind,) = reference.kinds
    found = workspace.resolve(kind, reference.namespace, name, reference.manifest)
    if found not in (Absence.ABSENT, Absence.GUESSED):
        return False
    if workspace.is_complete(kind):
        return True
    if kind in CLUSTER_SCOPED and name.partition(".")[0] in _OF_KUBEVIRT:
        return False
    return found is Absence.ABSENT or bool(workspace.misspelt(name, None, kind))


def _is_certain(cluster: Cluster, reference: Reference) -> bool:
    return cluster.workspace.is_certain(CONTROLLER_REVISION, reference.namespace)


def _described(cluster: Cluster, reference: Reference) -> str:
    """`no VirtualMachineInstancetype "x" in namespace "y" (did you mean "z"?)`."""
    kind: Kind = reference.kinds[0]
    is_inside = kind not in CLUSTER_SCOPED and reference.namespace
    where = f' in namespace "{reference.namespace}"' if is_inside else ""
    hint = nearest_hint(reference.name, cluster.workspace.vocabulary(reference.namespace, kind))
    return f'no {kind.kind} "{reference.name}"{where}{hint}'
