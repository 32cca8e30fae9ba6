"""An object without apiVersion or kind gets it: by its misspelt key, else by its kind."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.objects import mending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["completed"]


def completed(
    manifest: Manifest, field: str, keys: Sequence[str], api_version: str
) -> tuple[Remedy, ...]:
    """One of the keys is renamed to the field that is missing, else the apiVersion is added."""
    near = [key for key in keys if mending.is_same_but_for_case(key, field)]
    safety = Safety.SAFE if near else Safety.UNSAFE
    near = near or [*nearest(field, keys)]
    if len(near) == 1 and isinstance(manifest.value.get(near[0]), str):
        return mending.renamed(manifest.at(near[0]), field, safety)
    if near or field == "kind":
        return ()
    return mending.added(manifest.at(), field, api_version, Safety.UNSAFE, before="kind")
