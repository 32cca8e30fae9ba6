"""Renders the kustomizations of a run."""

from __future__ import annotations

import json
import os
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render import build_errors, programs
from vmsnap_lint.deploy.render.dry_run import DryRun
from vmsnap_lint.deploy.render.graph import Graph
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument
from vmsnap_lint.deploy.render.origins import Tracer
from vmsnap_lint.deploy.render.private_copy import PrivateCopy, not_copied
from vmsnap_lint.deploy.render.rendering import Built, NotRendered
from vmsnap_lint.deploy.render.unsafe import UnsafeField
from vmsnap_lint.input.kustomization import is_known
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import KustomizationNode
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.deploy.render.rendering import Result
    from vmsnap_lint.input.sources import Sources

__all__ = ["render_kustomizations"]

_NO_TOOL = "neither kustomize nor kubectl is on PATH"


class _Trees(NamedTuple):
    """The input and the tools to render it."""

    graph: Graph
    cache: FileCache
    dry_run: DryRun
    settings: Settings
    projects: Projects


def render_kustomizations(
    sources: Sources, projects: Projects, cache: FileCache, settings: Settings
) -> Iterator[Result]:
    """The build of each kustomization that no other one includes.

    Raises UsageError where kustomizations must be built and there is no program for it.
    """
    graph = Graph(cache, projects)
    trees = _Trees(graph, cache, DryRun(graph, cache), settings, projects)
    locations = set()
    for file in sources.kustomizations:
        location = os.path.realpath(file.location)
        project = projects.of(os.path.realpath(os.path.dirname(file.location)))
        if project.holds(location):
            locations.add(location)
        elif settings.render != "never":
            reason = f"not rendered: it is a link that leads out of the {project.noun}"
            yield NotChecked(file.path, reason)
    roots = [root for root in graph.roots(sorted(locations)) if _may_decide(root, trees)]
    roots.sort(key=lambda root: cache.shown(root.location))
    yield from _twice(roots, trees)
    command = _command(settings) if roots else []
    if command:
        try:
            yield from list(_rendered(roots, command, trees))
        except programs.NoHomeError as error:
            yield from _unwritable(roots, str(error), trees)
    elif roots:
        yield from _written(roots, trees)


def _command(settings: Settings) -> list[str]:
    """The command that builds the directory appended to it, [] where there is none."""
    for name, verb in (("kustomize", "build"), ("kubectl", "kustomize")):
        path = programs.find(name, settings.tool_path) if settings.render != "never" else ""
        if path:
            return [path, verb]
    return []


def _may_decide(root: KustomizationNode, trees: _Trees) -> bool:
    """Whether a file of the tree may hold a kind that decides about disks, or is not read."""
    if any(node.refusal and node.refusal.leaves for node in trees.graph.closure(root)):
        return True
    files = _files(root, trees)
    return any(trees.cache.shows(path, Relevance.BUILT) for path in files)


def _files(root: KustomizationNode, trees: _Trees) -> frozenset[str]:
    """The real paths of all files of the tree; of a broken root, of all that are below it."""
    nodes = trees.graph.closure(root)
    files = {path for node in nodes for path in (node.location, *node.resources, *node.others)}
    if root.document is None:
        inside = os.path.join(root.directory, "")
        files |= {path for path in trees.cache.files if path.startswith(inside)}
    return frozenset(files)


def _written(roots: list[KustomizationNode], trees: _Trees) -> Iterator[Result]:
    """The trees unrendered, as they are checked where nothing can be built."""
    if trees.settings.render == "require":
        raise UsageError(f"--render require: {_NO_TOOL}; install one or pass --render auto")
    if trees.settings.render == "auto":
        closures = map(trees.graph.closure, roots)
        yield from filter(None, (build_errors.broken(nodes, trees.cache) for nodes in closures))
        what = counted(len(roots), "kustomization")
        first = trees.cache.shown(roots[0].location)
        yield NotChecked(first, f"{what} checked unrendered: {_NO_TOOL}")
    yield from map(trees.dry_run.written, roots)


def _unwritable(
    roots: list[KustomizationNode], reason: str, trees: _Trees
) -> Iterator[NotRendered]:
    """Raises UsageError where the trees must be built."""
    if trees.settings.render == "require":
        raise UsageError(f"--render require: {reason}; set TMPDIR to one")
    for root in roots:
        yield _not_rendered(root, reason, trees)


def _rendered(
    roots: list[KustomizationNode], command: list[str], trees: _Trees
) -> Iterator[Result]:
    reasons = {root: list(_refusal(root, trees)) for root in roots}
    yield from chain.from_iterable(reasons.values())
    limits = programs.ProgramLimits(seconds=trees.settings.render_seconds)
    with programs.temporary_home() as home:
        copy = PrivateCopy(os.path.join(home, "files"))
        places: dict[KustomizationNode, str] = {}
        for root in (root for root, refused in reasons.items() if not refused):
            place = os.path.join(home, str(len(places)))
            problem = copy.add_tree(trees.graph.closure(root), trees.cache)
            problem = problem or _wrap(place, copy.place(root.directory))
            if problem:
                yield from _refused(root, root, UnsafeField((), problem, fails=True), trees)
            else:
                places[root] = place
        commands = [[*command, *_loading(root, trees), place] for root, place in places.items()]
        sizes = [programs.size_of(_files(root, trees)) for root in places]
        outputs = programs.run_all(commands, home, limits, sizes, apart=True)
    for (root, place), output in zip(places.items(), outputs, strict=True):
        yield from _read(root, Tracer(place, copy, root, trees.graph, trees.cache), output, trees)


