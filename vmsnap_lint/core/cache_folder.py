"""Results of earlier runs by their keys, in a folder of the user that can be deleted at any time.

What is not exactly as it was written counts as missing: no entry can break a run, nor change it.
"""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress

__all__ = ["MOST_ENTRY", "CacheFolder"]

MOST_ENTRY = 12 * 2**20
"""The bytes of the longest entry."""
_MOST_BYTES = 128 * 2**20
_MOST_ENTRIES = 4_096
_KEPT = 3 / 4  # of what is too much
_MAGIC = b"vmsnap-lint cache 1\n"
_DIGEST = 64
_PART = ".part"  # the end of the name of what is being written
_NAME = re.compile(r"[0-9a-f]{64}(?:\.[0-9a-f]{16}\.part)?")  # other files are not ours
_LATE = 3600.0  # seconds after which nobody writes it any more
_DAY = 86_400.0
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class CacheFolder:
    """A folder of entries; nothing is kept without a `path`, nor where others could write to it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._is_open = bool(path)
        self._wrote = False

    def read(self, key: str) -> bytes | None:
        """The entry of a key (64 digits of hexadecimal), None where there is none that is sound."""
        if not self._is_open or not _is_own_folder(self._path):
            return None
        place = os.path.join(self._path, key)
        try:
            data = _bytes_of(place)
        except OSError:
            return None
        digest, content = data[len(_MAGIC) :][:_DIGEST], data[len(_MAGIC) + _DIGEST :]
        if not data.startswith(_MAGIC) or digest != _digest(key, content):
            return None
        _touch(place)
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keeps an entry, as far as that is possible."""
        if not self._is_open or len(content) > MOST_ENTRY:
            return
        try:
            os.makedirs(self._path, mode=0o700, exist_ok=True)
            if _is_own_folder(self._path):
                self._put(key, _MAGIC + _digest(key, content) + content)
                self._wrote = True
                return
        except OSError:
            pass
        self._is_open = False  # a full disk or one that is read-only stays so

    def trim(self) -> None:
        """Removes the oldest entries where there are too many, and what was never finished."""
        if not self._wrote:
            return
        try:
            with os.scandir(self._path) as entries:
                found = [(known.st_mtime, known.st_size, entry.name)
                         for entry in entries if (known := _known(entry))]  # fmt: skip
        except OSError:
            return
        now = time.time()
        late = [name for at, _, name in found if name.endswith(_PART) and now - at > _LATE]
        for name in (*late, *_excess([each for each in found if not each[2].endswith(_PART)])):
            with suppress(OSError):
                os.unlink(os.path.join(self._path, name))

    def _put(self, key: str, data: bytes) -> None:
        """Writes beside and renames, so that a reader sees all of it or nothing."""
        beside = os.path.join(self._path, f"{key}.{os.urandom(8).hex()}{_PART}")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
        try:
            with open(file, "wb") as new:
                new.write(data)
            os.replace(beside, os.path.join(self._path, key))
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise


def _bytes_of(place: str) -> bytes:
    """The bytes of an entry. Raises OSError for one that is no file of this user, or too long."""
    file = os.open(place, os.O_RDONLY | _FLAGS)
    with open(file, "rb", buffering=0) as entry:
        known = os.fstat(file)
        if not stat.S_ISREG(known.st_mode) or not _is_own(known):
            raise PermissionError(place)
        most = len(_MAGIC) + _DIGEST + MOST_ENTRY
        if known.st_size > most:
            raise OSError(place)
        return entry.read(most)


def _is_own_folder(path: str) -> bool:
    """Whether a path is a folder, and no link, to which only this user can write."""
    try:
        known = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(known.st_mode) and _is_own(known)


def _is_own(known: os.stat_result) -> bool:
    """Whether something belongs to this user, and nobody else can write to it."""
    if not hasattr(os, "geteuid"):  # a folder of the user is private on Windows
        return True
    return known.st_uid == os.geteuid() and not known.st_mode & 0o022


def _digest(key: str, content: bytes) -> bytes:
    from hashlib import sha256  # few runs build anything

    return sha256(b"%s\n%s" % (key.encode(), content)).hexdigest().encode()


def _touch(place: str) -> None:
    """Marks an entry as used, once a day, so that it is not the oldest."""
    with suppress(OSError):
        if time.time() - os.stat(place).st_mtime > _DAY:
            os.utime(place)


def _known(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What is known of a file of ours; None for anything else."""
    if not _NAME.fullmatch(entry.name):
        return None
    try:
        return entry.stat(follow_symlinks=False) if entry.is_file(follow_symlinks=False) else None
    except OSError:
        return None


def _excess(found: list[tuple[float, int, str]]) -> list[str]:
    """The names of the oldest entries, where all of them are too many or too long."""
    left, total = len(found), sum(size for _, size, _ in found)
    if left <= _MOST_ENTRIES and total <= _MOST_BYTES:
        return []
    names = []
    for _, size, name in sorted(found):
        if left <= _MOST_ENTRIES * _KEPT and total <= _MOST_BYTES * _KEPT:
            break
        left, total = left - 1, total - size
        names.append(name)
    return names
