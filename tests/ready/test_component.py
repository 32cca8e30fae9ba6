"""The GitLab CI/CD component: its inputs, the configuration they make, and its script in a job."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from tests.files import write
from tests.ready.programs import of_our_own, program, run, schema_mistakes
from tests.repositories import SNAPSHOT
from tests.shared import ROOT
from vmsnap_lint import __version__
from vmsnap_lint.core.addresses import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMPONENT = ROOT / "templates" / "vmsnap-lint.yml"
HEADER, BODY = yaml.safe_load_all(COMPONENT.read_text())
INPUTS: dict[str, dict[str, Any]] = HEADER["spec"]["inputs"]
INPUT = re.compile(r"\$\[\[ *inputs\.([a-z0-9-]+) *\]\]")
VALUES = ("kubevirt", "fail-on", "min-severity", "render", "facts", "config", "since")
HOSTILE = (
    "--config=other.yaml", "; touch pwned", "$(touch pwned)", "`touch pwned`", "a b", "x'y", 'x"y',
    "END_OF_INPUT", "a: b\\nc: [", "*", "&x", "ü\u202e", "\\", "--", "-n",
)  # fmt: skip


class JobRun(NamedTuple):
    """What a job left: its exit code, and its log."""

    code: int
    log: str


def configured(**inputs: Any) -> Any:
    """The configuration with these inputs, as GitLab puts them into the values of the YAML.

    https://docs.gitlab.com/ci/inputs/: an input that is a whole value keeps its type.
    """
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    given = {name: row["default"] for name, row in INPUTS.items()} | named
    return _interpolated(BODY, given)


def _interpolated(value: Any, given: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        pairs = ((key, _interpolated(part, given)) for key, part in value.items())
        return {_interpolated(key, given): part for key, part in pairs}
    if isinstance(value, list):
        return [_interpolated(part, given) for part in value]
    if not isinstance(value, str):
        return value
    if whole := INPUT.fullmatch(value):
        return given[whole[1]]
    return INPUT.sub(lambda match: str(given[match[1]]), value)


def _job(workspace: Path, job: Mapping[str, Any], environment: Mapping[str, str]) -> JobRun:
    """Runs the scripts of a job in one shell, as a runner does."""
    script = workspace.parent / "job.sh"
    lines = ["set -e", *job["before_script"], *job["script"]]
    script.write_text("\n".join(lines))
    variables = {key: str(value) for key, value in job["variables"].items()}
    done = subprocess.run(
        ["sh", script], cwd=workspace, env={**environment, **variables}, check=False,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return JobRun(done.returncode, done.stdout + done.stderr)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with one snapshot whose VM is missing."""
    lost = SNAPSHOT.replace("name: web", "name: nobody")
    files = {
        "apps/snapshot.yaml": lost,
        ".git/HEAD": "ref: refs/heads/main\n",
        ".vmsnap-lint.yaml": "complete: [VirtualMachine]\n",
    }
    write(tmp_path / "workspace", files)
    return tmp_path / "workspace"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a job; its PATH has this checkout as vmsnap-lint."""
    (tmp_path / "home").mkdir()
    return {
        **of_our_own(tmp_path / "programs"),
        "HOME": str(tmp_path / "home"),
        "CI_PROJECT_DIR": "/builds/a",
    }


def _words(workspace: Path, environment: dict[str, str], **inputs: str) -> list[str]:
    """The words that the program is started with."""
    seen = workspace.parent / "words"
    tool = workspace.parent / "programs" / "vmsnap-lint"
    tool.write_text(f"#!/bin/bash\nprintf '%s\\0' \"$@\" >'{seen}'\n")
    result = _job(workspace, configured(package="", **inputs)["vmsnap-lint"], environment)
    assert result.code == 0, result.log
    return seen.read_bytes().decode().split("\0")[:-1]


@pytest.mark.parametrize("part", [HEADER, BODY, configured()], ids=["header", "body", "default"])
def test_it_fits_the_schema_of_gitlab_ci(tmp_path: Path, part: Any) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(yaml.safe_dump(part))
    if part is BODY:  # the values of the placeholders have types that a text has not
        part = {**part["$[[ inputs.job-name ]]"], "rules": [], "allow_failure": False}
        file.write_text(yaml.safe_dump({"job": part}))
    assert schema_mistakes("gitlab-ci", file) == []


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_values_of_the_configuration(tmp_path: Path, value: str) -> None:
    """Each stands in a variable of the job, never in its script."""
    texts = [name for name, row in INPUTS.items() if "type" not in row]
    free = [name for name in texts if name not in ("stage", "image", "job-name")]
    job = configured(**dict.fromkeys(free, value))["vmsnap-lint"]
    assert job["script"] == BODY["$[[ inputs.job-name ]]"]["script"]
    assert job["before_script"] == BODY["$[[ inputs.job-name ]]"]["before_script"]
    assert list(job["variables"].values()).count(value) == len(free)
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(yaml.safe_dump({"job": job}, allow_unicode=True))
    assert schema_mistakes("gitlab-ci", file) == []


def test_each_input_is_described_used_and_has_a_default() -> None:
    used = set(INPUT.findall(COMPONENT.read_text()))
    assert used == set(INPUTS)
    for name, row in INPUTS.items():
        assert row["description"], name
        assert "default" in row, name
        assert row["default"] in row.get("options", [row["default"]]), name
        if "regex" in row:
            assert re.search(row["regex"], row["default"]), name


def test_it_installs_this_version() -> None:
    """With what evaluates policies."""
    source = f"git+{REPOSITORY}@v{__version__}"
    assert INPUTS["package"]["default"] == f"vmsnap-lint[cel] @ {source}"


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    job = configured()["vmsnap-lint"]
    script = tmp_path / "job.sh"
    script.write_text("\n".join(["#!/bin/sh", *job["before_script"], *job["script"]]))
    result = run(program("shellcheck"), "--severity=style", str(script), cwd=tmp_path)
    assert result.returncode == 0, result.stdout


def test_findings_fail_the_job_and_are_its_reports(
    workspace: Path, environment: dict[str, str]
) -> None:
    job = configured(package="")["vmsnap-lint"]
    result = _job(workspace, job, environment)
    assert result.code == 1
    assert "error[source-vm-missing]" in result.log
    artifacts = job["artifacts"]
    assert artifacts["when"] == "always"
    assert set(artifacts["reports"].values()) == set(artifacts["paths"])
    (problem,) = json.loads((workspace / artifacts["reports"]["codequality"]).read_text())
    assert problem["check_name"] == "source-vm-missing"
    assert problem["location"]["path"] == "apps/snapshot.yaml"
    assert "source-vm-missing" in (workspace / artifacts["reports"]["junit"]).read_text()


def test_a_clean_job_passes_with_empty_reports(
    workspace: Path, environment: dict[str, str]
) -> None:
    (workspace / "apps" / "snapshot.yaml").write_text("kind: ConfigMap\napiVersion: v1\n")
    job = configured(package="", args="--allow-empty")["vmsnap-lint"]
    assert _job(workspace, job, environment).code == 0
    assert json.loads((workspace / "gl-code-quality-report.json").read_text()) == []


def test_each_value_is_one_word_of_its_option(workspace: Path, environment: dict[str, str]) -> None:
    for value in HOSTILE:
        named = {name.replace("-", "_"): value for name in VALUES}
        words = _words(workspace, environment, **named, args=value, paths=f"apps\n{value}")
        since = [] if value.startswith("$") else [f"--since={value}"]
        options = [*(f"--{name}={value}" for name in VALUES if name != "since"), *since]
        assert words[-len(options) - 4 :] == [*options, value, "--", "apps", value]
    assert not list(workspace.rglob("pwned"))


def test_an_empty_input_is_left_to_the_configuration(
    workspace: Path, environment: dict[str, str]
) -> None:
    words = _words(workspace, environment, render="", since="")
    assert [word for word in words if word.split("=")[0].strip("-") in VALUES] == []
    assert words[-2:] == ["--", "."]


def test_programs_are_installed_if_their_hash_is_right(
    workspace: Path, environment: dict[str, str]
) -> None:
    """curl is one of ours, which copies what stands in for the downloads."""
    downloads = workspace.parent / "downloads"
    content = b"#!/bin/sh\necho here\n"
    write(downloads, {"kubectl": content.decode()})
    with tarfile.open(downloads / "helm.tar.gz", "w:gz") as archive:
        for machine in ("amd64", "arm64"):
            entry = tarfile.TarInfo(f"linux-{machine}/helm")
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    curl = workspace.parent / "programs" / "curl"
    curl.write_text(
        f'#!/bin/sh\necho "$4" >>"{downloads}/asked"\ncp "{downloads}/$(basename "$3")" "$3"\n'
    )
    curl.chmod(0o755)
    hashes = {
        "kubectl_sha256": hashlib.sha256(content).hexdigest(),
        "helm_sha256": hashlib.sha256((downloads / "helm.tar.gz").read_bytes()).hexdigest(),
    }
    versions = {"kubectl_version": "v1.33.1", "helm_version": "v3.18.4"}
    job = configured(package="", **versions, **hashes)["vmsnap-lint"]
    assert _job(workspace, job, environment).code == 1, "the finding"
    programs = workspace.parent / "home" / ".local" / "bin"
    assert {file.name for file in programs.iterdir()} == {"kubectl", "helm"}
    for name in ("kubectl", "helm"):
        assert run(str(programs / name), cwd=workspace).stdout == "here\n"
    asked = (downloads / "asked").read_text().splitlines()
    assert re.fullmatch(r"https://dl\.k8s\.io/release/v1\.33\.1/bin/linux/\w+/kubectl", asked[0])
    assert re.fullmatch(r"https://get\.helm\.sh/helm-v3\.18\.4-linux-\w+\.tar\.gz", asked[1])

    for wrong in hashes:
        shutil.rmtree(programs)
        job = configured(package="", **versions, **{**hashes, wrong: "0" * 64})["vmsnap-lint"]
        result = _job(workspace, job, environment)
        assert result.code != 0
        assert "source-vm-missing" not in result.log, "it goes on with a program of another hash"
