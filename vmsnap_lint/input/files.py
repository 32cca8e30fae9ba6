"""Reads files, and gives paths the form that reports show."""

from __future__ import annotations

import os
import re
from enum import Enum

from vmsnap_lint.core.abridged import cut_path
from vmsnap_lint.core.bounded_files import head, why
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import NamedTuple
from vmsnap_lint.core.model import NotChecked

__all__ = [
    "MOST_BYTES", "Role", "SourceFile", "load", "location_of", "readable", "shown", "unread",
    "unreadable",
]  # fmt: skip

MOST_BYTES = 10 * 2**20  # as many as the reader takes; of longer files this and a byte is kept


class Role(Enum):
    """What a file is to the tools that apply it."""

    MANIFEST = "manifest"
    PATCH = "patch"  # changes an object, and is none itself
    CONFIG = "config"  # settings of kustomize, or values of a chart
    TEMPLATE = "template"  # of a Helm chart, not rendered
    KUSTOMIZATION = "kustomization"
    PAGE = "page"  # of documentation, with manifests in blocks
    SCRIPT = "script"  # commands that make objects


class SourceFile(NamedTuple):
    """One file. `path` is for people, `location` opens it; `chart` is its chart's directory.

    `kustomized` says that a kustomization builds it, so that its final form is not in the file.
    """

    path: str
    location: str
    data: bytes
    role: Role = Role.MANIFEST
    kustomized: bool = False
    chart: str = ""


def load(location: str, path: str) -> bytes:
    """The bytes of a file, no more than one over MOST_BYTES.

    Raises UsageError where it cannot be read.
    """
    try:
        return head(location, MOST_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error


def readable(location: str) -> bytes | None:
    """The same, None where it cannot be read."""
    try:
        return head(location, MOST_BYTES)
    except OSError:
        return None


def unreadable(path: str, error: OSError) -> UsageError:
    """The error for a path that cannot be read."""
    return UsageError(f'cannot read "{cut_path(shown(path))}" ({why(error)}); make it readable')


def unread(path: str, fault: str) -> NotChecked:
    """The note for a path that cannot be read for that reason, where others can."""
    return NotChecked(shown(path), f"cannot be read ({fault})")


def shown(path: str) -> str:
    """The path as reports write it: with forward slashes, in valid Unicode.

    Two paths have two forms: a byte outside of UTF-8 is written as `\\xff`, and a backslash that
    could begin such a byte as `\\x5c`.
    """
    path = path.replace(os.sep, "/")
    if path.isascii() and "\\x" not in path:
        return path
    text = re.sub(_LIKE_A_BYTE, r"\\x5c", path)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def location_of(file: str) -> str:
    """The path of a file that is shown so."""
    if "\\x" not in file:
        return file
    raw = re.sub(
        rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), file.encode()
    )
    return os.fsdecode(raw)


_LIKE_A_BYTE = r"\\(?=x[0-9a-f]{2})"
