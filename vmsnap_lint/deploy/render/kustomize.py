"""The kustomizations of a run become the objects that kustomize makes of them."""

from __future__ import annotations

import json
import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.deploy.render import build_errors, programs
from vmsnap_lint.deploy.render.dry_run import DryRun
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument
from vmsnap_lint.deploy.render.origins import Tracer
from vmsnap_lint.deploy.render.rendering import Built, NotRendered, RenderedTrees
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph, KustomizationNode
    from vmsnap_lint.input.sources import Sources

__all__ = ["render_kustomizations"]

_NO_TOOL = "neither kustomize nor kubectl is on the search path"


class _Trees(NamedTuple):
    """What is asked of this module, with the tools to answer it."""

    found: Sources
    graph: Graph
    shelf: FileCache
    outliner: DryRun
    settings: Settings


def render_kustomizations(
    found: Sources, graph: Graph, shelf: FileCache, settings: Settings
) -> RenderedTrees:
    """What kustomize makes of each kustomization that no other one includes."""
    trees = _Trees(found, graph, shelf, DryRun(graph, shelf), settings)
    places = sorted({os.path.realpath(file.location) for file in found.kustomizations})
    roots = [root for root in graph.roots(places) if _is_worth(root, trees)]
    roots.sort(key=lambda root: shelf.shown(root.location))
    if not roots:
        return RenderedTrees()
    command = _command(settings)
    if settings.render == "never" or not command:
        return _written(roots, trees)
    made, sound = _refused(roots, trees)
    return made.joined(_built(sound, command, trees))


def _command(settings: Settings) -> list[str]:
    """The command that builds the directory named behind it, [] where there is none."""
    for name, verb in (("kustomize", "build"), ("kubectl", "kustomize")):
        path = programs.find(name, settings.tool_path) if settings.render != "never" else ""
        if path:
            return [path, verb]
    return []


def _is_worth(root: KustomizationNode, trees: _Trees) -> bool:
    """Whether a file of the tree may hold a kind that decides about disks."""
    files = _files(root, trees)
    return any(shows(trees.shelf.data(path) or b"", Relevance.BUILT) for path in files)


def _files(root: KustomizationNode, trees: _Trees) -> frozenset[str]:
    """The real paths of all that the tree is made of; of a broken root, of all that lies in it."""
    nodes = trees.graph.closure(root)
    files = {path for node in nodes for path in (node.location, *node.resources, *node.others)}
    if root.document is None:
        given = (os.path.realpath(file.location) for file in trees.found.files)
        files |= {path for path in given if path.startswith(_directory(root))}
    return frozenset(files)


def _written(roots: list[KustomizationNode], trees: _Trees) -> RenderedTrees:
    """Nothing is built: the trees are linted as they are written."""
    if trees.settings.render == "require":
        message = f"--render require: {_NO_TOOL}: install one, or pass --render auto"
        raise UsageError(message)
    notes: tuple[NotChecked, ...] = ()
    failures: tuple[BuildFailure, ...] = ()
    if trees.settings.render == "auto":
        closures = (trees.graph.closure(root) for root in roots)
        broken = (build_errors.broken(nodes, trees.shelf) for nodes in closures)
        failures = tuple(failure for failure in broken if failure is not None)
        what = counted(len(roots), "kustomization")
        first = trees.shelf.shown(roots[0].location)
        notes = (NotChecked(first, f"{what} linted as written, not as built: {_NO_TOOL}"),)
    written = tuple(map(trees.outliner.written, roots))
    return RenderedTrees(written=written, failures=failures, notes=notes)


def _refused(
    roots: list[KustomizationNode], trees: _Trees
) -> tuple[RenderedTrees, list[KustomizationNode]]:
    """What is never built, and the roots that may be."""
    refused, failures, sound = [], [], []
    for root in roots:
        nodes = trees.graph.closure(root)
        broken = build_errors.broken(nodes, trees.shelf)
        node = next((node for node in nodes if node.refusal is not None), None)
        if broken is not None:
            failures.append(broken)
            reason = "not rendered: a kustomization of it does not parse"
            refused.append(_not_rendered(root, reason, trees))
        elif node is not None and node.refusal is not None:
            source = trees.shelf.source(node.location)
            where = f"{trees.shelf.shown(node.location)}: " if node is not root else ""
            reason = f"not rendered: {where}{node.refusal.reason}"
            refused.append(_not_rendered(root, reason, trees))
            if source is not None and trees.settings.render == "require":
                at = build_errors.spot(node, node.refusal.path, source)
                failures.append(BuildFailure(at, reason))
        else:
            sound.append(root)
    return RenderedTrees(refused=tuple(refused), failures=tuple(failures)), sound


