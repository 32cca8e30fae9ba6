"""What became of the trees of a run: rendered, refused, or left as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import NotChecked
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

__all__ = ["Built", "NotRendered", "RenderedTrees"]


class Built(NamedTuple):
    """One rendered tree: a workspace of its own. `root` is its kustomization or chart."""

    root: str
    manifests: tuple[Manifest, ...]
    tree: RenderedTree


class NotRendered(NamedTuple):
    """A tree that is not checked, for a reason, with the real paths of its files."""

    root: str
    reason: str
    files: frozenset[str]


class RenderedTrees(NamedTuple):
    """The trees of a run, in the order of their roots.

    `used` holds the real paths of all files of the built trees, `written` the trees that are
    linted as they are written.
    """

    built: tuple[Built, ...] = ()
    refused: tuple[NotRendered, ...] = ()
    written: tuple[RenderedTree, ...] = ()
    failures: tuple[BuildFailure, ...] = ()
    notes: tuple[NotChecked, ...] = ()
    used: frozenset[str] = frozenset()

    def joined(self, other: RenderedTrees) -> RenderedTrees:
        """Both."""
        return RenderedTrees(
            self.built + other.built,
            self.refused + other.refused,
            self.written + other.written,
            self.failures + other.failures,
            self.notes + other.notes,
            self.used | other.used,
        )
