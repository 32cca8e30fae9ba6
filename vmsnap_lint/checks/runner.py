"""Parts and checks become problems: who is called with what, and what is heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.checks import ANY, FILE, RUN, checks_for
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

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

_STALE = "kustomize-reference-not-rewritten"


class _Questions(NamedTuple):
    """What is asked of each manifest of a kind, or of each file.

    Causes come with the rules that are rows of them, functions stand behind their prefilter.
    """

    causes: dict[CauseSource, dict[str, Condition | None]]
    functions: dict[Condition | None, list[tuple[str, Function]]]


def problems_of(
    taken: LoadedInput, worlds: tuple[World, ...], named: Container[str]
) -> Iterator[Found]:
    """Every problem that the named rules see, with the id of its rule."""
    checks = _named({kind for world in worlds for kind in world.workspace.kinds()}, named)
    of_files = [(rule_id, check) for rule_id, check in checks if check.on == FILE]
    questions = _questions(of_files)
    for source in taken.sources:
        yield from _of_subject(source, source.file, worlds[0], questions)
    for part, world in zip(taken.parts, worlds, strict=True):
        if part.heard is None:
            yield from _of_part(part, world, checks)
        else:
            yield from _of_page(part, world, checks, part.heard)


def problems_in(
    manifests: Sequence[Manifest], world: World, named: Container[str]
) -> Iterator[Found]:
    """Every problem that the named rules see in these manifests alone."""
    checks = _named({(one.group, one.kind) for one in manifests}, named)
    return _of_manifests(manifests, world, checks)


def _named(present: set[tuple[str, str]], named: Container[str]) -> Named:
    return [(rule_id, check) for rule_id, check in checks_for(present).items() if rule_id in named]


def _of_page(
    part: Unit, world: World, checks: Named, heard: Mapping[str, Severity]
) -> Iterator[Found]:
    """The problems of a page's blocks, as far as a page is judged."""
    fair = [(rule_id, check) for rule_id, check in checks if rule_id in heard]
    of_files = _questions((rule_id, check) for rule_id, check in fair if check.on == FILE)
    of_blocks = (
        found for block in part.blocks for found in _of_subject(block, block.file, world, of_files)
    )
    for rule_id, problem in (*of_blocks, *_of_part(part, world, fair)):
        limit = heard[rule_id]
        loud = limit < Severity.ERROR and (problem.severity or limit) >= limit
        yield rule_id, problem._replace(severity=limit) if loud else problem


def _of_part(part: Unit, world: World, checks: Named) -> Iterator[Found]:
    """The problems of what is applied together, but for follow-ups and what stands around it."""
    for rule_id, check in checks:
        if check.on == RUN and check.function is not None:
            found = _run(rule_id, check.function, "the whole input", world)
            apart = part.trees or part.outside
            yield from _own(found, part, world) if apart else found
    stale = world.stale_places if _STALE in dict(checks) else frozenset()
    seen = _of_manifests(part.manifests, world, checks)
    yield from _first_causes(seen, stale) if stale else seen


def _of_manifests(manifests: Iterable[Manifest], world: World, checks: Named) -> Iterator[Found]:
    """The problems of each manifest."""
    questions: dict[tuple[str, str], _Questions] = {}
    for manifest in manifests:
        kind = (manifest.group, manifest.kind)
        mine = questions.get(kind)
        if mine is None:
            mine = questions[kind] = _questions(
                (rule_id, check)
                for rule_id, check in checks
                if check.on == ANY or (not isinstance(check.on, str) and kind in check.on)
            )
        yield from _of_subject(manifest, manifest.file, world, mine)


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


def _own(found: Iterable[Found], part: Unit, world: World) -> Iterator[Found]:
    """What is said of the part itself, and of changes, which are those of sources."""
    mine = {*part.manifests, *world.history.subjects()}
    for rule_id, problem in found:
        if isinstance(problem.at, SourceSpan) or problem.at.manifest in mine:
            yield rule_id, problem


def _first_causes(found: Iterable[Found], stale: Container[object]) -> Iterator[Found]:
    """What is not only the consequence of a reference that kustomize left behind."""
    for rule_id, problem in found:
        at = problem.at
        if isinstance(at, SourceSpan) or (at.manifest, at.path) not in stale:
            yield rule_id, problem


def _run(rule_id: str, function: Function, file: str, *arguments: object) -> Iterator[Found]:
    """The problems of one check that is not called with a manifest."""
    try:
        for problem in function(*arguments):
            yield rule_id, problem
    except Exception as error:
        raise _defect(rule_id, file, error) from error


def _defect(rule_id: str, file: str, error: Exception) -> DefectError:
    """Whatever a check raises is our fault: it is told with rule and file."""
    return DefectError(f"rule {rule_id} broke on {file}: {error!r}")
