"""What a tree makes that is not seen: entries that are left out, and builds that failed."""

from __future__ import annotations

import os

from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import Release
from vmsnap_lint.deploy.render.local_charts import CHART_FIELDS
from vmsnap_lint.deploy.render.remote_objects import described
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.kustomize_jobs import KustomizeBuilds

__all__ = [
    "failed_build",
    "left_out",
    "oldest",
    "release_of",
    "shown",
    "unread",
    "unrendered_charts",
]


def left_out(root: KustomizationNode, graph: Graph) -> Iterator[Gap]:
    """The entries of a tree that are remote, and its charts that are not in the tree."""
    for node, namespace in graph.namespaces(root).items():
        for entry in node.left_out:
            is_chart = str(entry.at[0]) in CHART_FIELDS
            made = frozenset() if is_chart else described(entry.url).kinds
            yield Gap(str(entry), entry.reason, node.place(entry.at), namespace, made)


def unread(root: KustomizationNode, graph: Graph) -> Iterator[Gap]:
    """What a tree names and cannot be read: files that are not there, and what plugins make."""
    for node, namespace in graph.namespaces(root).items():
        for entry in node.missing:
            yield Gap(entry.what, entry.reason, node.place(entry.at), namespace)
        if node.document is None:
            what = f'kustomization "{node.location.rpartition("/")[2]}"'
            yield Gap(what, "it does not parse", None, namespace)
        elif node.refusal is not None and node.refusal.path[:1] == ("generators",):
            at = node.place(node.refusal.path)
            yield Gap("a generator", node.refusal.reason, at, namespace)


def unrendered_charts(
    root: KustomizationNode, graph: Graph, builds: KustomizeBuilds
) -> Iterator[Gap]:
    """The charts of a tree that helm cannot render."""
    for node, namespace in graph.namespaces(root).items():
        results = builds.charts(node) if node.charts else {}
        for chart in node.charts:
            reason = results[chart.job]
            if isinstance(reason, str):
                what = f'chart "{chart.job.directory.rpartition("/")[2]}"'
                at = node.place(chart.at)
                yield Gap(what, reason, at, namespace or chart.job.namespace)


def failed_build(
    node: KustomizationNode, reason: str, cache: FileCache, namespace: str | None
) -> Gap:
    """A kustomization that is not built.

    What it makes are ConfigMaps: its resources are read as written, as far as they can be.
    """
    what = f'{"directory" if node.is_generated else "kustomization"} "{shown(node, cache)}"'
    return Gap(what, reason, node.place(()), namespace, frozenset((CONFIG_MAP,)))


def shown(node: KustomizationNode, cache: FileCache) -> str:
    """The file of a kustomization, or the directory that has none."""
    path = cache.shown(node.location)
    return os.path.dirname(path) or "." if node.is_generated else path


def release_of(nodes: Iterable[KustomizationNode]) -> str:
    """The oldest release of KubeVirt that the URLs in kustomizations name, or ""."""
    return oldest(described(entry.url).release for node in nodes for entry in node.left_out)


def oldest(releases: Iterable[str]) -> str:
    """The oldest of the releases, "" if there is none."""
    known = [(release, text) for text in releases if (release := Release.parse(text))]
    return min(known)[1] if known else ""
