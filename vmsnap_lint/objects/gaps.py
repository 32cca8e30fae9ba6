"""Gaps: what may make objects in a cluster that the input does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, Kind
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Place, SourceSpan

__all__ = ["Gap"]


class Gap(NamedTuple):
    """Something that makes objects which the run cannot see, with its scope.

    `what` names it: `HelmRelease "web"`, `remote base "https://..."`; `reason` says why its objects
    are not seen. It makes objects in `namespace`, None for any; only of `kinds` and `names`, where
    these are known (empty for any).
    """

    what: str
    reason: str
    at: Place | SourceSpan | None = None
    namespace: str | None = None
    kinds: frozenset[Kind] = frozenset()
    names: frozenset[str] = frozenset()

    def may_make(self, kind: Kind, namespace: str | None, name: str = "") -> bool:
        """Whether it may make that object; an unknown namespace or name ("") may be any."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.names and name and name not in self.names and not holds_placeholder(name):
            return False
        if kind in CLUSTER_SCOPED or self.namespace is None or namespace is None:
            return True
        return namespace == self.namespace or holds_placeholder(namespace)

    def __str__(self) -> str:
        """`HelmRelease "web" in namespace "shop"`, for messages."""
        return f'{self.what} in namespace "{self.namespace}"' if self.namespace else self.what
