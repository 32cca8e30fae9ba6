"""Makes the World of each unit of the input, with the objects around it."""

from __future__ import annotations

from vmsnap_lint.config.settings import ClusterSettings
from vmsnap_lint.core import releases
from vmsnap_lint.core.kinds import BACKUP, CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Judged
from vmsnap_lint.core.relevance import FOLLOWED, SAVING, of_kind
from vmsnap_lint.deploy.units import Separate, around
from vmsnap_lint.input import facts
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.policy import Policy
from vmsnap_lint.kubevirt.stated_release import stated_release
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.core.values import Release
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.input.facts import ClusterFacts
    from vmsnap_lint.objects.manifest import Manifest, Ref
    from vmsnap_lint.schema.crds import Crds

    Position = tuple[str, int, Path]

__all__ = ["each_of", "judged", "undecodable", "unjudged_vms", "worlds"]

_UNCONFIGURED = ClusterSettings("", ())


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
        own = configured.get(unit.cluster, _UNCONFIGURED)
        unit_facts = facts.NONE if unit.is_separate else known.get(unit.cluster, known[""])
        complete = settings.complete if own.complete is None else own.complete
        inside = (*unit.manifests, *unit.outside, *outside)
        workspace = Workspace(
            (*inside, *unit_facts.without(inside)),
            frozenset() if unit.is_separate else (complete or frozenset()) | unit_facts.complete,
            damaged=loaded.damaged_kinds | unit.doubtful,
            gaps=unit.gaps,
        )
        release, source = _release(settings, own, unit_facts)
        if release is None:
            release, source = stated_release(workspace, "" if unit.is_separate else unit.release)
        cluster = Cluster(
            workspace, release, crds, cap=settings.cap, release_source=source,
            rendered_later=loaded.rendered_later if unit.is_plain or unit.cluster else frozenset(),
        )  # fmt: skip
        failures = () if result else loaded.failures
        result.append(World(cluster, policy, unit.trees, failures, loaded.history))
    return tuple(result)


def each_of(
    kind: Kind, units: Iterable[Unit], worlds: Iterable[World]
) -> Iterator[tuple[World, Manifest]]:
    """The objects of that kind, each once, with its world."""
    for unit, world in zip(units, worlds, strict=True):
        outside = set(unit.outside)
        yield from ((world, item) for item in world.workspace.of(kind) if item not in outside)


def undecodable(units: Iterable[Unit], worlds: Iterable[World]) -> dict[Manifest, str]:
    """The objects that the API server cannot decode, with the reason; not those that have a plan.

    The plan of such an object shows that it is rejected.
    """
    rejected: dict[Manifest, str] = {}
    for unit, world in zip(units, worlds, strict=True):
        for manifest in unit.manifests:
            has_plan = manifest.group_kind in (CLONE, EXPORT, RESTORE, SNAPSHOT)
            problem = None if has_plan else webhooks.undecodable(world.cluster, manifest)
            if problem:
                rejected[manifest] = f"{manifest.title} will be rejected: {problem.message}"
    return rejected


def judged(units: Iterable[Unit], worlds: Iterable[World]) -> tuple[Judged, ...]:
    """The releases that the units in scope are judged for; pages count where nothing else is."""
    releases: dict[tuple[str, str], set[str]] = {}
    of_pages: dict[tuple[str, str], set[str]] = {}
    for unit, world in zip(units, worlds, strict=True):
        if world.in_scope and any(map(_is_read, unit.manifests)):
            release = str(world.cluster.release), _source(world.cluster)
            clusters = (of_pages if unit.is_separate else releases).setdefault(release, set())
            clusters |= {world.name} - {""}
    return tuple(
        Judged(*release, tuple(sorted(clusters)))
        for release, clusters in sorted((releases or of_pages).items())
    )


def _source(cluster: Cluster) -> str:
    """Where the release comes from, with what else is to be told about it."""
    release, newest = cluster.release, releases.newest_known(cluster.release)
    notes = (
        releases.product(release),
        f"{newest} is the newest known of its line" if newest else "",
    )
    return "; ".join(filter(None, (cluster.release_source, *notes)))


def _is_read(manifest: Manifest) -> bool:
    """Whether rules read such an object itself, not only what it leads to."""
    return manifest.group_kind not in FOLLOWED and bool(of_kind(*manifest.group_kind))


def unjudged_vms(
    units: Iterable[Unit],
    worlds: Iterable[World],
    by_policies: frozenset[tuple[str, Ref]] = frozenset(),
) -> int:
    """The number of VMs that no snapshot names in any cluster, no copy, and no policy judges."""
    judged: set[tuple[str, Ref]] = set()
    others: set[tuple[str, Ref]] = set()
    for unit, world in zip(units, worlds, strict=True):
        copied = set() if unit.is_separate else _copied(world)
        for vm in () if unit.is_separate else unit.manifests:
            if vm.group_kind == VM:
                name = world.workspace.home(vm.namespace), vm.name
                is_judged = world.vm_in_scope(vm) or world.naming(vm) or name in copied
                (judged if is_judged else others).add((vm.file, vm.ref))
    return len(others - judged - by_policies)


def _copied(world: World) -> set[tuple[str | None, str]]:
    """The VMs that clones, exports and backups name, by namespace and name."""
    return {
        (world.workspace.home(copy.namespace), copy.text("spec", "source", "name"))
        for kind in (BACKUP, CLONE, EXPORT)
        for copy in world.workspace.of(kind)
        if copy.text("spec", "source", "kind") == VM.kind
    }


def _release(
    settings: Settings, own: ClusterSettings, known: ClusterFacts
) -> tuple[Release | None, str]:
    """The release of the settings or of the facts, and where it comes from."""
    if own.kubevirt:
        return own.kubevirt, f"clusters.{own.name}.kubevirt"
    if settings.kubevirt:
        return settings.kubevirt, "--kubevirt"
    release = known.release()
    return release, "the facts" if release else ""


def _policies(loaded: LoadedInput, settings: Settings) -> Iterator[Policy]:
    """The policy of each unit; plain directories are in scope together."""
    units = loaded.units
    everything = (unit for unit in units if not unit.is_separate)
    run_in_scope = len(units) > 1 and _hold((SNAPSHOT, RESTORE), everything)
    plain_in_scope = _hold(SAVING, (unit for unit in units if unit.is_plain))
    requoted = _requoted(units) if any(unit.trees for unit in units) else {}
    for unit in units:
        yield Policy(
            online=settings.online,
            all_vms=settings.all_vms and unit.separate is not Separate.TEMPLATE,
            named=loaded.named,
            in_scope=(plain_in_scope and (unit.is_plain or bool(unit.separate)))
            or (settings.all_vms and bool(unit.separate)),
            run_in_scope=run_in_scope and not unit.is_separate,
            requoted=requoted,
            appliers=unit.appliers,
            name=unit.cluster,
            replaced=loaded.replaced,
        )


def _requoted(units: Iterable[Unit]) -> Mapping[Position, tuple[Manifest, ...]]:
    from vmsnap_lint.deploy.render.requoted import (
        requoted_originals,
    )  # many runs have nothing built

    trees = (tree for unit in units for tree in unit.trees)
    return requoted_originals(trees, (manifest for unit in units for manifest in unit.manifests))


def _hold(kinds: Collection[Kind], units: Iterable[Unit]) -> bool:
    return any(manifest.group_kind in kinds for unit in units for manifest in unit.manifests)
