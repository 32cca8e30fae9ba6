"""Which files a change of one concerns: those that share names with it, directly or through one.

It decides only what is judged first; the rest follows when nothing is typed.
"""

from __future__ import annotations

from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Neighbours"]

_MOST_FILES = 40  # that are judged with one
_MOST_USERS = 40  # files of a name: one that has more, such as a class, concerns too many


class Neighbours:
    """The files of objects, by the names that they have and refer to."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._names: dict[str, set[str]] = {}
        self._files: dict[str, set[str]] = {}
        for manifest in manifests:
            stages.may_end()
            for name in _names(manifest):
                self._names.setdefault(manifest.file, set()).add(name)
                self._files.setdefault(name, set()).add(manifest.file)

    def around(self, files: Iterable[str], objects: Iterable[Manifest] = ()) -> set[str]:
        """The files, and the nearest that share names with them or with these new objects."""
        found = {*files}
        new = {name for manifest in objects for name in _names(manifest)}
        names = new.union(*(self._names.get(file, ()) for file in found))
        passed: set[str] = set()
        for _ in range(2):  # a snapshot has to do with the claims of its VM
            for name in sorted(names - passed):
                files_of = self._files.get(name, set())
                if len(files_of) <= _MOST_USERS and len(found) < _MOST_FILES:
                    found |= files_of
            passed |= names
            names = set().union(*(self._names.get(file, ()) for file in found))
        return found


def _names(manifest: Manifest) -> Iterable[str]:
    """The name of an object, and those in its references."""
    own = (manifest.name, *(reference.name for reference in references(manifest)))
    return (name for name in own if name)
