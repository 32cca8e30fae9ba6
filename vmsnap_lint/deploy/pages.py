"""Pages of documentation become parts of their own, with what is fair to say of a page.

A page shows samples: some are cut, many are variants of one object, and what they name lives in no
block. So of a page

- nothing is missing for certain: what a sample names and the page does not show is unknown;
- only the rules below have a say: those that speak of what an object says by itself and that hold
  in whatever cluster it is applied to, and of contradictions between the objects of one page;
- no fields are required, no hygiene is asked for, nothing is said of what could not be verified,
  of run states, of output that is shown (status), or of objects that are shown several times;
- of a block in which something is left out, only what stands in it is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core import kinds
from vmsnap_lint.core.model import Severity
from vmsnap_lint.deploy.units import Unit
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.embedded import Page
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["OF_CUT", "OF_WHOLE", "parts"]

OF_CUT = dict.fromkeys((
    "ambiguous-scalar", "api-deprecated", "clone-filter-syntax", "clone-mac-colons",
    "clone-source-invalid", "deletion-policy-unknown", "export-source-invalid",
    "failure-deadline-invalid", "failure-deadline-odd", "field-too-new", "field-type-wrong",
    "field-unknown", "group-version-unknown", "kind-unknown", "name-invalid",
    "restore-patch-colon", "restore-patch-malformed", "restore-patch-path",
    "restore-policy-unknown", "restore-target-invalid", "run-strategy-unknown",
    "snapshot-api-old", "source-apigroup-invalid", "source-is-pool", "source-kind-invalid",
    "value-not-allowed", "version-not-served",
), Severity.ERROR)  # fmt: skip
OF_WHOLE = OF_CUT | dict.fromkeys((
    "class-driver-in-tree", "class-driver-mismatch", "class-schema", "clone-same-name",
    "clone-target-apigroup", "crd-validation-failed", "default-annotation-value", "document-budget",
    "duplicate-key", "encoding-unsupported", "gate-misplaced", "in-tree-provisioner",
    "non-csi-provisioner", "partial-snapshot", "restore-cross-namespace",
    "restore-override-invalid", "running-and-strategy", "snapshot-crd-not-v1",
    "source-apigroup-missing", "yaml-invalid",
), Severity.ERROR) | dict.fromkeys((  # often the sample is shortened, and nobody applies it
    "flattened-indentation", "volume-list-invalid",
), Severity.WARNING)  # fmt: skip

_ANY_KIND = frozenset(one.kind for one in vars(kinds).values() if isinstance(one, kinds.Kind))


def parts(page: Page) -> Iterator[Unit]:
    """The whole blocks of a page as one part, the cut ones as another."""
    for cut, heard in ((False, OF_WHOLE), (True, OF_CUT)):
        blocks = tuple(one.source for one in page.excerpts if one.cut is cut)
        if blocks:
            found = [m for block in blocks for one in block.documents for m in manifests(one)]
            objects = tuple(filter(_is_typed, found))
            yield Unit((page.file,), objects, (), _ANY_KIND, blocks, heard)


def _is_typed(manifest: Manifest) -> bool:
    """Whether it says what it is; else it is a piece of something."""
    return bool(manifest.api_version and manifest.kind)
