"""What can be wrong with the words of a suppression. Floor 2.3."""

from __future__ import annotations

from enum import Enum

__all__ = ["Flaw"]


class Flaw(Enum):
    """Why a suppression cannot hold as it is written."""

    BLANKET = "it names no rule"
    DATE = "its end is no date"
    LATE = "it is meant for the file and does not stand at its head"
    UNREADABLE = "it is none of the forms that we read"
