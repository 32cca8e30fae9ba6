"""Real paths of many files, of which most share their directories."""

from __future__ import annotations

import os
from functools import lru_cache

__all__ = ["common_directory", "forget", "real_directory", "real_path"]

_NO_NAMES = frozenset(("", os.curdir, os.pardir))
_DEEPEST = 100  # directories that are followed one by one
_MOST_FILES = 32_768
_MOST_DIRECTORIES = 16_384


def real_path(path: str) -> str:
    """The same as `os.path.realpath`; of a file and a directory it is worked out once in a run."""
    above, _, name = path.rpartition(os.sep)
    if not above or name in _NO_NAMES:
        return os.path.realpath(path)
    return _file(path)


@lru_cache(_MOST_DIRECTORIES)
def real_directory(path: str) -> str:
    """The same of what is a directory."""
    above, _, name = path.rpartition(os.sep)
    if not above or name in _NO_NAMES or path.count(os.sep) > _DEEPEST:
        return os.path.realpath(path)
    return _below(real_directory(above), above, path)


@lru_cache(1)
def common_directory(paths: frozenset[str]) -> str:
    """The directory (real path) that holds all these files, "" if there is none."""
    directories = {os.path.dirname(path) for path in paths}
    every = [os.path.join(real_directory(each), "") for each in directories]
    try:
        return os.path.commonpath((min(every), max(every)))  # what is between begins like both
    except ValueError:  # no files, or several drives
        return ""


def forget() -> None:
    """Begins a run: files and directories may be others than before."""
    _file.cache_clear()
    real_directory.cache_clear()
    common_directory.cache_clear()


@lru_cache(_MOST_FILES)
def _file(path: str) -> str:
    above = path.rpartition(os.sep)[0]
    return _below(real_directory(above), above, path)


def _below(directory: str, above: str, path: str) -> str:
    """The real path of what is in a directory, whose real path is known."""
    is_real = directory == above != os.sep
    real = path if is_real else os.path.join(directory, path[len(above) + 1 :])
    return os.path.realpath(real) if os.path.islink(real) else real
