"""Cluster facts: the command that writes a file of them, and what that file says. Floor 6.16."""

from __future__ import annotations

from vmsnap_lint.facts.known import NONE, Facts

__all__ = ["NONE", "Facts", "read"]


def read(path: str) -> Facts:
    """The facts in a file, none for ""; a UsageError where it holds what does not belong."""
    if not path:
        return NONE
    from vmsnap_lint.facts import reading  # noqa: PLC0415 # few runs have facts

    return reading.read(path)
