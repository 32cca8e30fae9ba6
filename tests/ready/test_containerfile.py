"""The Containerfile: what its image is, and its steps as far as they run without an engine."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.files import write
from tests.ready.programs import program, run
from tests.repositories import SNAPSHOT
from tests.shared import ROOT
from vmsnap_lint import __version__
from vmsnap_lint.core.addresses import DOCUMENTATION, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTAINERFILE = ROOT / "Containerfile"
PYTHON = "/usr/bin/python3"
PROGRAMS = ROOT / "action" / "programs.py"


class Instruction(NamedTuple):
    """An instruction, and the number of its stage."""

    stage: int
    name: str
    value: str


def _instructions() -> Iterator[Instruction]:
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(), flags=re.M)
    stage = -1
    for line in re.sub(r"\\\n", " ", text).splitlines():
        name, _, value = line.partition(" ")
        if name == "FROM":
            stage += 1
        if name:
            yield Instruction(stage, name, value.strip())


INSTRUCTIONS = tuple(_instructions())
LAST = max(row.stage for row in INSTRUCTIONS)


def _values(name: str, stage: int = LAST) -> list[str]:
    return [row.value for row in INSTRUCTIONS if (row.name, row.stage) == (name, stage)]


def test_hadolint_finds_nothing() -> None:
    result = run(program("hadolint"), "--failure-threshold", "style", "Containerfile", cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_runs_as_a_numeric_user_who_is_not_root() -> None:
    """With a name, `runAsNonRoot` of Kubernetes could not tell."""
    (user,) = _values("USER")
    assert [int(number) > 0 for number in user.split(":")] == [True, True]
    assert INSTRUCTIONS.index(Instruction(LAST, "USER", user)) > max(
        at for at, row in enumerate(INSTRUCTIONS) if row.name in ("RUN", "COPY")
    )


def test_it_starts_the_program_in_the_folder_that_is_mounted() -> None:
    assert _values("ENTRYPOINT") == ['["vmsnap-lint"]']
    assert _values("WORKDIR") == ["/work"]
    (variables,) = _values("ENV")
    assert 'PATH="/opt/vmsnap-lint/bin:${PATH}"' in variables
    assert "GIT_CONFIG_VALUE_0=/work" in variables


def test_its_labels_tell_what_it_is() -> None:
    (labels,) = _values("LABEL")
    found = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', labels))
    assert (found["source"], found["documentation"]) == (REPOSITORY, DOCUMENTATION)
    assert found["licenses"] == "Apache-2.0"
    assert f"VERSION={__version__}" in _values("ARG")


def test_only_what_it_copies_is_in_the_context() -> None:
    """And all of that exists."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    sources = [
        source
        for row in INSTRUCTIONS
        if row.name == "COPY" and "--from" not in row.value
        for source in row.value.split()[:-1]
    ]
    assert ignored[1] == "*"
    assert [source for source in sources if not (ROOT / source).exists()] == []
    for source in sources:
        assert allowed & {source, str(Path(source).parent / f"*{Path(source).suffix}")}, source


@pytest.mark.parametrize(("extras", "number"), [("", 1), ("cel", 2)])
def test_an_image_may_be_without_extras(tmp_path: Path, extras: str, number: int) -> None:
    """The options of its last pip; those of an extra name its own file of hashes."""
    step = next(value for value in _values("RUN", 0) if "requirements.txt" in value)
    options = step[step.rindex("-r action/") :]
    done = run("sh", "-c", f"printf '%s\\n' {options}", cwd=tmp_path, env={"EXTRAS": extras})
    files = done.stdout.splitlines()[1::2]
    assert (len(files), [file for file in files if not (ROOT / file).is_file()]) == (number, [])


