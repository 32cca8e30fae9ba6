"""The index of all manifests that are applied together; resolves references."""

from __future__ import annotations

from enum import Enum
from itertools import chain, islice

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, STORAGE_CLASS, STORAGE_PROFILE, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.core.vocabulary import Vocabulary, are_in_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.objects.gaps import Gap, GapIndex
    from vmsnap_lint.objects.manifest import Manifest

    _Homes = dict[str | None, list[Manifest]]

__all__ = ["ALL_KINDS", "Absence", "Workspace"]

ALL_KINDS = "all"
_UNSET_IN_EXPORT = "default"
_Key = tuple[str, str, str, str | None]


class Absence(Enum):
    """Why `resolve` returns no manifest."""

    ABSENT = "absent"
    """It does not exist: the input has others of the kind in its namespace, or is complete."""
    GUESSED = "guessed"
    """It may exist: only others of its kind, or one of its name elsewhere; at most a warning."""
    UNKNOWN = "unknown"
    """The input does not show it; never an error."""
    AMBIGUOUS = "ambiguous"
    """Several different definitions, and none is nearer than the others."""


class Workspace:
    """The index. `complete` has the kinds of which the input contains every object, or {"all"}.

    `damaged` has the kinds that occur in unreadable input; these are absent only if complete, and
    so are objects that one of `gaps` may make.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest],
        complete: frozenset[str] = frozenset(),
        *,
        damaged: frozenset[str] = frozenset(),
        gaps: tuple[Gap, ...] = (),
    ) -> None:
        self._complete = complete
        self._damaged = damaged
        self._gaps = _index(gaps) if gaps else None
        self._of: dict[tuple[str, str], list[Manifest]] = {}
        self._named: dict[tuple[str, str], dict[str, Manifest | _Homes]] = {}
        self._homes: dict[tuple[str, str], dict[str | None, bool]] = {}
        self._nameless: set[tuple[str, str]] = set()
        self._everywhere: dict[tuple[Kind, str], list[Manifest]] = {}
        self._trees: dict[_Key, dict[str, list[Manifest]]] = {}
        self._choices: dict[tuple[_Key, str], Manifest | Absence] = {}
        self._namespaces: dict[tuple[str, str, str], list[str]] = {}
        self._vocabularies: dict[Kind, dict[str | None, Vocabulary]] = {}
        for manifest in manifests:
            self._add(manifest)

    def _add(self, manifest: Manifest) -> None:
        kind, name = manifest.group_kind, manifest.name
        same_kind = self._of.get(kind)
        if same_kind is None:
            same_kind = self._of[kind] = []
            self._named[kind], self._homes[kind] = {}, {}
        same_kind.append(manifest)
        if name and not holds_placeholder(name):
            home = self._home_of(kind, manifest.namespace)
            of_kind = self._named[kind]
            named = of_kind.get(name)
            if named is None:
                of_kind[name] = manifest
            else:
                homes = of_kind[name] = self._by_home(named)
                homes.setdefault(home, []).append(manifest)
            are_exported = self._homes[kind]
            if manifest.is_export or home not in are_exported:
                are_exported[home] = manifest.is_export
        elif not manifest.document.is_object or not manifest.text("metadata", "generateName"):
            self._nameless.add(kind)

    def _of_name(self, kind: Kind, name: str) -> Manifest | _Homes | None:
        return self._named.get(kind, _NAMELESS).get(name)

    def _by_home(self, named: Manifest | _Homes | None) -> _Homes:
        """The objects of one kind and name by namespace; most names have one, kept as it is."""
        if named is None:
            return _NOWHERE
        if isinstance(named, dict):
            return named
        return {self._home_of(named.group_kind, named.namespace): [named]}

    def of(self, kind: Kind) -> list[Manifest]:
        """The objects of `kind`, in input order."""
        return self._of.get(kind, _NONE)

    def kinds(self) -> Iterable[tuple[str, str]]:
        """The (group, kind) pairs that occur."""
        return self._of

    @property
    def complete_kinds(self) -> frozenset[str]:
        """The kinds of which the input is said to contain every object, or {"all"}."""
        return self._complete

    def is_complete(self, kind: Kind) -> bool:
        """Whether the input contains every object of `kind`."""
        return ALL_KINDS in self._complete or kind.kind in self._complete

    def is_damaged(self, kind: Kind) -> bool:
        """Whether the input has objects of `kind` that cannot be read, or are rejected."""
        return kind.kind in self._damaged

    def is_certain(self, kind: Kind, namespace: str | None) -> bool:
        """Whether the input shows what the cluster has: it is complete, or exported from it."""
        home = self._home_of(kind, namespace)
        return self.is_complete(kind) or self._homes.get(kind, _HOMELESS).get(home, False)

    def same_namespace(self, first: str | None, second: str | None) -> bool:
        """Whether two namespaces are certainly the same."""
        return self.home(first) == self.home(second)

    def elsewhere(self, kind: Kind, namespace: str | None, name: str) -> list[Manifest]:
        """The first three objects of that name that are certainly in another namespace."""
        home = self.home(namespace)
        homes = self._by_home(self._of_name(kind, name)) if home is not None else _NOWHERE
        others = (there for other, there in homes.items() if other not in (home, None))
        return list(islice(chain.from_iterable(others), MOST_PLACES))

    def namespaces_with(self, kind: Kind, name: str) -> list[str]:
        """The namespaces that have an object of that kind and name, sorted."""
        key = (*kind, name)
        if key not in self._namespaces:
            homes = self._by_home(self._of_name(kind, name))
            self._namespaces[key] = sorted(home for home in homes if home is not None)
        return self._namespaces[key]

    def vocabulary(self, namespace: str | None, *kinds: Kind) -> Vocabulary:
        """The names of the objects of these kinds that may be in `namespace`."""
        parts = (
            self._names_of(kind).get(home)
            for kind in kinds
            for home in dict.fromkeys((self._home_of(kind, namespace), None))
        )
        return Vocabulary((), tuple(filter(None, parts)))

    def _names_of(self, kind: Kind) -> dict[str | None, Vocabulary]:
        """The names of the objects of `kind` in each namespace, grouped once."""
        if kind not in self._vocabularies:
            homes: dict[str | None, list[str]] = {}
            for item in self.of(kind):
                homes.setdefault(self._home_of(kind, item.namespace), []).append(item.name)
            self._vocabularies[kind] = {home: Vocabulary(names) for home, names in homes.items()}
        return self._vocabularies[kind]

    def definitions(self, manifest: Manifest) -> list[Manifest]:
        """All manifests of the same object, including this one."""
        named = self._of_name(manifest.group_kind, manifest.name)
        if named is manifest:
            return [manifest]
        home = self._home_of(manifest.group_kind, manifest.namespace)
        return self._by_home(named).get(home, _NONE)

    def repeated(self) -> Iterator[list[Manifest]]:
        """The definitions of each object that has several, in arbitrary order of objects."""
        for homes in chain.from_iterable(map(dict.values, self._named.values())):
            if isinstance(homes, dict):
                yield from (definitions for definitions in homes.values() if len(definitions) > 1)

    def candidates(self, kind: Kind, namespace: str | None, name: str) -> list[Manifest]:
        """The objects that a reference may mean: those in its namespace, else possible ones."""
        named = self._of_name(kind, name)
        if named is None:
            return _NONE
        if not isinstance(named, dict):
            if named.namespace == namespace:  # nearly always
                return [named]
            home = self._home_of(kind, namespace)
            own = self._home_of(kind, named.namespace)
            return [named] if home is None or own is None or own == home else _NONE
        home = self._home_of(kind, namespace)
        if home is not None or None in named:
            return named.get(home) or named.get(None, _NONE)
        if (kind, name) not in self._everywhere:
            self._everywhere[kind, name] = list(chain.from_iterable(named.values()))
        return self._everywhere[kind, name]

    def find(self, kind: Kind, namespace: str | None, name: str, near: Manifest) -> Manifest | None:
        """The object that a reference in `near` means, or None."""
        if self._of_name(kind, name) is None:  # no reason is looked for
            return None
        found = self.resolve(kind, namespace, name, near)
        return None if isinstance(found, Absence) else found

    def resolve(
        self, kind: Kind, namespace: str | None, name: str, near: Manifest
    ) -> Manifest | Absence:
        """The object that a reference in `near` means, or why there is none."""
        candidates = self.candidates(kind, namespace, name)
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            return self.absence(kind, namespace, name)
        home = self._home_of(kind, namespace)
        known = self._by_home(self._of_name(kind, name))
        return self._nearest((*kind, name, home if home in known else None), candidates, near)

    def _nearest(self, key: _Key, candidates: list[Manifest], near: Manifest) -> Manifest | Absence:
        """The candidates in the nearest directory, if they agree; computed once for each."""
        from vmsnap_lint.objects import definitions  # few objects have several

        if key not in self._trees:
            self._trees[key] = definitions.by_directory(candidates)
        tree = self._trees[key]
        directory = next(path for path in definitions.upwards(near.directory) if path in tree)
        if (key, directory) not in self._choices:
            agreed = definitions.agreed(tree[directory])
            self._choices[key, directory] = agreed or Absence.AMBIGUOUS
        return self._choices[key, directory]

    def gap(self, kind: Kind, namespace: str | None, name: str = "") -> Gap | None:
        """The first gap that may make an object of that name (any, if ""), if one may.

        None may where the input shows what the cluster has.
        """
        if self._gaps is None or self.is_certain(kind, namespace):
            return None
        return self._gaps.first(kind, self.home(namespace), name)

    def absence(self, kind: Kind, namespace: str | None, name: str = "") -> Absence:
        """Why no object of `kind` with that name (any, if "") is in the input."""
        if self.is_complete(kind):
            return Absence.ABSENT
        if self.gap(kind, namespace, name):
            return Absence.UNKNOWN
        if self.is_damaged(kind) or kind in self._nameless:
            return Absence.UNKNOWN
        if kind in CLUSTER_SCOPED:
            return Absence.GUESSED if self._shows(kind, name) else Absence.UNKNOWN
        is_shown = self.home(namespace) in self._homes.get(kind, _HOMELESS)
        return Absence.ABSENT if is_shown else Absence.UNKNOWN

    def _shows(self, kind: Kind, name: str) -> bool:
        """Whether others of a cluster-scoped kind let us guess that one does not exist.

        A StorageClass or two in a repository say nothing of the others, unless the cluster's own
        are there (an export, StorageProfiles), or the name is nearly that of one.
        """
        if not self.of(kind):
            return False
        if kind != STORAGE_CLASS or self.is_certain(kind, None) or self.of(STORAGE_PROFILE):
            return True
        return bool(name) and bool(self.misspelt(name, None, kind))

    def misspelt(self, name: str, namespace: str | None, *kinds: Kind) -> tuple[str, ...]:
        """The names of such objects that were probably meant: one or two letters off.

        A name that has other digits is another one of a series.
        """
        near = self.vocabulary(namespace, *kinds).nearest(name)
        return tuple(other for other in near if not are_in_series(name, other))

    def _home_of(self, kind: Kind, namespace: str | None) -> str | None:
        return None if kind in CLUSTER_SCOPED else self.home(namespace)

    def home(self, namespace: str | None) -> str | None:
        """The namespace, None if it is unknown; in a complete export an unset one is `default`."""
        if namespace is None:
            return _UNSET_IN_EXPORT if ALL_KINDS in self._complete else None
        return None if holds_placeholder(namespace) else namespace


def _index(gaps: tuple[Gap, ...]) -> GapIndex:
    from vmsnap_lint.objects.gaps import GapIndex  # many inputs have none

    return GapIndex(gaps)


_NONE: list[Manifest] = []
_NOWHERE: _Homes = {}
_NAMELESS: dict[str, Manifest | _Homes] = {}
_HOMELESS: dict[str | None, bool] = {}
