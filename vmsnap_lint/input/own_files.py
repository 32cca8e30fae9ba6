"""The files of a run without baselines and reports, which hold words of manifests and are none."""

from __future__ import annotations

import os

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.input.sources import Sources

__all__ = ["without_own"]

# How baselines and reports begin.
_STARTS = (b'{\n  "version": 1,\n  "findings": [', b'{\n  "schema_version": ')


def without_own(sources: Sources, settings: Settings) -> Sources:
    """The sources without files that vmsnap-lint writes: those of the settings, and by content."""
    named = {settings.baseline, settings.write_baseline, *(it.file for it in settings.output)}
    places = {os.path.abspath(path) for path in named if path}
    like = {os.path.abspath(it.location) for it in sources.files if it.data.startswith(_STARTS)}
    own = sources.locations & (places | like) if places or like else frozenset()
    if not own:
        return sources
    files = (file for file in sources.files if os.path.abspath(file.location) not in own)
    return sources._replace(files=tuple(files), examined=sources.examined - len(own))
