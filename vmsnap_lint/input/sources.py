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
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.search import Search
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS, is_page
from vmsnap_lint.core.relevance import Relevance, plain, shows
from vmsnap_lint.input import kustomization
from vmsnap_lint.input.classify import with_roles
from vmsnap_lint.input.files import MOST_BYTES, Role, SourceFile, load
from vmsnap_lint.input.walk import NOT_WALKED, Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.core.model import NotChecked

__all__ = [
    "MOST_BYTES", "NOT_WALKED", "STDIN", "Role", "Search", "SourceFile", "Sources", "collect",
]  # fmt: skip

STDIN = "<stdin>"
_SEARCH = Search()


class Sources(NamedTuple):
    """The files in scope, sorted by path, of `examined` files.

    `kustomizations` are the kustomization files among the paths, if any file is in scope;
    `locations` are the absolute paths of all files looked at. `named` are the paths of the files
    that were named themselves; the standard input is treated as a directory.
    """

    files: tuple[SourceFile, ...]
    examined: int
    not_checked: tuple[NotChecked, ...]
    kustomizations: tuple[SourceFile, ...] = ()
    locations: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()


def collect(
    paths: Sequence[str],
    search: Search = _SEARCH,
    *,
    stdin: bytes | None = None,
    markers: Sequence[bytes] = (),
    context: Sequence[str] = (),
) -> Sources:
    """The files below `paths`; a file with one of `markers` is in scope by that.

    `context` are paths that are looked at too, but are not in scope by being named. Raises
    UsageError for a path that cannot be used.
    """
    walk = Walk(search)
    walk.take(set(paths) - {"-"})
    loaded = [SourceFile(STDIN, "-", _given(stdin))] if "-" in paths else []
    names_a_file = walk.names_a_file or bool(loaded)
    named = frozenset(walk.files[location] for location in walk.named)
    walk.take(set(context))
    loaded += [SourceFile(path, at, load(at, path)) for at, path in sorted(walk.files.items())]
    given = {at: path for at, path in sorted(walk.kustomizations.items()) if path}
    examined = len(loaded) + len(given)
    pages = [file._replace(role=Role.PAGE) for file in loaded if is_page(file.path)]
    loaded = [file for file in loaded if not is_page(file.path)] if pages else loaded
    files: list[SourceFile] = []
    built: tuple[SourceFile, ...] = ()
    if names_a_file or _any_in_scope(loaded, markers) or any(map(_includes_marker, given)):
        read = [f for f in loaded if shows(f.data, Relevance.READ) or _is_marked(f.data, markers)]
        files = with_roles(read, walk.kustomizations)
        built = tuple(
            SourceFile(path, location, load(location, path), Role.KUSTOMIZATION)
            for location, path in given.items()
        )
    files += [page for page in pages if shows(page.data, Relevance.READ)]
    files.sort(key=lambda file: (file.path, file.location))
    looked_at = frozenset((*walk.files, *walk.kustomizations))
    return Sources(tuple(files), examined, tuple(sorted(walk.not_checked)), built, looked_at, named)


def _any_in_scope(files: Sequence[SourceFile], markers: Sequence[bytes]) -> bool:
    return any(_is_marked(file.data, markers) for file in files) or any(
        shows(file.data, Relevance.MARKER) for file in files
    )


def _includes_marker(location: str) -> bool:
    """Whether a kustomization that leads out of its directory includes a file in scope."""
    stack, passed = [location], {location}
    while stack:
        path = stack.pop()
        data = load(path, path)
        if shows(data, Relevance.MARKER):
            return True
        if path == location and b".." not in data:
            return False
        if os.path.basename(path) in KUSTOMIZATIONS:
            for below in kustomization.read(path, data).resources:
                inside = [os.path.join(below, name) for name in KUSTOMIZATIONS]
                files = [file for file in (below, *inside) if os.path.isfile(file)]
                stack += [file for file in files if file not in passed]
                passed.update(files)
    return False


def _is_marked(data: bytes, markers: Sequence[bytes]) -> bool:
    return bool(markers) and any(marker in plain(data) for marker in markers)


def _given(stdin: bytes | None) -> bytes:
    if stdin is None:
        raise UsageError('"-" reads standard input, which is empty: pipe manifests to it')
    return stdin
