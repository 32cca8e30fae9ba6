"""Runs a lint or computes plans, as a tuple of steps."""

from __future__ import annotations

from functools import reduce

from vmsnap_lint.checks import catalog
from vmsnap_lint.checks.catalog import RuleSelection, properties
from vmsnap_lint.checks.excess import bounded
from vmsnap_lint.checks.runner import EVERYTHING, problems_of
from vmsnap_lint.config.suppressions import mentions_linter
from vmsnap_lint.core import stages, workers
from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Report
from vmsnap_lint.deploy import gathering, with_facts
from vmsnap_lint.input import facts, selection
from vmsnap_lint.kubevirt.worlds import each_of, judged, undecodable, unjudged_vms, worlds
from vmsnap_lint.objects.manifest import number_written
from vmsnap_lint.report.findings import concrete, leveled
from vmsnap_lint.schema.crds import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vmsnap_lint.checks.runner import JudgedPart
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import NotChecked
    from vmsnap_lint.deploy.applied import NamedCluster
    from vmsnap_lint.deploy.gathering import Before
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Source
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.input.seen import Seen
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Ref
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.report.plans import Plans
    from vmsnap_lint.schema.crds import Crds

    Step = Callable[["Progress"], "Progress"]

__all__ = ["PlanRun", "Progress", "Run", "lint", "load_input", "plan"]


class Run(NamedTuple):
    """The result of a lint: the report, the sources of its findings, and the worlds.

    `plans` computes what each snapshot, restore, clone and export comes to, for the formats that
    show it.
    """

    report: Report
    sources: dict[str, Source]
    worlds: tuple[World, ...]
    clusters: tuple[NamedCluster, ...]
    plans: Callable[[], Plans]
    loaded: LoadedInput


class PlanRun(NamedTuple):
    """The plans of all snapshots, restores, clones and exports, and on request of all VMs."""

    plans: Plans
    report: Report
    sources: dict[str, Source]


class Progress(NamedTuple):
    """The input of a run and the results of its steps so far."""

    paths: tuple[str, ...]
    settings: Settings
    crds: Crds
    facts: Mapping[str, ClusterFacts]
    files: Sources
    loaded: LoadedInput
    mentions_linter: bool = False
    worlds: tuple[World, ...] = ()
    scope: JudgedPart = EVERYTHING
    problems: tuple[tuple[str, Problem], ...] = ()
    unverified: int = 0
    not_verified: tuple[NotChecked, ...] = ()
    judged_by_policies: frozenset[tuple[str, Ref]] = frozenset()
    unmatched_policies: tuple[str, ...] = ()
    report: Report = Report((), (), files=0, objects=0, snapshots=0)


def lint(
    paths: tuple[str, ...],
    stdin: bytes | None,
    settings: Settings,
    scope: JudgedPart = EVERYTHING,
    before: Before | None = None,
) -> Run:
    """The findings of the selected rules in `paths`; `stdin` is the content of "-".

    Only what is in `scope` is judged, in the world of all of it.

    With cluster facts every check runs twice, to know which findings depend on them; with CRDs from
    the input all files are read twice.

    Raises UsageError for unusable input or settings, DefectError if a rule fails.
    """
    steps: tuple[Step, ...] = (
        _leading_somewhere, _with_worlds, _checked, _dated, _by_policies, _counted, _reported,
        _suppressed, _leveled, _selected, _baselined,
    )  # fmt: skip
    state = _after(steps, _started(paths, stdin, settings, before)._replace(scope=scope))
    return Run(
        state.report, _shown_sources(state), state.worlds, state.loaded.clusters,
        lambda: _plans(_decodable(state)), state.loaded,
    )  # fmt: skip


