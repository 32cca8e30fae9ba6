"""The changes of objects since an older revision of their files.

Only sources are compared: kustomizations and charts are rendered only as they are today. An object
is identified by group, kind, namespace and name: to move or rename its file does not change it.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS, is_candidate
from vmsnap_lint.core.kinds import CLUSTER_SCOPED
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
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

    _Located = list[tuple[str, Manifest]]

__all__ = ["history"]

_Id = tuple[str, str, str | None, str]
# What keeps an object in the cluster when its manifest is deleted: Argo CD, Flux, Helm.
_KEPT = {
    "argocd.argoproj.io/sync-options": "Prune=false",
    "helm.sh/resource-policy": "keep",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}


def history(
    ref: str, paths: Iterable[str], search: Search, sources: Sources, loaded: LoadedInput
) -> History:
    """The changes of the objects in `paths` since the merge base with a revision.

    Raises UsageError where a path is outside of git or the revision cannot be used.
    """
    areas: dict[str, list[_Area]] = defaultdict(list)
    for path in sorted(set(paths) - {"-"}):
        root, area = _area(path)
        areas[root].append(area)
    changes: list[Change] = []
    deleted: dict[Source, None] = {}
    for root, inside in areas.items():
        tree = git.tree(root, git.merge_base(root, ref))
        former = _former(root, tree, inside, search, sources)
        objects = _former_objects(former)
        changes += _Today(former, sources, loaded).changes(objects)
        for location, manifest in objects:
            if not is_file(location):
                deleted[manifest.document.source] = None
    return History(ref, tuple(changes), tuple(deleted))


class _Area(NamedTuple):
    """A named path: absolute, for people, and from the root of its working tree."""

    location: str
    path: str
    prefix: str
    is_directory: bool

    def at(self, entry: str) -> tuple[str, str] | None:
        """The location and the path for people of an entry of git, if it is in the area."""
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
    """The working tree of a path, and the path in it."""
    is_directory = os.path.isdir(path)
    home = git.locate(path if is_directory else os.path.dirname(path) or ".")
    if home is None:
        raise UsageError(f'--since: "{shown(path)}" is not in a git repository')
    prefix = home.prefix if is_directory else home.prefix + os.path.basename(path)
    return home.root, _Area(os.path.abspath(path), os.path.normpath(path), prefix, is_directory)


class _FormerFile(NamedTuple):
    path: str
    entry: str
    blob: str


class _Former(NamedTuple):
    """The files of an older revision by location; `changed` are those that differ today."""

    root: str
    tree: Mapping[str, git.Entry]
    files: dict[str, _FormerFile]
    changed: frozenset[str]


def _former(
    root: str,
    tree: Mapping[str, git.Entry],
    areas: Sequence[_Area],
    search: Search,
    sources: Sources,
) -> _Former:
    named = {area.location for area in areas}
    excluded = search.excluded()
    files = {}
    for entry, known in tree.items():
        *above, name = entry.split("/")
        if known.mode == git.LINK or not NOT_WALKED.isdisjoint(above):
            continue
        location, path = next(filter(None, (area.at(entry) for area in areas)), ("", ""))
        if not location or excluded(location):
            continue
        if is_candidate(name) or location in named:
            files[location] = _FormerFile(shown(path), entry, known.blob)
    today = {file.location: file.data for file in sources.files}
    changed = (location for location, file in files.items() if _differs(location, file, today))
    return _Former(root, tree, files, frozenset(changed))


def _differs(location: str, former: _FormerFile, today: Mapping[str, bytes]) -> bool:
    data = today.get(location)
    if data is None and is_file(location):
        try:
            data = load(location, former.path)
        except UsageError:  # what it holds is unknown, and it is listed as unread
            return False
    return data is None or git.digest(data, former.blob) != former.blob


def _former_objects(former: _Former) -> _Located:
    """The objects of the files that differ today, each with the location of its file."""
    if not former.changed:
        return []
    names = {location: file.path for location, file in former.files.items()}
    built = {at: path for at, path in names.items() if os.path.basename(at) in KUSTOMIZATIONS}
    blobs = {location: former.files[location].blob for location in (*former.changed, *built)}
    contents = git.blobs(former.root, blobs.values())
    data = {location: contents.get(blob, b"") for location, blob in blobs.items()}
    files = [
        SourceFile(names[location], location, data[location])
        for location in sorted(former.changed - built.keys())
        if shows(data[location], Relevance.READ)
    ]
    tree = FileTree(lambda location, _: data[location], former.files.__contains__)
    return [
        (file.location, manifest)
        for file in with_roles(files, built, tree)
        if file.role is Role.MANIFEST
        for part in document.read(file.path, file.data).documents
        for manifest in manifests(FormerDocument(part, file_exists=is_file(file.location)))
    ]


class _Today:
    """The objects of today, and how those of the older revision became them."""

    def __init__(self, former: _Former, sources: Sources, loaded: LoadedInput) -> None:
        by_file = loaded.by_file()
        decoded = {file: by_file.get(file.path) for file in sources.files}
        self._damaged = loaded.damaged_kinds
        self._broken = {
            file.location for file, source in decoded.items() if source and source.faults
        }
        self._files = [file for file in decoded if file.location not in former.files]
        self._files += [file for file in decoded if file.location in former.changed]
        self._new: dict[_Id, _Located] = defaultdict(list)
        for file in (file for file in self._files if file.role is Role.MANIFEST):
            for manifest in _objects(decoded[file]):
                self._new[_id(manifest)].append((file.location, manifest))
        everywhere = chain.from_iterable(unit.manifests for unit in loaded.units)
        as_written = chain.from_iterable(map(_objects, decoded.values()))
        outside = _outside(former) if former.changed else ()
        self._namespaces: dict[tuple[str, str, str], set[str | None]] = defaultdict(set)
        for manifest in (*everywhere, *as_written, *outside):
            group, kind, namespace, name = _id(manifest)
            self._namespaces[group, kind, name].add(namespace)

    def changes(self, objects: _Located) -> Iterator[Change]:
        """The changes of the former objects that are certain."""
        by_id: dict[_Id, _Located] = defaultdict(list)
        for location, former in objects:
            if former.name and not holds_placeholder(former.name + (former.namespace or "")):
                by_id[_id(former)].append((location, former))
        for key, before in by_id.items():
            if key in self._new:
                yield from _pairs(before, self._new[key])
            elif len(before) == 1 and self._is_deleted(*before[0]):
                yield Change(before[0][1], None)

    def _is_deleted(self, location: str, former: Manifest) -> bool:
        group, kind, namespace, name = _id(former)
        namespaces = self._namespaces.get((group, kind, name), set())
        if namespace in namespaces or None in namespaces or (namespaces and namespace is None):
            return False
        if location in self._broken or kind in self._damaged or _is_kept(former):
            return False
        # it may be in a chart or a patch now, which are not read as objects
        others = (file.data for file in self._files if file.role is not Role.MANIFEST)
        return not any(name.encode() in data for data in others)


def _pairs(before: _Located, now: _Located) -> Iterator[Change]:
    """The same object of the same file; or of any file, if there is only one."""
    if len(before) == len(now) == 1:
        yield Change(before[0][1], now[0][1])
        return
    places = Counter(location for location, _ in before)
    for location, former in before:
        same = [new for place, new in now if place == location]
        if len(same) == places[location] == 1:
            yield Change(former, same[0])


def _objects(source: Source | None) -> Iterator[Manifest]:
    return chain.from_iterable(map(manifests, source.documents if source is not None else ()))


def _outside(former: _Former) -> Iterator[Manifest]:
    """The objects of tracked files that are new or changed, but were not named: moved ones."""
    inside = {file.entry for file in former.files.values()}
    for path, entry in (git.index(former.root) or {}).items():
        known = former.tree.get(path)
        if path in inside or (known is not None and known.blob == entry.blob):
            continue
        location = os.path.join(former.root, path)
        if is_candidate(os.path.basename(path)) and is_file(location):
            try:
                data = load(location, path)
            except UsageError:  # as above
                continue
            if shows(data, Relevance.READ):
                yield from _objects(document.read(path, data))


def _is_kept(manifest: Manifest) -> bool:
    annotations = manifest.mapping("metadata", "annotations")
    return any(value in str(annotations.get(key, "")) for key, value in _KEPT.items())


def _id(manifest: Manifest) -> _Id:
    scoped = manifest.group_kind not in CLUSTER_SCOPED
    return *manifest.group_kind, manifest.namespace if scoped else None, manifest.name
