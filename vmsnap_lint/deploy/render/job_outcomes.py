"""Jobs become outcomes: what Flux, Argo CD or helm would apply of a directory or chart."""

from __future__ import annotations

import json
import os
import re
from functools import cache, cached_property
from itertools import chain

from vmsnap_lint.core.buffers import exists
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_directory, real_path
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render.chart_files import is_manifest
from vmsnap_lint.deploy.render.jobs import NO_FIELDS, ChartJob, KustomizeJob, Outcome
from vmsnap_lint.deploy.render.kustomize import NO_TOOL, may_hold
from vmsnap_lint.deploy.render.own_objects import chart_may_hold
from vmsnap_lint.deploy.render.pieces import pieces
from vmsnap_lint.deploy.render.plugins import kustomization_in
from vmsnap_lint.deploy.render.scopes import placed
from vmsnap_lint.document import FaultKind
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.partial import parted
from vmsnap_lint.objects.provenance import RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.chart_renders import ChartRender
    from vmsnap_lint.deploy.render.jobs import Job
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.kustomize import KustomizeTools
    from vmsnap_lint.deploy.render.kustomize_jobs import Build
    from vmsnap_lint.deploy.render.projects import Project
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure

__all__ = ["JobOutcomes"]

_NO_TREE = RenderedTree()
_LEADING = re.compile(rb"(?:kustomize\.toolkit\.fluxcd|argoproj)\.io/v")
"""What files with objects show that apply directories; releases apply charts."""
_READ = (FaultKind.DUPLICATE_KEY, FaultKind.NOT_MAPPING)
"""The faults of documents whose objects are known."""


