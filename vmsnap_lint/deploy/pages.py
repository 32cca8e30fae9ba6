"""Pages of documentation become units of their own.

A page shows samples: some are shortened, many are variants of one object, and what they name lives
in no block. So of a page nothing is missing for certain: what a sample names and the page does not
show is unknown. Which rules are applied to it stands in their cards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core import kinds
from vmsnap_lint.deploy.units import SampleKind, Unit
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.embedded import Page
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["parts"]

_ANY_KIND = frozenset(one.kind for one in vars(kinds).values() if isinstance(one, kinds.Kind))


def parts(page: Page) -> Iterator[Unit]:
    """The complete blocks of a page as one unit, the shortened ones as another."""
    for cut, kind in ((False, SampleKind.COMPLETE), (True, SampleKind.SHORTENED)):
        blocks = tuple(one.source for one in page.excerpts if one.cut is cut)
        if blocks:
            found = [m for block in blocks for one in block.documents for m in manifests(one)]
            objects = tuple(filter(_is_typed, found))
            yield Unit((page.file,), objects, (), _ANY_KIND, blocks, kind)


def _is_typed(manifest: Manifest) -> bool:
    """Whether it says what it is; else it is a piece of something."""
    return bool(manifest.api_version and manifest.kind)
