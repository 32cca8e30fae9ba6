"""What a run knows and says on the strength of cluster facts.

Which findings rest on the facts is seen, not reasoned about: they are those that the same rules do
not make, at the same place and in the same words, without the facts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import CRD, KUBEVIRT
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    Found = tuple[str, Problem]

__all__ = ["aside", "dated", "judged", "known"]

_STAMP = b"# vmsnap-lint facts "
_UNUSED = "cluster facts, which --facts takes"


def aside(found: Sources, settings: Settings) -> Sources:
    """The files of the input but for facts, which nobody applies."""
    named = os.path.realpath(settings.facts) if settings.facts else ""
    facts = [
        file
        for file in found.files
        if file.data.startswith(_STAMP) or (named and os.path.realpath(file.location) == named)
    ]
    if not facts:
        return found
    unused = {
        NotChecked(file.path, _UNUSED)
        for file in facts
        if not named or os.path.realpath(file.location) != named
    }
    return found._replace(
        files=tuple(file for file in found.files if file not in facts),
        not_checked=tuple(sorted({*found.not_checked, *unused})),
    )


def known(taken: LoadedInput, facts: ClusterFacts, settings: Settings) -> LoadedInput:
    """The input with the facts to show lines of, and a note where they are old."""
    if facts.source is None:
        return taken
    aged = facts.aged(settings.today, settings.facts_max_age)
    return taken._replace(
        others=(*taken.others, facts.source),
        not_checked=tuple(sorted({*taken.not_checked, *aged})),
    )


def judged(facts: ClusterFacts) -> Iterator[Manifest]:
    """The facts that the rules about a cluster judge."""
    return (one for one in facts.manifests if one.group_kind in (CRD, KUBEVIRT))


def dated(
    problems: Iterable[Found],
    bare: Iterable[Found],
    facts: ClusterFacts,
    about_cluster: Container[str],
) -> list[Found]:
    """The problems, with the date of the facts behind those that `bare`, found without, lacks.

    Problems of the facts themselves are left out, but for those of the rules about a cluster.
    """
    without = {(rule, problem.at, problem.message, problem.severity) for rule, problem in bare}
    result = []
    for rule, problem in problems:
        at = problem.at
        if isinstance(at, Place) and at.manifest.document.source is facts.source:
            if rule not in about_cluster:
                continue
        elif (rule, at, problem.message, problem.severity) in without:
            result.append((rule, problem))
            continue
        result.append((rule, problem._replace(message=facts.dated(problem.message))))
    return result
