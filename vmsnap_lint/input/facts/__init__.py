"""Cluster facts: the command that writes a file of them, and the reader of that file."""

from __future__ import annotations

from vmsnap_lint.input.facts.cluster_facts import NONE, ClusterFacts

__all__ = ["NONE", "ClusterFacts", "read"]


def read(path: str) -> ClusterFacts:
    """The facts in a file, none for "". Raises UsageError where it holds other objects."""
    if not path:
        return NONE
    from vmsnap_lint.input.facts import facts_file  # few runs have facts

    return facts_file.read(path)
