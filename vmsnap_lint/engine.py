"""Paths and settings become a Report, or plans: the only loop over files and checks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks.catalog import RuleSelection, properties
from vmsnap_lint.checks.runner import problems_in, problems_of
from vmsnap_lint.config.suppressions.suppression import speaks_to_us
from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.model import Report
from vmsnap_lint.deploy import load, with_facts
from vmsnap_lint.input import facts, selection, sources
from vmsnap_lint.kubevirt.admission.webhooks import undecodable
from vmsnap_lint.kubevirt.worlds import worlds
from vmsnap_lint.report.findings import concrete
from vmsnap_lint.report.severity import leveled
from vmsnap_lint.schema.crds import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Source
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.schema.crds import Crds

    Step = Callable[["Progress"], "Progress"]

__all__ = ["PlanRun", "Progress", "Run", "lint", "plan"]


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


class Progress(NamedTuple):
    """What a run was given and has read, and what its steps have made of it so far."""

    paths: tuple[str, ...]
    settings: Settings
    crds: Crds
    facts: ClusterFacts
    loaded: LoadedInput
    worlds: tuple[World, ...] = ()
    problems: tuple[tuple[str, Problem], ...] = ()
    unverified: int = 0
    report: Report = Report((), (), files=0, objects=0, snapshots=0)


def lint(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> Run:
    """Everything that the selected rules find in `paths`; `stdin` is what "-" stands for.

    With cluster facts every check runs twice, as what it finds without them does not rest on them;
    with CRDs from the input its files are read twice, as these decide what the others mean.

    Raises UsageError for what cannot be used as it was asked for, DefectError where a rule breaks.
    """
    steps: tuple[Step, ...] = (
        _with_worlds, _checked, _dated, _counted, _reported, _suppressed, _leveled, _selected,
        _baselined,
    )  # fmt: skip
    state = _started(paths, stdin, settings)
    for step in steps:
        state = step(state)
    return Run(state.report, _shown_sources(state), state.worlds)


def plan(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> PlanRun:
    """What becomes of each snapshot and of each restore in `paths`.

    Raises UsageError for what cannot be used as it was asked for.
    """
    steps: tuple[Step, ...] = (_with_worlds, _decodable)
    state = _started(paths, stdin, settings)
    for step in steps:
        state = step(state)
    vms = _each(VM, state) if settings.all_vms else ()
    return PlanRun(
        tuple(world.plan(snapshot) for world, snapshot in _each(SNAPSHOT, state)),
        tuple(world.machine_plan(vm) for world, vm in vms),
        tuple(world.restores.restore_plan(restore) for world, restore in _each(RESTORE, state)),
        _reported(state).report,
        state.loaded.by_file(),
    )


def _started(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> Progress:
    """The input, read."""
    crds = registry.load(paths, stdin, settings)
    known = facts.read(settings.facts)
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
    loaded = _read(found, settings)
    if settings.since:
        from vmsnap_lint.deploy import changes  # few runs look back

        places = (*selection.looked_at(paths, settings.root), *settings.context)
        past = changes.history(settings.since, places, settings.search(), found, loaded)
        loaded = loaded._replace(history=past)
    return Progress(paths, settings, crds, known, with_facts.known(loaded, known, settings))


def _read(found: Sources, settings: Settings) -> LoadedInput:
    if not found.kustomizations and not any(file.chart for file in found.files):
        return load.read(found)
    from vmsnap_lint.deploy import render  # many runs have nothing to render

    return load.read(found, render.render(found, settings))


def _with_worlds(state: Progress) -> Progress:
    """With a world for each unit."""
    known = worlds(state.loaded, state.settings, state.crds, state.facts)
    return state._replace(worlds=known)


def _decodable(state: Progress) -> Progress:
    """Without what the API server refuses to decode, which a lint has findings for.

    Snapshots and restores stay: that they are refused is what becomes of them.
    """
    lost: dict[Manifest, str] = {}
    for unit, world in zip(state.loaded.units, state.worlds, strict=True):
        for one in unit.manifests:
            kept = one.group_kind in (SNAPSHOT, RESTORE)
            problem = None if kept else undecodable(world.cluster, one)
            if problem is not None:
                lost[one] = f'{one.kind} "{one.name}" would be refused: {problem.message}'
    return _with_worlds(state._replace(loaded=state.loaded.without(lost))) if lost else state


def _checked(state: Progress) -> Progress:
    """With the problems that the selected rules find."""
    problems = problems_of(state.loaded, state.worlds, RuleSelection(state.settings))
    return state._replace(problems=tuple(problems))


def _dated(state: Progress) -> Progress:
    """With the problems of the cluster itself, and the date of the facts on what rests on them."""
    known, world = state.facts, state.worlds[0]
    if known.source is None:
        return state
    rules = RuleSelection(state.settings).conclusive() if world.in_scope else ()
    about = frozenset(rule for rule in rules if properties(rule).about == "cluster")
    problems = (*state.problems, *problems_in(tuple(with_facts.judged(known)), world, about))
    fired = frozenset(rule for rule, _ in problems)
    bare = _with_worlds(state._replace(facts=facts.NONE)).worlds if fired else ()
    without = problems_of(state.loaded, bare, fired) if fired else ()
    return state._replace(problems=tuple(with_facts.dated(problems, without, known, about)))


def _counted(state: Progress) -> Progress:
    """Without the problems of which only the number is reported, unless something may need them."""
    settings = state.settings
    needed = (settings.levels, settings.overrides, settings.waivers, settings.baseline)
    sources_read = state.loaded.by_file().values()
    if settings.list_unverified or any(needed) or any(map(speaks_to_us, sources_read)):
        return state
    fired = Counter(rule for rule, _ in state.problems)
    counted = {rule for rule in fired if properties(rule).listed == "verbose"}
    if not counted:
        return state
    return state._replace(
        problems=tuple(found for found in state.problems if found[0] not in counted),
        unverified=sum(fired[rule] for rule in counted),
    )


def _reported(state: Progress) -> Progress:
    """With a report of the problems, and of what was looked at."""
    loaded = state.loaded
    undecided = (skipped for world in state.worlds for skipped in world.not_checked())
    report = Report(
        findings=concrete(state.problems),
        not_checked=tuple(sorted({*loaded.not_checked, *undecided})),
        files=loaded.files,
        objects=sum(len(unit.manifests) for unit in loaded.units),
        snapshots=sum(1 for _ in _each(SNAPSHOT, state)),
        unverified=state.unverified,
    )
    return state._replace(report=report)


def _suppressed(state: Progress) -> Progress:
    """As the suppressions of the input and of the configuration leave the report."""
    settings, loaded = state.settings, state.loaded
    known = loaded.by_file().values()
    if not settings.suppressions or not (settings.waivers or any(map(speaks_to_us, known))):
        return state
    from vmsnap_lint.config.suppressions.directives import configured, find
    from vmsnap_lint.report.suppress import Looked, sift  # most runs have none

    manifests = [one for unit in loaded.units for one in unit.manifests]
    unread = {skipped.file for skipped in state.report.not_checked}
    files = {source.file for source in loaded.sources if not source.faults} - unread
    looked = Looked(RuleSelection(settings).conclusive(), files, manifests, settings.today)
    suppressions = [*find(known, manifests), *configured(settings.waivers)]
    return state._replace(report=sift(state.report, suppressions, looked))


def _leveled(state: Progress) -> Progress:
    """With the severities of the settings."""
    return state._replace(report=leveled(state.report, state.settings))


def _selected(state: Progress) -> Progress:
    """Without the findings in files that were only to be looked at."""
    return state._replace(report=selection.seen(state.report, state.paths, state.settings))


def _baselined(state: Progress) -> Progress:
    """Without what the baseline accepts."""
    settings = state.settings
    if not settings.baseline:
        return state
    from vmsnap_lint.report import baseline  # few runs have one

    entries, rules = baseline.read(settings.baseline), RuleSelection(settings).conclusive()
    return state._replace(report=baseline.apply(state.report, entries, rules, state.paths))


def _each(kind: Kind, state: Progress) -> Iterator[tuple[World, Manifest]]:
    """Every object of that kind once, with the world that it is looked at in."""
    for unit, world in zip(state.loaded.units, state.worlds, strict=True):
        outside = set(unit.outside)
        for one in world.workspace.of(kind):
            if one not in outside:
                yield world, one


def _shown_sources(state: Progress) -> dict[str, Source]:
    """Every source that a finding may stand in, by the name of its file."""
    entries = {one.at.source.file: one.at.source for one in state.settings.waivers if one.at}
    former = {source.file: source for source in state.loaded.history.sources}
    return {**former, **entries, **state.loaded.by_file()}
