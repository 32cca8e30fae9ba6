"""Finds the clusters of a run and everything that is applied to them.

The most explicit source counts: `clusters:` of the configuration, else what Flux and Argo CD apply,
beginning with what nothing else in the input applies. A HelmRelease that no Flux Kustomization
applies is for the cluster of its surroundings.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.kinds import FLUX_HELM_RELEASE, FLUX_KUSTOMIZATION
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.relevance import POINTERS
from vmsnap_lint.deploy.alternatives import apart
from vmsnap_lint.deploy.applied import Applied, FoundClusters
from vmsnap_lint.deploy.around import Around
from vmsnap_lint.deploy.checkout import Checkout
from vmsnap_lint.deploy.config_maps import ConfigMaps
from vmsnap_lint.deploy.expansion import Expansion, applied_by
from vmsnap_lint.deploy.leading import root_of
from vmsnap_lint.deploy.render.jobs import ChartJob, KustomizeJob
from vmsnap_lint.deploy.roots import root_groups
from vmsnap_lint.input.files import Role
from vmsnap_lint.objects.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.expansion import Draft
    from vmsnap_lint.deploy.render.build import Renderer
    from vmsnap_lint.deploy.render.jobs import Job
    from vmsnap_lint.deploy.roots import RootGroup
    from vmsnap_lint.input.sources import SourceFile, Sources

__all__ = ["discover"]

_UNNAMED = {"Flux": "cluster", "Argo CD": "in-cluster"}
_LEADING = tuple(kind for kind in POINTERS if kind != FLUX_HELM_RELEASE)


def discover(sources: Sources, renderer: Renderer, settings: Settings) -> FoundClusters:
    """The clusters of a run, with everything that is applied to them."""
    if not sources.pointers and not settings.clusters:
        return FoundClusters()
    checkout = Checkout(root_of(sources, renderer.projects), renderer.cache.data)
    config_maps = ConfigMaps(sources.config_maps, renderer.cache)
    expansion = Expansion(renderer, checkout, config_maps)
    if settings.clusters:
        _follow_configured(settings, checkout.root, expansion)
    else:
        files = [file for file in sources.pointers if file.role is Role.MANIFEST]
        search = _Search(files, renderer, checkout, expansion)
        config_maps.look_for(search.pointers)
        search.follow()
        templates = [file for file in sources.pointers if file.role is Role.TEMPLATE]
        _follow_charts(templates, renderer, expansion)
    found = expansion.found()
    return FoundClusters(
        tuple(cluster for cluster in found if cluster.known.name),
        tuple(each for each in found if each.known.parts and not each.known.name),
    )


def _follow_configured(settings: Settings, root: str, expansion: Expansion) -> None:
    """Adds the clusters of the configuration."""
    for cluster in settings.clusters:
        draft = expansion.cluster(cluster.name, "configuration")
        for location in map(os.path.realpath, cluster.paths):
            pointer = _applying(os.path.relpath(location, root))
            if is_file(location):
                job = KustomizeJob(os.path.dirname(location), files=(location,), as_written=True)
                expansion.apply(draft, Applied(pointer, job))
            else:
                expansion.add(draft, [pointer])
    expansion.follow()


def _follow_charts(
    templates: Iterable[SourceFile], renderer: Renderer, expansion: Expansion
) -> None:
    """Adds what the pointers of charts apply that no pointer applies: someone installs them."""
    charts: dict[str, list[SourceFile]] = defaultdict(list)
    for file in templates:
        if not expansion.holds(real_path(file.location)):
            charts[_chart_of(file)].append(file)
            renderer.cache.show(_chart_of(file), file.chart)
    jobs = {ChartJob(directory): charts[directory] for directory in sorted(charts)}
    outcomes = renderer.run(jobs)
    for job, files in jobs.items():
        outcome = outcomes[job]
        made = [each for each in outcome.manifests if each.group_kind in POINTERS]
        leading = [each for each in made if each.group_kind in _LEADING]
        for group in root_groups(leading, {}, _unnamed(leading)):
            draft = expansion.cluster(group.name, _origin_of(group.pointers))
            draft.files |= outcome.files
            draft.add(outcome.manifests)
            expansion.add(draft, made)
        kinds = {kind for file in files for kind in _LEADING if _writes(file.data, kind)}
        if kinds and not outcome.is_rendered:
            origin = _origin(kinds)
            draft = expansion.cluster(_UNNAMED[origin], origin)
            draft.add_unbuilt(f'chart "{abridged(files[0].chart)}"', files[0].chart, outcome)
    expansion.follow()


def _writes(template: bytes, kind: Kind) -> bool:
    """Whether a template writes an object of the kind, by its lines."""
    lines = (rb"kind:\s*%s\s*$" % kind.kind.encode(), rb"apiVersion:\s*%s/" % kind.group.encode())
    return all(re.search(rb"(?m)^\s*%s" % line, template) for line in lines)


def _chart_of(file: SourceFile) -> str:
    """The directory (real path) of the chart that a template is in."""
    inside = os.path.relpath(file.path, file.chart)
    return real_path(file.location).removesuffix(os.sep + inside)


def _unnamed(pointers: Iterable[Manifest]) -> str:
    """What a cluster is called whose pointers do not tell."""
    return _UNNAMED[_origin_of(pointers)]


def _has_namespace(release: Manifest) -> bool:
    """Whether it tells where its objects go; one without is for a cluster that something adds."""
    return bool(release.namespace or release.text("spec", "targetNamespace"))


def _origin_of(pointers: Iterable[Manifest]) -> str:
    return _origin(pointer.group_kind for pointer in pointers)


def _origin(kinds: Iterable[Kind]) -> str:
    """Who declares a cluster with pointers of these kinds."""
    return "Flux" if FLUX_KUSTOMIZATION in kinds else "Argo CD"


def _applying(path: str) -> Manifest:
    """A Flux Kustomization that applies a path of the repository as a whole."""
    value = {
        "apiVersion": f"{FLUX_KUSTOMIZATION.group}/v1",
        "kind": FLUX_KUSTOMIZATION.kind,
        "metadata": {"name": path},
        "spec": {"path": path},
    }
    (part,) = document.read(path, json.dumps(value).encode()).documents
    return Manifest(part, value, ())


class _Search:
    """The pointers of a run with their files, each followed from what nothing else applies."""

    def __init__(
        self,
        files: Iterable[SourceFile],
        renderer: Renderer,
        checkout: Checkout,
        expansion: Expansion,
    ) -> None:
        self._renderer = renderer
        self._root = checkout.root
        self._expansion = expansion
        locations = sorted({real_path(file.location) for file in files})
        self._in_file = {location: renderer.cache.manifests(location) for location in locations}
        self.pointers = {
            manifest: location
            for location, objects in self._in_file.items()
            for manifest in objects
            if manifest.group_kind in POINTERS
        }
        around = Around(checkout, chain.from_iterable(self._in_file.values()))
        applied = {
            pointer: list(applied_by(pointer, around))
            for pointer in self.pointers
            if pointer.group_kind in _LEADING
        }
        # a patch of one applies nothing
        self._jobs = {
            pointer: [each.job for each in every if each.job is not None]
            for pointer, every in applied.items()
            if every
        }
        self._makers: dict[str, set[Manifest]] = defaultdict(set)
        for pointer, jobs in self._jobs.items():
            for path in chain.from_iterable(map(self._covered, jobs)):
                self._makers[path].add(pointer)

    def follow(self) -> None:
        """Follows all pointers."""
        self._follow_roots([each for each in self._jobs if not self._makers_of(each) - {each}])
        for pointer in self._jobs:  # those that apply each other have no root
            if not self._is_reached(pointer):
                self._follow_roots([pointer])
        drafts = self._expansion.drafts()
        for pointer in self.pointers:
            if not self._is_reached(pointer):
                is_placed = len(drafts) == 1 and _has_namespace(pointer)
                draft = drafts[0] if is_placed else self._expansion.cluster("")
                self._expansion.add(draft, [pointer])
        self._expansion.follow()

    def _is_reached(self, pointer: Manifest) -> bool:
        """Whether it was followed, as it is written or as a build made it of its file."""
        expansion = self._expansion
        return pointer.position in expansion.reached or expansion.holds(self.pointers[pointer])

    def _makers_of(self, pointer: Manifest) -> set[Manifest]:
        return self._makers[self.pointers[pointer]]

    def _is_own(self, pointer: Manifest) -> bool:
        """Whether a Kustomization applies itself: `flux bootstrap` makes one for each cluster."""
        is_flux = pointer.group_kind == FLUX_KUSTOMIZATION
        return is_flux and pointer in self._makers_of(pointer)

    def _covered(self, job: Job) -> Iterable[str]:
        """The files with pointers that a job applies."""
        return () if isinstance(job, ChartJob) else self._in_file.keys() & self._renderer.files(job)

    def _follow_roots(self, first: Sequence[Manifest]) -> None:
        own = {each: self._directory(each) for each in first if self._is_own(each)}
        for group in self._groups(first, own):
            origin = _origin_of(group.pointers)
            draft = self._expansion.cluster(group.name, origin)
            pointers = self._begin(draft, group.pointers)
            if group.directory and origin == "Flux" and own.keys().isdisjoint(group.pointers):
                above = os.path.realpath(group.directory)
                pointers.append(_applying(os.path.relpath(above, self._root)))
            self._expansion.add(draft, pointers)
        self._expansion.follow()

    def _groups(
        self, first: Sequence[Manifest], own: Mapping[Manifest, str]
    ) -> Iterator[RootGroup]:
        """The clusters of pointers that nothing applies; those that contradict each other apart."""
        for group in root_groups(first, own, _unnamed(first)):
            if group.directory:
                yield group
            else:
                self._renderer.run(chain.from_iterable(map(self._jobs.__getitem__, group.pointers)))
                yield from apart(group, self._objects)

    def _objects(self, pointers: Sequence[Manifest]) -> Iterable[Manifest]:
        """All that pointers apply to their own cluster."""
        trial = self._expansion.trial()
        draft = trial.cluster("trial", _origin_of(pointers))
        trial.add(draft, self._begin(draft, pointers))
        trial.follow()
        return draft.objects.values()

    def _begin(self, draft: Draft, pointers: Iterable[Manifest]) -> list[Manifest]:
        """The objects in the files of pointers, with which their cluster begins."""
        objects: list[Manifest] = []
        for location in dict.fromkeys(map(self.pointers.__getitem__, pointers)):
            draft.files.add(location)
            objects += self._in_file[location]
        draft.add(objects)
        return objects

    def _directory(self, pointer: Manifest) -> str:
        """The directory, as it is shown, that a pointer applies and is in."""
        location = self.pointers[pointer]
        for job in self._jobs[pointer]:
            inside = os.path.relpath(location, job.directory)
            if not inside.startswith(os.pardir):
                return "/".join(pointer.file.split("/")[: -len(inside.split(os.sep))])
        return pointer.directory
