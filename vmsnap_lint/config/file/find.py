"""Finds the configuration file of a directory.

The search goes up to the root of the git repository; outside of one only the directory itself is
searched, so that a file in a shared directory above is not used.
"""

from __future__ import annotations

import os
import re

from vmsnap_lint.core.bounded_files import whole, why
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import CONFIGURATIONS
from vmsnap_lint.core.light_typing import NamedTuple
from vmsnap_lint.core.repository import working_tree

__all__ = ["File", "configured", "find", "load", "top_of"]

_MOST_BYTES = 2**20  # some thousand overrides
_PYPROJECT = "pyproject.toml"
_MISNAMED = (".vmsnap-lint.yml", "vmsnap-lint.yml")
# A reference to our table; projects that only depend on us need no TOML parser.
_TABLE = rb"""\btool["']?\s*(?:[\]=]|\.\s*["']?vmsnap-lint)"""


class File(NamedTuple):
    """A configuration file: its path for messages, and the directory of its relative paths.

    One that is not chosen by the user is a part of the tree.
    """

    name: str
    base: str
    data: bytes
    is_chosen: bool = True


def find(directory: str) -> File | None:
    """The nearest file of a directory.

    Raises UsageError if a directory has two.
    """
    files = (_in(searched, directory) for searched in _searched(directory))
    nearest = next((file for file in files if file is not None), None)
    return nearest and nearest._replace(is_chosen=False)


def load(path: str, directory: str) -> File:
    """The file at a path.

    Raises UsageError if it cannot be read.
    """
    location = os.path.join(directory, path)
    try:
        data = whole(location, _MOST_BYTES)
    except OSError as error:
        message = f'cannot read the configuration "{path}" ({why(error)})'
        raise UsageError(message) from error
    return File(path, os.path.dirname(os.path.abspath(location)), data)


def top_of(directory: str) -> str:
    """The root of the git repository of a directory; without one, the directory itself."""
    return _searched(directory)[-1]


def configured(directory: str) -> str:
    """The nearest directory with a file of ours alone, from this one up, or ""."""

    def has_file(searched: str) -> bool:
        return any(is_file(os.path.join(searched, name)) for name in CONFIGURATIONS)

    return next(filter(has_file, _searched(directory)), "")


def _searched(directory: str) -> list[str]:
    """The directory and those above it, up to the root of its git repository."""
    return working_tree(directory)[::-1] or [directory]


def _in(directory: str, start: str) -> File | None:
    paths = {
        name: os.path.relpath(os.path.join(directory, name), start)
        for name in (*CONFIGURATIONS, _PYPROJECT, *_MISNAMED)
        if is_file(os.path.join(directory, name))
    }
    for name, path in paths.items():
        _refuse_link_out(os.path.join(directory, name), path)
    files = [load(paths[name], start) for name in CONFIGURATIONS if name in paths]
    for name in _MISNAMED if not files else ():
        if name in paths:
            correct = name.replace("yml", "yaml")
            raise UsageError(f'"{paths[name]}" is not read: rename it to {correct}')
    if _PYPROJECT in paths:
        file = load(paths[_PYPROJECT], start)
        files += [file] if re.search(_TABLE, file.data) and _configures(file) else []
    if len(files) > 1:
        raise UsageError(f"both {files[0].name} and {files[1].name} exist: keep one")
    return files[0] if files else None


def _refuse_link_out(location: str, path: str) -> None:
    """Raises UsageError for a link to a file that is not of the repository: it may be any."""
    if os.path.islink(location):
        root = os.path.realpath(_searched(os.path.dirname(location))[-1])
        if not os.path.realpath(location).startswith(os.path.join(root, "")):
            raise UsageError(f'"{path}" is a link that leads out: name that file with --config')


def _configures(file: File) -> bool:
    """Whether a pyproject.toml contains our table, or is invalid."""
    from vmsnap_lint.config.file.located import from_toml  # few runs read TOML

    located = from_toml(file.name, file.data)
    return located.value is not None or bool(located.faults)
