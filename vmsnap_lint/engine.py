"""Paths and settings become a Report: the only loop over files and checks. Floor 7."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import definitions, findings, intake, sources
from vmsnap_lint.checks import ANY, CHECKS, FILE, RUN
from vmsnap_lint.cluster import Cluster
from vmsnap_lint.errors import DefectError
from vmsnap_lint.kinds import RESTORE, SNAPSHOT
from vmsnap_lint.levels import leveled
from vmsnap_lint.manifest import Spot
from vmsnap_lint.model import Report, Severity
from vmsnap_lint.parts import around
from vmsnap_lint.suppressions import speaks_to_us
from vmsnap_lint.workspace import Workspace
from vmsnap_lint.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from vmsnap_lint.checks import Check
    from vmsnap_lint.config import Settings
    from vmsnap_lint.crds import Crds
    from vmsnap_lint.document import Source
    from vmsnap_lint.intake import Intake
    from vmsnap_lint.outcome import Plan
    from vmsnap_lint.parts import Part
    from vmsnap_lint.problem import Problem
    from vmsnap_lint.restore import RestorePlan

    Named = tuple[str, Callable[..., Iterator[Problem]]]

__all__ = ["PlanRun", "Run", "lint", "plan", "wanted"]

_STALE = "kustomize-reference-not-rewritten"


class Run(NamedTuple):
    """A lint: what it found, the sources to show lines of, and the worlds for other questions."""

    report: Report
    sources: dict[str, Source]
    worlds: tuple[World, ...]


class PlanRun(NamedTuple):
    """The plans of all snapshots and restores, and of all VMs where they were asked for."""

    snapshots: tuple[Plan, ...]
    machines: tuple[Plan, ...]
    restores: tuple[RestorePlan, ...]
    report: Report
    sources: dict[str, Source]


def lint(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> Run:
    """Everything that the wanted rules find in `paths`; `stdin` is what "-" stands for."""
    crds = definitions.load(paths, stdin, settings)
    taken = _taken(paths, stdin, settings, crds)
    worlds = _worlds(taken, settings, crds)
    problems = list(_problems(taken, worlds, settings))
    report = leveled(_report(taken, worlds, problems), settings)
    report = _sifted(report, problems, taken, settings)
    if settings.baseline:
        from vmsnap_lint import baseline  # noqa: PLC0415 # few runs have one

        report = baseline.apply(report, baseline.read(settings.baseline), wanted(settings), paths)
    return Run(report, taken.by_file(), worlds)


def plan(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> PlanRun:
    """What becomes of each snapshot and of each restore in `paths`."""
    crds = definitions.load(paths, stdin, settings)
    taken = _taken(paths, stdin, settings, crds)
    worlds = _worlds(taken, settings, crds)
    return PlanRun(
        tuple(world.plan(one) for world in worlds for one in world.workspace.of(SNAPSHOT)),
        tuple(
            world.machine_plan(vm)
            for world in worlds
            for vm in (world.reached() if settings.all_vms else ())
        ),
        tuple(world.restore_plan(one) for world in worlds for one in world.workspace.of(RESTORE)),
        _report(taken, worlds, []),
        taken.by_file(),
    )


def wanted(settings: Settings) -> frozenset[str]:
    """The ids of the rules that run."""
    return (settings.select or frozenset(CHECKS)) - settings.ignore


def _taken(paths: tuple[str, ...], stdin: bytes | None, settings: Settings, crds: Crds) -> Intake:
    found = sources.collect(
        paths,
        stdin=stdin,
        allow_empty=settings.allow_empty,
        markers=crds.markers(),
        docs=settings.docs,
    )
    if not found.kustomizations and not any(file.chart for file in found.files):
        return intake.read(found)
    from vmsnap_lint import render  # noqa: PLC0415 # many runs have nothing to render

    return intake.read(found, render.render(found, settings))


def _worlds(taken: Intake, settings: Settings, crds: Crds) -> tuple[World, ...]:
    """One for each part; what is around it is known there, and reported elsewhere."""
    worlds: list[World] = []
    for part, outside in zip(taken.parts, around(taken.parts), strict=True):
        workspace = Workspace(
            (*part.manifests, *outside),
            frozenset() if part.blocks else settings.complete or frozenset(),
            damaged=taken.damaged_kinds | part.doubtful,
        )
        worlds.append(
            World(
                Cluster(workspace, settings.kubevirt, crds),
                online=settings.online,
                all_vms=settings.all_vms,
                rendered_later=taken.rendered_later if "" in part.roots else frozenset(),
                trees=part.trees,
                failures=() if worlds else taken.failures,
            )
        )
    return tuple(worlds)


def _report(
    taken: Intake, worlds: tuple[World, ...], problems: list[tuple[str, Problem]]
) -> Report:
    undecided = (skipped for world in worlds for skipped in world.not_checked())
    return Report(
        findings=findings.concrete(problems),
        not_checked=tuple(sorted({*taken.not_checked, *undecided})),
        files=taken.files,
        objects=sum(len(part.manifests) for part in taken.parts),
        snapshots=sum(len(world.workspace.of(SNAPSHOT)) for world in worlds),
    )


def _sifted(
    report: Report, problems: list[tuple[str, Problem]], taken: Intake, settings: Settings
) -> Report:
    """The report as the suppressions of the input and of the configuration leave it."""
    known = taken.by_file().values()
    if not settings.suppressions or not (settings.waivers or any(map(speaks_to_us, known))):
        return report
    from vmsnap_lint.sieve import Looked, sift  # noqa: PLC0415 # most runs have none
    from vmsnap_lint.suppressions.reading import configured, find  # noqa: PLC0415

    manifests = [one for part in taken.parts for one in part.manifests]
    unread = {skipped.file for skipped in report.not_checked}
    files = {source.file for source in taken.sources if not source.faults} - unread
    looked = Looked(wanted(settings), files, manifests, settings.today)
    given = [*find(known, manifests), *configured(settings.waivers)]
    return sift(report, problems, given, looked)


def _problems(
    taken: Intake, worlds: tuple[World, ...], settings: Settings
) -> Iterator[tuple[str, Problem]]:
    """Every problem with the id of its rule."""
    named = wanted(settings)
    checks = [(rule_id, check) for rule_id, check in CHECKS.items() if rule_id in named]
    for rule_id, check in checks:
        for source in taken.sources if check.on == FILE else ():
            yield from _run((rule_id, check.function), source.file, source, worlds[0])
    for part, world in zip(taken.parts, worlds, strict=True):
        if part.heard is None:
            yield from _of_part(part, world, checks)
        else:
            yield from _of_page(part, world, checks, part.heard)


def _of_page(
    part: Part, world: World, checks: list[tuple[str, Check]], heard: Mapping[str, Severity]
) -> Iterator[tuple[str, Problem]]:
    """The problems of a page's blocks, as far as a page is judged."""
    fair = [(rule_id, check) for rule_id, check in checks if rule_id in heard]
    of_blocks = (
        found
        for rule_id, check in fair
        for block in (part.blocks if check.on == FILE else ())
        for found in _run((rule_id, check.function), block.file, block, world)
    )
    for rule_id, problem in (*of_blocks, *_of_part(part, world, fair)):
        limit = heard[rule_id]
        loud = limit < Severity.ERROR and (problem.severity or limit) >= limit
        yield rule_id, problem._replace(severity=limit) if loud else problem


