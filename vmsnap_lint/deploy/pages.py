"""Turns pages of documentation into units.

A page shows samples: some are shortened, many are variants of one object, and what they name may be
in no block. So an object that a sample names and the page does not show is unknown, not missing.
The cards of the rules say which of them are applied to pages.
"""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.units import SampleKind, Unit
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.partial import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.embedded import Page

__all__ = ["units_of"]

_KINDS = (value for value in vars(kinds).values() if isinstance(value, kinds.Kind))
_ANY_KIND = frozenset(kind.kind for kind in _KINDS)


def units_of(page: Page) -> Iterator[Unit]:
    """The complete blocks of a page as one unit, the shortened ones as another."""
    for cut, kind in ((False, SampleKind.COMPLETE), (True, SampleKind.SHORTENED)):
        blocks = tuple(block.source for block in page.excerpts if block.cut is cut)
        documents = (document for block in blocks for document in block.documents)
        objects = chain.from_iterable(map(manifests, documents))
        typed = tuple(
            manifest
            for manifest in objects
            if manifest.api_version and manifest.kind and not is_partial(manifest)
        )
        if blocks:
            yield Unit((page.file,), typed, (), _ANY_KIND, blocks, kind)
