"""Runs commands of kustomize and helm, within limits, offline."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from enum import Enum

from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render import protocol
from vmsnap_lint.deploy.render.guarded import RunLimits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.deploy.render.guarded import Answer

__all__ = ["Ending", "NoHomeError", "Output", "ProgramLimits", "find", "run_all",
           "settled", "size_of", "temporary_home"]  # fmt: skip

_MOST_AT_ONCE = 8  # each may take protocol.MOST_MEMORY
_MOST_CPU = 30  # seconds


class Ending(Enum):
    """How a program ended."""

    DONE = "with success"
    FAILED = "with an error of its own"
    STOPPED = "at a limit"
    NOT_COPIED = "before it was started: its files cannot be copied"
    NOT_DONE = "at a limit of all programs, for which another one stands"


class ProgramLimits(NamedTuple):
    """The most that rendering may take: one tree, and all trees of a kind together."""

    seconds: float = 60.0
    cpu: int = 3
    bytes: int = 10 * 2**20
    run_seconds: float = 60.0
    run_bytes: int = 40 * 2**20

    def cpu_seconds(self, size: int) -> int:
        """The processor time for a tree of so many bytes.

        kubectl takes 0.1 s for a small one, 1.4 s for 0.35 MB and 15 s for 1 MB.
        """
        return min(_MOST_CPU, self.cpu + 25 * size // 2**20)

    def in_all(self, trees: int) -> float:
        """The seconds for so many trees; kubectl takes 0.1 s for one."""
        return self.run_seconds + trees / 2


class NoHomeError(Exception):
    """Nothing can be written to a temporary directory, so nothing can be rendered."""


class Output(NamedTuple):
    """The output of a command. `error` is "" where it succeeded."""

    data: bytes
    error: str
    ending: Ending = Ending.DONE

    @property
    def limit(self) -> str:
        """The error, if it is a limit that was met, or ""."""
        return self.error if self.ending in (Ending.STOPPED, Ending.NOT_DONE) else ""


def find(name: str, search_path: str) -> str:
    """The program of that name in a search path, or ""."""
    paths = (os.path.join(entry, name) for entry in search_path.split(os.pathsep) if entry)
    programs = (path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK))
    return next(map(os.path.abspath, programs), "")


@contextmanager
def temporary_home() -> Iterator[str]:
    """The real path of a new directory, for as long as it is needed.

    Raises NoHomeError where it cannot be made, or for an OSError of who writes to it.
    """
    import tempfile  # few runs build anything

    try:
        with tempfile.TemporaryDirectory(prefix="vmsnap-lint-", ignore_cleanup_errors=True) as home:
            yield os.path.realpath(home)
    except OSError as error:
        reason = "there is none" if error.errno == errno.ENOENT else error.strerror
        raise NoHomeError(f"no temporary directory can be written ({reason})") from error


def size_of(paths: Iterable[str]) -> int:
    """The bytes of all files together, as far as they can be told."""
    total = 0
    for path in paths:
        with suppress(OSError):
            total += os.path.getsize(path)
    return total


def run_all(
    commands: Sequence[Sequence[str]],
    home: str,
    limits: ProgramLimits,
    sizes: Sequence[int] = (),
    *,
    apart: bool = False,
) -> list[Output]:
    """The outputs, in the order of the commands; as many run at once as there are processors.

    `sizes` are those of the trees, which need more processor time the larger they are. With `apart`
    all that they need is in `home`: where the kernel can tell, nothing else of the user is read.
    """
    if not commands:
        return []
    stages.enter("building trees", len(commands))
    sizes = sizes or [0] * len(commands)
    times = [limits.cpu_seconds(size) for size in sizes]
    of_run = RunLimits(
        apart, min(_processors(), len(commands), _MOST_AT_ONCE), limits.in_all(len(commands)),
        limits.seconds, limits.run_bytes, limits.bytes,
    )  # fmt: skip
    try:
        answers = _answers(list(zip(times, commands, strict=True)), home, of_run)
    except OSError as error:
        failed = Output(b"", f"no program can be started: {error.strerror}", Ending.FAILED)
        return [failed] * len(commands)
    return [_output(answers.get(n), cpu, of_run) for n, cpu in enumerate(times)]


def settled(outputs: Iterable[Output], limits: ProgramLimits) -> Iterator[Output]:
    """The outputs up to the limit of all; of those that this ended, the first stands for it."""
    length, is_met = 0, False
    for output in outputs:
        length += len(output.data)
        if length > limits.run_bytes:
            output = Output(b"", _too_long(limits.run_bytes), Ending.NOT_DONE)  # noqa: PLW2901
        first = output.ending is Ending.NOT_DONE and not is_met
        is_met = is_met or first
        yield output._replace(ending=Ending.STOPPED) if first else output


def _answers(
    jobs: list[tuple[int, Sequence[str]]], home: str, limits: RunLimits
) -> dict[int, Answer]:
    if hasattr(os, "fork"):
        from vmsnap_lint.deploy.render.guarded import answers
    else:
        from vmsnap_lint.deploy.render.unguarded import answers
    return answers(jobs, _environment(home), home, limits)


def _processors() -> int:
    has_affinity = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1


def _output(answer: Answer | None, cpu: int, limits: RunLimits) -> Output:
    if answer is None:
        return Output(b"", "it was ended from outside", Ending.STOPPED)
    if answer.reason != protocol.EXIT:
        of_all = answer.reason in (protocol.RUN_TIME, protocol.RUN_OUTPUT)
        ending = Ending.NOT_DONE if of_all else Ending.STOPPED
        return Output(b"", _met(answer.reason, cpu, limits), ending)
    if answer.status == 0:
        return Output(answer.output, "")
    error = answer.errors.decode("utf-8", "replace").strip()
    return Output(b"", error or f"exit status {answer.status}", Ending.FAILED)


def _met(reason: int, cpu: int, limits: RunLimits) -> str:
    """What a program did that was ended, by its reason."""
    return {
        protocol.TIME: f"it took longer than {limits.seconds:g} seconds",
        protocol.CPU: f"it took more than {cpu} seconds of processor time",
        protocol.MEMORY: f"it took more than {protocol.MOST_MEMORY // 2**20} MiB of memory",
        protocol.OUTPUT: f"its output is longer than {limits.bytes:,} bytes",
        protocol.RUN_TIME: f"all trees together took longer than {limits.run_seconds:g} seconds",
        protocol.RUN_OUTPUT: _too_long(limits.run_bytes),
    }[reason]


def _too_long(most: int) -> str:
    return f"the output of all trees is longer than {most:,} bytes"


def _environment(home: str) -> dict[str, str]:
    """No settings of the user, no search path (kustomize fetches with `git`), an unusable proxy.

    A render ends before garbage collection pays off. Go does without until it has used 128 MiB, and
    then does what it can to stay below; it is ended at `protocol.MOST_MEMORY`, with its code.
    """
    values = {
        home: ("HOME", "TMPDIR", "XDG_CONFIG_HOME"),
        os.path.join(home, "helm"): (
            "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS",
        ),
        os.path.join(home, "none"): ("KUBECONFIG", "KUSTOMIZE_PLUGIN_HOME", "PATH"),
        "http://127.0.0.1:9": ("HTTPS_PROXY", "HTTP_PROXY"),
        "none": ("GIT_ALLOW_PROTOCOL",), "off": ("GOGC",), "128MiB": ("GOMEMLIMIT",),
        "2": ("GOMAXPROCS",), "1": ("MALLOC_ARENA_MAX",),
    }  # fmt: skip
    return {name: value for value, names in values.items() for name in names}
