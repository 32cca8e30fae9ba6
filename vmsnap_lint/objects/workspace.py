"""All manifests that are applied together, indexed; answers found, absent or unknown."""

from __future__ import annotations

from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, Kind
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ALL_KINDS", "Absence", "Workspace"]

ALL_KINDS = "all"
_UNSET_IN_EXPORT = "default"
_Key = tuple[str, str, str, str | None]


class Absence(Enum):
    """Why `resolve` gives no manifest."""

    ABSENT = "absent"
    """Certainly not there: its namespace declares others of the kind, or the set is complete."""
    GUESSED = "guessed"
    """Others of this cluster-scoped kind are in the input, this one is not; caps at warning."""
    UNKNOWN = "unknown"
    """Nothing in the input can tell; never makes an error."""
    AMBIGUOUS = "ambiguous"
    """Several contradicting definitions, and none is nearer than the others."""


class Workspace:
    """The index. `complete` names the kinds of which the input holds every object, or {"all"}.

    `damaged` names the kinds that unreadable input speaks of: then only a complete one of these
    can be absent.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest],
        complete: frozenset[str] = frozenset(),
        *,
        damaged: frozenset[str] = frozenset(),
    ) -> None:
        self._complete = complete
        self._damaged = damaged
        self._of: dict[tuple[str, str], list[Manifest]] = {}
        self._named: dict[tuple[str, str, str], dict[str | None, list[Manifest]]] = {}
        self._homes: set[tuple[str, str, str | None]] = set()
        self._nameless: set[tuple[str, str]] = set()
        self._candidates: dict[_Key, list[Manifest]] = {}
        self._trees: dict[_Key, dict[str, list[Manifest]]] = {}
        self._choices: dict[tuple[_Key, str], Manifest | Absence] = {}
        for manifest in manifests:
            self._add(manifest)

    def _add(self, manifest: Manifest) -> None:
        group, kind, namespace, name = manifest.ref
        self._of.setdefault((group, kind), []).append(manifest)
        if name and not holds_placeholder(name):
            home = None if (group, kind) in CLUSTER_SCOPED else self._home(namespace)
            homes = self._named.setdefault((group, kind, name), {})
            homes.setdefault(home, []).append(manifest)
            self._homes.add((group, kind, home))
        elif not manifest.text("metadata", "generateName"):
            self._nameless.add((group, kind))

    def of(self, kind: Kind) -> list[Manifest]:
        """Every object of `kind`, in input order; not to be changed."""
        return self._of.get(kind, _NONE)

    def kinds(self) -> Iterable[tuple[str, str]]:
        """The (group, kind) pairs that occur."""
        return self._of

    def is_complete(self, kind: Kind) -> bool:
        """Whether the input is said to hold every object of `kind`."""
        return ALL_KINDS in self._complete or kind.kind in self._complete

    def same_namespace(self, one: str | None, other: str | None) -> bool:
        """Whether two namespaces are surely the same."""
        return self._home(one) == self._home(other)

    def elsewhere(self, kind: Kind, namespace: str | None, name: str) -> list[Manifest]:
        """The objects of that name that certainly live in another namespace."""
        home = self._home(namespace)
        if home is None:
            return []
        named = self._named.get((*kind, name), _NOWHERE)
        return [m for other, found in named.items() if other not in (home, None) for m in found]

    def names(self, kind: Kind, namespace: str | None) -> list[str]:
        """The names of the objects of `kind` that may live in `namespace`, sorted."""
        home = self._home(namespace)
        return sorted(
            {
                m.name
                for m in self.of(kind)
                if m.name and (kind in CLUSTER_SCOPED or self._home(m.namespace) in (home, None))
            }
        )

    def definitions(self, manifest: Manifest) -> list[Manifest]:
        """All manifests that define the same object, itself included."""
        named = self._named.get((*manifest.group_kind, manifest.name), _NOWHERE)
        scoped = manifest.group_kind not in CLUSTER_SCOPED
        return named.get(self._home(manifest.namespace) if scoped else None, _NONE)

    def repeated(self) -> Iterator[list[Manifest]]:
        """The definitions of each object that has several, in no certain order of objects."""
        for homes in self._named.values():
            yield from (same for same in homes.values() if len(same) > 1)

    def candidates(self, kind: Kind, namespace: str | None, name: str) -> list[Manifest]:
        """The definitions that a reference to this name could mean."""
        home = None if kind in CLUSTER_SCOPED else self._home(namespace)
        return self._matching(kind, home, name)

    def resolve(
        self, kind: Kind, namespace: str | None, name: str, near: Manifest
    ) -> Manifest | Absence:
        """The object that a reference made in `near` means, or why there is none to give."""
        home = None if kind in CLUSTER_SCOPED else self._home(namespace)
        key = (*kind, name, home)
        candidates = self._candidates.get(key)
        if candidates is None:
            candidates = self._candidates[key] = self._matching(kind, home, name)
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            return self.absence(kind, namespace)
        return self._nearest(key, candidates, near.directory)

    def _matching(self, kind: Kind, home: str | None, name: str) -> list[Manifest]:
        """Those surely in that namespace, else those that may be, as one of both is unset."""
        homes = self._named.get((*kind, name), _NOWHERE)
        if home in homes:
            return homes[home]
        if home is None:
            return [manifest for found in homes.values() for manifest in found]
        return homes.get(None, _NONE)

    def _nearest(
        self,
        key: _Key,
        candidates: list[Manifest],
        directory: str,
    ) -> Manifest | Absence:
        """The candidates that share most of the directory, if they agree; each asked once."""
        tree = self._trees.get(key)
        if tree is None:
            tree = self._trees[key] = _below(candidates)
        while directory not in tree:
            directory = _directory(directory)
        choice = self._choices.get((key, directory))
        if choice is None:
            choice = self._choices[(key, directory)] = _agreed(tree[directory])
        return choice

    def absence(self, kind: Kind, namespace: str | None) -> Absence:
        """What it means that no object of `kind` with some name is in the input."""
        if self.is_complete(kind):
            return Absence.ABSENT
        if kind.kind in self._damaged or kind in self._nameless:
            return Absence.UNKNOWN
        if kind in CLUSTER_SCOPED:
            return Absence.GUESSED if self.of(kind) else Absence.UNKNOWN
        home = (*kind, self._home(namespace))
        return Absence.ABSENT if home in self._homes else Absence.UNKNOWN

    def _home(self, namespace: str | None) -> str | None:
        """An unset namespace is unknown; in an export of a whole cluster it is `default`."""
        if namespace is None:
            return _UNSET_IN_EXPORT if ALL_KINDS in self._complete else None
        return None if holds_placeholder(namespace) else namespace


_NONE: list[Manifest] = []
_NOWHERE: dict[str | None, list[Manifest]] = {}


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _below(candidates: list[Manifest]) -> dict[str, list[Manifest]]:
    """The candidates under each directory that is above any of them; "" holds them all."""
    tree: dict[str, list[Manifest]] = {}
    for candidate in candidates:
        directory = candidate.directory
        while directory:
            tree.setdefault(directory, []).append(candidate)
            directory = _directory(directory)
        tree.setdefault("", []).append(candidate)
    return tree


def _agreed(candidates: list[Manifest]) -> Manifest | Absence:
    """The first of the input, where all say the same."""
    first = min(candidates, key=attrgetter("position"))
    if all(_says_the_same(first, other) for other in candidates):
        return first
    return Absence.AMBIGUOUS


def _says_the_same(one: Manifest, other: Manifest) -> bool:
    """Equal but for metadata that no chain depends on; default-class annotations count."""
    rest = {"metadata", "status", "apiVersion"}
    mine = {key: value for key, value in one.value.items() if key not in rest}
    theirs = {key: value for key, value in other.value.items() if key not in rest}
    where = ("metadata", "annotations")
    return (
        mine == theirs and one.namespace == other.namespace and one.get(*where) == other.get(*where)
    )
