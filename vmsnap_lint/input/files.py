"""A location becomes bytes, and a path its form for people; what a file can be."""

from __future__ import annotations

import io
import os
from enum import Enum
from typing import NamedTuple

from vmsnap_lint.core.errors import UsageError

__all__ = [
    "MOST_BYTES",
    "Role",
    "SourceFile",
    "load",
    "shown",
    "unreadable",
]

MOST_BYTES = 2**26  # what is longer is cut here, and then over every budget of the reader


class Role(Enum):
    """What a file is to the tools that apply it."""

    MANIFEST = "manifest"
    PATCH = "patch"  # kustomize lays it over an object: it is none itself
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
    """The bytes of a file; one that cannot be read is a UsageError that names its path."""
    try:
        with open(location, "rb", buffering=0) as file:
            if 0 < os.fstat(file.fileno()).st_size <= MOST_BYTES:
                return file.read()
            with io.BufferedReader(file) as pipe:  # or a device, or too long
                return pipe.read(MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: OSError) -> UsageError:
    """What to say of a path that cannot be read."""
    reason = (error.strerror or "unknown error").lower()
    return UsageError(f'cannot read "{shown(path)}": {reason}: make it readable or leave it out')


def shown(path: str) -> str:
    """The path as reports write it: forward slashes, and nothing that is not text."""
    path = path.replace(os.sep, "/")
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
