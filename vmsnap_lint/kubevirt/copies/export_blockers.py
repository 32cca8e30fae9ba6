"""Finds what keeps an export from being admitted or from becoming ready.

kubevirt v1.9.0, pkg/storage/admitters/vmexport.go and pkg/storage/export/export.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import BACKUP, PVC, SNAPSHOT, VM, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import either, nearest_hint
from vmsnap_lint.core.values import LONGEST_LABEL, holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.copies import copy_status
from vmsnap_lint.kubevirt.copies.copied_source import SOURCE, SOURCE_NAME, missing
from vmsnap_lint.kubevirt.copies.export_cause import ExportCause
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.copied_source import CopiedSource
    from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["ExportSubject", "export_blockers"]

_ENDED = ("Ready", "Terminated")
_TEMPLATE = Kind("template.kubevirt.io", "VirtualMachineTemplate")


class ExportSubject(NamedTuple):
    """An export with its source.

    `volumes` are those that it has, None where they are unknown; `plan` is the outcome of the
    snapshot that is exported. `user` is what runs and uses the source, in words with its place.
    """

    manifest: Manifest
    source: CopiedSource
    volumes: tuple[ExportedVolume, ...] | None
    plan: SnapshotPlan | None = None
    user: tuple[str, Place] | None = None

    @property
    def phase(self) -> str:
        """The phase that an export of the cluster shows."""
        return copy_status.phase(self.manifest)

    @property
    def is_over(self) -> bool:
        """Whether it is ready, or was."""
        return self.phase in _ENDED

    @property
    def is_skipped(self) -> bool:
        """Whether the controller found no volume."""
        return self.phase == "Skipped"

    @property
    def is_of_vm(self) -> bool:
        """Whether a VM is exported, without a snapshot."""
        return self.source.kind == VM


def export_blockers(cluster: Cluster, subject: ExportSubject) -> Iterator[Blocker]:
    """Everything that blocks an export."""
    if not cluster.behaviour.exports:
        return
    yield from _invalid_source(cluster, subject)
    yield from _long_names(cluster, subject)
    if subject.is_over:
        return
    yield from _not_ready(subject)
    yield from _missing_source(cluster, subject)
    yield from _in_use(subject)
    yield from _empty(subject)
    yield from _twice(cluster, subject)


def _not_ready(subject: ExportSubject) -> Iterator[Blocker]:
    trouble = copy_status.export_trouble(subject.manifest)
    if trouble is not None:
        message = f"the export is not ready: its status shows {trouble.words}"
        effect = Effect.FAILED if trouble.is_final else Effect.STUCK
        if subject.is_skipped:
            effect = Effect.WAITS
        yield Blocker(ExportCause.NOT_READY, effect, Problem(trouble.at, message))


def _missing_source(cluster: Cluster, subject: ExportSubject) -> Iterator[Blocker]:
    problem = missing(cluster, subject.manifest, subject.source, "the export waits for it")
    if problem is not None:
        effect = Effect.STUCK if problem.severity is None else Effect.DOUBT
        yield Blocker(ExportCause.SOURCE_MISSING, effect, problem)


def _invalid_source(cluster: Cluster, subject: ExportSubject) -> Iterator[Blocker]:
    """Objects of the source's kind and group cannot be exported."""
    export = subject.manifest
    if export.mapping(*SOURCE):
        for problem in _kind_faults(export, _exportable(cluster)):
            yield Blocker(ExportCause.SOURCE_INVALID, Effect.REJECTED, problem)


def _kind_faults(export: Manifest, groups: dict[str, str]) -> Iterator[Problem]:
    kind, group = export.get(*SOURCE, "kind"), export.get(*SOURCE, "apiGroup") or ""
    if isinstance(kind, str) and not holds_placeholder(kind):
        if kind not in groups:
            hint = nearest_hint(kind, groups)
            kinds = either(f'"{exportable}"' for exportable in groups)
            message = f'kind "{cut(kind)}" cannot be exported, it must be {kinds}{hint}'
            from vmsnap_lint.objects import mending

            at = export.at(*SOURCE, "kind")
            yield Problem(at, message, fixes=mending.chosen(at, kind, groups))
        elif isinstance(group, str) and group != groups[kind] and not holds_placeholder(group):
            expected = f'"{groups[kind]}"' if groups[kind] else "empty"
            message = f'apiGroup "{cut(group)}" does not match kind "{kind}", it must be {expected}'
            at = export.at(*SOURCE, "apiGroup") if group else export.at(*SOURCE, key=True)
            from vmsnap_lint.kubevirt.admission.reference_fixes import with_group

            yield Problem(at, message, fixes=with_group(export.at(*SOURCE), groups[kind]))
    if export.get(*SOURCE_NAME) == "":
        yield Problem(export.at(*SOURCE_NAME), "the source has an empty name")


