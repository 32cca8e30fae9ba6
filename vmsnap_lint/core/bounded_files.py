"""The bytes of a file up to a limit, and files that are replaced as a whole.

A tree may name a device that never ends, a pipe that nobody writes to, or a link to a file of
someone else. A text that stands in for a file (`core/buffers.py`) is read in its place.
"""

from __future__ import annotations

import errno
import os
import re
import stat

from vmsnap_lint.core.buffers import stand_in

__all__ = ["check_replaceable", "head", "regular", "replace", "whole", "why"]

_CHUNK = 2**20
_MANIFEST = rb"(?m)^(?:apiVersion[ \t]*:|\{\s*\"apiVersion\")"  # compiled by its first use
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def head(location: str, most: int) -> bytes:
    """The bytes of a regular file or a pipe: `most` and one more of a longer one.

    Raises OSError where it cannot be read, and for a device, socket or directory.
    """
    if "\0" in location:
        raise OSError(errno.EINVAL, "no path holds a NUL character")
    text = stand_in(location)
    if text is not None:
        return text[: most + 1]
    known = os.stat(location)  # to open a device may have effects
    if stat.S_ISREG(known.st_mode):
        return regular(location, most)
    is_pipe = stat.S_ISFIFO(known.st_mode)
    if not (is_pipe or location == os.devnull):
        raise _is_special(known.st_mode)
    file = os.open(location, _FLAGS & ~getattr(os, "O_NONBLOCK", 0) if is_pipe else _FLAGS)
    try:
        return _read(file, known.st_size, most)
    finally:
        os.close(file)


def regular(location: str, most: int) -> bytes:
    """The same of what is known to be a regular file; of what became something else nothing.

    Raises OSError where it cannot be read.
    """
    text = stand_in(location)
    if text is not None:
        return text[: most + 1]
    file = os.open(location, _FLAGS)
    try:
        known = os.fstat(file)
        if not stat.S_ISREG(known.st_mode):
            raise _is_special(known.st_mode)
        return _read(file, known.st_size, most)
    finally:
        os.close(file)


def whole(location: str, most: int) -> bytes:
    """The bytes of a file that has at most that many.

    Raises OSError where it cannot be read, or has more.
    """
    data = head(location, most)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes")
    return data


def replace(location: str, data: bytes) -> None:
    """Writes a file beside the old one, whose mode it has, and puts it in the place of that.

    It has its owner, too, where the system lets us give it to that one. Raises OSError where that
    fails; the old one stays as it is then.
    """
    from contextlib import suppress  # few runs write
    from tempfile import mkstemp  # the same

    mode = _mode(location)
    file, beside = mkstemp(prefix=".vmsnap-lint-", dir=os.path.dirname(location) or ".")
    try:
        with open(file, "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(file)
        _give(beside, location)
        os.chmod(beside, mode)  # now, as another owner clears some of it
        os.replace(beside, location)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def check_replaceable(location: str) -> None:
    """Raises OSError where `replace` will certainly fail, and for a file with manifests.

    A slip must not cost the work of someone, and what is written is not linted.
    """
    directory = os.path.dirname(location) or "."
    if not os.path.isdir(directory):
        raise OSError(errno.ENOENT, "its directory does not exist")
    _mode(location)
    if os.path.lexists(location) and re.search(_MANIFEST, head(location, _CHUNK)):
        raise OSError(errno.EEXIST, "it holds manifests")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, "its directory cannot be written to")


def why(error: OSError) -> str:
    """The reason that the system or `head` gives, in lower case."""
    return (error.strerror or "unknown error").lower()


def _read(file: int, size: int, most: int) -> bytes:
    first = os.read(file, min(size or _CHUNK, most + 1))
    length = len(first)
    if not length or length == size or length > most:
        return first
    parts = [first]
    while length <= most:
        part = os.read(file, min(max(size - length, 0) or _CHUNK, most + 1 - length))
        parts.append(part)
        length += len(part)
        if not part or length == size:
            break
    return b"".join(parts)


def _mode(location: str) -> int:
    """The permissions of a file, or those of a new one."""
    try:
        known = os.stat(location)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
    if not stat.S_ISREG(known.st_mode):
        raise _is_special(known.st_mode)
    return stat.S_IMODE(known.st_mode)


def _give(beside: str, location: str) -> None:
    """Gives a file the owner and the attributes (such as access lists) of another one."""
    from contextlib import suppress  # few runs write

    with suppress(OSError, AttributeError):  # Windows has none of these functions
        known, own = os.stat(location), os.stat(beside)
        if (known.st_uid, known.st_gid) != (own.st_uid, own.st_gid):
            with suppress(OSError):
                os.chown(beside, -1, known.st_gid)
            with suppress(OSError):
                os.chown(beside, known.st_uid, -1)
        for name in os.listxattr(location):
            with suppress(OSError):
                os.setxattr(beside, name, os.getxattr(location, name))


def _is_special(mode: int) -> OSError:
    what = next((name for test, name in _KINDS if test(mode)), "no regular file")
    return OSError(errno.EINVAL, f"it is {what}")
