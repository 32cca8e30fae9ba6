"""Cluster facts in a run: their files, their age, and the findings that rest on them.

A finding rests on the facts if the same rule does not report it, at the same place and with the
same message, without them.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.kinds import CRD, KUBEVIRT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.input.files import SourceFile
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

    Found = tuple[str, Problem]

__all__ = ["aside", "dated", "judged", "known"]

_STAMP = b"# vmsnap-lint facts "
_UNUSED = "cluster facts; pass them with --facts"


def aside(sources: Sources, settings: Settings) -> Sources:
    """The files of the input except facts, which are not applied."""
    paths = (settings.facts, *(cluster.facts for cluster in settings.clusters))
    named = {os.path.realpath(path) for path in paths if path}

    def is_named(file: SourceFile) -> bool:
        return bool(named) and real_path(file.location) in named

    facts = [file for file in sources.files if file.data.startswith(_STAMP) or is_named(file)]
    if not facts:
        return sources
    unused = {NotChecked(file.path, _UNUSED) for file in facts if not is_named(file)}
    return sources._replace(
        files=tuple(file for file in sources.files if file not in facts),
        not_checked=tuple(sorted({*sources.not_checked, *unused})),
    )


def known(loaded: LoadedInput, facts: ClusterFacts, settings: Settings) -> LoadedInput:
    """The input with the source of the facts, and a note if they are old."""
    if facts.source is None:
        return loaded
    notes = facts.aged(settings.today, settings.facts_max_age)
    return loaded._replace(
        others=(*loaded.others, facts.source),
        not_checked=tuple(sorted({*loaded.not_checked, *notes})),
    )


def judged(facts: ClusterFacts) -> Iterator[Manifest]:
    """The facts that the rules about a cluster check."""
    return (fact for fact in facts.manifests if fact.group_kind in (CRD, KUBEVIRT))


def dated(
    problems: Iterable[Found],
    bare: Iterable[Found],
    facts: ClusterFacts,
    about_cluster: Container[str],
) -> list[Found]:
    """The problems, with the date of the facts on those that are not in `bare` (without facts).

    All are of clusters that the facts are for. Problems of the facts themselves are left out,
    except those of the rules about a cluster.
    """
    without = {(rule, problem.at, problem.message, problem.severity) for rule, problem in bare}
    result = []
    for rule, problem in problems:
        at = problem.at
        is_of_facts = isinstance(at, Place) and at.manifest.document.source is facts.source
        if is_of_facts and rule not in about_cluster:
            continue
        is_new = is_of_facts or (rule, at, problem.message, problem.severity) not in without
        message = facts.dated(problem.message) if is_new else problem.message
        result.append((rule, problem._replace(message=message)))
    return result
