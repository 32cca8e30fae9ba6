"""CEL validation rules of CRDs.

The schema of a CRD is checked by `shapes`, like that of the built-in kinds.
"""

from __future__ import annotations

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import ANY, Check
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]


def crd_validation_failed(manifest: Manifest, world: World) -> Iterator[Problem]:
    """An object that does not satisfy a validation rule of its CRD."""
    for path, message in () if world.is_rendered_later(manifest) else world.rule_failures(manifest):
        yield Problem(manifest.at(*path, key=True), message)


CHECKS: dict[str, Check] = {
    "crd-validation-failed": Check(crd_validation_failed, ANY, prefilters.defined),
}
