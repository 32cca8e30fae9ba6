"""No network, ever: nothing of ours can open a connection, and a run does not try to."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.builders import snap, vm, yaml_of
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((ROOT / "vmsnap_lint").rglob("*.py"))
NETWORK = frozenset((
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib",
    "socket", "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "webbrowser", "xmlrpc",
))  # fmt: skip

# Stands in front of the program: every door to the network is walled up, and says so.
WALL = """\
import socket, sys

def refuse(*arguments, **keywords):
    sys.stderr.write("NETWORK\\n")
    raise OSError("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
sys.argv = ["vmsnap-lint", *sys.argv[1:]]
"""


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_no_module_imports_the_network(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    allowed = {"urllib.parse"}  # text only
    if path.name == "server.py":
        allowed.add("asyncio")  # the loop of pygls, which reads standard input
    rest = imported - allowed
    assert {name for name in rest if name.partition(".")[0] in NETWORK} == set()


def _run(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=cwd,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )


def test_a_run_does_not_ask_for_the_network(tmp_path: Path) -> None:
    (tmp_path / "snapshot.yaml").write_text(yaml_of(snap(), vm(name="db")))
    program = "import runpy\nrunpy.run_module('vmsnap_lint', run_name='__main__')\n"
    run = _run(WALL + program, "snapshot.yaml", cwd=tmp_path)
    assert "NETWORK" not in run.stderr
    assert (run.returncode, "source-vm-missing" in run.stdout) == (1, True), run.stderr


def test_the_wall_holds(tmp_path: Path) -> None:
    """So that the test above would notice."""
    attempt = "socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
    run = _run(WALL + attempt, cwd=tmp_path)
    assert "NETWORK" in run.stderr
    assert run.returncode != 0
