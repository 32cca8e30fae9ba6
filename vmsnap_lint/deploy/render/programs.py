"""Runs commands of kustomize and helm, within limits, offline."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Output", "ProgramLimits", "find", "run_all"]

_CHUNK = 1 << 16
_MOST_ERROR = 1 << 14


class ProgramLimits(NamedTuple):
    """The most that rendering one tree may take."""

    seconds: float = 60.0
    bytes: int = 10 * 1024 * 1024


class Output(NamedTuple):
    """The output of a command. `error` is "" where it succeeded."""

    data: bytes
    error: str


def find(name: str, search_path: str) -> str:
    """The program of that name in a search path, or ""."""
    paths = (os.path.join(entry, name) for entry in search_path.split(os.pathsep) if entry)
    programs = (path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK))
    return next(map(os.path.abspath, programs), "")


def run_all(commands: Sequence[Sequence[str]], home: str, limits: ProgramLimits) -> list[Output]:
    """The outputs, in the order of the commands; as many run at once as there are processors."""
    if len(commands) == 1:
        return [_run(commands[0], home, limits)]
    with ThreadPoolExecutor(min(_processors(), len(commands)) or 1) as pool:
        futures = [pool.submit(_run, command, home, limits) for command in commands]
        return [future.result() for future in futures]


def _processors() -> int:
    has_affinity = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1


def _run(command: Sequence[str], home: str, limits: ProgramLimits) -> Output:
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 # the programs are found by the caller's PATH
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, bufsize=0,
                cwd=home, env=_environment(home), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return Output(b"", f"cannot run {command[0]}: {error.strerror}")
        late = threading.Event()
        timer = threading.Timer(limits.seconds, _end_late, (process, late))
        timer.start()
        try:
            data = _read(process, limits)
            if len(data) > limits.bytes:
                _kill(process)
            code = process.wait()
        except BaseException:
            _kill(process)
            raise
        finally:
            timer.cancel()
        if late.is_set():
            return Output(b"", f"it took longer than {limits.seconds:g} seconds")
        if len(data) > limits.bytes:
            return Output(b"", f"its output is longer than {limits.bytes:,} bytes")
        errors.seek(0)
        error_text = errors.read(_MOST_ERROR).decode("utf-8", "replace").strip()
    return Output(data, "") if code == 0 else Output(b"", error_text or f"exit status {code}")


def _read(process: subprocess.Popen[bytes], limits: ProgramLimits) -> bytes:
    """The output up to one byte more than is allowed."""
    data = bytearray()
    if process.stdout is not None:
        with process.stdout as stream:
            while len(data) <= limits.bytes and (chunk := stream.read(_CHUNK)):
                data += chunk
    return bytes(data)


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started, if it still runs."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _environment(home: str) -> dict[str, str]:
    """No settings of the user, no search path (kustomize fetches with `git`), an unusable proxy.

    A render ends before garbage collection pays off; up to the memory limit, Go does without.
    """
    values = {
        home: ("HOME", "TMPDIR", "XDG_CONFIG_HOME"),
        os.path.join(home, "helm"): (
            "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS",
        ),
        os.path.join(home, "none"): ("KUBECONFIG", "KUSTOMIZE_PLUGIN_HOME", "PATH"),
        "http://127.0.0.1:9": ("HTTPS_PROXY", "HTTP_PROXY"),
        "none": ("GIT_ALLOW_PROTOCOL",), "off": ("GOGC",), "512MiB": ("GOMEMLIMIT",),
    }  # fmt: skip
    return {name: value for value, names in values.items() for name in names}
