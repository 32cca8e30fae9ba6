"""The outcome of an export: the volumes that can be downloaded."""

from __future__ import annotations

from vmsnap_lint.core.kinds import EXPORT
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.blocker import Effect, blocked
from vmsnap_lint.kubevirt.chain_link import link
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.copies.export_blockers import ExportSubject
    from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume

__all__ = ["ExportPlan", "export_plan"]


class ExportPlan(NamedTuple):
    """The outcome of one export; `source` is the name of a `source_kind`.

    `cluster` is the declared cluster that it is in, "" for none. `trail` has the export and its
    source.
    """

    namespace: str | None
    name: str
    source_kind: str
    source: str
    verdict: Verdict
    reasons: tuple[str, ...]
    volumes: tuple[ExportedVolume, ...]
    cluster: str = ""
    trail: Trail = NO_TRAIL


def export_plan(subject: ExportSubject, blockers: Iterable[Blocker]) -> ExportPlan:
    """The outcome, from blockers and the volumes of the source."""
    export = subject.manifest
    verdict, reasons = _verdict(subject, list(blockers))
    name = export.name or export.text("metadata", "generateName")
    home, kind, source = export.namespace, export.text("spec", "source", "kind"), subject.source
    trail = Trail.later(
        lambda: Trail(
            link(EXPORT.kind, home, name, export), link(kind, home, source.name, source.found)
        )
    )
    return ExportPlan(
        home, name, kind, source.name, verdict, tuple(dict.fromkeys(reasons)),
        subject.volumes or (), trail=trail,
    )  # fmt: skip


def _verdict(subject: ExportSubject, blockers: list[Blocker]) -> tuple[Verdict, list[str]]:
    if subject.is_over:
        return Verdict.COMPLETE, [f"its status shows phase {subject.phase}"]
    known, plan = blocked(blockers), subject.plan
    if known is not None and known[0] is not Verdict.UNKNOWN:
        return known
    if plan is not None and plan.obstacles:
        return Verdict.STUCK, plan.obstacles
    waits = [b.problem.message for b in blockers if b.effect is Effect.WAITS]
    if subject.volumes == () or subject.is_skipped:
        return Verdict.EMPTY, waits or ["the source has no volume that can be exported"]
    doubts = [] if known is None else known[1]
    if subject.volumes is None:
        unseen = subject.source.unseen or "the input does not show its volumes"
        return Verdict.UNKNOWN, doubts or [unseen]
    verdict, reasons = _of_volumes(subject.volumes)
    if doubts and verdict is not Verdict.STUCK:
        return Verdict.UNKNOWN, [*doubts, *reasons]
    return verdict, reasons


def _of_volumes(volumes: tuple[ExportedVolume, ...]) -> tuple[Verdict, list[str]]:
    stuck = [_line(volume) for volume in volumes if volume.blocks]
    if stuck:
        return Verdict.STUCK, stuck
    missing = [_line(volume) for volume in volumes if volume.included is False]
    unknown = [_line(volume) for volume in volumes if volume.included is None]
    if unknown:
        return Verdict.UNKNOWN, [*missing, *unknown]
    return (Verdict.PARTIAL if missing else Verdict.COMPLETE), missing


def _line(volume: ExportedVolume) -> str:
    return f'volume "{volume.name}": {volume.reason}'
