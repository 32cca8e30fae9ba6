"""Refuses an input that only points elsewhere, where nothing of that can be found."""

from __future__ import annotations

import os

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut_path
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.relevance import POINTERS, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vmsnap_lint.deploy.applied import Part
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.objects.gaps import Gap

__all__ = ["refuse"]

_NOUNS = {
    kinds.ARGO_APPLICATION: "Argo CD Applications",
    kinds.ARGO_APPLICATION_SET: "Argo CD ApplicationSets",
    kinds.FLUX_HELM_RELEASE: "Flux HelmReleases",
    kinds.FLUX_KUSTOMIZATION: "Flux Kustomizations",
}
_LEADING = frozenset((*POINTERS, kinds.FLUX_GIT_REPOSITORY))
_FOUND = frozenset(("built", "read as written"))


def refuse(loaded: LoadedInput, paths: Sequence[str]) -> None:
    """Nothing where the input holds objects to judge, or something of what it points to is found.

    Nor where a build failed that had to succeed: that is a finding.

    Raises UsageError otherwise: such a run would be green and check nothing.
    """
    present = {m.group_kind: m.file for unit in loaded.units for m in unit.manifests}
    nouns = [noun for kind, noun in _NOUNS.items() if kind in present]
    nouns += [] if present or not loaded.clusters else ["a chart of what applies others"]
    if (
        not nouns
        or loaded.unread
        or loaded.failures
        or any(of_kind(*kind) for kind in present.keys() - _LEADING)
    ):
        return
    files = {real_path(m.file) for unit in loaded.units for m in unit.manifests}
    parts = [part for cluster in loaded.clusters for part in cluster.parts]
    gap = _first_gap(loaded)
    if gap is not None and not any(_leads_away(part, files) for part in parts):
        named = cut_path(paths[0]) if len(paths) == 1 else "the input"
        what = "this directory" if named == "." else named
        raise UsageError(f"{what} holds only {' and '.join(nouns)}, and {_why(parts, gap)}")


def _why(parts: Iterable[Part], gap: Gap) -> str:
    """What to do about a part that is in the repository and not judged; else about the gap."""
    part = next((part for part in parts if part.directory and part.state not in _FOUND), None)
    if part is not None:
        reason = f"nothing they apply can be judged: {part.what} ({part.state})"
        return f"{reason}; correct that, or pass --allow-empty"
    reason = f"nothing they apply is in the repository: {gap.what} ({gap.reason})"
    return f"{reason}; pass what they apply, or --allow-empty"


def _first_gap(loaded: LoadedInput) -> Gap | None:
    gaps = (gap for unit in loaded.units for gap in unit.gaps)
    return next(gaps, None)


def _leads_away(part: Part, locations: set[str]) -> bool:
    """Whether it is found, and more than the directory that its pointers are in."""
    if part.state not in _FOUND:
        return False
    above = os.path.join(os.path.realpath(part.directory), "")
    return not any(location.startswith(above) for location in locations)
