"""The last good view of a folder, which all answers to an editor are about."""

from __future__ import annotations

import os

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Source
    from vmsnap_lint.engine import Run
    from vmsnap_lint.kubevirt.world import World

__all__ = ["Analysis"]


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
        return os.path.normpath(os.path.join(self.root, file))

    def file(self, location: str) -> str:
        """The name in reports of the file at an absolute path."""
        return os.path.relpath(location, self.root).replace(os.sep, "/")
