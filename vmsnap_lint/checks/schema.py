"""What the API server refuses of one object by its schema. Floor 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.check import ANY, Check
from vmsnap_lint.checks.families import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.problem import Problem
    from vmsnap_lint.world import World


__all__ = ["CHECKS"]


def field_unknown(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A key that no release knows."""
    yield from refused(manifest, world, "field-unknown")


CHECKS: dict[str, Check] = {
    "field-unknown": Check(field_unknown, ANY),
}
