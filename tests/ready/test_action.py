"""The GitHub Action: its steps in a workspace, with the inputs that a workflow may pass."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.files import write
from tests.ready.programs import program, run, schema_mistakes
from tests.ready.runner import ACTION, StepRun, run_step, step
from tests.repositories import SNAPSHOT
from tests.shared import ROOT

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
LOST = SNAPSHOT.replace("name: web", "name: nobody")
HOSTILE = (
    "--config=other.yaml", "--exit-zero", "-q", "--", "; touch pwned", "$(touch pwned)",
    "`touch pwned`", "a b", "x'y", 'x"y', "::error::forged", "%0A::error::forged", "*", "~",
    "\\", "ü\u202e",
)  # fmt: skip
VALUES = ("kubevirt", "fail-on", "min-severity", "render", "since", "facts", "config")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with one snapshot whose VM is missing."""
    there = tmp_path / "workspace"
    write(there, {"apps/snapshot.yaml": LOST, ".git/HEAD": "ref: refs/heads/main\n"})
    (there / ".vmsnap-lint.yaml").write_text("complete: [VirtualMachine]\n")
    return there


def _plain(workspace: Path, **inputs: str) -> StepRun:
    """Runs with the log as the only report."""
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    return run_step(workspace, {"annotations": "false", "summary": "false"} | named)


def test_no_script_holds_an_expression() -> None:
    """A value that is pasted into a script is run: inputs go through the environment."""
    scripts = [row["run"] for row in STEPS if "run" in row]
    assert len(scripts) == 2
    assert [script for script in scripts if "${{" in script] == []


def test_each_input_reaches_a_step() -> None:
    text = (ROOT / "action.yml").read_text()
    used = {name for name in ACTION["inputs"] if f"inputs.{name} " in text}
    assert used == set(ACTION["inputs"])


def test_each_output_is_written() -> None:
    text = "".join((ROOT / "action" / name).read_text() for name in ("lint.sh", "counts.py"))
    missing = [name for name in ACTION["outputs"] if not re.search(rf"{name}[= ]", text)]
    assert missing == []


def test_actions_of_others_are_pinned_by_commit() -> None:
    lines = [row for row in (ROOT / "action.yml").read_text().splitlines() if "uses:" in row]
    assert len(lines) == 2
    for line in lines:
        assert re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_it_fits_the_schema_of_actions() -> None:
    assert schema_mistakes("github-actions", ROOT / "action.yml") == []


