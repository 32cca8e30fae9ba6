"""The problems of clusters in their facts, and the date of facts on what rests on them."""

from __future__ import annotations

from vmsnap_lint.checks.catalog import properties
from vmsnap_lint.checks.runner import problems_in
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy import with_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.problem import Problem

    RuleProblem = tuple[str, Problem]

__all__ = ["dated", "of_facts"]


def of_facts(
    facts: Mapping[str, ClusterFacts], worlds: Sequence[World], rules: Iterable[str]
) -> Iterator[RuleProblem]:
    """The problems of the rules about a cluster, in the facts of each cluster ("" for others)."""
    for name, known in facts.items():
        world = next((world for world in worlds if world.name == name), worlds[0])
        if known.source is not None and world.in_scope:
            for rule, problem in problems_in(tuple(with_facts.judged(known)), world, _about(rules)):
                yield rule, problem._replace(cluster=name)


def dated(
    problems: Sequence[RuleProblem],
    bare: Iterable[RuleProblem],
    facts: Mapping[str, ClusterFacts],
    rules: Iterable[str],
) -> Iterator[RuleProblem]:
    """The problems, with the date of the facts on those that are not in `bare` (without facts)."""
    without, about = tuple(bare), _about(rules)
    for name, known in facts.items():
        of_these = (
            (rule, problem)
            for rule, problem in problems
            if (problem.cluster if problem.cluster in facts else "") == name
        )
        is_known = known.source is not None
        yield from with_facts.dated(of_these, without, known, about) if is_known else of_these


def _about(rules: Iterable[str]) -> frozenset[str]:
    return frozenset(rule for rule in rules if properties(rule).about == "cluster")