def _exportable(cluster: Cluster) -> dict[str, str]:
    """The group of each kind of source that the release can export."""
    behaviour = cluster.behaviour
    newer = {
        VM: behaviour.export_vm_source,
        BACKUP: behaviour.export_backup_source,
        _TEMPLATE: behaviour.gate_default_on,  # came with 1.9, as the gates did
    }
    kinds = (PVC, SNAPSHOT, *(kind for kind, known in newer.items() if known))
    return {kind.kind: kind.group for kind in kinds}


def _long_names(cluster: Cluster, subject: ExportSubject) -> Iterator[Blocker]:
    """A name that is derived from the export or its PVC is too long, or has dots."""
    export, behaviour = subject.manifest, cluster.behaviour
    length = len(export.name)
    if length > LONGEST_LABEL and not behaviour.export_name_hashed and _is_literal(export.name):
        what = f"the name has {length} characters, and this release uses it as a label value"
        message = f"{what}: at most {LONGEST_LABEL} are allowed"
        problem = Problem(export.at("metadata", "name"), message)
        yield Blocker(ExportCause.NAME_LENGTH, Effect.STUCK, problem)
    if behaviour.export_long_names:
        return
    prefix = f"{export.name}-" if subject.source.kind == SNAPSHOT else ""
    for volume in subject.volumes or ():
        claim = volume.claim if volume.included is not False else None
        name = f"{prefix}{claim}"
        if claim and _is_literal(name) and (len(name) > LONGEST_LABEL or "." in claim):
            why = f'"{cut(name)}" has {len(name)} characters, at most {LONGEST_LABEL} are allowed'
            why = 'its name has "."' if "." in claim else why
            message = f'PVC "{cut(claim)}" cannot be exported in this release: {why}'
            problem = Problem(export.at(*SOURCE_NAME), message)
            yield Blocker(ExportCause.NAME_LENGTH, Effect.STUCK, problem)


def _is_literal(name: str) -> bool:
    return not holds_placeholder(name)


def _in_use(subject: ExportSubject) -> Iterator[Blocker]:
    """The source is used by a running VM or a pod, and the export waits until it is not."""
    if subject.user is None:
        return
    who, place = subject.user
    effect = "its export waits until it is stopped"
    if not subject.is_of_vm:
        effect = f'the export of PVC "{subject.source.name}" waits until it is stopped'
    problem = Problem(subject.manifest.at(*SOURCE_NAME), f"{who}: {effect}", (place,))
    yield Blocker(ExportCause.VM_RUNNING, Effect.STUCK, problem)


def _empty(subject: ExportSubject) -> Iterator[Blocker]:
    """The source has no volume: the export is skipped."""
    if subject.volumes == ():
        kind = VM.kind if subject.is_of_vm else SNAPSHOT.kind
        what = f'{kind} "{subject.source.name}" has no volume that can be exported'
        problem = Problem(subject.manifest.at(*SOURCE_NAME), f"{what}: the export is skipped")
        yield Blocker(ExportCause.EMPTY, Effect.WAITS, problem)


def _twice(cluster: Cluster, subject: ExportSubject) -> Iterator[Blocker]:
    """Two volumes of the exporter pod are one: it is never created.

    `getExportPodVolumeName` of export.go writes "-" for each "." in the name of a PVC.
    https://github.com/kubevirt/kubevirt/issues/19020
    """
    at = subject.manifest.at(*SOURCE_NAME)
    first: dict[str, ExportedVolume] = {}
    for volume in subject.volumes or ():
        if not volume.claim or volume.included is False or holds_placeholder(volume.claim):
            continue
        name = volume.claim.replace(".", "-")
        other = first.setdefault(name, volume)
        if other is volume or (other.claim != volume.claim and not _has_dots(cluster)):
            continue
        what = f'volumes "{cut(other.name)}" and "{cut(volume.name)}" both use PVC "{volume.claim}"'
        if other.claim != volume.claim:
            what = f'PVCs "{other.claim}" and "{volume.claim}" are both called "{name}" in the pod'
        message = f"{what}: the export never becomes ready"
        yield Blocker(ExportCause.CLAIM_TWICE, Effect.STUCK, Problem(at, message))


def _has_dots(cluster: Cluster) -> bool:
    """Whether the release exports PVCs with dots in their names at all."""
    return cluster.behaviour.export_long_names
