"""--fix, --unsafe-fixes, --fix-only and --diff, on files of every kind."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT
from vmsnap_lint import cli
from vmsnap_lint.core import bounded_files
from vmsnap_lint.core.model import Fix, Safety

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Edit

VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  running: false  # for now
  template: {spec: {domain: {devices: {}}}}
"""
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec:
  source:
    kind: VirtualMachine
    name: web
"""
FIXED_VM = VM.replace("running: false", "runStrategy: Halted")
FIXED_SNAPSHOT = SNAPSHOT.replace("    kind", "    apiGroup: kubevirt.io\n    kind")
RULES = ("--select", "running-deprecated,source-apigroup-missing", "--kubevirt", "1.9", "--all-vms")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a VM and its snapshot, both to be fixed; the working directory."""
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (top / "vm.yaml").write_text(VM)
    (top / "snapshot.yaml").write_text(SNAPSHOT)
    monkeypatch.chdir(top)
    for name in [name for name in os.environ if name.startswith(("VMSNAP_LINT_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    return top


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, list[str]]:
    """The exit code of a run, what it writes, and its notes."""
    code = cli.run([*RULES, *arguments])
    said = capfd.readouterr()
    return code, said.out, said.err.splitlines()


def test_what_is_fixed_is_counted_and_what_is_left_is_reported(
    capfd: pytest.CaptureFixture[str],
) -> None:
    Path("lost.yaml").write_text(SNAPSHOT.replace("nightly", "weekly"))
    code, out, notes = run(capfd, ".")
    assert code == 1
    assert out.count("\n") == 2  # equal findings are one line
    assert notes[-2] == "fixable: 3 with --fix"
    code, out, notes = run(capfd, "--fix", ".")
    assert (code, out, notes[0]) == (0, "", "fixed: 3 in 3 files")
    assert Path("vm.yaml").read_text() == FIXED_VM
    assert Path("snapshot.yaml").read_text() == FIXED_SNAPSHOT
    code, out, notes = run(capfd, "--fix", ".")
    assert (code, out, len(notes)) == (0, "", 1)


def test_fix_only_reports_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    Path("other.yaml").write_text("apiVersion: [\nkind: VirtualMachine\n")
    code, out, notes = run(capfd, "--fix-only", ".")
    assert (code, out, notes) == (0, "", ["fixed: 2 in 2 files"])
    assert run(capfd, "--fix-only", ".") == (0, "", [])
    assert run(capfd, "--fix-only", "-q", ".") == (0, "", [])


def test_a_diff_writes_nothing_and_is_the_patch_of_what_fix_does(
    capfd: pytest.CaptureFixture[str], repository: Path
) -> None:
    code, out, notes = run(capfd, "--diff", ".")
    assert (code, notes) == (1, ["would fix: 2 in 2 files"])
    assert Path("vm.yaml").read_text() == VM
    subprocess.run(["git", "init", "-q", "."], cwd=repository, check=True)
    subprocess.run(["git", "apply"], input=out, text=True, cwd=repository, check=True)
    assert Path("vm.yaml").read_text() == FIXED_VM
    assert Path("snapshot.yaml").read_text() == FIXED_SNAPSHOT
    assert run(capfd, "--diff", ".") == (0, "", [])


def test_a_patch_is_applied_from_any_directory_of_the_repository(
    capfd: pytest.CaptureFixture[str], repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", "."], cwd=repository, check=True)
    apps = repository / "apps é"
    apps.mkdir()
    (apps / "a b.yaml").write_bytes(VM.replace("\n", "\r\n").encode().rstrip())
    monkeypatch.chdir(apps)
    _, out, _ = run(capfd, "--diff", ".")
    subprocess.run(["git", "apply"], input=out.encode(), cwd=apps, check=True)
    assert (apps / "a b.yaml").read_bytes() == FIXED_VM.replace("\n", "\r\n").encode().rstrip()


def test_a_file_with_several_names_is_fixed_once(
    capfd: pytest.CaptureFixture[str], repository: Path
) -> None:
    (repository / "link.yaml").symlink_to("vm.yaml")
    _, out, notes = run(capfd, "--diff", ".")
    assert (out.count("+++ b/vm.yaml"), notes) == (1, ["would fix: 2 in 2 files"])
    assert run(capfd, "--fix-only", ".") == (0, "", ["fixed: 2 in 2 files"])
    assert Path("vm.yaml").read_text() == FIXED_VM
    assert run(capfd, "--diff", ".") == (0, "", [])


def test_a_patch_of_another_repository_is_for_its_root(
    capfd: pytest.CaptureFixture[str],
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apps = repository / "apps"
    apps.mkdir()
    (repository / "vm.yaml").rename(apps / "vm.yaml")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    out = run(capfd, "--diff", str(apps))[1]
    subprocess.run(["git", "init", "-q", "."], cwd=repository, check=True)
    subprocess.run(["git", "apply"], input=out, text=True, cwd=repository, check=True)
    assert (apps / "vm.yaml").read_text() == FIXED_VM


def test_outside_of_a_repository_a_patch_is_for_the_working_directory(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plain" / "apps"
    folder.mkdir(parents=True)
    (folder / "vm.yaml").write_text(VM)
    monkeypatch.chdir(folder.parent)
    _, out, _ = run(capfd, "--diff", "apps")
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    subprocess.run(
        ["git", "apply"], input=out, text=True, cwd=folder.parent, env=environment, check=True
    )
    assert (folder / "vm.yaml").read_text() == FIXED_VM


@pytest.mark.parametrize("flags", [("--diff",), ("--fix", "--diff"), ("--fix-only", "--diff")])
def test_diff_writes_nothing_whatever_else_is_given(
    capfd: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    assert run(capfd, *flags, ".")[0] == 1
    assert Path("vm.yaml").read_text() == VM


@pytest.mark.parametrize("flag", ["--diff", "--fix-only"])
@pytest.mark.parametrize(
    "other",
    [
        ("--format", "json"),
        ("--output", "json=a.json"),
        ("--statistics",),
        ("--write-baseline", "b.json"),
    ],
)
def test_a_report_that_is_not_written_is_not_asked_for(
    capfd: pytest.CaptureFixture[str], flag: str, other: tuple[str, ...]
) -> None:
    code, out, (message,) = run(capfd, flag, *other, ".")
    assert (code, out) == (2, "")
    name = other[0]
    assert message.endswith(f"{flag} writes no report, so that {name} has no use: leave it out")
    assert Path("vm.yaml").read_text() == VM


def _stdin(*arguments: str, text: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "vmsnap_lint", *RULES, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, input=text, env=environment, capture_output=True, check=False)


def test_standard_input_is_fixed_to_standard_output() -> None:
    text = VM.replace("\n", "\r\n").encode() + b"# \xff"
    done = _stdin("--fix", "-", text=text)
    assert done.stdout == FIXED_VM.replace("\n", "\r\n").encode() + b"# \xff"
    assert done.stderr.startswith(b"fixed: 1 in 1 file\n")
    assert done.returncode == 0
    again = _stdin("--fix", "-", text=done.stdout)
    assert again.stdout == done.stdout
    other = _stdin("--fix", "-", text=SNAPSHOT.replace("kind: Virtual", "kind: [", 1).encode())
    assert other.stdout == SNAPSHOT.replace("kind: Virtual", "kind: [", 1).encode()


def test_what_is_not_reported_is_not_fixed(capfd: pytest.CaptureFixture[str]) -> None:
    ignore = "# vmsnap-lint: ignore[running-deprecated] as it is\n"
    Path("vm.yaml").write_text(VM.replace("  running", f"  {ignore}  running"))
    assert run(capfd, "--fix", "--min-severity", "error", ".")[2][0] == "fixed: 1 in 1 file"
    assert "running: false" in Path("vm.yaml").read_text()
    Path("snapshot.yaml").write_text(SNAPSHOT)
    run(capfd, "--write-baseline", "baseline.json", ".")
    assert run(capfd, "--fix", "--baseline", "baseline.json", ".")[0] == 0
    assert run(capfd, "--fix", "--exclude", "snapshot.yaml", ".")[0] == 0
    assert run(capfd, "--fix", "--context", ".", "vm.yaml")[0] == 0
    assert Path("snapshot.yaml").read_text() == SNAPSHOT
    Path("snapshot.yaml").unlink()
    Path("vm.yaml").write_text(VM)
    assert run(capfd, "--fix", "--min-severity", "error", ".")[2][0].startswith("hidden")
    assert Path("vm.yaml").read_text() == VM


def test_a_read_only_file_is_left_and_named(capfd: pytest.CaptureFixture[str]) -> None:
    Path("vm.yaml").chmod(0o444)
    code, _, notes = run(capfd, "--fix", ".")
    assert notes[:2] == [
        "not fixed: vm.yaml: it is read-only, make it writable",
        "fixed: 1 in 1 file",
    ]
    assert code == 0  # what is left is information
    assert (Path("vm.yaml").read_text(), Path("snapshot.yaml").read_text()) == (VM, FIXED_SNAPSHOT)


def test_mode_and_links_stay(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("real").mkdir()
    Path("vm.yaml").rename("real/vm.yml")
    Path("vm.yaml").symlink_to("real/vm.yml")
    Path("real/vm.yml").chmod(0o640)
    outside = tmp_path / "outside.yaml"
    outside.write_text(SNAPSHOT.replace("nightly", "other"))
    Path("linked.yaml").symlink_to(outside)
    notes = run(capfd, "--fix", "vm.yaml", "linked.yaml", "snapshot.yaml")[2]
    left = "not fixed: linked.yaml: a link leads out of the files of the repository"
    assert notes[:2] == [left, "fixed: 2 in 2 files"]
    assert Path("vm.yaml").is_symlink()
    assert Path("real/vm.yml").read_text() == FIXED_VM
    assert stat.S_IMODE(Path("real/vm.yml").stat().st_mode) == 0o640
    assert "apiGroup" not in outside.read_text()
    assert sorted(each.name for each in Path().iterdir()) == [
        ".git",
        "linked.yaml",
        "real",
        "snapshot.yaml",
        "vm.yaml",
    ]


def test_a_file_that_is_changed_meanwhile_is_left(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(location: str, data: bytes) -> None:
        Path("vm.yaml").write_text(f"{VM}# mine\n")
        bounded_files.replace(location, data)

    monkeypatch.setattr("vmsnap_lint.report.fixing.saving.replace", slow)
    notes = run(capfd, "--fix", ".")[2]
    assert notes[:2] == [
        "not fixed: vm.yaml: it was changed meanwhile, run it again",
        "fixed: 1 in 1 file",
    ]
    assert Path("vm.yaml").read_text() == f"{VM}# mine\n"


def test_unsafe_fixes_are_told_and_applied_on_request(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsafe(title: str, _safety: Safety, edits: tuple[Edit, ...]) -> Fix:
        return Fix(title, Safety.UNSAFE, edits)

    monkeypatch.setattr("vmsnap_lint.report.fixing.resolving.Fix", unsafe)
    assert run(capfd, ".")[2][-2] == "fixable: 2 with --fix --unsafe-fixes"
    assert run(capfd, "--unsafe-fixes", ".")[2][-2] == "fixable: 2 with --fix"
    assert run(capfd, "--fix", ".")[2][0] == "fixable: 2 with --fix --unsafe-fixes"
    assert Path("vm.yaml").read_text() == VM
    assert run(capfd, "--fix", "--unsafe-fixes", ".")[2][0] == "fixed: 2 in 2 files"


def test_formats_tell_the_edits_with_paths_of_the_repository(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("apps").mkdir()
    Path("vm.yaml").rename("apps/vm.yaml")
    monkeypatch.chdir("apps")
    report = json.loads(run(capfd, "--format", "json", ".")[1])
    (finding,) = report["findings"]
    (fix,) = finding["fixes"]
    assert fix["title"].endswith("runStrategy: Halted")
    assert fix["safety"] == "safe"
    assert [edit["file"] for edit in fix["edits"]] == ["apps/vm.yaml"] * 2
    report = json.loads(run(capfd, "--format", "sarif", ".")[1])
    (fix,) = report["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert [each["insertedContent"]["text"] for each in change["replacements"]] == [
        "runStrategy", "Halted",
    ]  # fmt: skip
