"""The storage chain: volume, claim, class. Floor 5.

What is wrong with a volume is worked out in vmsnap_lint.storage; each rule here reports its cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.check import Check
from vmsnap_lint.checks.families import caused
from vmsnap_lint.kinds import VM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.problem import Problem
    from vmsnap_lint.world import World


__all__ = ["CHECKS"]


def claim_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """A volume names a claim that its namespace does not have."""
    yield from caused(vm, world, "claim-missing")


CHECKS: dict[str, Check] = {
    "claim-missing": Check(claim_missing, (VM,)),
}