def test_zizmor_finds_nothing() -> None:
    command = (program("zizmor"), "--offline", "--persona=auditor", "--format=plain", "action.yml")
    result = run(*command, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_actionlint_finds_nothing_where_it_is_used(tmp_path: Path) -> None:
    """A workflow with every input and output; actionlint reads the action next to it."""
    shutil.copy(ROOT / "action.yml", tmp_path)
    uses = {"uses": "./", "id": "lint", "with": dict.fromkeys(ACTION["inputs"], "x")}
    reads = {
        f"A{at}": f"${{{{ steps.lint.outputs.{name} }}}}"
        for at, name in enumerate(ACTION["outputs"])
    }
    steps = [uses, {"run": "env", "env": reads}]
    workflow = {"on": "push", "jobs": {"lint": {"runs-on": "ubuntu-24.04", "steps": steps}}}
    file = tmp_path / ".github" / "workflows" / "lint.yml"
    write(tmp_path, {".git/HEAD": "", ".github/workflows/lint.yml": yaml.safe_dump(workflow)})
    result = run(program("actionlint"), "-no-color", str(file), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    file.write_text(file.read_text().replace("paths: x", "path: x").replace("findings", "finding"))
    result = run(program("actionlint"), "-no-color", "-oneline", str(file), cwd=tmp_path)
    assert len(result.stdout.splitlines()) == 2, result.stdout


def test_shellcheck_finds_nothing() -> None:
    scripts = [str(script) for script in sorted((ROOT / "action").glob("*.sh"))]
    result = run(program("shellcheck"), "--severity=style", *scripts, cwd=ROOT)
    assert result.returncode == 0, result.stdout


def test_findings_fail_the_step_with_their_report(workspace: Path) -> None:
    result = _plain(workspace)
    assert result.code == 1
    assert "error[source-vm-missing]" in result.log
    outputs = result.outputs
    assert (outputs["exit-code"], outputs["findings"], outputs["errors"]) == ("1", "1", "1")
    (finding,) = json.loads(Path(outputs["json-file"]).read_text())["findings"]
    assert finding["file"] == "apps/snapshot.yaml"


def test_a_clean_run_passes(workspace: Path) -> None:
    (workspace / "apps" / "snapshot.yaml").write_text("kind: ConfigMap\napiVersion: v1\n")
    result = _plain(workspace, args="--allow-empty")
    assert result.code == 0
    assert (result.outputs["exit-code"], result.outputs["findings"]) == ("0", "0")


def test_findings_are_annotations_a_summary_and_sarif(workspace: Path) -> None:
    """All of it is written before the step fails."""
    result = run_step(workspace, {"sarif": "true"})
    assert result.code == 1
    assert re.search(r"^::error .*file=apps/snapshot\.yaml.*line=\d+.*::", result.log, re.M)
    assert "source-vm-missing" in result.summary
    assert result.summary == Path(result.outputs["markdown-file"]).read_text()
    sarif = json.loads(Path(result.outputs["sarif-file"]).read_text())
    (finding,) = sarif["runs"][0]["results"]
    assert finding["ruleId"] == "source-vm-missing"
    assert result.outputs["sarif-complete"] == "true"
    assert result.outputs["repository"] == str(workspace)


def test_sarif_of_what_was_not_read_is_not_uploaded(workspace: Path) -> None:
    """Code scanning would close the alerts of what is not in it."""
    (workspace / "apps" / "broken.yaml").write_text("a: [\n")
    (workspace / "apps" / "unreadable.yaml").symlink_to("/proc/1/mem")
    result = run_step(workspace, {"sarif": "true", "paths": "apps\napps/unreadable.yaml"})
    assert result.code == 2
    assert "sarif-complete" not in result.outputs


def test_each_value_is_one_word_of_its_option(workspace: Path) -> None:
    """No value is taken apart, becomes an option, or is run; paths stand behind `--`."""
    for value in HOSTILE:
        inputs = dict.fromkeys(VALUES, value) | {"args": value, "paths": f"apps\n{value}"}
        words = _words(workspace, inputs)
        assert words[0] == "check"
        assert [word for word in words if word.startswith("--output=json=")]
        options = [f"--{name}={value}" for name in VALUES]
        assert words[-len(options) - 4 :] == [*options, value, "--", "apps", value]
    assert not list(workspace.rglob("pwned"))


def test_an_empty_input_is_left_to_the_configuration(workspace: Path) -> None:
    words = _words(workspace, dict.fromkeys((*VALUES, "args"), ""))
    assert [word for word in words if word.split("=")[0].strip("-") in VALUES] == []
    assert words[-2:] == ["--", "."]


@pytest.mark.parametrize("value", ["--config=other.yaml", "::error::forged\r"])
def test_a_path_that_is_missing_is_said_in_one_annotation(workspace: Path, value: str) -> None:
    (workspace / "other.yaml").write_text("ignore: [source-vm-missing]\n")
    result = _plain(workspace, paths=f"apps\n{value}")
    assert result.code == 2
    assert _commands(result.log).count("error") == 1


@pytest.mark.parametrize("name", ["kubevirt", "config"])
def test_a_value_that_cannot_be_used_is_said_in_one_annotation(workspace: Path, name: str) -> None:
    result = _plain(workspace, **{name: "x\n::error::forged"})
    assert result.code == 2
    assert _commands(result.log).count("error") == 1


@pytest.mark.parametrize("name", ["annotations", "summary", "sarif"])
@pytest.mark.parametrize("value", ["", "True", "true\n::error::forged"])
def test_a_switch_is_true_or_false(workspace: Path, name: str, value: str) -> None:
    result = run_step(workspace, {name: value})
    assert (result.code, result.outputs) == (2, {})
    assert len(result.log.splitlines()) == 1
    assert result.log.startswith(f'::error title=vmsnap-lint::the input "{name}" is "')


def test_a_hostile_manifest_forges_no_command(workspace: Path) -> None:
    """The log holds its text, between markers that it cannot know."""
    lost = LOST.replace("nobody", '"::error::forged ##[error]forged"')
    (workspace / "apps" / "snapshot.yaml").write_text(lost)
    (workspace / "::error::forged.yaml").write_text("a: [\n")
    result = _plain(workspace, args="--verbose")
    assert "forged" in result.log
    assert set(_commands(result.log)) <= {"stop-commands", "error"}
    assert not [line for line in _unstopped(result.log) if line.startswith("::error::forged")]


def test_arguments_are_taken_line_by_line(workspace: Path) -> None:
    result = _plain(workspace, args="--ignore\nsource-vm-missing\n\n--all-vms\r\n")
    assert result.code == 0, result.log


def test_the_working_directory_counts_for_configuration_and_paths(workspace: Path) -> None:
    shutil.copytree(workspace / "apps", workspace / "team a" / "apps")
    (workspace / "team a" / ".vmsnap-lint.yaml").write_text("ignore: [source-vm-missing]\n")
    assert _plain(workspace, working_directory="team a", paths="apps").code == 0


@pytest.mark.parametrize("value", ["missing", "-x", "a\nb", "$(touch pwned)"])
def test_a_missing_working_directory_is_said(workspace: Path, value: str) -> None:
    result = _plain(workspace, working_directory=value)
    assert result.code == 2
    assert "::error title=vmsnap-lint::there is no directory" in result.log
    assert not list(workspace.rglob("pwned"))


def test_a_summary_over_the_limit_is_replaced_by_a_note(workspace: Path, tmp_path: Path) -> None:
    """GitHub drops one of more than 1 MiB."""
    programs = _with_tool(
        tmp_path / "large",
        'for word; do case "$word" in --output=markdown=*)'
        ' head -c 1048577 /dev/zero | tr "\\0" x >"${word#--output=markdown=}";; esac; done\n',
    )
    result = run_step(workspace, {}, {"PROGRAMS": programs})
    assert result.code == 0
    assert result.summary == "The result of vmsnap-lint is too long for a summary: see the log.\n"


@pytest.mark.parametrize("name", ["requirements", "build-requirements", "cel-requirements"])
def test_the_hashes_cover_all_dependencies(tmp_path: Path, name: str) -> None:
    """The action installs what stands there, without a look at pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["build-system"]["requires"]
    if name == "requirements":
        wanted = project["project"]["dependencies"]
    if name == "cel-requirements":
        wanted = project["project"]["optional-dependencies"]["cel"]
    pins = dict(line.split("==") for line in _pins(ROOT / "action" / f"{name}.txt"))
    for text in wanted:
        found = re.match(r"([\w.-]+)>=([\w.]+)", text)
        assert found, text
        pin = pins[re.sub(r"[._]", "-", found[1].lower())]
        assert _numbers(pin) >= _numbers(found[2]), text


@pytest.mark.parametrize("has_wheel", [True, False])
def test_it_goes_on_where_cel_has_no_wheel(tmp_path: Path, has_wheel: bool) -> None:
    """As on Alpine; the Python is one of ours, which notes what pip is asked for."""
    pip = f"case $* in *cel-requirements*) exit {int(not has_wheel)};; esac"
    python = f"#!/bin/sh\necho \"$@\" >>'{tmp_path}/asked'\n"
    script = f'{python}mkdir -p "$4/bin"\ncp \'{tmp_path}/pip\' "$4/bin/python"\n'
    for name, text in {"pip": f"{python}{pip}\n", "python": script}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    done = _installed(tmp_path, tmp_path, str(tmp_path / "python"))
    assert done.returncode == 0, done.stderr
    assert ("CEL cannot be installed here" in done.stdout) == (not has_wheel)
    last = (tmp_path / "asked").read_text().splitlines()[-1]
    assert last.endswith(f"--no-deps --no-build-isolation {ROOT}")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_installs_this_checkout(workspace: Path, tmp_path: Path) -> None:
    """The real install, from a working directory that holds modules of the same names."""
    for name in ("pip", "venv", "json"):
        write(workspace, {f"{name}/__init__.py": "raise SystemExit('of the workspace')\n"})
    kinds = "match: {kinds: [VirtualMachineSnapshot]}"
    policy = f"policies: [{{id: has-deadline, {kinds}, require: has(snapshot.failureDeadline)}}]\n"
    (workspace / ".vmsnap-lint.yaml").write_text(policy)
    done = _installed(workspace, tmp_path, sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr
    programs = (tmp_path / "output").read_text().strip().removeprefix("programs=")
    result = run_step(workspace, {"annotations": "false"}, {"PROGRAMS": programs, "PYTHONPATH": ""})
    assert result.code == 1
    assert "error[policy/has-deadline]" in result.log
    assert result.outputs["errors"] == "1"


def _installed(workspace: Path, place: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Runs the step that installs, with that Python."""
    (place / "output").touch()
    environment = {
        **os.environ, "PYTHON": python, "GITHUB_ACTION_PATH": str(ROOT),
        "RUNNER_TEMP": str(place), "GITHUB_OUTPUT": str(place / "output"),
    }  # fmt: skip
    environment.pop("PYTHONPATH", None)
    script = place / "step.sh"
    script.write_text(step("install")["run"])
    return run("bash", "-eo", "pipefail", str(script), cwd=workspace, env=environment)


def _words(workspace: Path, inputs: Mapping[str, str]) -> list[str]:
    """The words that the program is started with."""
    seen = workspace.parent / "words"
    shutil.rmtree(workspace.parent / "runner", ignore_errors=True)
    shutil.rmtree(workspace.parent / "tool", ignore_errors=True)
    programs = _with_tool(workspace.parent / "tool", f"printf '%s\\0' \"$@\" >'{seen}'\n")
    run_step(workspace, inputs, {"PROGRAMS": programs})
    return seen.read_bytes().decode().split("\0")[:-1]


def _with_tool(directory: Path, script: str) -> str:
    directory.mkdir()
    (directory / "vmsnap-lint").write_text(f"#!/bin/bash\n{script}")
    (directory / "vmsnap-lint").chmod(0o755)
    return str(directory)


def _commands(log: str) -> list[str]:
    """The workflow commands that a runner would carry out."""
    return [match[1] for line in _unstopped(log) if (match := re.match(r"\s*::([\w-]+)", line))]


def _unstopped(log: str) -> list[str]:
    """The lines of a log in which a runner looks for commands."""
    lines, token = [], ""
    for line in log.splitlines():
        if token:
            token = "" if line == f"::{token}::" else token
            continue
        lines.append(line)
        if line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
    assert token == "", "commands are not taken up again"
    return lines


def _pins(file: Path) -> list[str]:
    return [line.split()[0] for line in file.read_text().splitlines() if "==" in line]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
