"""Programs of others that read what we hand out; a test is skipped where one is absent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["of_our_own", "program", "run", "schema_mistakes"]


def program(name: str) -> str:
    """The path of a program: next to this Python, or on PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(
    *command: str, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, which may be a failure."""
    return subprocess.run(
        command, cwd=cwd, env=env, check=False, capture_output=True, text=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def schema_mistakes(schema: str, file: Path) -> list[Any]:
    """What the schema that check-jsonschema bundles finds wrong with a file."""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}")
    result = run(*command, "--output-format", "json", str(file), cwd=file.parent)
    report = json.loads(result.stdout)
    return [*report.get("errors", ()), *report.get("parse_errors", ())]


def of_our_own(directory: Path) -> dict[str, str]:
    """An environment whose PATH begins with `vmsnap-lint` and `python` of this checkout."""
    directory.mkdir(parents=True)
    for name, words in {"vmsnap-lint": " -m vmsnap_lint", "python": "", "python3": ""}.items():
        script = directory / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n')
        script.chmod(0o755)
    path = os.pathsep.join((str(directory), os.environ.get("PATH", "")))
    kept = {key: value for key, value in os.environ.items() if not _of_a_runner(key)}
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT)}


def _of_a_runner(name: str) -> bool:
    return name.startswith(("GITHUB_", "RUNNER_", "INPUT_", "CI", "VMSNAP_LINT_"))
