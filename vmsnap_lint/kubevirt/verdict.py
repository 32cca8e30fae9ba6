"""What a snapshot, restore, clone or export comes to, in one word."""

from __future__ import annotations

from enum import Enum

__all__ = ["Verdict"]


class Verdict(Enum):
    """The outcome of an object that saves, restores or copies a VM."""

    REJECTED = "rejected"
    """The API server or a webhook rejects it."""
    FAILED = "failed"
    """It has ended without success, and is not taken up again."""
    STUCK = "stuck"
    """It is accepted, but never completes; a snapshot fails at its deadline."""
    PARTIAL = "partial"
    """It completes without a persistent volume, or without the data of one."""
    EMPTY = "empty"
    """It completes without data: there is no disk."""
    COMPLETE = "complete"
    UNKNOWN = "unknown"
    """The input does not show enough, or shows a doubt that it cannot settle."""
