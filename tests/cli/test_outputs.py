"""Where results go: the format that suits the reader, and the files of --output."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.shared import ROOT
from vmsnap_lint import cli
from vmsnap_lint.cli import outputs
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.report import BY_NAME

MISSING = "source-vm-missing"
DOUBLE = '"{}"'.format
HERE = "apps/snapshot.yaml:10:11"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose snapshot names a VM that does not exist; the working directory."""
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (top / "apps").mkdir()
    (top / "apps/snapshot.yaml").write_text(SNAPSHOT.format(source="wbe"))
    (top / "apps/vm.yaml").write_text(MACHINE)
    (top / "apps/storage.yaml").write_text(CLASSES)
    monkeypatch.chdir(top)
    for name in [name for name in os.environ if name.startswith(("VMSNAP_LINT_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    return top


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code of a run, and what it writes."""
    code = cli.run([*arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code, out, err = output(capsys, *arguments)
    assert (code, out) == (cli.USAGE, "")
    (line,) = err.splitlines()
    return line.removeprefix("vmsnap-lint: error: ")


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


# --- the format that suits the reader


def at_a_terminal(*arguments: str, **environment: str) -> str:
    """What a terminal gets from a run."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, int(environment.pop("size", 0))))
    with subprocess.Popen(
        [sys.executable, "-m", "vmsnap_lint", *arguments],
        stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
    ) as run:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 1 << 16):
                shown += part
        except OSError:  # Linux says so at the end
            pass
        assert run.wait(60) == cli.FINDINGS
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_shows_the_lines_of_a_finding_and_a_pipe_one_line() -> None:
    shown = at_a_terminal("--color=never")
    assert shown.startswith(f"error[{MISSING}]: ")
    assert f"--> {HERE}\n" in shown
    piped = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint"],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert piped.stdout.startswith(f"{HERE}: error[{MISSING}] ")
    assert len(piped.stdout.splitlines()) == 1


def test_a_chosen_format_is_that_of_a_terminal_too() -> None:
    shown = at_a_terminal("--format=concise", "--color=never")
    assert shown.startswith(f"{HERE}: error[{MISSING}] ")
    assert at_a_terminal("--color=never", VMSNAP_LINT_FORMAT="concise") == shown


@pytest.mark.parametrize(("columns", "most"), [(40, 60), (72, 72), (500, 100)])
def test_a_help_text_is_as_wide_as_the_terminal(columns: int, most: int) -> None:
    told = ("--color=never", "--format=full")
    for sized in ({"COLUMNS": str(columns)}, {"size": str(columns)}):
        shown = at_a_terminal(*told, **sized)
        lines = shown[shown.index(" = help: ") - 2 :].rstrip().splitlines()
        assert most - 20 < max(map(len, lines)) <= most
        assert len(lines) > 1


def test_github_actions_get_annotations(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outputs.chosen(Settings()) == "concise"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert outputs.chosen(Settings()) == "github"
    assert outputs.chosen(Settings(statistics=True)) == "concise"
    assert outputs.chosen(Settings(format="json")) == "json"
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert outputs.chosen(Settings()) == "concise"


@pytest.mark.parametrize("name", ["auto", *BY_NAME])
@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ([], cli.FINDINGS),
        (["--exit-zero"], cli.CLEAN),
        (["--min-severity=error"], cli.FINDINGS),
        (["--ignore", MISSING], cli.CLEAN),
        (["--fail-on=info", "--ignore", MISSING, "--all-vms"], cli.CLEAN),
    ],
)
def test_no_format_and_no_threshold_changes_the_exit_code(
    name: str, flags: list[str], code: int
) -> None:
    assert cli.run(["--format", name, *flags]) == code


def test_a_threshold_does_not_change_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    Path("apps/vm.yaml").unlink()
    Path("apps/storage.yaml").unlink()
    flags = ("--fail-on=warning", "--format=concise", "apps")
    assert output(capsys, *flags)[1].count("warning[") == 1
    code, out, err = output(capsys, *flags, "--min-severity=error")
    assert (code, out) == (cli.FINDINGS, "")
    assert "1 warning in 1 file" in err
    assert "hidden: 1 below --min-severity error" in err.splitlines()


IDLE = (
    "cli.hyperlinks", "cli.parser", "cli.progress_line", "cli.slips", "config.conversion",
    "config.file_output", "config.suggestions", "core.addresses", "kubevirt.chain_link",
    "kubevirt.storage.volume_trail",
    "report.baseline", "report.cap", "report.folding", "report.pictures", "report.plans",
    "report.portable", "report.statistics", "report.suppressing",
)  # fmt: skip


def test_a_plain_run_imports_one_format_and_nothing_for_other_wishes() -> None:
    code = (
        "import sys; from vmsnap_lint import cli; cli.run([]);"
        "print(*(name for name in sys.modules if name.startswith('vmsnap_lint.')))"
    )
    Path("apps/snapshot.yaml").write_text(SNAPSHOT.format(source="web"))
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    modules = {name.removeprefix("vmsnap_lint.") for name in ran.stdout.split()}
    assert "report.summary" in modules
    assert not modules & {*IDLE}
    assert [name for name in modules if "report.writers." in name] == ["report.writers.concise"]


# --- paths


@pytest.mark.parametrize(
    ("where", "arguments"),
    [
        (".", ()),
        (".", ("apps",)),
        (".", ("./apps/../apps",)),
        (".", ("apps/snapshot.yaml", "apps/vm.yaml")),
        (".", ("ABSOLUTE/apps",)),
        (".", ("link",)),
        ("apps", ()),
        ("apps", ("..",)),
        ("apps", ("ABSOLUTE",)),
        ("/", ("ABSOLUTE/apps",)),
    ],
)
def test_paths_of_json_are_those_of_the_repository(
    where: str,
    arguments: tuple[str, ...],
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if where != "/":
        (repository / "link").symlink_to("apps")
    monkeypatch.chdir(where)
    paths = [path.replace("ABSOLUTE", str(repository)) for path in arguments]
    found = json.loads(output(capsys, "--format=json", *paths)[1])["findings"]
    assert {one["file"] for one in found} == {"apps/snapshot.yaml"}


def test_outside_of_a_repository_they_are_those_of_the_working_directory(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".git").rmdir()
    for where, expected in (("..", "repository/apps/snapshot.yaml"), ("repository/apps", "snap")):
        monkeypatch.chdir(where)
        found = json.loads(output(capsys, "--format=json", str(repository / "apps"))[1])
        assert {one["file"][: len(expected)] for one in found["findings"]} == {expected}


def test_a_path_that_leads_out_of_the_repository_stays(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository.parent / "other.yaml").write_text(SNAPSHOT.format(source="nobody"))
    found = json.loads(output(capsys, "--format=json", "../other.yaml", "apps")[1])["findings"]
    assert "../other.yaml" in {one["file"] for one in found}


# --- files


def test_files_are_written_beside_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    alone = output(capsys, "--format=concise")
    files = ("--output=json=one.json", "--output", "concise=two.txt", "--output=full=apps/3=x")
    assert output(capsys, "--format=concise", *files) == alone
    assert json.loads(Path("one.json").read_text())["findings"][0]["rule"] == MISSING
    assert Path("two.txt").read_text() == alone[1]
    assert Path("apps/3=x").read_text().startswith(f"error[{MISSING}]: ")
    assert names() == [".git", "apps", "one.json", "two.txt"]


def test_a_complete_file_changes_nothing_in_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    """References that are not verified are findings in JSON, and a number elsewhere."""
    Path("apps/storage.yaml").unlink()
    Path("apps/snapshot.yaml").write_text(SNAPSHOT.format(source="web"))
    alone = output(capsys, "--format=concise")
    assert "hidden: 1 not verified (--verbose)" in alone[2].splitlines()
    assert output(capsys, "--format=concise", "--output=json=report.json") == alone
    infos = json.loads(Path("report.json").read_text())["summary"]["infos"]
    assert infos == 1
    baseline = ("--write-baseline=b.json", "--output=json=report.json")
    assert output(capsys, *baseline)[0] == cli.CLEAN


def test_the_files_of_a_run_are_no_input_of_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ("--write-baseline=all.json", "--output=json=report.json")
    first = output(capsys, *flags)
    assert output(capsys, *flags) == first
    assert ", of 3 files (5 objects, " in first[2]
    known = output(capsys, "--baseline=all.json", "--output=json=report.json", ".", "all.json")
    assert " in 3 files (5 objects, " in known[2]


def test_the_text_of_a_file_ends_with_what_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no other stream that would say it."""
    lines = "--output=concise=one.txt", "--output=full=two.txt", "--output=grouped=three.txt"
    output(capsys, "--write-baseline=all.json", *lines)
    assert {Path(name).read_text() for name in ("one.txt", "two.txt", "three.txt")} == {""}
    output(capsys, "--baseline=all.json", *lines)
    for name in ("one.txt", "two.txt", "three.txt"):
        assert Path(name).read_text() == "hidden: 1 accepted by the baseline all.json\n"


def test_the_text_of_a_file_is_never_coloured() -> None:
    assert cli.run(["--color=always", "--output=full=report.txt"]) == cli.FINDINGS
    assert "\x1b" not in Path("report.txt").read_text()


def test_a_file_is_replaced_and_keeps_its_mode(capsys: pytest.CaptureFixture[str]) -> None:
    report = Path("report.json")
    report.write_text("old" * 100_000)
    report.chmod(0o600)
    output(capsys, "--output=json=report.json")
    json.loads(report.read_text())
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed_inside_of_the_repository_only(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = repository.parent / "outside.json"
    outside.write_text("kept")
    Path("out.json").symlink_to(outside)
    Path("in.json").symlink_to("apps/in.json")
    Path("apps/in.json").write_text("")
    assert "out of the files of the repository" in mistake(capsys, "--output=json=out.json")
    assert outside.read_text() == "kept"
    output(capsys, "--output=json=in.json")
    json.loads(Path("apps/in.json").read_text())
    assert Path("in.json").is_symlink()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("json", '"json" is not FORMAT=FILE'),
        ("=x", '"=x" is not FORMAT=FILE'),
        ("json=", '"json=" is not FORMAT=FILE'),
        ("jsn=x", f'"jsn" is not one of {", ".join(map(DOUBLE, BY_NAME))}'),
        ("jsn=x", '(did you mean "json"?)'),
        ("auto=x", '"auto" is not one of '),
        ("json=-", "standard output is no file: use --format json"),
        ("json=no/x", 'cannot write "no/x" (its directory does not exist)'),
        ("json=apps", 'cannot write "apps" (it is a directory)'),
        ("json=apps/", 'cannot write "apps/" (it is a directory)'),
        ("json=new/", 'cannot write "new/" (it is a directory)'),
        ("json=a\0b", "(no path holds a nul character)"),
        ("json=/dev/null", 'cannot write "/dev/null" (it is a device)'),
        ("json=apps/vm.yaml", 'cannot write "apps/vm.yaml" (it holds manifests)'),
        ("json=./apps/../x", '"./apps/../x" is named twice'),
        ("json=b", '"b" is named twice'),
    ],
)
def test_a_file_that_cannot_be_written_is_a_mistake_before_anything_is_read(
    value: str, expected: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmsnap_lint.engine.lint", None)
    monkeypatch.setattr("vmsnap_lint.engine.plan", None)
    told = mistake(capsys, "--output=concise=x", "--write-baseline=b", "--output", value)
    assert told.startswith("--output: ")
    assert expected in told
    assert names() == [".git", "apps"]


def test_the_baseline_of_a_run_is_not_overwritten_by_its_result(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmsnap_lint.engine.lint", None)
    told = mistake(capsys, "--baseline=b.json", "--output=json=./b.json")
    assert told == '--output: "./b.json" is named twice'


def test_a_baseline_that_cannot_be_written_is_a_mistake_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmsnap_lint.engine.lint", None)
    told = mistake(capsys, "--write-baseline=no/b.json")
    assert told == 'cannot write the baseline "no/b.json" (its directory does not exist)'


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_may_not_be_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    Path("apps").chmod(0o500)
    told = mistake(capsys, "--output=json=apps/x")
    assert told == '--output: cannot write "apps/x" (its directory cannot be written to)'


@pytest.mark.parametrize("flag", ["--output=sarif=", "--write-baseline="])
@pytest.mark.parametrize(
    "manifest", ["# VM\r\napiVersion: v1\r\n", '{"apiVersion": "v1"}', '{\n  "apiVersion": "v1"\n}']
)
def test_a_manifest_is_not_replaced_by_a_report(
    flag: str, manifest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be lost, and no one would lint it: what is written is no input."""
    Path("vm").write_bytes(manifest.encode())
    assert "(it holds manifests)" in mistake(capsys, f"{flag}vm", "apps")
    assert Path("vm").read_bytes() == manifest.encode()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_report_is_replaced_whatever_it_tells(name: str) -> None:
    for _ in range(2):
        assert cli.run(["-v", f"--output={name}=report", "apps"]) == cli.FINDINGS


def test_a_full_disk_leaves_the_old_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("report.json").write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, _, err = output(capsys, "--output=json=report.json")
    assert code == cli.USAGE
    assert 'cannot write "report.json" (no space left on device)' in err
    assert Path("report.json").read_text() == "old"
    assert names() == [".git", "apps", "report.json"]


def test_a_writer_that_fails_leaves_the_old_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a defect, and the half of a report is no report."""
    Path("report.json").write_text("old")

    def broken(*_: object) -> object:
        yield "{"
        raise ValueError

    monkeypatch.setattr("vmsnap_lint.report.writers.json_report.render", broken)
    assert output(capsys, "--output=json=report.json")[0] == cli.DEFECT
    assert Path("report.json").read_text() == "old"


def test_a_plan_has_files_too(capsys: pytest.CaptureFixture[str]) -> None:
    alone = output(capsys, "plan")
    assert output(capsys, "plan", "--output=json=plan.json", "--output=tree=plan.txt") == alone
    assert json.loads(Path("plan.json").read_text())["snapshots"]
    assert Path("plan.txt").read_text() == alone[1]
    assert "is not one of" in mistake(capsys, "plan", "--output=concise=x")
    assert "does not exist" in mistake(capsys, "plan", "--output=json=no/x")


def test_a_variable_names_files_and_a_configuration_does_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tree that is linted must not decide what is written where."""
    monkeypatch.setenv("VMSNAP_LINT_OUTPUT", "json=one.json,concise=two.txt")
    assert cli.run([]) == cli.FINDINGS
    assert Path("one.json").exists()
    assert Path("two.txt").exists()
    capsys.readouterr()
    monkeypatch.setenv("VMSNAP_LINT_OUTPUT", "json")
    assert '"json" is not FORMAT=FILE' in mistake(capsys, ".")
    monkeypatch.setenv("VMSNAP_LINT_OUTPUT", "")
    Path(".vmsnap-lint.yaml").write_text("output: [json=three.json]\n")
    assert 'unknown setting "output"' in mistake(capsys, ".")
    assert not Path("three.json").exists()
