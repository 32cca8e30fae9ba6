"""Units and checks become problems: each check is called with what it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks import ANY, FILE, RUN, checks_for
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.deploy.units import SampleKind
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from vmsnap_lint.checks import Check
    from vmsnap_lint.checks.families import CauseSource, Condition
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    Found = tuple[str, Problem]
    Function = Callable[..., Iterator[Problem]]
    Named = list[tuple[str, Check]]

__all__ = ["problems_in", "problems_of"]


class _Questions(NamedTuple):
    """What is asked of each manifest of a kind, or of each file.

    Causes come with the rules that are rows of them, functions stand behind their prefilter.
    """

    causes: dict[CauseSource, dict[str, Condition | None]]
    functions: dict[Condition | None, list[tuple[str, Function]]]


def problems_of(
    loaded: LoadedInput, worlds: tuple[World, ...], rules: Container[str]
) -> Iterator[Found]:
    """Every problem that these rules see, with the id of its rule."""
    checks = _named({kind for world in worlds for kind in world.workspace.kinds()}, rules)
    of_files = _questions((rule_id, check) for rule_id, check in checks if check.on == FILE)
    for source in loaded.sources:
        yield from _of_subject(source, source.file, worlds[0], of_files)
    for unit, world in zip(loaded.units, worlds, strict=True):
        if unit.samples is None:
            yield from _of_unit(unit, world, checks)
        else:
            yield from _of_page(unit, world, checks, unit.samples)


def problems_in(
    manifests: Sequence[Manifest], world: World, rules: Container[str]
) -> Iterator[Found]:
    """Every problem that these rules see in these manifests alone."""
    checks = _named({manifest.group_kind for manifest in manifests}, rules)
    return _of_manifests(manifests, world, checks)


def _named(present: set[tuple[str, str]], rules: Container[str]) -> Named:
    return [(rule_id, check) for rule_id, check in checks_for(present).items() if rule_id in rules]


def _of_page(unit: Unit, world: World, checks: Named, samples: SampleKind) -> Iterator[Found]:
    """The problems of a page's blocks, by the rules that are applied to such samples."""
    from vmsnap_lint.checks import catalog  # most runs see no page

    allowed = ("always", "complete") if samples is SampleKind.COMPLETE else ("always",)
    applied = [check for check in checks if catalog.properties(check[0]).pages in allowed]
    of_files = _questions((rule_id, check) for rule_id, check in applied if check.on == FILE)
    of_blocks = (
        found for block in unit.blocks for found in _of_subject(block, block.file, world, of_files)
    )
    for rule_id, problem in (*of_blocks, *_of_unit(unit, world, applied)):
        limit = catalog.properties(rule_id).pages_severity
        loud = limit < Severity.ERROR and (problem.severity or limit) >= limit
        yield rule_id, problem._replace(severity=limit) if loud else problem


def _of_unit(unit: Unit, world: World, checks: Named) -> Iterator[Found]:
    """The problems of what is applied together, but for consequences and what stands around it."""
    explained: set[tuple[Manifest, tuple[str | int, ...]]] = set()
    for rule_id, check in checks:
        if check.on == RUN and check.function is not None:
            found = list(_run(rule_id, check.function, "the whole input", world))
            explained.update(place[:2] for _, problem in found for place in problem.explains)
            yield from _own(found, unit, world) if unit.trees or unit.outside else found
    found_in_objects = _of_manifests(unit.manifests, world, checks)
    yield from _unexplained(found_in_objects, explained) if explained else found_in_objects


def _of_manifests(manifests: Iterable[Manifest], world: World, checks: Named) -> Iterator[Found]:
    """The problems of each manifest."""
    questions: dict[tuple[str, str], _Questions] = {}
    for manifest in manifests:
        kind = manifest.group_kind
        of_kind = questions.get(kind)
        if of_kind is None:
            of_kind = questions[kind] = _questions(
                (rule_id, check)
                for rule_id, check in checks
                if check.on == ANY or (not isinstance(check.on, str) and kind in check.on)
            )
        yield from _of_subject(manifest, manifest.file, world, of_kind)


def _of_subject(
    subject: Manifest | Source, file: str, world: World, questions: _Questions
) -> Iterator[Found]:
    """The problems of one manifest or file: what runs here runs once for each of thousands."""
    rule_id = ""
    try:
        for source, rows in questions.causes.items():
            rule_id = next(iter(rows))  # where the source breaks
            for rule_id, problem in source(subject, world):
                if rule_id in rows and not _is_excused(rows[rule_id], subject, world):
                    yield rule_id, problem
        for prefilter, members in questions.functions.items():
            rule_id = members[0][0]  # where its prefilter breaks
            if prefilter is None or prefilter(subject, world):
                for rule_id, function in members:
                    for problem in function(subject, world):
                        yield rule_id, problem
    except Exception as error:
        raise _defect(rule_id, file, error) from error


def _is_excused(unless: Condition | None, subject: Manifest | Source, world: World) -> bool:
    return unless is not None and unless(subject, world)


def _questions(checks: Iterable[tuple[str, Check]]) -> _Questions:
    """The checks by the source of causes, or by the prefilter, that they share."""
    questions = _Questions({}, {})
    for rule_id, check in checks:
        for source in check.sources:
            questions.causes.setdefault(source, {})[rule_id] = check.unless
        if check.function is not None:
            questions.functions.setdefault(check.prefilter, []).append((rule_id, check.function))
    return questions


def _own(found: Iterable[Found], unit: Unit, world: World) -> Iterator[Found]:
    """The problems of the unit itself, and of changes, which are those of sources."""
    own = {*unit.manifests, *world.history.subjects()}
    for rule_id, problem in found:
        if isinstance(problem.at, SourceSpan) or problem.at.manifest in own:
            yield rule_id, problem


def _unexplained(found: Iterable[Found], explained: Container[object]) -> Iterator[Found]:
    """The problems that are not only the consequence of another one."""
    for rule_id, problem in found:
        at = problem.at
        if isinstance(at, SourceSpan) or (at.manifest, at.path) not in explained:
            yield rule_id, problem


def _run(rule_id: str, function: Function, file: str, *arguments: object) -> Iterator[Found]:
    """The problems of one check that is not called with a manifest."""
    try:
        for problem in function(*arguments):
            yield rule_id, problem
    except Exception as error:
        raise _defect(rule_id, file, error) from error


def _defect(rule_id: str, file: str, error: Exception) -> DefectError:
    """Whatever a check raises is our fault: it is reported with rule and file."""
    return DefectError(f"rule {rule_id} broke on {file}: {error!r}")
