"""What an object of Flux or Argo CD can look at: the files of its repository, other objects."""

from __future__ import annotations

import os
from functools import cached_property
from itertools import accumulate, chain, islice, takewhile

from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.deploy.checkout import Entries
from vmsnap_lint.deploy.render.projects import NotRead
from vmsnap_lint.deploy.render.remote import without_login
from vmsnap_lint.deploy.repositories import Repositories
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.checkout import Checkout
    from vmsnap_lint.objects.manifest import Manifest

    _Asked = tuple[Kind, str | None, str, str | None]

__all__ = ["Around", "Listing"]

_MOST_ENTRIES = 200_000
"""Files and directories that all listings look at together."""
_DEEPEST = 20
"""Directories below the root in which a path is looked for."""
_MOST_FILES = 5_000
"""Files that one object applies: more are no manifests that a person keeps in one directory."""


class Listing(NamedTuple):
    """The real paths of files, sorted; `is_cut` says that there are more."""

    files: tuple[str, ...]
    is_cut: bool = False


class Around:
    """The files of a repository, and the objects of the cluster known so far."""

    def __init__(self, checkout: Checkout, objects: Iterable[Manifest]) -> None:
        self.root = checkout.root
        self.objects = tuple(objects)
        self._checkout = checkout
        self._left = _MOST_ENTRIES
        self._inner: dict[str, Around] = {}
        self._found: dict[_Asked, Manifest | None] = {}
        self._steps: dict[str, list[str]] = {}

    def find(
        self, kind: Kind, namespace: str | None, name: str, near: Manifest | None = None
    ) -> Manifest | None:
        """The object of that name; None where there is none, or several that differ.

        Of several the nearest to the file of `near` count. One without a namespace may be in any:
        what applies it sets that.
        """
        asked = kind, namespace, name, near.file if near is not None else None
        if asked not in self._found:
            self._found[asked] = self._nearest(kind, namespace, name, near)
        return self._found[asked]

    def _nearest(
        self, kind: Kind, namespace: str | None, name: str, near: Manifest | None
    ) -> Manifest | None:
        named = self._by_name.get((kind, name), ())
        exact = [known for known in named if known.namespace == namespace]
        found = exact or [known for known in named if not (known.namespace and namespace)]
        if len(found) > 1 and near is not None:
            shared = [self._shared(known, near) for known in found]
            most = max(shared)
            found = [known for known, steps in zip(found, shared, strict=True) if steps == most]
        if any(other.value != found[0].value for other in found[1:]):
            return None
        return found[0] if found else None

    def of_kind(self, kind: Kind) -> Iterator[Manifest]:
        """The objects of a kind."""
        return (known for known in self.objects if known.group_kind == kind)

    def declared(self, kind: Kind, near: Manifest) -> list[Manifest]:
        """The objects of a kind, the nearest to a file first; of its directory where none is known.

        What is applied together with an object may not be among the known objects yet.
        """
        found = list(self.of_kind(kind)) or list(self._beside(kind, near))
        return sorted(found, key=lambda known: -self._shared(known, near))

    def directory(self, text: str, below: str = "", *, from_root: bool = False) -> str:
        """The real path of a directory that is written as `text`, relative to `below` or the root.

        An absolute path may count `from_root`. Raises ValueError with the reason where there is no
        such directory in the repository.
        """
        found, is_directory = self._located(text.lstrip("/") if from_root else text, below)
        if not is_directory:
            what = "is no directory" if os.path.exists(found) else "does not exist"
            message = f'"{without_login(text)}" {what} in the repository'
            raise ValueError(message)
        return found

    def file(self, text: str, below: str = "") -> bytes:
        """The bytes of a file that is written as `text`, relative to `below` or the root.

        Raises ValueError with the reason where there is none in the repository.
        """
        found, _ = self._located(text, below)
        data = self.data(found) if is_file(found) else None
        if data is None:
            message = f'"{without_login(text)}" does not exist in the repository'
            raise ValueError(message)
        return data

    def data(self, location: str) -> bytes | None:
        """The bytes of a file by its real path."""
        return self._checkout.load(location)

    def has(self, text: str) -> bool:
        """Whether a path from the root is a directory in the repository."""
        return self._checkout.has(text)

    def seen_from(self, pointer: Manifest, path: str) -> Around:
        """The directory around the pointer from which the path leads to a directory, as a root.

        That is the root of the repository, unless only one above the file of the pointer has it,
        and no other pointer shows that paths count from the root: examples lie below it.
        """
        leads_out = os.path.normpath(path).startswith(os.pardir)
        if not path.strip("./") or leads_out or self.has(path) or self.repositories.is_known:
            return self
        here = real_path(os.path.dirname(pointer.file) or os.curdir)
        if not self._checkout.holds(here):
            return self
        steps = os.path.relpath(here, self.root).split(os.sep)
        roots = accumulate(steps[:_DEEPEST], os.path.join, initial=self.root)
        for root in islice(roots, 1, None):
            if root not in self._inner:
                self._inner[root] = Around(self._checkout.below(root), self.objects)
            if self._inner[root].has(path):
                return self._inner[root]
        return self

    def kustomization(self, directory: str) -> str:
        """The kustomization file of a directory, or ""."""
        return self._checkout.kustomization(directory)

    def relative(self, location: str) -> str:
        """A real path in the repository from its root, with forward slashes; "." for the root."""
        return os.path.relpath(location, self.root).replace(os.sep, "/")

    def files(
        self,
        directory: str,
        recurse: bool,
        is_whole: Callable[[str], bool] | None = None,
        most: int = _MOST_FILES,
    ) -> Listing:
        """The files of a directory, with `recurse` of all below; `is_whole` ones are not entered.

        These are listed themselves. There are `most` of them at most.
        """
        found: list[str] = []
        stack = [directory]
        while stack and len(found) <= most:
            here = stack.pop()
            files, directories = self._listed(here)
            found += files
            for below in directories if recurse else ():
                (found if is_whole is not None and is_whole(below) else stack).append(below)
        is_cut = bool(stack) or len(found) > most or self._left <= 0
        return Listing(tuple(sorted(found)[:most]), is_cut)

    def directories(self) -> Listing:
        """All directories of the repository but the hidden ones, as Argo CD's generators see them.

        Source: GetGitDirectories, argo-cd v3.5.1, reposerver/repository/repository.go.
        """
        found: list[str] = []
        stack = [self.root]
        while stack:
            _, below = self._listed(stack.pop())
            seen = [path for path in below if not os.path.basename(path).startswith(".")]
            found += seen
            stack += seen
        return Listing(tuple(sorted(found)), self._left <= 0)

    def _beside(self, kind: Kind, near: Manifest) -> Iterator[Manifest]:
        """The objects of a kind in the files of the directory of another object, and below."""
        directory = real_path(os.path.dirname(near.file) or os.curdir)
        if not self._checkout.holds(directory):
            return
        from vmsnap_lint import document  # the reader is loaded by need

        for path in self.files(directory, recurse=True).files:
            data = self.data(path) if path.endswith((".yaml", ".yml")) else None
            if data and kind.kind.encode() in data:
                parts = document.read(path, data).documents
                every = chain.from_iterable(map(manifests, parts))
                yield from (each for each in every if each.group_kind == kind)

    def _located(self, text: str, below: str) -> tuple[str, bool]:
        """The real path, and whether it is a directory.

        Raises ValueError with the reason where it is not in the repository.
        """
        found, is_directory = self._checkout.located(text, below)
        if isinstance(found, NotRead):
            raise ValueError(found.reason)
        return found, is_directory

    def _listed(self, directory: str) -> Entries:
        """What is in one directory; nothing where too much was listed before."""
        if self._left <= 0:
            return Entries()
        entries = self._checkout.entries(directory)
        self._left -= 1 + len(entries.files) + len(entries.directories)
        return entries

    def _shared(self, one: Manifest, other: Manifest) -> int:
        """How many directories two files have in common."""
        pairs = zip(self._above(one.file), self._above(other.file), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def _above(self, file: str) -> list[str]:
        """The names of the directories above a file."""
        if file not in self._steps:
            self._steps[file] = os.path.abspath(file).split(os.sep)[:-1]
        return self._steps[file]

    @cached_property
    def _by_name(self) -> dict[tuple[Kind, str], list[Manifest]]:
        found: dict[tuple[Kind, str], list[Manifest]] = {}
        for known in self.objects:
            found.setdefault((known.group_kind, known.name), []).append(known)
        return found

    @cached_property
    def repositories(self) -> Repositories:
        """Which of the repositories that the objects name is this one."""
        return Repositories(self.objects, self._checkout.remotes, self._checkout.has)
