"""The hook does what it promises under the real pre-commit, in a real git repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PARTS = (
    "vmsnap_lint", "schemas", "rules", "pyproject.toml", "README.md", "LICENSE",
    ".pre-commit-hooks.yaml",
)  # fmt: skip
WHOLE, CHANGED, FIX = "vmsnap-lint", "vmsnap-lint-changed", "vmsnap-lint-fix"
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


def _git(directory: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as the git repository that a user's configuration would name."""
    there = tmp_path_factory.mktemp("hook")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, there / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, there / part)
    _git(there, "init", "-q")
    _git(there, "add", "-A")
    _git(there, "commit", "-qm", "hook")
    return there


@pytest.fixture
def repository(tmp_path: Path, hook: Path) -> Path:
    """A repository whose pre-commit runs our hook, holding the repaired example."""
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=hook, check=True, capture_output=True, text=True
    ).stdout.strip()
    shutil.copytree(ROOT / "examples" / "shop-repaired", tmp_path / "shop")
    (tmp_path / ".vmsnap-lint.yaml").write_text("complete: [StorageClass, VolumeSnapshotClass]\n")
    ours = ", ".join(f"{{id: {name}}}" for name in (WHOLE, CHANGED, FIX))
    config = f"repos: [{{repo: '{hook}', rev: {head}, hooks: [{ours}]}}]\n"
    (tmp_path / ".pre-commit-config.yaml").write_text(config)
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "-A")
    return tmp_path


def _hooks(repository: Path, cache: Path, only: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(cache)}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", only],
        cwd=repository, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment of the hook, once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


def _break(repository: Path) -> None:
    snapshot = repository / "shop" / "apps" / "erp" / "snapshot.yaml"
    snapshot.write_text(snapshot.read_text().replace("name: legacy-erp\n", "name: legacy-epr\n"))


def test_the_hooks_are_valid_for_pre_commit() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("only", [WHOLE, CHANGED])
def test_a_good_commit_passes(repository: Path, cache: Path, only: str) -> None:
    run = _hooks(repository, cache, only)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Passed" in run.stdout


@pytest.mark.parametrize("only", [WHOLE, CHANGED])
def test_a_bad_commit_fails_with_the_finding(repository: Path, cache: Path, only: str) -> None:
    _break(repository)
    _git(repository, "add", "-A")
    run = _hooks(repository, cache, only)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "error[source-vm-missing]" in run.stdout
    assert 'did you mean "legacy-erp"' in run.stdout


def test_the_fix_hook_stops_the_commit_whose_files_it_mends(repository: Path, cache: Path) -> None:
    snapshot = repository / "shop" / "apps" / "erp" / "snapshot.yaml"
    good = snapshot.read_text()
    snapshot.write_text(good.replace("kind: VirtualMachine\n", "kind: virtualmachine\n"))
    _git(repository, "add", "-A")
    run = _hooks(repository, cache, FIX)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "files were modified by this hook" in run.stdout
    assert snapshot.read_text() == good
    _git(repository, "add", "-A")
    assert _hooks(repository, cache, FIX).returncode == 0


def test_a_commit_that_only_deletes_a_class_is_checked(repository: Path, cache: Path) -> None:
    _git(repository, "commit", "-qm", "good")
    _git(repository, "rm", "-q", "shop/infra/snapshot-class.yaml")
    run = _hooks(repository, cache, WHOLE)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "error[no-snapshot-class]" in run.stdout


def test_the_changed_hook_is_silent_on_what_the_commit_does_not_concern(
    repository: Path, cache: Path
) -> None:
    _break(repository)
    _git(repository, "add", "-A")
    _git(repository, "commit", "-qm", "bad")
    (repository / "other.yaml").write_text("kind: ConfigMap\napiVersion: v1\n")
    _git(repository, "add", "-A")
    assert _hooks(repository, cache, CHANGED).returncode == 0
    assert _hooks(repository, cache, WHOLE).returncode == 1


def test_the_changed_hook_sees_what_a_commit_breaks_elsewhere(
    repository: Path, cache: Path
) -> None:
    """The class changes, and the finding stands at the VM that needs it."""
    _git(repository, "commit", "-qm", "good")
    for found in (repository / "shop" / "infra").glob("*.yaml"):
        found.write_text(re.sub(r"provisioner: .*", "provisioner: rancher.io/local-path",
                                found.read_text()))  # fmt: skip
    _git(repository, "add", "-A")
    run = _hooks(repository, cache, CHANGED)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "error[non-csi-provisioner]" in run.stdout
    assert re.search(r"^shop/apps/\S+:\d+:\d+: error", run.stdout, re.M)


@pytest.mark.parametrize("only", [WHOLE, CHANGED])
def test_untracked_files_are_not_reported(repository: Path, cache: Path, only: str) -> None:
    _git(repository, "commit", "-qm", "good")
    good = (repository / "shop" / "apps" / "erp" / "snapshot.yaml").read_text()
    (repository / "draft.yaml").write_text(good.replace("name: legacy-erp\n", "name: nobody\n"))
    (repository / "values.yaml").write_text("a: 1\n")
    _git(repository, "add", "values.yaml")
    run = _hooks(repository, cache, only)
    assert run.returncode == 0, run.stdout + run.stderr


def test_untracked_files_do_not_mend_a_commit(repository: Path, cache: Path) -> None:
    _git(repository, "commit", "-qm", "good")
    _git(repository, "rm", "-q", "--cached", "shop/infra/snapshot-class.yaml")
    run = _hooks(repository, cache, WHOLE)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "error[no-snapshot-class]" in run.stdout


@pytest.mark.parametrize("only", [WHOLE, CHANGED])
def test_a_file_that_is_named_like_an_option_is_a_file(
    repository: Path, cache: Path, only: str
) -> None:
    _break(repository)
    (repository / "x.yaml").write_text("ignore: [source-vm-missing]\n")
    (repository / "--config=x.yaml").write_text("ignore: [source-vm-missing]\n")
    (repository / "--write-baseline=pwned.yaml").write_text("a: 1\n")
    _git(repository, "add", "-A")
    run = _hooks(repository, cache, only)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "error[source-vm-missing]" in run.stdout
    assert not (repository / "pwned.yaml").exists()


@pytest.mark.parametrize("only", [WHOLE, CHANGED])
def test_an_option_in_args_is_told_where_it_belongs(
    repository: Path, cache: Path, only: str
) -> None:
    config = repository / ".pre-commit-config.yaml"
    config.write_text(
        config.read_text().replace(f"{{id: {only}}}", f"{{id: {only}, args: [--all-vms]}}")
    )
    _git(repository, "add", "-A")
    run = _hooks(repository, cache, only)
    assert run.returncode == 1
    assert 'no such file or directory "--all-vms" (behind `--` all are paths' in run.stdout
