"""Runs the steps of action.yml as a runner of GitHub Actions does, with files in its place."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from tests.ready.programs import of_our_own
from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ACTION", "StepRun", "run_step", "step"]

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
_EXPRESSION = re.compile(r"\$\{\{ *inputs\.([a-z-]+) *\}\}")


class StepRun(NamedTuple):
    """What a step left: its exit code, its log, its outputs and its summary."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def step(name: str) -> dict[str, Any]:
    """The step with that id."""
    found: dict[str, Any]
    (found,) = (row for row in ACTION["runs"]["steps"] if row.get("id") == name)
    return found


def run_step(
    workspace: Path, inputs: Mapping[str, str], fixed: Mapping[str, str] | None = None
) -> StepRun:
    """Runs the step that lints, with these inputs, in the workspace."""
    place = workspace.parent / "runner"
    given = {key: row.get("default", "") for key, row in ACTION["inputs"].items()} | dict(inputs)
    environment = {
        **of_our_own(place / "programs"),
        **_values(step("lint")["env"], given),
        **_of_the_runner(place, workspace),
        "PROGRAMS": str(place / "programs"),
        **(fixed or {}),
    }
    script = place / "step.sh"
    script.write_text(step("lint")["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
        cwd=workspace, env=environment, check=False, capture_output=True, timeout=60,
    )  # fmt: skip
    outputs = (place / "output").read_text().splitlines()
    return StepRun(
        done.returncode,
        (done.stdout + done.stderr).decode("utf-8", "surrogateescape"),
        dict(line.split("=", 1) for line in outputs),
        (place / "summary").read_text(),
    )


def _values(expressions: Mapping[str, str], inputs: Mapping[str, str]) -> dict[str, str]:
    """The variables of a step; an expression that is not wholly an input is not evaluated."""
    found = {name: _EXPRESSION.fullmatch(text) for name, text in expressions.items()}
    return {name: inputs[match[1]] for name, match in found.items() if match}


def _of_the_runner(place: Path, workspace: Path) -> dict[str, str]:
    (place / "temp").mkdir()
    for name in ("output", "summary"):
        (place / name).touch()
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(place / "output"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(place / "temp"),
    }
