"""Makes the World of each unit of the input, with the objects around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT
from vmsnap_lint.core.relevance import SAVING
from vmsnap_lint.deploy.units import Aside, around
from vmsnap_lint.input import facts
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.world import Policy, World
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.schema.crds import Crds

__all__ = ["worlds"]


def worlds(
    loaded: LoadedInput, settings: Settings, crds: Crds, known: Mapping[str, ClusterFacts]
) -> tuple[World, ...]:
    """The worlds, in the order of the units; the first one has the failures of builds.

    `known` are the facts of clusters by their names, "" for those of all others.

    Facts and complete kinds do not apply to pages and templates, which are for any cluster. What
    the configuration says of one cluster stands above what is said of all.
    """
    configured = {cluster.name: cluster for cluster in settings.clusters}
    result: list[World] = []
    units, policies = loaded.units, _policies(loaded, settings)
    for unit, outside, policy in zip(units, around(units), policies, strict=True):
        own = configured.get(unit.cluster)
        unit_facts = facts.NONE if unit.is_aside else known.get(unit.cluster, known[""])
        complete = (own.complete if own else None) or settings.complete or frozenset()
        inside = (*unit.manifests, *unit.outside, *outside)
        workspace = Workspace(
            (*inside, *unit_facts.without(inside)),
            frozenset() if unit.is_aside else complete | unit_facts.complete,
            damaged=loaded.damaged_kinds | unit.doubtful,
            gaps=unit.gaps,
        )
        release = (own.kubevirt if own else None) or settings.kubevirt or unit_facts.release()
        cluster = Cluster(workspace, release, crds, cap=settings.cap)
        failures = () if result else loaded.failures
        result.append(World(cluster, policy, unit.trees, failures, loaded.history))
    return tuple(result)


def _policies(loaded: LoadedInput, settings: Settings) -> Iterator[Policy]:
    """The policy of each unit; plain directories are in scope together."""
    units = loaded.units
    everything = (unit for unit in units if not unit.is_aside)
    run_in_scope = len(units) > 1 and _hold((SNAPSHOT, RESTORE), everything)
    plain_in_scope = _hold(SAVING, (unit for unit in units if unit.is_plain))
    for unit in units:
        yield Policy(
            online=settings.online,
            all_vms=settings.all_vms and unit.aside is not Aside.TEMPLATE,
            named=loaded.named,
            rendered_later=(
                loaded.rendered_later if unit.is_plain or unit.cluster else frozenset()
            ),
            in_scope=(plain_in_scope and (unit.is_plain or bool(unit.aside)))
            or (settings.all_vms and bool(unit.aside)),
            run_in_scope=run_in_scope and not unit.blocks,
        )


def _hold(kinds: Collection[Kind], units: Iterable[Unit]) -> bool:
    return any(manifest.group_kind in kinds for unit in units for manifest in unit.manifests)
