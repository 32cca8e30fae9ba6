"""What became of the trees of a run: rendered, refused, or left as they are written. Floor 6.15."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.kustomized import Failure, Tree
    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.model import NotChecked

__all__ = ["Built", "Made", "NotRendered"]


class Built(NamedTuple):
    """One rendered tree: a workspace of its own. `root` is its kustomization or chart."""

    root: str
    manifests: tuple[Manifest, ...]
    tree: Tree


class NotRendered(NamedTuple):
    """A tree that is not checked, for a reason, with the real paths of its files."""

    root: str
    reason: str
    files: frozenset[str]


class Made(NamedTuple):
    """The trees of a run, in the order of their roots.

    `used` holds the real paths of all files of the built trees, `written` the trees that are
    linted as they are written.
    """

    built: tuple[Built, ...] = ()
    refused: tuple[NotRendered, ...] = ()
    written: tuple[Tree, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[NotChecked, ...] = ()
    used: frozenset[str] = frozenset()

    def joined(self, other: Made) -> Made:
        """Both."""
        return Made(
            self.built + other.built,
            self.refused + other.refused,
            self.written + other.written,
            self.failures + other.failures,
            self.notes + other.notes,
            self.used | other.used,
        )