def _with_sources(directory: Path) -> dict[str, str]:
    """Downloads of kubectl and helm, and the environment that names them."""
    content = b"#!/bin/sh\necho here\n"
    for machine in ("amd64", "arm64"):
        write(directory, {f"k/v1.33.1/bin/linux/{machine}/kubectl": content.decode()})
        with tarfile.open(directory / f"helm-v3.18.4-linux-{machine}.tar.gz", "w:gz") as archive:
            entry = tarfile.TarInfo(f"linux-{machine}/helm")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    machine = "arm64" if os.uname().machine in ("aarch64", "arm64") else "amd64"
    archived = (directory / f"helm-v3.18.4-linux-{machine}.tar.gz").read_bytes()
    return {
        "KUBECTL_SOURCE": f"file://{directory}/k", "KUBECTL_VERSION": "v1.33.1",
        "KUBECTL_SHA256": hashlib.sha256(content).hexdigest(),
        "HELM_SOURCE": f"file://{directory}", "HELM_VERSION": "v3.18.4",
        "HELM_SHA256": hashlib.sha256(archived).hexdigest(),
    }  # fmt: skip


def _programs(tmp_path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    there = str(tmp_path / "programs")
    return run(sys.executable, str(PROGRAMS), there, cwd=tmp_path, env=environment)


def test_programs_are_installed_if_their_hash_is_right(tmp_path: Path) -> None:
    result = _programs(tmp_path, _with_sources(tmp_path / "downloads"))
    assert result.returncode == 0, result.stderr
    for name in ("kubectl", "helm"):
        assert run(str(tmp_path / "programs" / name), cwd=tmp_path).stdout == "here\n"


@pytest.mark.parametrize("name", ["KUBECTL", "HELM"])
@pytest.mark.parametrize("value", ["", "0" * 64])
def test_a_program_of_another_hash_is_refused(tmp_path: Path, name: str, value: str) -> None:
    environment = _with_sources(tmp_path / "downloads")
    result = _programs(tmp_path, environment | {f"{name}_SHA256": value})
    assert result.returncode == 1
    assert (f"{name}_SHA256 is not set" in result.stderr) == (not value)
    assert not (tmp_path / "programs" / name.lower()).exists()


def test_no_program_is_installed_that_is_not_asked_for(tmp_path: Path) -> None:
    assert _programs(tmp_path, {}).returncode == 0
    assert list((tmp_path / "programs").iterdir()) == []


@pytest.fixture
def root() -> Iterator[Path]:
    """A place that every user can read, in place of the root of the image."""
    there = Path(tempfile.mkdtemp())
    there.chmod(0o755)
    yield there
    for directory, _, _ in os.walk(there):
        Path(directory).chmod(0o755)
    shutil.rmtree(there)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(not Path(PYTHON).exists(), reason="there is no Python that every user can run")
def test_its_build_steps_make_a_program_that_nobody_can_run(root: Path) -> None:
    """The RUN steps of the first stage, with its absolute paths below a folder of ours."""
    source = root / "source"
    for row in INSTRUCTIONS:
        if row.stage == 0 and row.name == "COPY":
            *names, to = row.value.split()
            for name in names:
                _copy(ROOT / name, source / (to if len(names) == 1 and to != "./" else name))
    (extras,) = re.findall('EXTRAS="(.*)"', "".join(_values("ARG", 0)))
    for step in _values("RUN", 0):
        script = re.sub(r"(?<![\w.])/(?=builder|opt|wheel|source)", f"{root}/", step)
        script = script.replace("python -m venv", f"{PYTHON} -m venv")
        environment = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
        environment |= {"EXTRAS": extras}
        done = run("sh", "-ec", script, cwd=source, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
    installed = root / "opt" / "vmsnap-lint"
    site = next(installed.glob("lib/python*/site-packages"))
    packages = {found.name for found in site.iterdir()}
    assert {"vmsnap_lint", "typer", "cel_expr_python"} <= packages
    assert packages & {"pip", "hatchling", "setuptools"} == set()

    write(root / "work", {"snapshot.yaml": SNAPSHOT.replace("name: web", "name: nobody")})
    for place in (root, *root.rglob("*")):
        if not place.is_symlink():
            mode = stat.S_IMODE(place.stat().st_mode) & ~0o222
            place.chmod(mode | (0o555 if place.is_dir() else 0o444))
    done = subprocess.run(
        [installed / "bin" / "vmsnap-lint", "--complete", "VirtualMachine"],
        cwd=root / "work", env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}, check=False,
        capture_output=True, text=True, user=65534, group=65534, extra_groups=[],
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "source-vm-missing" in done.stdout


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