def _of_part(
    part: Part, world: World, checks: list[tuple[str, Check]]
) -> Iterator[tuple[str, Problem]]:
    """The problems of what is applied together, but for follow-ups and what stands around it."""
    everywhere: list[Named] = [(i, c.function) for i, c in checks if c.on == ANY]
    by_kind: dict[tuple[str, str], list[Named]] = {}
    for rule_id, check in checks:
        for kind in check.on if not isinstance(check.on, str) else ():
            by_kind.setdefault(kind, list(everywhere)).append((rule_id, check.function))
    for rule_id, check in checks:
        if check.on == RUN:
            found = _run((rule_id, check.function), "the whole input", world)
            yield from _own(found, part) if part.trees else found
    stale = world.stale_places if _STALE in dict(checks) else frozenset()
    for manifest in part.manifests:
        for named in by_kind.get((manifest.group, manifest.kind), everywhere):
            found = _run(named, manifest.file, manifest, world)
            yield from _first_causes(found, stale) if stale else found


def _own(found: Iterable[tuple[str, Problem]], part: Part) -> Iterator[tuple[str, Problem]]:
    """What is said of the part itself."""
    mine = set(part.manifests)
    for rule_id, problem in found:
        if isinstance(problem.at, Spot) or problem.at.manifest in mine:
            yield rule_id, problem


def _first_causes(
    found: Iterable[tuple[str, Problem]], stale: Container[object]
) -> Iterator[tuple[str, Problem]]:
    """What is not only the consequence of a reference that kustomize left behind."""
    for rule_id, problem in found:
        at = problem.at
        if isinstance(at, Spot) or (at.manifest, at.path) not in stale:
            yield rule_id, problem


def _run(named: Named, file: str, *arguments: object) -> Iterator[tuple[str, Problem]]:
    """The problems of one check; whatever it raises is our defect, with rule and file."""
    rule_id, function = named
    try:
        for problem in function(*arguments):
            yield rule_id, problem
    except Exception as error:
        raise DefectError(f"rule {rule_id} broke on {file}: {error!r}") from error
