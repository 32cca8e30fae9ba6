"""Starts the process that compiles and evaluates CEL, and reads its answers."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.worker_process import environment

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EXTRA", "evaluated", "is_installed"]

EXTRA = "vmsnap-lint[cel]"
_LIBRARY = "cel_expr_python"


def is_installed() -> bool:
    """Whether the library that evaluates CEL is there."""
    return find_spec(_LIBRARY) is not None


def evaluated(questions: Iterable[Any], seconds: float) -> tuple[list[Any], str]:
    """The answers in order, as many as there are, and why there are no more.

    Questions and answers are those of `cel_worker`.
    """
    lines = [json.dumps(question) for question in questions]
    try:
        run = subprocess.run(  # ourselves, with data on its standard input
            [sys.executable, "-P", "-m", "vmsnap_lint.core.cel_worker"],
            input="\n".join(lines).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=seconds, check=False, env=environment(),
        )  # fmt: skip
        output, stopped = run.stdout, "their evaluation failed"
    except subprocess.TimeoutExpired as late:
        output, stopped = late.stdout or b"", f"they took longer than {seconds:g} seconds"
    except OSError as error:
        output, stopped = b"", f"their evaluation cannot be started: {error.strerror}"
    complete = output[: output.rfind(b"\n") + 1]
    return [json.loads(line) for line in complete.splitlines()], stopped
