"""The directories that the pointers of a run lead to, and the repository that they are in."""

from __future__ import annotations

import os
from itertools import chain, takewhile

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_directory, real_path
from vmsnap_lint.core.relevance import POINTERS
from vmsnap_lint.core.repository import upwards
from vmsnap_lint.deploy.around import Around
from vmsnap_lint.deploy.checkout import Checkout
from vmsnap_lint.deploy.expansion import applied_by
from vmsnap_lint.deploy.render.projects import Projects
from vmsnap_lint.input.files import readable
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.deploy.decoding import Decoded
    from vmsnap_lint.input.sources import Sources

__all__ = ["leads", "root_of"]


def leads(sources: Sources, places: Iterable[str], known: Decoded) -> frozenset[str]:
    """The directories (real paths) that pointers of a run apply and that are in no place of it.

    The pointers that are decoded for it are added to `known`.
    """
    root = root_of(sources, Projects(sources))
    tops = {os.path.join(real_path(place), "") for place in places}
    if any(os.path.join(root, "").startswith(top) for top in tops):
        return frozenset()  # all of the repository is looked at
    above = _above(sources.locations) - {os.sep}
    for file in sources.pointers:
        if file not in known:
            known[file] = document.read(file.path, file.data)
    parts = chain.from_iterable(known[file].documents for file in sources.pointers)
    objects = list(chain.from_iterable(map(manifests, parts)))
    around = Around(Checkout(root, readable), objects)
    pointers = (each for each in objects if each.group_kind in POINTERS)
    applied = chain.from_iterable(applied_by(pointer, around) for pointer in pointers)
    directories = {each.job.directory for each in applied if each.job is not None}
    return frozenset(directories - above)


def _above(locations: Iterable[str]) -> set[str]:
    """The directories of files, and those above them."""
    above: set[str] = set()
    for location in set(map(os.path.dirname, locations)):
        above.update(takewhile(lambda each: each not in above, upwards(real_directory(location))))
    return above


def root_of(sources: Sources, projects: Projects) -> str:
    """The repository, else the directory with everything that is looked at."""
    first = min(sources.locations, default="")
    directory = real_path(os.path.dirname(first)) if first else os.curdir
    return os.path.normpath(projects.of(directory).directory)
