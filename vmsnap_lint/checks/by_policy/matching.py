"""Which objects a policy is for."""

from __future__ import annotations

from vmsnap_lint.core.globs import GlobTree
from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.policies.policy_settings import PolicySettings
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["JUDGED", "Matching"]

JUDGED = (VM, SNAPSHOT, RESTORE, CLONE, EXPORT)
"""The kinds of objects that policies are for."""


class Matching:
    """What a policy matches, prepared."""

    def __init__(self, policy: PolicySettings) -> None:
        self._kinds = {kind for kind in JUDGED if kind.kind in policy.kinds}
        self._labels = [(key, _Globs((glob,))) for key, glob in policy.labels]
        self._namespaces = _Globs(policy.namespaces) if policy.namespaces else None
        self._clusters = _Globs(policy.clusters) if policy.clusters else None

    def is_for_kind(self, manifest: Manifest) -> bool:
        """Whether an object is of the kinds of the policy."""
        return manifest.group_kind in self._kinds

    def doubts(self, manifest: Manifest, world: World) -> list[str] | None:
        """Why it is unknown whether the policy is for an object, [] if it is, None if not."""
        if not self.is_for_kind(manifest):
            return None
        if self._clusters is not None and not self._clusters.fit(world.name):
            return None
        doubts = [*self._of_namespace(manifest, world), *self._of_labels(manifest)]
        return None if "" in doubts else doubts

    def _of_namespace(self, manifest: Manifest, world: World) -> Iterator[str]:
        """A doubt about the namespace, "" if it does not fit."""
        if self._namespaces is None or self._namespaces.fit_all:
            return
        home = world.workspace.home(manifest.namespace)
        if home is None:
            yield "its namespace is unknown"
        elif not self._namespaces.fit(home):
            yield ""

    def _of_labels(self, manifest: Manifest) -> Iterator[str]:
        """The doubts about labels, "" for one that does not fit."""
        labels = manifest.get("metadata", "labels")
        known = labels if isinstance(labels, dict) else {}
        for key, globs in self._labels:
            value = known.get(key)
            if value is None:
                is_made = holds_placeholder(labels) or any(map(holds_placeholder, known))
                yield f'whether it has the label "{key}" is unknown' if is_made else ""
            elif holds_placeholder(value) and not globs.fit_all:
                yield f'its label "{key}" is unknown'
            elif not isinstance(value, str) or not globs.fit(value):
                yield ""


class _Globs:
    """Globs of one word."""

    def __init__(self, globs: Iterable[str]) -> None:
        listed = list(globs)
        self.fit_all = "*" in listed
        self._tree = GlobTree([glob] for glob in listed)

    def fit(self, word: str) -> bool:
        """Whether one fits the word."""
        return self.fit_all or bool(self._tree.fitting((word,)))
