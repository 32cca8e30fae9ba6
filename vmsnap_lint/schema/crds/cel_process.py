"""CEL rules are evaluated by a process that has limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.schema.bundled import Json

__all__ = ["evaluated", "is_installed"]

SECONDS = 15.0
_LIBRARY = "cel_expr_python"


def is_installed() -> bool:
    """Whether the library that evaluates CEL is there."""
    return find_spec(_LIBRARY) is not None


def evaluated(
    questions: Sequence[Json], seconds: float = SECONDS
) -> tuple[list[list[tuple[bool | None, str]]], str]:
    """The answers in order, as many as there are, and why there are no more."""
    text = json.dumps(questions)
    try:
        run = subprocess.run(  # ourselves, with data on its standard input
            [sys.executable, "-P", "-m", "vmsnap_lint.schema.crds.cel_worker"],
            input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=seconds, check=False, env=_environment(),
        )  # fmt: skip
        output, stopped = run.stdout, "their evaluation failed"
    except subprocess.TimeoutExpired as late:
        output, stopped = late.stdout or b"", f"they took longer than {seconds:g} seconds"
    except OSError as error:
        output, stopped = b"", f"their evaluation cannot be started: {error.strerror}"
    complete = output[: output.rfind(b"\n") + 1]
    return [
        [(row[0], row[1]) for row in json.loads(line)] for line in complete.splitlines()
    ], stopped


def _environment() -> dict[str, str]:
    """An environment that finds our modules, and has no other setting of Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
