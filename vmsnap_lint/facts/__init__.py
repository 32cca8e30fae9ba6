"""Cluster facts: the command that writes a file of them, and what that file says. Floor 6.16."""

from __future__ import annotations

from vmsnap_lint.facts.reading import NONE, Facts, read

__all__ = ["NONE", "Facts", "read"]
