"""Runs the checks on each unit and yields their problems."""

from __future__ import annotations

from functools import partial
from itertools import chain

from vmsnap_lint.checks import FILE, RUN, calling
from vmsnap_lint.checks.causes import rejections
from vmsnap_lint.core import workers
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Severity
from vmsnap_lint.deploy.units import SampleKind
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from typing import TypeVar

    from vmsnap_lint.checks.calling import Calls, Checks, RuleProblem
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    Explained = tuple[object, ...]
    Subject = TypeVar("Subject", Manifest, Source)

__all__ = ["EVERYTHING", "JudgedPart", "problems_in", "problems_of"]

_BLOCK = 250  # subjects of a part
_SECONDS = 45e-6  # about what an object takes; it decides only whether other processes help
_SECONDS_A_FILE = 3e-6
_SECONDS_OF_RUN = 15e-6


class JudgedPart(NamedTuple):
    """What is judged of a run: the objects in files of which `holds` is true, None for all of them.

    Without `of_run` the checks of the whole run are left out.
    """

    holds: Callable[[str], bool] | None = None
    of_run: bool = True

    def of(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The manifests or sources that are judged."""
        holds = self.holds
        return subjects if holds is None else [each for each in subjects if holds(each.file)]


EVERYTHING = JudgedPart()


class _Part(NamedTuple):
    """A part of a run: what gives its problems, and about how long that takes.

    `home` are the unit and the world of problems that still have to be seen together; `of_run` are
    those of the whole unit, which come before the others.
    """

    problems: Callable[[], Iterable[RuleProblem]]
    seconds: float
    home: tuple[Unit, World] | None = None
    of_run: bool = False


def problems_of(
    loaded: LoadedInput,
    worlds: tuple[World, ...],
    rules: Container[str],
    scope: JudgedPart = EVERYTHING,
) -> Iterator[RuleProblem]:
    """Every problem of these rules in what is judged, with the id of its rule.

    Raises DefectError, or ExhaustedError for want of memory.
    """
    checks = calling.selected({kind for world in worlds for kind in world.workspace.kinds()}, rules)
    if not scope.of_run:
        checks = [(rule_id, check) for rule_id, check in checks if check.on != RUN]
    by_shape = {rule_id for rule_id, check in checks if rejections in check.sources}
    parts = list(_parts(loaded, worlds, checks, scope))
    found = _found(parts, loaded, worlds)
    explained: set[Explained] = set()
    for part, problems in zip(parts, found, strict=True):
        if part.home is None:
            yield from problems
            continue
        unit, world = part.home
        if part.of_run:
            of_run = list(problems)
            explained = _explained(of_run)
            told: Iterable[RuleProblem] = _own(of_run, unit, world)
        else:
            told = _unexplained(problems, explained)
        for rule_id, problem in told:
            known = _as_far_as_known(rule_id, problem, by_shape)
            yield rule_id, known._replace(cluster=world.name) if world.name else known


def _found(
    parts: Sequence[_Part], loaded: LoadedInput, worlds: tuple[World, ...]
) -> Iterator[Iterable[RuleProblem]]:
    """The problems of each part, in order.

    The rules of CRDs are evaluated for a whole world at once, which keeps the result for later.
    """
    if any(world.cluster.crds for world in worlds):
        return map(_of_part, parts)
    seconds = [part.seconds for part in parts]
    known = partial(_referred_to, loaded, worlds)
    return workers.spread(parts, _of_part, seconds, known, _preparing(parts))


def _preparing(parts: Sequence[_Part]) -> int:
    """The first objects of the largest unit: to judge them prepares the indexes of its world.

    The checks of the whole unit need these, too, but take so long that others can help meanwhile.
    """
    sizes = [
        len(part.home[0].manifests) if part.home is not None and not part.of_run else 0
        for part in parts
    ]
    return max(range(len(parts)), key=sizes.__getitem__, default=0)


def _parts(
    loaded: LoadedInput, worlds: tuple[World, ...], checks: Checks, scope: JudgedPart
) -> Iterator[_Part]:
    """The run in parts, in the order of the result: files, then what is applied together."""
    calls: dict[tuple[str, str], Calls] = {}
    file_calls = calling.calls_on(checks, FILE)
    homes = _homes(loaded, worlds)
    for files in _blocks(scope.of((*loaded.sources, *loaded.texts))):
        of_files = partial(_of_files, files, homes, worlds[0], file_calls)
        yield _Part(of_files, len(files) * _SECONDS_A_FILE)
    for unit, world in zip(loaded.units, worlds, strict=True):
        seconds = len(unit.manifests) * _SECONDS_OF_RUN
        if unit.samples is not None:
            if not scope.of(unit.blocks):
                continue
            yield _Part(partial(_of_page, unit, world, checks, unit.samples), seconds)
            continue
        yield _Part(partial(calling.of_run, world, checks), seconds, (unit, world), of_run=True)
        for manifests in _blocks(scope.of(unit.manifests)):
            of_manifests = partial(calling.of_manifests, manifests, world, checks, calls)
            yield _Part(of_manifests, len(manifests) * _SECONDS, (unit, world))


def _blocks(subjects: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    for start in range(0, len(subjects), _BLOCK):
        yield subjects[start : start + _BLOCK]


def _of_part(part: _Part) -> Iterable[RuleProblem]:
    return part.problems()


def _referred_to(loaded: LoadedInput, worlds: tuple[World, ...]) -> Iterator[Manifest | Source]:
    """What problems refer to."""
    yield from loaded.by_file().values()
    yield from (*loaded.texts, *loaded.history.sources)
    yield from loaded.history.subjects()
    for unit, world in zip(loaded.units, worlds, strict=True):
        yield from unit.blocks
        yield from unit.manifests
        for kind in world.workspace.kinds():
            yield from world.workspace.of(Kind(*kind))


def _of_files(
    files: Iterable[Source], homes: Mapping[str, World], other: World, calls: Calls
) -> Iterator[RuleProblem]:
    """The problems of files themselves."""
    for source in files:
        yield from calling.of_subject(source, source.file, homes.get(source.file, other), calls)


def _homes(loaded: LoadedInput, worlds: tuple[World, ...]) -> dict[str, World]:
    """A world that each file is in, one in scope before others; none where there is only one."""
    homes: dict[str, World] = {}
    for unit, world in zip(loaded.units, worlds, strict=True) if len(worlds) > 1 else ():
        for file in {manifest.file for manifest in unit.manifests}:
            if not homes.setdefault(file, world).in_scope:
                homes[file] = world
    return homes


def problems_in(
    manifests: Sequence[Manifest], world: World, rules: Container[str]
) -> Iterator[RuleProblem]:
    """Every problem of these rules in these manifests only.

    Raises DefectError, or ExhaustedError for want of memory.
    """
    checks = calling.selected({manifest.group_kind for manifest in manifests}, rules)
    return calling.of_manifests(manifests, world, checks, {})


def _of_page(
    unit: Unit, world: World, checks: Checks, samples: SampleKind
) -> Iterator[RuleProblem]:
    """The problems of a page's blocks, by the rules that are applied to such samples."""
    from vmsnap_lint.checks import catalog  # most runs have no page

    allowed = ("always", "complete") if samples is SampleKind.COMPLETE else ("always",)
    applied = [check for check in checks if catalog.properties(check[0]).pages in allowed]
    file_calls = calling.calls_on(applied, FILE)
    of_blocks = (calling.of_subject(block, block.file, world, file_calls) for block in unit.blocks)
    for rule_id, problem in chain(*of_blocks, _of_unit(unit, world, applied)):
        limit = catalog.properties(rule_id).pages_severity
        is_above = limit < Severity.ERROR and (problem.severity or limit) >= limit
        yield rule_id, problem._replace(severity=limit) if is_above else problem


def _as_far_as_known(rule_id: str, problem: Problem, by_shape: Container[str]) -> Problem:
    """The problem; at most an information where it depends on what is there when a script runs.

    These are the rules that are not applied to pages, but for those that look at the object alone.
    """
    if isinstance(problem.at, SourceSpan) or not problem.at.manifest.is_indirect:
        return problem
    from vmsnap_lint.checks import catalog  # few objects are inside others

    needs_others = rule_id not in by_shape and catalog.properties(rule_id).pages == "never"
    return problem._replace(severity=Severity.INFO) if needs_others else problem


def _of_unit(unit: Unit, world: World, checks: Checks) -> Iterator[RuleProblem]:
    """The problems of what is applied together, without those that another one explains."""
    of_run = list(calling.of_run(world, checks))
    yield from _own(of_run, unit, world)
    yield from _unexplained(
        calling.of_manifests(unit.manifests, world, checks, {}), _explained(of_run)
    )


def _explained(problems: Iterable[RuleProblem]) -> set[Explained]:
    return {place[:2] for _, problem in problems for place in problem.explains}


def _unexplained(
    problems: Iterable[RuleProblem], explained: set[Explained]
) -> Iterable[RuleProblem]:
    """The problems that no other one explains."""
    if not explained:
        return problems
    return (found for found in problems if found[1].at[:2] not in explained)


def _own(problems: Sequence[RuleProblem], unit: Unit, world: World) -> Iterator[RuleProblem]:
    """The problems of the unit itself, and of changes to its sources."""
    if not problems:  # the objects may be many
        return
    own = {*unit.manifests, *world.history.subjects()}
    for rule_id, problem in problems:
        if isinstance(problem.at, SourceSpan) or problem.at.manifest in own:
            yield rule_id, problem