def plan(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> PlanRun:
    """The plan of each snapshot, restore, clone and export in `paths`.

    Raises UsageError for unusable input or settings.
    """
    steps = (_leading_somewhere, _with_worlds, _decodable)
    state = _after(steps, _started(paths, stdin, settings))
    report = _reported(state).report
    plans = _plans(state)._replace(not_checked=report.not_checked, judged=report.judged)
    if settings.stdin_filename:
        plans = plans.of_file(settings.stdin_filename)
    return PlanRun(plans, report, state.loaded.by_file())


def load_input(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> LoadedInput:
    """What a run reads, with its clusters.

    Raises UsageError for unusable input or settings.
    """
    return _started(paths, stdin, settings).loaded


def _plans(state: Progress) -> Plans:
    """The plans of all that is in scope."""
    from vmsnap_lint.report.plans.all_plans import all_plans  # few formats of a lint show them

    return all_plans(state.loaded, state.worlds, of_vms=state.settings.all_vms)


def _after(steps: Iterable[Step], state: Progress) -> Progress:
    return reduce(lambda progress, step: step(progress), steps, state)


def _started(
    paths: tuple[str, ...], stdin: bytes | None, settings: Settings, before: Before | None = None
) -> Progress:
    """The input, read."""
    workers.allow(settings.workers)
    catalog.declare(settings.policies)
    crds = registry.load(paths, stdin, settings)
    known = {cluster.name: facts.read(cluster.facts) for cluster in settings.clusters}
    known = {name: each for name, each in known.items() if each.source is not None}
    known[""] = facts.read(settings.facts)
    files, loaded = gathering.read(paths, stdin, settings, crds.markers(), before)
    for each in known.values():
        loaded = with_facts.known(loaded, each, settings)
    marked = any(map(mentions_linter, loaded.by_file().values()))
    return Progress(paths, settings, crds, known, files, loaded, marked)


def _leading_somewhere(state: Progress) -> Progress:
    """Raises UsageError for an input that only points elsewhere, to nothing that is found."""
    if not state.settings.allow_empty and any(unit.gaps for unit in state.loaded.units):
        from vmsnap_lint.deploy import led_nowhere  # few runs have gaps

        led_nowhere.refuse(state.loaded, state.paths)
    return state


def _with_worlds(state: Progress) -> Progress:
    """Adds a world for each unit."""
    stages.enter(f"following {sum(len(unit.manifests) for unit in state.loaded.units):,} objects")
    return state._replace(worlds=worlds(state.loaded, state.settings, state.crds, state.facts))


def _decodable(state: Progress) -> Progress:
    """Removes objects that the API server cannot decode, for which a lint has findings.

    What has a plan is kept: it shows that the object is rejected.
    """
    rejected = undecodable(state.loaded.units, state.worlds)
    if not rejected:
        return state
    return _with_worlds(state._replace(loaded=state.loaded.without(rejected)))


def _checked(state: Progress) -> Progress:
    """Adds the problems of the selected rules, as many as a run can hold."""
    stages.enter(f"judging {sum(len(unit.manifests) for unit in state.loaded.units):,} objects")
    rules = RuleSelection(state.settings)
    problems = problems_of(state.loaded, state.worlds, rules, state.scope)
    return state._replace(problems=tuple(bounded(problems, state.settings.cap)))


def _dated(state: Progress) -> Progress:
    """Adds the problems of the clusters themselves, and the date of the facts where it matters."""
    known = state.facts
    if all(each.source is None for each in known.values()):
        return state
    from vmsnap_lint.checks import facts_problems  # many runs have no facts

    rules = RuleSelection(state.settings).conclusive()
    problems = (*state.problems, *facts_problems.of_facts(known, state.worlds, rules))
    without: Iterator[tuple[str, Problem]] = iter(())
    if fired := frozenset(rule for rule, _ in problems):
        bare = _with_worlds(state._replace(facts={"": facts.NONE})).worlds
        without = bounded(problems_of(state.loaded, bare, fired, state.scope), state.settings.cap)
    dated = facts_problems.dated(problems, without, known, rules)
    return state._replace(problems=tuple(dated))


def _by_policies(state: Progress) -> Progress:
    """Adds the problems of the policies that are selected."""
    rules = RuleSelection(state.settings)
    policies = [policy for policy in state.settings.policies if policy.rule in rules]
    if not policies:
        return state
    stages.enter(f"judging by {len(policies)} policies")
    from vmsnap_lint.checks.by_policy import policy_findings  # few runs have any

    judged = [
        unit._replace(manifests=tuple(state.scope.of(unit.manifests)))
        for unit in state.loaded.units
    ]
    found = policy_findings.judged_by_policies(policies, judged, state.worlds)
    problems = tuple(bounded(found.problems, state.settings.cap))
    return state._replace(
        problems=(*state.problems, *problems),
        not_verified=found.not_checked,
        judged_by_policies=found.judged,
        unmatched_policies=found.unmatched,
    )


def _counted(state: Progress) -> Progress:
    """Counts and removes the problems that are only counted, unless they are needed."""
    settings = state.settings
    needed = (settings.list_unverified, settings.levels, settings.overrides, settings.baseline)
    if any(needed) or state.mentions_linter:
        return state
    listed = [item for item in state.problems if properties(item[0]).listed != "verbose"]
    every, kept = (
        sum(1 + problem.more for _, problem in items) for items in (state.problems, listed)
    )
    return state._replace(problems=tuple(listed), unverified=every - kept)


def _reported(state: Progress) -> Progress:
    """Creates the report of the problems and of the input."""
    loaded = state.loaded
    undecided = (skipped for world in state.worlds for skipped in world.not_checked())
    report = Report(
        findings=concrete(
            state.problems,
            loaded.units if loaded.clusters else (),
            fixes=state.settings.with_fixes,
            rendered_later=loaded.rendered_later,
        ),
        not_checked=tuple(sorted({*loaded.not_checked, *undecided, *state.not_verified})),
        files=loaded.files,
        objects=number_written(each for unit in loaded.units for each in unit.manifests),
        snapshots=number_written(
            snapshot for _, snapshot in each_of(SNAPSHOT, loaded.units, state.worlds)
        ),
        unverified=state.unverified,
        unread=loaded.unread,
        clusters=tuple(cluster.name for cluster in loaded.clusters),
        judged=judged(loaded.units, state.worlds),
        unjudged_vms=unjudged_vms(loaded.units, state.worlds, state.judged_by_policies),
        unmatched_policies=state.unmatched_policies,
    )
    return state._replace(report=report)


def _suppressed(state: Progress) -> Progress:
    """Applies the suppressions of the input and of the configuration to the report."""
    settings, loaded = state.settings, state.loaded
    late = loaded.built_of.values()  # some are decoded only for the places in the report
    marked = state.mentions_linter or any(map(mentions_linter, late))
    if not settings.suppressions or not (settings.overrides or marked):
        return state
    from vmsnap_lint.report.suppressing import without_suppressed  # most runs have none

    report = without_suppressed(state.report, loaded, _seen(state), settings)
    return state._replace(report=report)


def _leveled(state: Progress) -> Progress:
    """Sets the severities of the settings."""
    return state._replace(report=leveled(state.report, state.settings))


def _selected(state: Progress) -> Progress:
    """Removes the findings in files that are only context."""
    paths = state.paths
    if state.settings.root and state.loaded.clusters:
        from vmsnap_lint.deploy import followed  # few runs have both

        paths = followed.with_applied(paths, state.loaded)
    return state._replace(report=selection.reported(state.report, paths, state.settings))


def _baselined(state: Progress) -> Progress:
    """Removes the findings in the baseline."""
    if not state.settings.baseline:
        return state
    from vmsnap_lint.report import baseline  # few runs have one

    entries = baseline.read(state.settings.baseline)
    rules = RuleSelection(state.settings).conclusive()
    left = baseline.apply(state.report, entries, rules, state.paths, _seen(state))
    return state._replace(report=left)


def _seen(state: Progress) -> Seen:
    """What the run saw, for entries that may be out of use."""
    from vmsnap_lint.input.seen import seen  # few runs have such entries

    return seen(state.files, state.paths, state.settings)


def _shown_sources(state: Progress) -> dict[str, Source]:
    """The sources that may have findings, by file."""
    overrides = state.settings.overrides
    places = [*(waiver.at for waiver in state.settings.waivers), *(one.at for one in overrides)]
    entries = {place.source.file: place.source for place in places if place}
    former = {source.file: source for source in state.loaded.history.sources}
    return {**former, **entries, **state.loaded.by_file()}
