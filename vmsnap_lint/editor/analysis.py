"""The last good view of a folder, which all answers to an editor are about."""

from __future__ import annotations

import os

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.input.files import location_of, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Source
    from vmsnap_lint.engine import Run
    from vmsnap_lint.kubevirt.world import World

__all__ = ["Analysis", "file_in", "location_in"]


class Analysis(NamedTuple):
    """What a lint of a folder came to.

    Files in it are called as in reports: relative to `root`, an absolute path, with forward
    slashes. `by_file` are the sources by these names, as they were judged: with the texts of
    buffers, of a broken one the last text that was not. `worlds` are those of `loaded.units`, in
    their order.
    """

    root: str
    settings: Settings
    run: Run
    by_file: Mapping[str, Source]
    worlds: tuple[World, ...]
    loaded: LoadedInput

    def location(self, file: str) -> str:
        """The absolute path of a file of a report."""
        return location_in(self.root, file)


def location_in(root: str, file: str) -> str:
    """The absolute path of a file that reports on a folder call so."""
    return os.path.normpath(os.path.join(root, location_of(file)))


def file_in(root: str, path: str) -> str:
    """What reports on a folder call the file at a real path."""
    return shown(os.path.relpath(path, os.path.realpath(root)))
