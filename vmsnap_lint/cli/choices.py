"""The words that flags choose from."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CardFormat", "Color", "Drawing", "Format", "Mode", "RenderMode", "Threshold"]


class Format(StrEnum):
    """How findings are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


class Drawing(StrEnum):
    """How plans are written."""

    TREE = "tree"
    JSON = "json"


class CardFormat(StrEnum):
    """How rules are written."""

    TEXT = "text"
    JSON = "json"


class Threshold(StrEnum):
    """The lowest severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Mode(StrEnum):
    """Whether VMs run while their snapshot is made."""

    OFFLINE = "offline"
    ONLINE = "online"


class RenderMode(StrEnum):
    """Whether kustomizations and charts are built: where it is possible, never, or all of them."""

    AUTO = "auto"
    NEVER = "never"
    REQUIRE = "require"


class Color(StrEnum):
    """When the output is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"
