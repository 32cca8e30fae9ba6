"""Paths and settings become a Report: the only loop over files and checks. Floor 7."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import definitions, findings, intake, sources
from vmsnap_lint.checks import ANY, CHECKS, FILE, RUN
from vmsnap_lint.cluster import Cluster
from vmsnap_lint.errors import DefectError
from vmsnap_lint.kinds import RESTORE, SNAPSHOT
from vmsnap_lint.model import Report
from vmsnap_lint.workspace import Workspace
from vmsnap_lint.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.config import Settings
    from vmsnap_lint.crds import Crds
    from vmsnap_lint.document import Source
    from vmsnap_lint.intake import Intake
    from vmsnap_lint.outcome import Plan
    from vmsnap_lint.problem import Problem
    from vmsnap_lint.restore import RestorePlan

    Named = tuple[str, Callable[..., Iterator[Problem]]]

__all__ = ["PlanRun", "Run", "lint", "plan"]


class Run(NamedTuple):
    """A lint: what it found, the sources to show lines of, and the world for other questions."""

    report: Report
    sources: dict[str, Source]
    world: World


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
    world = _world(taken, settings, crds)
    problems = list(_problems(taken, world, settings))
    return Run(_report(taken, world, problems), taken.by_file(), world)


def plan(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> PlanRun:
    """What becomes of each snapshot and of each restore in `paths`."""
    crds = definitions.load(paths, stdin, settings)
    taken = _taken(paths, stdin, settings, crds)
    world = _world(taken, settings, crds)
    machines = world.reached() if settings.all_vms else []
    return PlanRun(
        tuple(world.plan(snapshot) for snapshot in world.workspace.of(SNAPSHOT)),
        tuple(world.machine_plan(vm) for vm in machines),
        tuple(world.restore_plan(restore) for restore in world.workspace.of(RESTORE)),
        _report(taken, world, []),
        taken.by_file(),
    )


def _taken(paths: tuple[str, ...], stdin: bytes | None, settings: Settings, crds: Crds) -> Intake:
    found = sources.collect(
        paths, stdin=stdin, allow_empty=settings.allow_empty, markers=crds.markers()
    )
    return intake.read(found)


def _world(taken: Intake, settings: Settings, crds: Crds) -> World:
    workspace = Workspace(
        taken.manifests, settings.complete or frozenset(), damaged=taken.damaged_kinds
    )
    return World(
        Cluster(workspace, settings.kubevirt, crds),
        online=settings.online,
        all_vms=settings.all_vms,
        rendered_later=taken.rendered_later,
    )


def _report(taken: Intake, world: World, problems: list[tuple[str, Problem]]) -> Report:
    return Report(
        findings=findings.concrete(problems),
        not_checked=tuple(sorted({*taken.not_checked, *world.not_checked()})),
        files=taken.files,
        objects=len(taken.manifests),
        snapshots=len(world.workspace.of(SNAPSHOT)),
    )


def _problems(taken: Intake, world: World, settings: Settings) -> Iterator[tuple[str, Problem]]:
    """Every problem with the id of its rule."""
    wanted = (settings.select or frozenset(CHECKS)) - settings.ignore
    checks = [(rule_id, check) for rule_id, check in CHECKS.items() if rule_id in wanted]
    everywhere: list[Named] = [(i, c.function) for i, c in checks if c.on == ANY]
    by_kind: dict[tuple[str, str], list[Named]] = {}
    for rule_id, check in checks:
        for kind in check.on if not isinstance(check.on, str) else ():
            by_kind.setdefault(kind, list(everywhere)).append((rule_id, check.function))
    for rule_id, check in checks:
        if check.on == FILE:
            for source in taken.sources:
                yield from _run((rule_id, check.function), source.file, source, world)
        elif check.on == RUN:
            yield from _run((rule_id, check.function), "the whole input", world)
    for manifest in taken.manifests:
        for named in by_kind.get((manifest.group, manifest.kind), everywhere):
            yield from _run(named, manifest.file, manifest, world)


def _run(named: Named, file: str, *arguments: object) -> Iterator[tuple[str, Problem]]:
    """The problems of one check; whatever it raises is our defect, with rule and file."""
    rule_id, function = named
    try:
        for problem in function(*arguments):
            yield rule_id, problem
    except Exception as error:
        raise DefectError(f"rule {rule_id} broke on {file}: {error!r}") from error