def _twice(roots: Iterable[KustomizationNode], trees: _Trees) -> Iterator[NotChecked]:
    """A note for each kustomization with a key twice, of which kustomize reads the last one."""
    for node in dict.fromkeys(node for root in roots for node in trees.graph.closure(root)):
        faults = node.document.source.faults if node.document is not None else ()
        twice = [fault for fault in faults if fault.kind is document.FaultKind.DUPLICATE_KEY]
        if twice:
            more = f", and {len(twice) - 1:,} more" if len(twice) > 1 else ""
            reason = f"{twice[0].message} (line {twice[0].span.line}){more}"
            yield NotChecked(trees.cache.shown(node.location), reason)


def _refusal(root: KustomizationNode, trees: _Trees) -> Iterator[Result]:
    """Why a tree is never built."""
    nodes = trees.graph.closure(root)
    broken = build_errors.broken(nodes, trees.cache)
    if broken is not None:
        yield broken
        yield _not_rendered(root, "one of its kustomizations does not parse", trees)
        return
    for node, refusal in ((node, node.refusal) for node in nodes if node.refusal is not None):
        yield from _refused(root, node, refusal, trees)
        return


def _refused(
    root: KustomizationNode, node: KustomizationNode, refusal: UnsafeField, trees: _Trees
) -> Iterator[Result]:
    """That a tree is not built because of a field, and where kustomize fails by it, an error."""
    where = "" if node is root else f" (in {trees.cache.shown(node.location)})"
    refused = _not_rendered(root, f"{refusal.reason}{where}", trees)
    yield refused
    if refusal.fails or trees.settings.render == "require":
        yield BuildFailure(node.at(refusal.path), refused.reason)


def _not_rendered(root: KustomizationNode, reason: str, trees: _Trees) -> NotRendered:
    shown = trees.cache.shown(root.location)
    return NotRendered(shown, f"not rendered: {reason}", _files(root, trees))


def _loading(root: KustomizationNode, trees: _Trees) -> list[str]:
    """The flag for trees that share files within one project, as Flux allows.

    Without it, kustomize reads no file outside of the directory of the kustomization. A field of a
    later kustomize may name any file.
    """
    nodes = trees.graph.closure(root)
    if not all(is_known(node.value) for node in nodes):
        return []
    outside = {
        path
        for node in nodes
        for path in (*node.resources, *node.others)
        if not path.startswith(os.path.join(node.directory, ""))
    }
    project = trees.projects.of(root.directory)
    if not outside or not project.is_repository or not all(map(project.holds, outside)):
        return []
    return ["--load-restrictor", "LoadRestrictionsNone"]


def _wrap(directory: str, root: str) -> str:
    """Write a kustomization that includes another one and asks for annotations. Why not, or ""."""
    wrapper = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(root, directory)],
        "buildMetadata": ["originAnnotations", "transformerAnnotations"],
    }
    try:
        os.makedirs(directory)
        with open(os.path.join(directory, "kustomization.yaml"), "w", encoding="utf-8") as file:
            json.dump(wrapper, file)
    except OSError as error:
        return not_copied(error)
    return ""


def _read(
    root: KustomizationNode, tracer: Tracer, output: programs.Output, trees: _Trees
) -> Iterator[Result]:
    shown = trees.cache.shown(root.location)
    source = document.read(shown, output.data)
    error = output.error or next((fault.message for fault in source.faults), "")
    if error:
        yield _not_rendered(root, output.limit or "kustomize cannot build it", trees)
        if output.ending is programs.Ending.STOPPED:
            yield build_errors.at_limit(root.at(()), "kustomize", output.limit)
        elif not output.limit and not _is_reported(root, trees):
            error = tracer.copy.originals(error)
            yield build_errors.failure(error, root, trees.graph, trees.cache)
        return
    manifests = []
    for part in (part for part in source.documents if isinstance(part.value, dict)):
        origin = tracer.trace(part.value)
        rendered = RenderedDocument(part.value, part.index, origin, trees.cache)
        manifests.append(Manifest(rendered, part.value, ()))
    tree = trees.dry_run.rendered(manifests)
    yield Built(shown, tuple(manifests), tree, _files(root, trees))


def _is_reported(root: KustomizationNode, trees: _Trees) -> bool:
    """Whether the rule yaml-invalid reports more exactly why the tree cannot be built."""
    sources = map(trees.cache.source, trees.cache.files.keys() & _files(root, trees))
    faults = (fault for source in filter(None, sources) for fault in source.faults)
    return any(fault.relevance and fault.kind is document.FaultKind.SYNTAX for fault in faults)
