"""Calls checks with the manifests, files and worlds that they are for."""

from __future__ import annotations

from vmsnap_lint.checks import RUN, checks_for
from vmsnap_lint.core import stages
from vmsnap_lint.core.errors import DefectError, ExhaustedError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from vmsnap_lint.checks import Check
    from vmsnap_lint.checks.families import CauseSource, Condition
    from vmsnap_lint.document import Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    RuleProblem = tuple[str, Problem]
    Function = Callable[..., Iterator[Problem]]
    Checks = list[tuple[str, Check]]

__all__ = ["Calls", "calls_on", "of_manifests", "of_run", "of_subject", "selected"]


class Calls(NamedTuple):
    """What is called with each manifest of a kind, or with each file.

    The sources of causes have the rules that are rows of them, the first one before them, and the
    prefilters have their functions.
    """

    causes: list[tuple[str, CauseSource, dict[str, Condition | None]]]
    functions: list[tuple[Condition | None, list[tuple[str, Function]]]]


def selected(present: set[tuple[str, str]], rules: Container[str]) -> Checks:
    """The checks of these rules on the kinds that occur."""
    return [(rule_id, check) for rule_id, check in checks_for(present).items() if rule_id in rules]


def of_manifests(
    manifests: Iterable[Manifest],
    world: World,
    checks: Checks,
    calls: dict[tuple[str, str], Calls],
) -> Iterator[RuleProblem]:
    """The problems of each manifest; `calls` has those of the kinds that were seen."""
    for manifest in manifests:
        stages.may_end()
        kind = manifest.group_kind
        if kind not in calls:
            calls[kind] = calls_on(checks, kind)
        yield from of_subject(manifest, manifest.file, world, calls[kind])


def of_subject(
    subject: Manifest | Source, file: str, world: World, calls: Calls
) -> Iterator[RuleProblem]:
    """The problems of one manifest or file; this runs for each of thousands."""
    rule_id = ""
    try:
        for first, source, rows in calls.causes:
            rule_id = first  # if the source raises
            for rule_id, problem in source(subject, world):
                if rule_id in rows and not _is_excused(rows[rule_id], subject, world):
                    yield rule_id, problem
        for prefilter, members in calls.functions:
            rule_id = members[0][0]  # if the prefilter raises
            if prefilter is None or prefilter(subject, world):
                for rule_id, function in members:
                    for problem in function(subject, world):
                        yield rule_id, problem
    except (MemoryError, RecursionError) as error:
        raise ExhaustedError(error, file) from None
    except Exception as error:
        raise _defect(rule_id, file, error) from error


def _is_excused(unless: Condition | None, subject: Manifest | Source, world: World) -> bool:
    return unless is not None and unless(subject, world)


def calls_on(checks: Checks, on: tuple[str, str] | str) -> Calls:
    """The checks on a kind or on files, by the source or prefilter that they share."""
    causes: dict[CauseSource, dict[str, Condition | None]] = {}
    functions: dict[Condition | None, list[tuple[str, Function]]] = {}
    for rule_id, check in checks:
        if check.is_on(on):
            for source in check.sources:
                causes.setdefault(source, {})[rule_id] = check.unless
            if check.function is not None:
                functions.setdefault(check.prefilter, []).append((rule_id, check.function))
    listed = [(next(iter(rows)), source, rows) for source, rows in causes.items()]
    return Calls(listed, list(functions.items()))


def of_run(world: World, checks: Checks) -> Iterator[RuleProblem]:
    """The problems of the checks of the whole run."""
    for rule_id, check in checks:
        stages.may_end()
        if check.on != RUN or check.function is None:
            continue
        try:
            yield from [(rule_id, problem) for problem in check.function(world)]
        except (MemoryError, RecursionError) as error:
            raise ExhaustedError(error) from None
        except Exception as error:
            raise _defect(rule_id, "the whole input", error) from error


def _defect(rule_id: str, file: str, error: Exception) -> DefectError:
    """The error for an exception of a check, which is always a bug."""
    return DefectError(f"rule {rule_id} failed on {file}: {error!r}")
