"""What keeps a file from being read as Kubernetes objects. Floor 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.check import FILE, Check
from vmsnap_lint.document import FaultKind
from vmsnap_lint.manifest import Spot
from vmsnap_lint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document import Source
    from vmsnap_lint.world import World


__all__ = ["CHECKS"]


def yaml_invalid(source: Source, _world: World) -> Iterator[Problem]:
    """A document that should be ours does not parse."""
    for fault in source.faults:
        if fault.kind is FaultKind.SYNTAX and fault.ours:
            yield Problem(Spot(source, fault.span), fault.message)


CHECKS: dict[str, Check] = {
    "yaml-invalid": Check(yaml_invalid, FILE),
}
