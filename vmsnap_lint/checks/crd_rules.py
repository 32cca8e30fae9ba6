"""What the CEL rules of a CRD refuse of an object of its kind.

The shape of such an object is judged by its CRD as well, and told by the rules of schema.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import ANY, Check
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]


def crd_validation_failed(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A rule of its CRD does not hold for the object."""
    if world.is_rendered_later(manifest):
        return
    for path, message in world.rule_failures(manifest):
        yield Problem(manifest.at(*path, key=True), message)


CHECKS: dict[str, Check] = {
    "crd-validation-failed": Check(crd_validation_failed, ANY, prefilters.defined),
}
