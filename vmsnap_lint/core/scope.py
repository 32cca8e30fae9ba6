"""Globs of files and objects become the part of a run that a setting applies to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.globs import path_fits, word_fits

if TYPE_CHECKING:
    from typing import Protocol

    class HasObject(Protocol):
        """An object with a kind, a namespace and a name."""

        @property
        def kind(self) -> str:
            """Its kind."""

        @property
        def namespace(self) -> str | None:
            """Its namespace, None where none is set."""

        @property
        def name(self) -> str | None:
            """Its name."""


__all__ = ["Scope"]


class Scope(NamedTuple):
    """Files that a glob of `paths` names, as seen from `base`, and objects that `objects` names.

    An object is `Kind/namespace/name` or `Kind/name`, each a glob. An empty tuple names all.
    """

    base: str = ""
    paths: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def fits(self, file: str, named: HasObject | None) -> bool:
        """Whether a finding about `named` in `file` is in the scope."""
        return self._has_file(file) and self._has_object(named)

    def _has_file(self, file: str) -> bool:
        if not self.paths:
            return True
        path, root = os.path.abspath(file), os.path.join(self.base, "")
        if file.startswith("<") or not path.startswith(root):
            return False
        below = path[len(root) :].replace(os.sep, "/")
        return any(path_fits(glob, below) for glob in self.paths)

    def _has_object(self, named: HasObject | None) -> bool:
        if not self.objects:
            return True
        return named is not None and any(_fits(glob, named) for glob in self.objects)


def _fits(glob: str, named: HasObject) -> bool:
    kind, *namespace, name = glob.split("/")
    return (
        word_fits(kind, named.kind)
        and word_fits(name, named.name or "")
        and all(word_fits(part, named.namespace or "") for part in namespace)
    )
