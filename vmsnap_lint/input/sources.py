"""The paths of a run become files with a role, in an order that is always the same.

A named file is read whatever it is called; `-` is the standard input. A directory is walked for
`*.yaml`, `*.yml` and `*.json`, dot directories too, but for version control and dependency stores
(`NOT_WALKED`). Links to files are followed, links to directories are not, so that no loop is
possible; one that leads out of what is walked is listed as not checked. Pages of documentation
are read where they are named, and in directories where they are asked for.

Most files of a tree are none of our business. What holds no marker of a kind that we read is not
decoded; and when directories alone were named and no file in them holds a marker of KubeVirt or
of volume snapshots, claims and classes are somebody else's, and nothing is.
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
from vmsnap_lint.input.walk import NOT_WALKED, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.core.model import NotChecked

__all__ = [
    "MOST_BYTES", "NOT_WALKED", "STDIN", "Role", "Search", "SourceFile", "Sources", "collect",
]  # fmt: skip

STDIN = "<stdin>"
_SEARCH = Search()


class Sources(NamedTuple):
    """The files that concern us, sorted by path, of `seen` files looked at.

    `kustomizations` are the kustomization files that were asked for, if any file concerns us;
    `locations` are the absolute paths of all that was looked at. `named` are the files, by path,
    that were asked for by their own names; the standard input is taken for a tree.
    """

    files: tuple[SourceFile, ...]
    seen: int
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
    """The files that `paths` stand for; a path that cannot be used is a UsageError.

    A file that holds one of `markers` concerns us whatever else is in it. `context` are paths that
    are looked at, too, and make nothing our concern by being named.
    """
    found = Found(search)
    _take(found, set(paths) - {"-"})
    loaded = [SourceFile(STDIN, "-", _given(stdin))] if "-" in paths else []
    found.pointed |= bool(loaded)
    named = frozenset(found.files[key] for key in found.named)
    _surround(found, context)
    loaded += [SourceFile(path, key, load(key, path)) for key, path in sorted(found.files.items())]
    seen = len(loaded) + sum(map(bool, found.kustomizations.values()))
    pages = [file._replace(role=Role.PAGE) for file in loaded if is_page(file.path)]
    loaded = [file for file in loaded if not is_page(file.path)] if pages else loaded
    files: list[SourceFile] = []
    built: tuple[SourceFile, ...] = ()
    if _concern_us(found, loaded, markers):
        concern = [
            file
            for file in loaded
            if shows(file.data, Relevance.READ) or _is_marked(file.data, markers)
        ]
        files = with_roles(concern, found.kustomizations)
        built = tuple(
            SourceFile(path, key, load(key, path), Role.KUSTOMIZATION)
            for key, path in sorted(found.kustomizations.items())
            if path
        )
    files += [page for page in pages if shows(page.data, Relevance.READ)]
    files.sort(key=lambda file: (file.path, file.location))
    looked_at = frozenset((*found.files, *found.kustomizations))
    return Sources(tuple(files), seen, tuple(sorted(found.not_checked)), built, looked_at, named)


def _take(found: Found, paths: set[str]) -> None:
    for path in sorted(paths):
        if os.path.isdir(path):
            found.search(path)
        else:
            found.name(path)


def _surround(found: Found, context: Sequence[str]) -> None:
    """Take what stands around the paths."""
    pointed = found.pointed
    _take(found, set(context))
    found.pointed = pointed


def _concern_us(found: Found, loaded: Sequence[SourceFile], markers: Sequence[bytes]) -> bool:
    return (
        found.pointed
        or any(_is_marked(file.data, markers) for file in loaded)
        or any(shows(file.data, Relevance.MARKER) for file in loaded)
        or any(map(_reaches_ours, filter(found.kustomizations.get, found.kustomizations)))
    )


def _reaches_ours(location: str) -> bool:
    """Whether a kustomization that leads out of its directory includes what concerns us."""
    stack, passed = [location], {location}
    while stack:
        at = stack.pop()
        data = load(at, at)
        if shows(data, Relevance.MARKER):
            return True
        if at == location and b".." not in data:
            return False
        if os.path.basename(at) in KUSTOMIZATIONS:
            for below in kustomization.read(at, data).resources:
                inside = [os.path.join(below, name) for name in KUSTOMIZATIONS]
                files = [path for path in (below, *inside) if os.path.isfile(path)]
                stack += [path for path in files if path not in passed]
                passed.update(files)
    return False


def _is_marked(data: bytes, markers: Sequence[bytes]) -> bool:
    return bool(markers) and any(marker in plain(data) for marker in markers)


def _given(stdin: bytes | None) -> bytes:
    if stdin is None:
        raise UsageError('"-" was named, but nothing is on the standard input: pipe manifests in')
    return stdin
