"""The files of a run with their roles, always in the same order.

A named file is read under any name; `-` is the standard input. A directory is walked for `*.yaml`,
`*.yml` and `*.json`, also in dot directories, but not in those of version control and dependencies
(`NOT_WALKED`). Links to files are followed, links to directories are not, so that no loop is
possible; one that leads out of the walked directory is listed as not checked. Pages of
documentation are read where they are named, and in directories if `docs` is set.

Most files of a tree are not in scope. A file without a marker of a kind that rules read is not
decoded. Where only directories were named and no file in them has a marker of KubeVirt or of volume
snapshots, their claims and classes are not in scope either, and nothing is decoded.
"""

from __future__ import annotations

import os
from itertools import chain

from vmsnap_lint.config.search import Search
from vmsnap_lint.core import buffers
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.relevance import Relevance, shows, shows_pointer
from vmsnap_lint.core.repository import STDIN
from vmsnap_lint.input.classify import FileTree, with_roles
from vmsnap_lint.input.files import MOST_BYTES, Role, SourceFile
from vmsnap_lint.input.readings import Readings
from vmsnap_lint.input.relevant_files import RelevantFiles
from vmsnap_lint.input.walk import NOT_WALKED, Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.core.model import NotChecked

__all__ = [
    "MOST_BYTES", "NOT_WALKED", "STDIN", "Readings", "Role", "Search", "SourceFile", "Sources",
    "collect",
]  # fmt: skip

_SEARCH = Search()


class Sources(NamedTuple):
    """The files in scope, sorted by path, of `examined` files.

    `kustomizations` are the kustomization files among the paths, if any file is in scope;
    `locations` are the absolute paths of all files looked at. `named` are the paths of the files
    that were named themselves; the standard input is treated as a directory. `unread` are files and
    directories that could not be read, which `not_checked` lists as well. `pointers` are files that
    may apply others to a cluster, whether anything is in scope or not; `scripts` are no input, but
    have commands that make objects. `pages` are the locations of pages that are passed over, the
    two fields after it those of what globs exclude; `led_to` those of files that are only there as
    pointers lead to their directories; `irrelevant` those of files in which no bytes show an object
    that is read.
    """

    files: tuple[SourceFile, ...]
    examined: int
    not_checked: tuple[NotChecked, ...]
    kustomizations: tuple[SourceFile, ...] = ()
    locations: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    unread: tuple[NotChecked, ...] = ()
    pointers: tuple[SourceFile, ...] = ()
    scripts: tuple[SourceFile, ...] = ()
    pages: frozenset[str] = frozenset()
    excluded_files: frozenset[str] = frozenset()
    excluded_directories: frozenset[str] = frozenset()
    led_to: frozenset[str] = frozenset()
    config_maps: frozenset[str] = frozenset()
    irrelevant: frozenset[str] = frozenset()


def collect(
    paths: Sequence[str],
    search: Search = _SEARCH,
    *,
    stdin: bytes | None = None,
    markers: Sequence[bytes] = (),
    context: Sequence[str] = (),
    readings: Readings | None = None,
) -> Sources:
    """The files below `paths`; a file with one of `markers` is in scope by that.

    `context` are paths that are looked at too, but are not in scope by being named. What is in
    `readings` is not read again. Raises UsageError for a path that cannot be used.
    """
    walk = Walk(search)
    walk.take(set(paths) - {"-"})
    names_a_file = walk.names_a_file or "-" in paths
    named = frozenset(walk.files[location] for location in walk.named)
    walk.take(set(context))
    read = RelevantFiles(markers, readings or Readings())
    _load(walk, read, _given(stdin) if "-" in paths else None)
    given = {at: path for at, path in sorted(walk.kustomizations.items()) if path}
    files: list[SourceFile] = []
    built: tuple[SourceFile, ...] = ()
    scripts: list[SourceFile] = []
    tree = FileTree(read.text, buffers.is_file)
    if names_a_file or read.in_scope or _any_includes_marker(given, read):
        files = with_roles(read.files(), walk.kustomizations, tree)
        built = tuple(_kustomizations(given, read))
        noted = walk.scripts.items()
        scripts = read.scripts({at: path for at, path in noted if at not in walk.files})
        pointers = _pointers(files)
    else:
        found = _pointers(read.files())
        pointers = with_roles(found, walk.kustomizations, tree) if found else []
    unread = walk.unread | read.unread
    return Sources(
        tuple(sorted([*files, *read.pages()], key=_order)), read.examined + len(given),
        tuple(sorted(walk.not_checked | read.not_checked | unread)), built,
        frozenset((*walk.files, *walk.kustomizations)), named, tuple(sorted(unread)),
        tuple(sorted(pointers, key=_order)), tuple(scripts), frozenset(walk.pages),
        frozenset(walk.excluded_files), frozenset(walk.excluded_directories),
        config_maps=frozenset(_config_maps(walk, read)) if pointers else frozenset(),
        irrelevant=frozenset(read.irrelevant),
    )  # fmt: skip


def _load(walk: Walk, read: RelevantFiles, given: bytes | None) -> None:
    """Adds the files of a walk, after what is given on the standard input."""
    if given is not None:
        read.add(SourceFile(STDIN, "-", given))
    read.load(walk.files, walk.named)


def _pointers(files: Iterable[SourceFile]) -> list[SourceFile]:
    """Those that may hold objects of Flux and Argo CD which apply others."""
    return [file for file in files if shows_pointer(file.data)]


def _config_maps(walk: Walk, read: RelevantFiles) -> Iterator[str]:
    """The locations of what may hold ConfigMaps."""
    for location, path in chain(walk.files.items(), walk.kustomizations.items()):
        if read.shows_config_map(location, path or location):
            yield location


def _order(file: SourceFile) -> tuple[str, str]:
    return file.path, file.location


def _kustomizations(given: Mapping[str, str], read: RelevantFiles) -> Iterator[SourceFile]:
    """The kustomization files, by their locations and paths."""
    for location, path in given.items():
        yield SourceFile(path, location, read.text(location, path), Role.KUSTOMIZATION)


def _any_includes_marker(locations: Iterable[str], read: RelevantFiles) -> bool:
    """Whether a kustomization that leads out of its directory includes a file in scope."""
    passed: set[str] = set()
    return any(_includes_marker(location, read, passed) for location in locations)


def _includes_marker(location: str, read: RelevantFiles, passed: set[str]) -> bool:
    stack = [location]
    while stack:
        path = stack.pop()
        data = read.text(path, path)
        if shows(data, Relevance.MARKER):
            return True
        if path == location and b".." not in data:
            return False
        if os.path.basename(path) in KUSTOMIZATIONS:
            from vmsnap_lint.input import kustomization  # few lead out of their directories

            for below in sorted(kustomization.read(path, data).resources):
                inside = [os.path.join(below, name) for name in KUSTOMIZATIONS]
                files = [file for file in (below, *inside) if buffers.is_file(file)]
                stack += [file for file in files if file not in passed]
                passed.update(files)
    return False


def _given(stdin: bytes | None) -> bytes:
    if stdin is None:
        raise UsageError('"-" reads standard input, which is empty: pipe manifests to it')
    return stdin
