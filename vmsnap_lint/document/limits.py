"""What one input may cost before we stop reading it. Floor 1."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Limits"]


class Limits(NamedTuple):
    """Budgets that keep hostile input from eating time or memory; each has its own fault.

    Real manifests nest some 40 levels (CRDs); 250 leaves recursive readers of values far below
    Python's own limit. Kubernetes stops at 10,000 levels and at 3 MiB a request, but an exported
    file may hold many objects.
    """

    bytes: int = 10 * 1024 * 1024
    nodes: int = 1_000_000
    depth: int = 250
    documents: int = 10_000
