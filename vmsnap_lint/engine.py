"""Paths and settings become a Report: the only loop over files and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks.runner import problems_in, problems_of
from vmsnap_lint.config.suppressions.suppression import speaks_to_us
from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.model import NotChecked, Report
from vmsnap_lint.core.relevance import SAVING
from vmsnap_lint.deploy import load, with_facts
from vmsnap_lint.deploy.units import around
from vmsnap_lint.input import facts, selection, sources
from vmsnap_lint.kubevirt.admission.webhooks import undecodable
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.workspace import Workspace
from vmsnap_lint.report import findings
from vmsnap_lint.report.severity import leveled
from vmsnap_lint.schema.crds import collect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Source
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.kubevirt.restore import RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.schema.crds import Crds

__all__ = ["PlanRun", "Run", "lint", "plan", "wanted"]

_UNVERIFIED = "reference-unverified"


class Run(NamedTuple):
    """A lint: what it found, the sources to show lines of, and the worlds for other questions."""

    report: Report
    sources: dict[str, Source]
    worlds: tuple[World, ...]


class PlanRun(NamedTuple):
    """The plans of all snapshots and restores, and of all VMs where they were asked for."""

    snapshots: tuple[SnapshotPlan, ...]
    machines: tuple[SnapshotPlan, ...]
    restores: tuple[RestorePlan, ...]
    report: Report
    sources: dict[str, Source]


# Without a revision to compare with, what these would find there is not to be known.
_COMPARING = frozenset(("needed-class-deleted", "snapshot-data-deleted", "spec-immutable-drift"))


class RuleSelection:
    """Holds the ids of the rules that run; `wanted` lists them, at the cost of importing all."""

    def __init__(self, select: frozenset[str], ignore: frozenset[str]) -> None:
        self._select = select
        self._ignore = ignore

    def __contains__(self, rule_id: object) -> bool:
        return rule_id not in self._ignore and (not self._select or rule_id in self._select)


def lint(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> Run:
    """Everything that the wanted rules find in `paths`; `stdin` is what "-" stands for."""
    crds = collect.load(paths, stdin, settings)
    given = facts.read(settings.facts)
    taken = with_facts.known(_taken(paths, stdin, settings, crds), given, settings)
    worlds = _worlds(taken, settings, crds, given)
    problems = list(problems_of(taken, worlds, RuleSelection(settings.select, settings.ignore)))
    if given.source is not None:
        about = wanted(settings) & with_facts.OF_CLUSTER if worlds[0].is_concerned else frozenset()
        problems += problems_in(tuple(with_facts.judged(given)), worlds[0], about)
        fired = frozenset(rule_id for rule_id, _ in problems)
        bare = problems_of(taken, _worlds(taken, settings, crds), fired) if fired else ()
        problems = with_facts.dated(problems, bare, given)
    counted = _counted(problems, taken, settings)
    problems = [found for found in problems if found[0] not in counted]
    report = _sifted(_report(taken, worlds, problems), problems, taken, settings)
    report = report._replace(unverified=sum(counted.values()))
    report = selection.seen(leveled(report, settings), paths, settings)
    if settings.baseline:
        from vmsnap_lint.report import baseline  # few runs have one

        report = baseline.apply(report, baseline.read(settings.baseline), wanted(settings), paths)
    entries = {one.at.source.file: one.at.source for one in settings.waivers if one.at}
    former = {source.file: source for source in taken.history.sources}
    return Run(report, {**former, **entries, **taken.by_file()}, worlds)


def plan(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> PlanRun:
    """What becomes of each snapshot and of each restore in `paths`."""
    crds = collect.load(paths, stdin, settings)
    given = facts.read(settings.facts)
    taken = with_facts.known(_taken(paths, stdin, settings, crds), given, settings)
    worlds = _worlds(taken, settings, crds, given)
    decodable = _decodable(taken, worlds)
    if decodable is not taken:
        taken, worlds = decodable, _worlds(decodable, settings, crds, given)
    return PlanRun(
        tuple(world.plan(one) for world, one in _each(SNAPSHOT, taken, worlds)),
        tuple(world.machine_plan(vm) for world, vm in _each(VM, taken, worlds) if settings.all_vms),
        tuple(world.restores.restore_plan(one) for world, one in _each(RESTORE, taken, worlds)),
        _report(taken, worlds, []),
        taken.by_file(),
    )


def wanted(settings: Settings) -> frozenset[str]:
    """The ids of the rules that run and see all that there is for them to see."""
    from vmsnap_lint.checks import all_checks  # imports every family

    rules = (settings.select or frozenset(all_checks())) - settings.ignore
    return rules if settings.since else rules - _COMPARING


def _taken(
    paths: tuple[str, ...], stdin: bytes | None, settings: Settings, crds: Crds
) -> LoadedInput:
    found = sources.collect(
        selection.looked_at(paths, settings.root),
        settings.search(),
        stdin=stdin,
        markers=crds.markers(),
        context=settings.context,
    )
    if settings.root:
        found = selection.with_unseen(found, paths)
    found = with_facts.aside(found, settings)
    taken = _read(found, settings)
    if not settings.since:
        return taken
    from vmsnap_lint.deploy import changes  # few runs look back

    places = (*selection.looked_at(paths, settings.root), *settings.context)
    past = changes.history(settings.since, places, settings.search(), found, taken)
    return taken._replace(history=past)


def _read(found: Sources, settings: Settings) -> LoadedInput:
    if not found.kustomizations and not any(file.chart for file in found.files):
        return load.read(found)
    from vmsnap_lint.deploy import render  # many runs have nothing to render

    return load.read(found, render.render(found, settings))


def _worlds(
    taken: LoadedInput, settings: Settings, crds: Crds, given: ClusterFacts = facts.NONE
) -> tuple[World, ...]:
    """One for each part; what is around it is known there, and reported elsewhere."""
    worlds: list[World] = []
    everything = (one for part in taken.parts for one in part.manifests if not part.blocks)
    concerned = len(taken.parts) > 1 and any(
        one.group_kind in (SNAPSHOT, RESTORE) for one in everything
    )
    # directories of several clusters are one tree all the same
    plain = (one for part in taken.parts if "" in part.roots for one in part.manifests)
    here = any(one.group_kind in SAVING for one in plain)
    for part, outside in zip(taken.parts, around(taken.parts), strict=True):
        known = facts.NONE if part.blocks else given  # a page is written for any cluster
        inside = (*part.manifests, *part.outside, *outside)
        workspace = Workspace(
            (*inside, *known.beside(inside)),
            frozenset() if part.blocks else (settings.complete or frozenset()) | known.complete,
            damaged=taken.damaged_kinds | part.doubtful,
        )
        worlds.append(
            World(
                Cluster(workspace, settings.kubevirt or known.release(), crds),
                online=settings.online,
                all_vms=settings.all_vms,
                rendered_later=taken.rendered_later if "" in part.roots else frozenset(),
                named=taken.named,
                trees=part.trees,
                failures=() if worlds else taken.failures,
                history=taken.history,
                concerned=concerned and not part.blocks,
                here=here and "" in part.roots,
            )
        )
    return tuple(worlds)


def _each(
    kind: Kind, taken: LoadedInput, worlds: tuple[World, ...]
) -> Iterator[tuple[World, Manifest]]:
    """Every object of that kind once, with the world that it is looked at in."""
    for part, world in zip(taken.parts, worlds, strict=True):
        beside = set(part.outside)
        for one in world.workspace.of(kind):
            if one not in beside:
                yield world, one


def _decodable(taken: LoadedInput, worlds: tuple[World, ...]) -> LoadedInput:
    """The input without what the API server refuses to decode, which a lint has findings for.

    Snapshots and restores stay: that they are refused is what becomes of them.
    """
    lost: dict[Manifest, str] = {}
    for part, world in zip(taken.parts, worlds, strict=True):
        for one in part.manifests:
            kept = one.group_kind in (SNAPSHOT, RESTORE)
            problem = None if kept else undecodable(world.cluster, one)
            if problem is not None:
                lost[one] = f'{one.kind} "{one.name}" would be refused: {problem.message}'
    if not lost:
        return taken
    parts = (
        part._replace(
            manifests=tuple(one for one in part.manifests if one not in lost),
            outside=tuple(one for one in part.outside if one not in lost),
        )
        for part in taken.parts
    )
    why = {NotChecked(one.file, reason) for one, reason in lost.items()}
    return taken._replace(
        parts=tuple(parts),
        damaged_kinds=taken.damaged_kinds | {one.kind for one in lost},
        not_checked=tuple(sorted({*taken.not_checked, *why})),
    )


def _counted(
    problems: list[tuple[str, Problem]], taken: LoadedInput, settings: Settings
) -> dict[str, int]:
    """How often rules fired whose problems are to be counted alone."""
    needed = (settings.levels, settings.overrides, settings.waivers, settings.baseline)
    if settings.list_unverified or any(needed) or any(map(speaks_to_us, taken.by_file().values())):
        return {}
    number = sum(rule_id == _UNVERIFIED for rule_id, _ in problems)
    return {_UNVERIFIED: number} if number else {}


def _report(
    taken: LoadedInput, worlds: tuple[World, ...], problems: list[tuple[str, Problem]]
) -> Report:
    undecided = (skipped for world in worlds for skipped in world.not_checked())
    return Report(
        findings=findings.concrete(problems),
        not_checked=tuple(sorted({*taken.not_checked, *undecided})),
        files=taken.files,
        objects=sum(len(part.manifests) for part in taken.parts),
        snapshots=sum(1 for _ in _each(SNAPSHOT, taken, worlds)),
    )


def _sifted(
    report: Report, problems: list[tuple[str, Problem]], taken: LoadedInput, settings: Settings
) -> Report:
    """The report as the suppressions of the input and of the configuration leave it."""
    known = taken.by_file().values()
    if not settings.suppressions or not (settings.waivers or any(map(speaks_to_us, known))):
        return report
    from vmsnap_lint.config.suppressions.directives import configured, find
    from vmsnap_lint.report.suppress import Looked, sift  # most runs have none

    manifests = [one for part in taken.parts for one in part.manifests]
    unread = {skipped.file for skipped in report.not_checked}
    files = {source.file for source in taken.sources if not source.faults} - unread
    looked = Looked(wanted(settings), files, manifests, settings.today)
    given = [*find(known, manifests), *configured(settings.waivers)]
    return sift(report, problems, given, looked)
