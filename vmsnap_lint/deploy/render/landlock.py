"""Leaves a process only the files that it needs (Linux 5.13 and later).

Paths can still be looked up, but nothing else can be opened, by whatever link or name.
Imported by `guard` alone, whose start is waited for.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

__all__ = ["restrict"]

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, on every machine
_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_EVERYTHING = (1 << 13) - 1
_BENEATH = 1  # the type of a rule
_OF_FILES = _EXECUTE | _WRITE | _READ
# What programs are loaded from, and what the runtime of Go and the C library read.
_SYSTEM = (
    b"/usr", b"/bin", b"/lib", b"/lib32", b"/lib64", b"/etc/ld.so.cache", b"/etc/localtime",
    b"/nix/store", b"/gnu/store", b"/home/linuxbrew/.linuxbrew", b"/dev/null", b"/dev/urandom",
    b"/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip


def restrict(program: bytes, home: bytes) -> bool:
    """Leaves a home, the system's programs, and one program with its libraries.

    Whether it could: many kernels do without.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    rules = libc.syscall(_CREATE, struct.pack("=Q", _EVERYTHING), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    real = os.path.realpath(program)
    libraries = os.path.join(os.path.dirname(os.path.dirname(real)), b"lib")
    allowed = dict.fromkeys((*_SYSTEM, real, libraries), _EXECUTE | _READ | _LIST)
    for path, access in {**allowed, home: _EVERYTHING}.items():
        _allow(libc, rules, path, access)
    return bool(libc.syscall(_RESTRICT, rules, 0) == 0)


def _allow(libc: ctypes.CDLL, rules: int, path: bytes, access: int) -> None:
    """Adds a rule for what is there."""
    try:
        there = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        access &= _OF_FILES
    libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", access, there), 0)
    os.close(there)