def _not_rendered(root: KustomizationNode, reason: str, trees: _Trees) -> NotRendered:
    return NotRendered(trees.shelf.shown(root.location), reason, _files(root, trees))


def _built(roots: list[KustomizationNode], command: list[str], trees: _Trees) -> RenderedTrees:
    if not roots:
        return RenderedTrees()
    limits = programs.ProgramLimits(seconds=trees.settings.render_seconds)
    with tempfile.TemporaryDirectory(prefix="vmsnap-lint-") as made_home:
        home = os.path.realpath(made_home)
        inside = [root for root in roots if home.startswith(_directory(root))]
        roots = [root for root in roots if root not in inside]
        places = [_wrap(os.path.join(home, str(n)), root) for n, root in enumerate(roots)]
        commands = [
            [*command, *_loading(root, trees), place]
            for root, place in zip(roots, places, strict=True)
        ]
        outputs = programs.run_all(commands, home, limits)
    reason = "not rendered: the directory for temporary files lies in it"
    made = RenderedTrees(refused=tuple(_not_rendered(root, reason, trees) for root in inside))
    for root, place, output in zip(roots, places, outputs, strict=True):
        made = made.joined(_read(root, place, output, trees))
    return made


def _loading(root: KustomizationNode, trees: _Trees) -> list[str]:
    """The flag for trees that share files within one project, as Flux lets them.

    Without it, kustomize reads no file outside of the directory of the kustomization.
    """
    nodes = trees.graph.closure(root)
    outside = {
        path
        for node in nodes
        for path in (*node.resources, *node.others)
        if not path.startswith(_directory(node))
    }
    project = _project(_directory(root))
    if not outside or not all(path.startswith(project) for path in outside):
        return []
    return ["--load-restrictor", "LoadRestrictionsNone"]


def _project(directory: str) -> str:
    """The working tree of git that holds a directory, or else the directory itself."""
    at = directory.rstrip(os.sep)
    while not os.path.exists(os.path.join(at, ".git")):
        above = os.path.dirname(at)
        if above == at:
            return directory
        at = above
    return os.path.join(at, "")


def _directory(root: KustomizationNode) -> str:
    return os.path.join(os.path.dirname(root.location), "")


def _wrap(directory: str, root: KustomizationNode) -> str:
    """A kustomization that includes the root and asks for annotations; the root stays untouched."""
    way = os.path.relpath(os.path.dirname(root.location), directory)
    os.makedirs(directory)
    wanted = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [way],
        "buildMetadata": ["originAnnotations", "transformerAnnotations"],
    }
    with open(os.path.join(directory, "kustomization.yaml"), "w", encoding="utf-8") as file:
        json.dump(wanted, file)
    return directory


def _read(
    root: KustomizationNode, place: str, output: programs.Output, trees: _Trees
) -> RenderedTrees:
    source = document.read(trees.shelf.shown(root.location), output.data)
    error = output.error or next((fault.message for fault in source.faults), "")
    if error:
        failed = build_errors.failure(error, root, trees.graph, trees.shelf)
        refused = _not_rendered(root, "not rendered: kustomize cannot build it", trees)
        told = _is_told(root, trees)
        return RenderedTrees(refused=(refused,), failures=() if told else (failed,))
    tracer = Tracer(place, root, trees.graph, trees.shelf)
    manifests = []
    for part in source.documents:
        if isinstance(part.value, dict):
            lineage = tracer.trace(part.value)
            made = RenderedDocument(part.value, part.index, lineage, trees.shelf)
            manifests.append(Manifest(made, part.value, ()))
    built = Built(
        trees.shelf.shown(root.location), tuple(manifests), trees.outliner.rendered(manifests)
    )
    return RenderedTrees(built=(built,), used=_files(root, trees))


def _is_told(root: KustomizationNode, trees: _Trees) -> bool:
    """Whether the rule yaml-invalid says more exactly why the tree cannot be built."""
    given = {os.path.realpath(file.location) for file in trees.found.files}
    sources = map(trees.shelf.source, given & _files(root, trees))
    return any(
        fault.relevance and fault.kind is document.FaultKind.SYNTAX
        for source in sources
        if source is not None
        for fault in source.faults
    )
