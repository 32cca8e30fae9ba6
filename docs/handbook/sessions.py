"""Fills the sessions of pages: what a terminal shows of a run of vmsnap-lint."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache

from handbook.paths import ROOT

__all__ = ["filled"]

_SESSION = re.compile(
    r"^(?P<head>(?P<indent> *)```console\n *\$ vmsnap-lint(?P<arguments> [^\n]*|)\n)"
    r".*?^(?P<end> *```)$",
    re.DOTALL | re.MULTILINE,
)


def filled(text: str) -> str:
    """The page with each session ```console as the program answers it now."""
    return _SESSION.sub(_answered, text)


def _answered(found: re.Match[str]) -> str:
    lines = _output(found["arguments"]).splitlines(keepends=True)
    body = "".join(f"{found['indent']}{line}" if line.strip() else line for line in lines)
    return f"{found['head']}{body}{found['end']}"


@cache
def _output(arguments: str) -> str:
    """What a terminal shows of that run from the root of the repository."""
    return subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", *shlex.split(arguments)],
        cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8", "VMSNAP_LINT_FORMAT": "full"},
    ).stdout  # fmt: skip
