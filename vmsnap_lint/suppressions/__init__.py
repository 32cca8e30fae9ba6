"""Findings that somebody does not want to see: who says so, where, and how long. Floor 2.3."""

from vmsnap_lint.suppressions.mark import speaks_to_us
from vmsnap_lint.suppressions.suppression import (
    Cover,
    Flaw,
    Judged,
    OneLine,
    OneObject,
    Pattern,
    Suppression,
    WholeFile,
)

__all__ = [
    "Cover", "Flaw", "Judged", "OneLine", "OneObject", "Pattern", "Suppression", "WholeFile",
    "speaks_to_us",
]  # fmt: skip
