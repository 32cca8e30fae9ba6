"""An older revision of the files of a run becomes what changed of their objects.

Only sources are compared: what kustomize and helm make of them is rendered for today alone. An
object is known by group, kind, namespace and name: a file that was moved or renamed is no change.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS, is_candidate
from vmsnap_lint.core.kinds import CLUSTER_SCOPED
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.input import git
from vmsnap_lint.input.classify import FileTree, with_roles
from vmsnap_lint.input.files import Role, SourceFile, load, shown
from vmsnap_lint.input.walk import NOT_WALKED
from vmsnap_lint.objects.history import Change, FormerDocument, History
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.config.search import Search
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Source
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["history"]

_Id = tuple[str, str, str | None, str]
# What keeps an object in the cluster when its manifest goes: Argo CD, Flux, Helm.
_KEPT = {
    "argocd.argoproj.io/sync-options": "Prune=false",
    "helm.sh/resource-policy": "keep",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}


def history(
    ref: str, paths: Iterable[str], search: Search, found: Sources, taken: LoadedInput
) -> History:
    """What became of the objects in `paths` since the merge base with a revision."""
    areas: dict[str, list[_Area]] = {}
    for path in sorted(set(paths) - {"-"}):
        root, area = _area(path)
        areas.setdefault(root, []).append(area)
    changes: list[Change] = []
    gone: list[Source] = []
    for root, here in areas.items():
        base = git.merge_base(root, ref)
        former = _Former(root, git.tree(root, base), here, search)
        old = former.manifests(found)
        new = _Today(former, found, taken)
        changes += new.changes(old)
        gone += former.gone
    return History(ref, tuple(changes), tuple(gone))


class _Area(NamedTuple):
    """A named path: absolute, for people, and from the root of its working tree."""

    location: str
    path: str
    prefix: str
    is_directory: bool

    def at(self, entry: str) -> tuple[str, str] | None:
        """The location and the path for people of what git names, if it lies in here."""
        if not self.is_directory:
            return (self.location, self.path) if entry == self.prefix else None
        if not entry.startswith(self.prefix):
            return None
        rest = entry[len(self.prefix) :]
        return (
            os.path.join(self.location, rest),
            rest if self.path == "." else os.path.join(self.path, rest),
        )


def _area(path: str) -> tuple[str, _Area]:
    is_directory = os.path.isdir(path)
    directory = path if is_directory else os.path.dirname(path) or "."
    home = git.locate(directory)
    if home is None:
        raise UsageError(f'--since: "{shown(path)}" is in no git repository: leave --since out')
    prefix = home.prefix if is_directory else home.prefix + os.path.basename(path)
    return home.root, _Area(os.path.abspath(path), os.path.normpath(path), prefix, is_directory)


class _Old(NamedTuple):
    path: str
    blob: str


class _Former:
    """The files of the older revision, by location; `changed` are those that differ today."""

    def __init__(
        self, root: str, tree: Mapping[str, git.Entry], areas: Sequence[_Area], search: Search
    ) -> None:
        self.root, self.tree = root, tree
        self.files: dict[str, _Old] = {}
        self.inside: set[str] = set()
        self.changed: frozenset[str] = frozenset()
        self.gone: list[Source] = []
        for entry, known in tree.items():
            *above, name = entry.split("/")
            if known.mode == git.LINK or not NOT_WALKED.isdisjoint(above):
                continue
            place = next(filter(None, (area.at(entry) for area in areas)), None)
            if place is None or search.passes_over(place[0]):
                continue
            if is_candidate(name) or place[0] in {area.location for area in areas}:
                self.files[place[0]] = _Old(shown(place[1]), known.blob)
                self.inside.add(entry)

    def manifests(self, found: Sources) -> list[tuple[str, Manifest]]:
        """The objects of the files that differ today, each with the location of its file."""
        today = {file.location: file.data for file in found.files}
        self.changed = frozenset(
            location for location, old in self.files.items() if _differs(location, old, today)
        )
        if not self.changed:
            return []
        built = {
            location: old.path
            for location, old in self.files.items()
            if os.path.basename(location) in KUSTOMIZATIONS
        }
        read = {*self.changed, *built}
        data = git.blobs(self.root, (self.files[location].blob for location in read))
        was = {location: data[self.files[location].blob] for location in read}
        files = [
            SourceFile(self.files[location].path, location, was[location])
            for location in sorted(self.changed - built.keys())
            if shows(was[location], Relevance.READ)
        ]
        tree = FileTree(lambda location, _: was[location], self.files.__contains__)
        return [one for file in with_roles(files, built, tree) for one in self._objects(file)]

    def _objects(self, file: SourceFile) -> Iterator[tuple[str, Manifest]]:
        if file.role is not Role.MANIFEST:
            return
        exists = os.path.isfile(file.location)
        source = document.read(file.path, file.data)
        if not exists:
            self.gone.append(source)
        for part in source.documents:
            for one in manifests(FormerDocument(part, file_exists=exists)):
                yield file.location, one


def _differs(location: str, old: _Old, today: Mapping[str, bytes]) -> bool:
    data = today.get(location)
    if data is None:
        if not os.path.isfile(location):
            return True
        data = load(location, old.path)
    return git.digest(data, old.blob) != old.blob


class _Today:
    """The objects of today, and what they tell of those of the older revision."""

    def __init__(self, former: _Former, found: Sources, taken: LoadedInput) -> None:
        by_file = taken.by_file()
        self._damaged = taken.damaged_kinds
        self._broken = {
            file.location
            for file in found.files
            if file.path in by_file and by_file[file.path].faults
        }
        self._files = [file for file in found.files if file.location not in former.files]
        self._files += [file for file in found.files if file.location in former.changed]
        self._new: dict[_Id, list[tuple[str, Manifest]]] = {}
        for file in self._files if former.changed or self._files else ():
            for one in _objects(by_file.get(file.path)) if file.role is Role.MANIFEST else ():
                self._new.setdefault(_id(one), []).append((file.location, one))
        self._known: dict[tuple[str, str, str], set[str | None]] = {}
        everywhere = (one for unit in taken.units for one in unit.manifests)
        as_written = (one for file in found.files for one in _objects(by_file.get(file.path)))
        outside = _outside(former) if former.changed else ()
        for one in (*everywhere, *as_written, *outside):
            group, kind, namespace, name = _id(one)
            self._known.setdefault((group, kind, name), set()).add(namespace)

    def changes(self, old: Iterable[tuple[str, Manifest]]) -> Iterator[Change]:
        """What became of the old objects; nothing, where that is not certain."""
        by_id: dict[_Id, list[tuple[str, Manifest]]] = {}
        for location, one in old:
            if one.name and not holds_placeholder(one.name + (one.namespace or "")):
                by_id.setdefault(_id(one), []).append((location, one))
        for known, before in by_id.items():
            now = self._new.get(known, [])
            if now:
                yield from _pairs(before, now)
            elif len(before) == 1 and self._is_gone(*before[0]):
                yield Change(before[0][1], None)

    def _is_gone(self, location: str, one: Manifest) -> bool:
        group, kind, namespace, name = _id(one)
        homes = self._known.get((group, kind, name), set())
        if namespace in homes or None in homes or (homes and namespace is None):
            return False
        if location in self._broken or kind in self._damaged or _is_kept(one):
            return False
        # it may stand in a chart or a patch now, which are not read as objects
        word = name.encode()
        return not any(word in file.data for file in self._files if file.role is not Role.MANIFEST)


def _pairs(
    before: Sequence[tuple[str, Manifest]], now: Sequence[tuple[str, Manifest]]
) -> Iterator[Change]:
    """The same object of the same file; or wherever it is, if there is only one."""
    if len(before) == len(now) == 1:
        yield Change(before[0][1], now[0][1])
        return
    for location, one in before:
        here = [new for place, new in now if place == location]
        if len(here) == 1 and sum(place == location for place, _ in before) == 1:
            yield Change(one, here[0])


def _objects(source: Source | None) -> Iterator[Manifest]:
    for part in source.documents if source is not None else ():
        yield from manifests(part)


def _outside(former: _Former) -> Iterator[Manifest]:
    """The objects of tracked files that are new or changed, but were not named: moved ones."""
    for path, entry in (git.index(former.root) or {}).items():
        known = former.tree.get(path)
        if path in former.inside or (known is not None and known.blob == entry.blob):
            continue
        location = os.path.join(former.root, path)
        if is_candidate(os.path.basename(path)) and os.path.isfile(location):
            data = load(location, path)
            if shows(data, Relevance.READ):
                yield from _objects(document.read(path, data))


def _is_kept(one: Manifest) -> bool:
    annotations = one.mapping("metadata", "annotations")
    return any(word in str(annotations.get(key, "")) for key, word in _KEPT.items())


def _id(one: Manifest) -> _Id:
    scoped = one.group_kind not in CLUSTER_SCOPED
    return *one.group_kind, one.namespace if scoped else None, one.name
