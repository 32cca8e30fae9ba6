"""Globs of files and objects become the part of a run that a setting applies to."""

from __future__ import annotations

import os
from typing import NamedTuple

from vmsnap_lint.core.globs import path_fits, word_fits

__all__ = ["Scope"]

ObjectName = tuple[str, str, str | None, str | None]
"""The group (or apiVersion), kind, namespace and name of an object, as ObjectId and Ref are."""


class Scope(NamedTuple):
    """Files that a glob of `paths` names, as seen from `base`, and objects that `objects` names.

    An object is `Kind/namespace/name` or `Kind/name`, each a glob. An empty tuple names all.
    """

    base: str = ""
    paths: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def fits(self, file: str, named: ObjectName | None) -> bool:
        """Whether a finding about `named` in `file` is in the scope."""
        return self._has_file(file) and (
            not self.objects
            or (named is not None and any(_fits(glob, *named[1:]) for glob in self.objects))
        )

    def _has_file(self, file: str) -> bool:
        if not self.paths:
            return True
        path, root = os.path.abspath(file), os.path.join(self.base, "")
        if file.startswith("<") or not path.startswith(root):
            return False
        below = path[len(root) :].replace(os.sep, "/")
        return any(path_fits(glob, below) for glob in self.paths)


def _fits(glob: str, kind: str, namespace: str | None, name: str | None) -> bool:
    kinds, *namespaces, names = glob.split("/")
    return (
        word_fits(kinds, kind)
        and word_fits(names, name or "")
        and all(word_fits(part, namespace or "") for part in namespaces)
    )
