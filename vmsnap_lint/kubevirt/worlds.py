"""Makes the World of each unit of the input, with the objects around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT
from vmsnap_lint.core.relevance import SAVING
from vmsnap_lint.deploy.units import around
from vmsnap_lint.input import facts
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.world import Policy, World
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.crds import Crds

    Position = tuple[str, int, Path]

__all__ = ["worlds"]


def worlds(
    loaded: LoadedInput, settings: Settings, crds: Crds, known: ClusterFacts
) -> tuple[World, ...]:
    """The worlds, in the order of the units; the first one has the failures of builds.

    Facts and complete kinds do not apply to a page, which is for any cluster.
    """
    complete = (settings.complete or frozenset()) | known.complete
    result: list[World] = []
    units, policies = loaded.units, _policies(loaded, settings)
    for unit, outside, policy in zip(units, around(units), policies, strict=True):
        unit_facts = facts.NONE if unit.blocks else known
        inside = (*unit.manifests, *unit.outside, *outside)
        workspace = Workspace(
            (*inside, *unit_facts.without(inside)),
            frozenset() if unit.blocks else complete,
            damaged=loaded.damaged_kinds | unit.doubtful,
            gaps=unit.gaps,
        )
        release = settings.kubevirt or unit_facts.release()
        cluster = Cluster(workspace, release, crds, cap=settings.cap)
        failures = () if result else loaded.failures
        result.append(World(cluster, policy, unit.trees, failures, loaded.history))
    return tuple(result)


def _policies(loaded: LoadedInput, settings: Settings) -> Iterator[Policy]:
    """The policy of each unit; plain directories are in scope together."""
    units = loaded.units
    everything = (unit for unit in units if not unit.blocks)
    run_in_scope = len(units) > 1 and _hold((SNAPSHOT, RESTORE), everything)
    plain_in_scope = _hold(SAVING, (unit for unit in units if unit.is_plain))
    odd = _odd(units) if any(unit.trees for unit in units) else {}
    for unit in units:
        yield Policy(
            online=settings.online,
            all_vms=settings.all_vms,
            named=loaded.named,
            rendered_later=loaded.rendered_later if unit.is_plain else frozenset(),
            in_scope=plain_in_scope and unit.is_plain,
            run_in_scope=run_in_scope and not unit.blocks,
            odd=odd,
        )


def _odd(units: Iterable[Unit]) -> Mapping[Position, tuple[Manifest, ...]]:
    from vmsnap_lint.deploy.render.requoted import odd_originals  # many runs have nothing built

    trees = (tree for unit in units for tree in unit.trees)
    return odd_originals(trees, (manifest for unit in units for manifest in unit.manifests))


def _hold(kinds: Collection[Kind], units: Iterable[Unit]) -> bool:
    return any(manifest.group_kind in kinds for unit in units for manifest in unit.manifests)
