"""Confines the calling process for good, before it becomes a program that reads hostile input.

Imported by `guard` alone, whose start is waited for: it imports next to nothing.
"""

import ctypes
import os
import resource
import struct
import sys

from vmsnap_lint.deploy.render.protocol import MOST_MEMORY

__all__ = ["confine", "network_filter"]

# The guard ends what is larger than MOST_MEMORY; these limits leave it the time to see that.
# kubectl needs up to 128 MiB of RLIMIT_DATA for a small tree, and what grows step by step stays
# near that limit. It does not count what replaces a reservation, so that one large value passes:
# that meets RLIMIT_AS. Go reserves 760 to 1,400 MB of that when it starts.
_MEMORY = (("RLIMIT_DATA", MOST_MEMORY + 2**24), ("RLIMIT_AS", 3 * 2**30))
_LIMITS = (("RLIMIT_FSIZE", 2**20), ("RLIMIT_NOFILE", 256), ("RLIMIT_CORE", 0),
           ("RLIMIT_STACK", 2**20))  # fmt: skip  # of each thread of the C library
_LIBC = ctypes.CDLL(None, use_errno=True)
_DEATH_SIGNAL, _SECCOMP, _NO_NEW_PRIVILEGES = 1, 22, 38  # of prctl
_NEW_USER_AND_NETWORK = 0x50000000
_SIGNALS = {"SIGKILL": 9, "SIGPIPE": 13}
# By machine: audit architecture; socket, socketpair, io_uring_setup; fork, vfork; clone, clone3.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 425), (57, 58), (56, 435)),
    "aarch64": (0xC00000B7, (198, 199, 425), (), (220, 435)),
}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOWED, _DENIED, _MISSING, _KILLED = 0x7FFF0000, 0x0005000D, 0x00050026, 0x80000000
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_OTHER_ABI, _THREAD = 0x40000000, 0x00010000


def confine(seconds: int, parent: int, may_fork: bool) -> None:
    """Limits this process: it opens no socket, may start no process, and dies with its parent.

    What the system does not have is left out.
    """
    _LIBC.signal(_SIGNALS["SIGPIPE"], None)  # Python ignores it
    for name, most in (*_LIMITS, ("RLIMIT_CPU", seconds)):
        _limit(name, most)
    if sys.platform == "linux":
        for name, most in _MEMORY:
            _limit(name, most)
        _control(_DEATH_SIGNAL, _SIGNALS["SIGKILL"])
        if os.getppid() != parent:  # it died before that
            os._exit(1)
        _control(_NO_NEW_PRIVILEGES, 1)
        _wall_off(may_fork)


def network_filter(machine: str, may_fork: bool) -> bytes:
    """The program of seccomp for a machine, b"" where it is not known.

    Sockets and processes are refused, threads are not; other system calls than those of the
    machine (32 bits, x32) kill the process. clone3 hides its flags: the C library does without.
    """
    if machine not in _CALLS or struct.calcsize("P") != 8:
        return b""
    architecture, sockets, forks, (clone, clone3) = _CALLS[machine]
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILLED),
        (_LOAD, 0, 0, _CALL), (_AT_LEAST, 0, 1, _OTHER_ABI), (_RETURN, 0, 0, _KILLED),
    ]  # fmt: skip
    for number in (*sockets, *(() if may_fork else forks)):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _DENIED)]
    if not may_fork:
        steps += [
            (_EQUAL, 0, 1, clone3), (_RETURN, 0, 0, _MISSING), (_EQUAL, 0, 3, clone),
            (_LOAD, 0, 0, _FIRST_ARGUMENT), (_ANY_BIT, 1, 0, _THREAD), (_RETURN, 0, 0, _DENIED),
        ]  # fmt: skip
    steps.append((_RETURN, 0, 0, _ALLOWED))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _wall_off(may_fork: bool) -> None:
    """No way to the network: by a filter of system calls, else by a network of its own."""
    code = network_filter(os.uname().machine, may_fork)
    steps = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HP", len(code) // 8, ctypes.addressof(steps))
    if not code or _control(_SECCOMP, 2, ctypes.c_char_p(program)) != 0:
        _LIBC.unshare(_NEW_USER_AND_NETWORK)


def _control(what: int, value: int, pointer: ctypes.c_char_p | None = None) -> int:
    numbers = ctypes.c_ulong(value), pointer or ctypes.c_ulong(0)
    result: int = _LIBC.prctl(what, *numbers, ctypes.c_ulong(0), ctypes.c_ulong(0))
    return result


def _limit(name: str, most: int) -> None:
    """Sets both limits, so that nothing raises them again and the processor's one kills."""
    what = getattr(resource, name, None)
    if what is None:
        return
    hard = resource.getrlimit(what)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (least, least))
    except (OSError, ValueError):  # macOS has names of limits that it does not keep
        return
