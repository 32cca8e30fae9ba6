"""Reads files, and gives paths the form that reports show."""

from __future__ import annotations

import io
import os
from enum import Enum
from typing import NamedTuple

from vmsnap_lint.core.errors import UsageError

__all__ = ["MOST_BYTES", "Role", "SourceFile", "load", "shown", "unreadable", "working_tree"]

MOST_BYTES = 2**26  # longer files are cut here, which is over every budget of the reader


class Role(Enum):
    """What a file is to the tools that apply it."""

    MANIFEST = "manifest"
    PATCH = "patch"  # changes an object, and is none itself
    CONFIG = "config"  # settings of kustomize, or values of a chart
    TEMPLATE = "template"  # of a Helm chart, not rendered
    KUSTOMIZATION = "kustomization"
    PAGE = "page"  # of documentation, with manifests in blocks


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
    """The bytes of a file. Raises UsageError where it cannot be read."""
    try:
        with open(location, "rb", buffering=0) as file:
            if 0 < os.fstat(file.fileno()).st_size <= MOST_BYTES:
                return file.read()
            with io.BufferedReader(file) as pipe:  # or a device, or too long
                return pipe.read(MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: OSError) -> UsageError:
    """The error for a path that cannot be read."""
    reason = (error.strerror or "unknown error").lower()
    return UsageError(f'cannot read "{shown(path)}" ({reason}); make it readable or exclude it')


def shown(path: str) -> str:
    """The path as reports write it: with forward slashes, in valid Unicode."""
    path = path.replace(os.sep, "/")
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def working_tree(directory: str) -> list[str]:
    """The directories from the root of git's working tree down to this one; none outside of it."""
    steps = [directory]
    while not os.path.exists(os.path.join(steps[-1], ".git")):
        above = os.path.dirname(steps[-1])
        if above == steps[-1]:
            return []
        steps.append(above)
    return steps[::-1]
