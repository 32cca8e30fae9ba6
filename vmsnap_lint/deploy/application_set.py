"""An ApplicationSet of Argo CD becomes the Applications that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Expanded", "applications"]


class Expanded(NamedTuple):
    """The Applications that a set makes, and what may make more of them."""

    applications: tuple[Manifest, ...] = ()
    gaps: tuple[Gap, ...] = ()


def applications(pointer: Manifest, around: Around) -> Expanded:
    """The Applications of the set."""
    what = f'ApplicationSet "{cut(pointer.name)}"'
    return Expanded(gaps=(Gap(what, "its generators are not read", pointer.at("spec")),))