class JobOutcomes:
    """Carries out jobs, each once. `unbuilt` are those that no program was there to build."""

    def __init__(self, sources: Sources, tools: KustomizeTools) -> None:
        self._tools = tools
        files = (*sources.files, *sources.kustomizations, *sources.pointers)
        self._anchor = next((real_path(file.location) for file in files), "")
        self._locations = sources.locations
        self.unbuilt: list[KustomizationNode] = []
        self._done: dict[Job, Outcome] = {}
        self._nodes: dict[KustomizeJob, KustomizationNode] = {}
        self._refusal = cache(self._refused)

    def run(self, jobs: Iterable[Job]) -> dict[Job, Outcome]:
        """The outcomes of jobs, of which those that are new are built together."""
        asked = list(dict.fromkeys(jobs))
        new = [job for job in asked if job not in self._done]
        refused = {job: reason for job in new if (reason := self._refusal(job))}
        self._done |= {job: _missing(job, reason) for job, reason in refused.items()}
        new = [job for job in new if job not in refused]
        trees = [job for job in new if isinstance(job, KustomizeJob)]
        for job in trees:
            if job.as_written:
                self._done[job] = self._as_written(job)
        self._run_charts([job for job in new if isinstance(job, ChartJob)])
        self._run_trees([job for job in trees if not job.as_written])
        return {job: self._done[job] for job in asked}

    def files(self, job: Job) -> frozenset[str]:
        """The real paths of the files that a job reads; none of one that is not carried out."""
        if self._refusal(job):
            return frozenset()
        if isinstance(job, ChartJob):
            return self._owned(job)
        return frozenset(job.files) if job.as_written else self._tools.builds.files(self._node(job))

    def _node(self, job: KustomizeJob) -> KustomizationNode:
        """The kustomization of a job, read once."""
        if job not in self._nodes:
            self._show([kustomization_in(job.directory), *job.files])
            self._show([os.path.join(job.directory, KUSTOMIZATIONS[0])])
            graph = self._tools.graph
            self._nodes[job] = graph.with_fields(job.directory, job.files, _fields(job))
        return self._nodes[job]

    @cached_property
    def _projects(self) -> set[Project]:
        """The repositories of the run."""
        directories = {os.path.dirname(path) for path in self._locations}
        return {self._tools.projects.of(real_directory(each)) for each in directories}

    def _refused(self, job: Job) -> str:
        """Why a job is not carried out: it leaves the repositories of the run, or ""."""
        files = job.files if isinstance(job, KustomizeJob) else ()
        for path in (job.directory, *files):
            real = real_path(path)
            project = next((one for one in self._projects if one.holds(real)), None)
            if project is None or project.is_internal(real):
                return "it is outside of the repository"
            if not exists(real):
                return "it does not exist"
        return ""

    def _as_written(self, job: KustomizeJob) -> Outcome:
        self._show(job.files)
        cache = self._tools.cache
        whole = parted(chain.from_iterable(cache.manifests(file) for file in job.files))
        gaps = (*self._unread(job.files), *whole.gaps)
        return Outcome(
            whole.objects, frozenset(job.files), _NO_TREE, gaps, whole.notes, is_rendered=False
        )

    def _unread(self, files: Iterable[str]) -> Iterator[Gap]:
        """A gap for each file that does not parse."""
        for file in files:
            source = self._tools.cache.source(file)
            if source is None or any(f.relevance and f.kind not in _READ for f in source.faults):
                yield Gap(f'file "{self._tools.cache.shown(file)}"', "it does not parse")

    def _run_trees(self, jobs: Iterable[KustomizeJob]) -> None:
        """Builds what may hold objects of ours, and reads the rest as written."""
        tools = self._tools
        roots = {job: self._node(job) for job in jobs}
        held = {root for root in roots.values() if self._is_held(root)}
        if held and not tools.builds.command and tools.settings.render == "require":
            raise UsageError(f"--render require: {NO_TOOL}; install one or pass --render auto")
        self.unbuilt += () if tools.builds.command else sorted(held, key=_location)
        parts = pieces(held, tools.builds.build, tools.graph)
        parts |= pieces(set(roots.values()) - held, _unbuilt, tools.graph)
        self._done |= {
            job: tools.outcomes.outcome(root, parts[root]) for job, root in roots.items()
        }

    def _is_held(self, root: KustomizationNode) -> bool:
        """Whether a tree may have objects that matter: releases do where there is a VM."""
        if not may_hold(root, self._tools, Relevance.READ):
            return False
        files = self._tools.builds.files(root)
        return self._has_vms or any(
            _LEADING.search(self._tools.cache.data(f) or b"") for f in files
        )

    @cached_property
    def _has_vms(self) -> bool:
        """Whether a file of the run may hold a VM, or what saves one; all trees must be built."""
        cache, is_required = self._tools.cache, self._tools.settings.render == "require"
        return is_required or any(cache.shows(file, Relevance.MARKER) for file in cache.given)

    def _run_charts(self, jobs: Iterable[ChartJob]) -> None:
        tools = self._tools
        bare = {job: job._replace(fields=NO_FIELDS) for job in jobs}
        for job in bare:
            names = ("Chart.yaml", KUSTOMIZATIONS[0])
            self._show(os.path.join(job.directory, name) for name in names)
        held = [
            plain
            for plain in dict.fromkeys(bare.values())
            if chart_may_hold(
                plain, tools.charts.files(plain.directory), tools.cache, Relevance.READ
            )
        ]
        if held and not tools.charts.program and tools.settings.render == "require":
            raise UsageError(
                "--render require: helm is not on PATH; install it or pass --render auto"
            )
        renders = tools.charts.render(held)
        around = {}
        for job, plain in bare.items():
            render = renders.get(plain)
            if render is None:
                self._done[job] = Outcome(files=self._owned(job), tree=_NO_TREE)
            elif render.reason:
                self._done[job] = self._unrendered(job, render)
            elif fields := _fields(job):
                around[job] = tools.graph.around(plain, fields)
            else:
                self._done[job] = self._rendered(job, render, render.objects)
        parts = pieces(around.values(), tools.builds.build, tools.graph)
        for job, root in around.items():
            whole = tools.outcomes.outcome(root, parts[root])
            alone = self._rendered(job, renders[bare[job]], whole.manifests)
            self._done[job] = whole._replace(files=alone.files, notes=(*alone.notes, *whole.notes))

    def _rendered(
        self, job: ChartJob, render: ChartRender, objects: tuple[Manifest, ...]
    ) -> Outcome:
        shown = self._shown(job)
        notes = tuple(NotChecked(shown, note) for note in render.notes)
        return Outcome(objects, self._owned(job), _NO_TREE, notes=notes)

    def _unrendered(self, job: ChartJob, render: ChartRender) -> Outcome:
        """What is known of a chart without helm: the templates without actions."""
        from vmsnap_lint.deploy.render import chart_errors  # few charts fail

        cache, shown = self._tools.cache, self._shown(job)
        files = [
            file
            for file in self._owned(job)
            if is_manifest(file, job.directory) and b"{{" not in (cache.data(file) or b"{{")
        ]
        self._show(files)
        objects = tuple(
            placed(one, job.namespace) for file in sorted(files) for one in cache.manifests(file)
        )
        names = {} if self._tools.settings.render == "never" else _names_of_values(job)
        note = chart_errors.reason_of(render, names)
        gap = Gap(f'chart "{shown}"', note.removeprefix("not rendered: "), namespace=job.namespace)
        notes = (NotChecked(shown, note),)
        failures: tuple[BuildFailure, ...] = ()
        if self._tools.settings.render == "require" or render.fails or render.is_stopped:
            failures = chart_errors.failures(render, job.directory, cache, names)
        return Outcome(
            objects, frozenset(files), _NO_TREE, (gap,), notes, failures, is_rendered=False
        )

    def _owned(self, job: ChartJob) -> frozenset[str]:
        """The files that a chart owns."""
        return self._tools.charts.owned(job.directory)

    def _shown(self, job: ChartJob) -> str:
        return os.path.dirname(self._tools.cache.shown(os.path.join(job.directory, "Chart.yaml")))

    def _show(self, files: Iterable[str]) -> None:
        """Name files for people as seen from the first file of the run."""
        for file in files:
            if file and self._anchor:
                self._tools.cache.show_from(file, self._anchor)


def _missing(job: Job, reason: str) -> Outcome:
    """The outcome of a job that is not carried out."""
    namespace = job.namespace if isinstance(job, ChartJob) else None
    what = "chart" if isinstance(job, ChartJob) else "directory"
    gap = Gap(f'{what} "{os.path.basename(job.directory)}"', reason, namespace=namespace)
    return Outcome(tree=_NO_TREE, gaps=(gap,), is_rendered=False)


def _location(node: KustomizationNode) -> str:
    return node.location


def _unbuilt(_: object) -> dict[KustomizationNode, Build]:
    """No builds, so that a tree is read as written."""
    return {}


def _fields(job: Job) -> dict[str, Any]:
    """The fields of a kustomization that a job adds."""
    try:
        fields = json.loads(job.fields)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _names_of_values(job: ChartJob) -> dict[str, str]:
    """What the values of a chart are called in errors of helm."""
    from vmsnap_lint.deploy.render.private_copy import values_file  # few charts fail

    return {values_file(content): "the values" for content in job.values}
