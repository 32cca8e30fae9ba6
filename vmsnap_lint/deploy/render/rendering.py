"""The results of rendering: built, not rendered, or left as written."""

from __future__ import annotations

from collections import defaultdict

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Built", "NotRendered", "RenderedTrees", "Result", "collected"]


class Built(NamedTuple):
    """One rendered tree, with the real paths of its files. `root` is its kustomization or chart.

    `gaps` are what may make further objects of it; `release` is that of KubeVirt which a URL in it
    names, or "".
    """

    root: str
    manifests: tuple[Manifest, ...]
    tree: RenderedTree
    files: frozenset[str]
    gaps: tuple[Gap, ...] = ()
    release: str = ""


class NotRendered(NamedTuple):
    """A tree that is read as written, for a reason ("" where none is given), with its files.

    `gaps` and `release` are as for one that is built; `failure` is the error, if there is one.
    """

    root: str
    reason: str
    files: frozenset[str]
    gaps: tuple[Gap, ...] = ()
    release: str = ""
    failure: BuildFailure | None = None


Result = Built | NotRendered | RenderedTree | BuildFailure | NotChecked
_TYPES = (Built, NotRendered, RenderedTree, BuildFailure, NotChecked)


class RenderedTrees(NamedTuple):
    """The trees of a run by their results, in the order of their roots.

    `written` are the trees that are checked unrendered; `sources` are the files that were decoded
    to render, by real path. `release` is that of KubeVirt which a URL in a kustomization names.
    """

    sources: Mapping[str, Source]
    built: tuple[Built, ...]
    not_rendered: tuple[NotRendered, ...]
    written: tuple[RenderedTree, ...]
    failures: tuple[BuildFailure, ...]
    notes: tuple[NotChecked, ...]
    release: str = ""

    def used(self) -> frozenset[str]:
        """The real paths of all files of the built trees."""
        return frozenset().union(*(tree.files for tree in self.built))

    def noted(self) -> frozenset[str]:
        """The real paths of the files of trees that are built, or that a note is about."""
        return self.used().union(*(tree.files for tree in self.not_rendered if tree.reason))


def collected(results: Iterable[Result], sources: Mapping[str, Source]) -> RenderedTrees:
    """The results by their type, each in the order given."""
    by_type: dict[type, list[Any]] = defaultdict(list)
    for result in results:
        by_type[type(result)].append(result)
    built, not_rendered, written, failures, notes = (tuple(by_type[kind]) for kind in _TYPES)
    return RenderedTrees(sources, built, not_rendered, written, failures, notes)
