"""Processes of ours that handle hostile input are limited, and find our modules."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.shared import ROOT
from vmsnap_lint.core.worker_process import environment

LIMITED = """
import resource
from vmsnap_lint.core.worker_process import confine
confine(2**30, 7, RLIMIT_FSIZE=99)
confine(2**31, 9)
names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_CORE", "RLIMIT_FSIZE")
print(*(resource.getrlimit(getattr(resource, name))[0] for name in names))
"""


def test_limits_are_set_and_never_raised() -> None:
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == [str(2**30), "7", "0", "99"]


def test_it_has_no_setting_of_python_but_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setattr(sys, "path", ["", "one", "two"])
    kept = environment()
    assert kept["HOME"] == "/home/somebody"
    assert {name for name in kept if name.startswith("PYTHON")} == {"PYTHONPATH", "PYTHONUTF8"}
    assert kept["PYTHONPATH"].replace(";", ":") == "one:two"
