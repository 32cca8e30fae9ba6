"""Paths with pointers stand for the files of the objects that these apply."""

from __future__ import annotations

import os
from collections import defaultdict

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.repository import is_below

if TYPE_CHECKING:
    from vmsnap_lint.deploy.load import LoadedInput

__all__ = ["with_applied"]


def with_applied(paths: tuple[str, ...], loaded: LoadedInput) -> tuple[str, ...]:
    """The paths, and the files of what pointers in them apply, directly or through others."""
    applied: dict[str, set[str]] = defaultdict(set)
    for unit in loaded.units:
        for manifest in unit.manifests:
            pointer = unit.appliers.get(manifest.position)
            if pointer is not None:
                applied[pointer.file].add(manifest.file)
    tops = [os.path.realpath(path) for path in paths]
    left = [file for file in applied if any(is_below(real_path(file), top) for top in tops)]
    reached: set[str] = set()
    while left:
        file = left.pop()
        if file not in reached:
            reached.add(file)
            left += applied.get(file, ())
    return (*paths, *sorted(reached))
