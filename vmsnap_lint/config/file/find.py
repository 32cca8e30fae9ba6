"""A directory becomes the configuration file that counts there.

It is looked for upwards to the root of the git repository; outside of one in the directory alone,
so that a file that somebody left in a shared directory above does not count.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import CONFIGURATIONS

__all__ = ["File", "find", "load"]

_PYPROJECT = "pyproject.toml"
_MISNAMED = (".vmsnap-lint.yml", "vmsnap-lint.yml")
# What names our table in any way; who only depends on us is spared the time for TOML.
_TABLE = re.compile(rb"""\btool["']?\s*(?:[\]=]|\.\s*["']?vmsnap-lint)""")


class File(NamedTuple):
    """A configuration file: its path for people, the directory that its paths count from."""

    name: str
    base: str
    data: bytes


def find(directory: str) -> File | None:
    """The file that counts in a directory; two that compete are a UsageError."""
    passed = []
    here = directory
    while True:
        passed.append(here)
        if os.path.lexists(os.path.join(here, ".git")):
            break
        above = os.path.dirname(here)
        if above == here:  # no repository
            passed = passed[:1]
            break
        here = above
    for one in passed:
        found = _in(one, directory)
        if found is not None:
            return found
    return None


def load(path: str, directory: str) -> File:
    """The file of that path; what cannot be read is a UsageError."""
    try:
        with open(os.path.join(directory, path), "rb") as file:
            data = file.read()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise UsageError(f'cannot read the configuration "{path}": {reason}') from error
    return File(path, os.path.dirname(os.path.abspath(os.path.join(directory, path))), data)


def _in(directory: str, start: str) -> File | None:
    found = [name for name in CONFIGURATIONS if os.path.isfile(os.path.join(directory, name))]
    for name in _MISNAMED:
        if not found and os.path.isfile(os.path.join(directory, name)):
            path = _relative(directory, name, start)
            raise UsageError(f'"{path}" is not read: name it {name.replace("yml", "yaml")}')
    files = [load(_relative(directory, name, start), start) for name in found]
    project = os.path.join(directory, _PYPROJECT)
    if os.path.isfile(project):
        file = load(_relative(directory, _PYPROJECT, start), start)
        files += [file] if _TABLE.search(file.data) and _configures(file) else []
    if len(files) > 1:
        raise UsageError(f"{files[0].name} and {files[1].name} both configure this: keep one")
    return files[0] if files else None


def _configures(file: File) -> bool:
    """Whether a pyproject.toml that names us does so in our table, or cannot be read."""
    from vmsnap_lint.config.file.located import from_toml  # rare

    located = from_toml(file.name, file.data)
    return located.value is not None or bool(located.faults)


def _relative(directory: str, name: str, start: str) -> str:
    return os.path.relpath(os.path.join(directory, name), start)
