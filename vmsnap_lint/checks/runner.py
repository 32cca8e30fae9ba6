"""Parts and checks become problems: who is called with what, and what is heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import ANY, FILE, RUN, checks_for
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.checks import Check
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    Found = tuple[str, Problem]
    Function = Callable[..., Iterator[Problem]]
    Named = list[tuple[str, Check]]
    Gate = Callable[..., Container[str]]
    Round = tuple[Gate | None, list[tuple[str, Function]]]

__all__ = ["problems_in", "problems_of"]

_STALE = "kustomize-reference-not-rewritten"


def problems_of(
    taken: LoadedInput, worlds: tuple[World, ...], named: Container[str]
) -> Iterator[Found]:
    """Every problem that the named rules see, with the id of its rule."""
    checks = _named({kind for world in worlds for kind in world.workspace.kinds()}, named)
    of_files = [(rule_id, check) for rule_id, check in checks if check.on == FILE]
    rounds = _by_gate(of_files)
    for source in taken.sources:
        yield from _of_subject(source, source.file, worlds[0], rounds)
    for part, world in zip(taken.parts, worlds, strict=True):
        if part.heard is None:
            yield from _of_part(part, world, checks)
        else:
            yield from _of_page(part, world, checks, part.heard)


def problems_in(
    manifests: Sequence[Manifest], world: World, named: Container[str]
) -> Iterator[Found]:
    """Every problem that the named rules see in these manifests alone."""
    checks = _named({one.group_kind for one in manifests}, named)
    return _of_manifests(manifests, world, checks)


def _named(present: set[tuple[str, str]], named: Container[str]) -> Named:
    return [(rule_id, check) for rule_id, check in checks_for(present).items() if rule_id in named]


def _of_page(
    part: Unit, world: World, checks: Named, heard: Mapping[str, Severity]
) -> Iterator[Found]:
    """The problems of a page's blocks, as far as a page is judged."""
    fair = [(rule_id, check) for rule_id, check in checks if rule_id in heard]
    of_files = _by_gate((rule_id, check) for rule_id, check in fair if check.on == FILE)
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
        if check.on == RUN:
            found = _run(rule_id, check.function, "the whole input", world)
            apart = part.trees or part.outside
            yield from _own(found, part, world) if apart else found
    stale = world.stale_places if _STALE in dict(checks) else frozenset()
    seen = _of_manifests(part.manifests, world, checks)
    yield from _first_causes(seen, stale) if stale else seen


def _of_manifests(manifests: Iterable[Manifest], world: World, checks: Named) -> Iterator[Found]:
    """The problems of each manifest."""
    rounds: dict[tuple[str, str], list[Round]] = {}
    for manifest in manifests:
        kind = manifest.group_kind
        mine = rounds.get(kind)
        if mine is None:
            mine = rounds[kind] = _by_gate(
                (rule_id, check)
                for rule_id, check in checks
                if check.on == ANY or (not isinstance(check.on, str) and kind in check.on)
            )
        yield from _of_subject(manifest, manifest.file, world, mine)


def _of_subject(
    subject: Manifest | Source, file: str, world: World, rounds: Iterable[Round]
) -> Iterator[Found]:
    """The problems of one manifest or file: what runs here runs once for each of thousands."""
    rule_id = ""
    try:
        for gate, members in rounds:
            rule_id = members[0][0]  # where its gate breaks
            open_to = gate(subject, world) if gate else None
            if gate and not open_to:
                continue
            for rule_id, function in members:
                if open_to is None or rule_id in open_to:
                    for problem in function(subject, world):
                        yield rule_id, problem
    except Exception as error:
        raise _defect(rule_id, file, error) from error


def _by_gate(checks: Iterable[tuple[str, Check]]) -> list[Round]:
    """The checks that share a gate, with it."""
    rounds: dict[Gate | None, list[tuple[str, Function]]] = {}
    for rule_id, check in checks:
        rounds.setdefault(check.when, []).append((rule_id, check.function))
    return list(rounds.items())


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
