"""Command lines are completed: the candidates, and what real shells make of them."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ready.programs import of_our_own, program, run
from vmsnap_lint import cli
from vmsnap_lint.cli.candidates import candidates
from vmsnap_lint.cli.completion import answer
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.config.output_formats import FINDING_FORMATS, PLAN_FORMATS
from vmsnap_lint.config.settings import ROWS, SHELLS
from vmsnap_lint.config.suggestions import KINDS
from vmsnap_lint.core.data_files import rule_ids

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = ("$(touch pwned)", "`touch pwned`", "; touch pwned", "--format=x", "*", "a b'c\"d", "\n")


def _words(line: str) -> list[str]:
    """The candidates for the last word of a line."""
    *words, start = line.split(" ")
    return [found.word for found in candidates(words, start)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", list(VERBS)),
        ("pl", ["plan"]),
        ("--forma", ["--format"]),
        ("apps --forma", ["--format"]),
        ("plan --all", ["--all-vms", "--allow-empty"]),
        ("--ver", ["--verbose", "--version"]),
        ("check --ver", ["--verbose"]),
        ("config --sch", ["--schema"]),
        ("rule --format ", ["text", "json"]),
        ("plan --format t", ["tree"]),
        ("--format=js", ["--format=json", "--format=jsonl"]),
        ("--fail-on w", ["warning"]),
        ("--color never --fail-on w", ["warning"]),
        ("--show-completion ", [*SHELLS]),
        ("rule source-vm-m", ["source-vm-missing"]),
        ("rule source-vm-missing s", []),
        ("--select source-vm-m", ["source-vm-missing"]),
        ("--ignore=apply-order,source-vm-m", ["--ignore=apply-order,source-vm-missing"]),
        ("--ignore $(reboot),source-vm-m", []),
        ("--complete VirtualMachineP", ["VirtualMachinePool", "VirtualMachinePreference"]),
        ("plan --complete all,StorageP", ["all,StorageProfile"]),
        ("--kubevirt 1.8", ["1.8"]),
        ("--output s", ["sarif="]),
        ("--output sarif=r", []),
        ("plan --output=s", ["--output=svg="]),
        ("--facts ", []),
        ("--cluster ", []),
        ("check ", []),
        ("apps ", []),
        ("facts x", []),
        ("-- --f", []),
        ("--nonsense ", []),
        ("--select --ver", []),
    ],
)
def test_the_candidates_of_a_line(line: str, expected: list[str]) -> None:
    assert _words(line) == expected


def test_every_flag_and_choice_of_the_table_is_a_candidate() -> None:
    for verb in VERBS:
        for row in (row for row in ROWS if verb in row.verbs):
            assert set(row.flags) <= set(_words(f"{verb} -"))
            for flag in row.flags if row.choices else ():
                assert _words(f"{verb} {flag} ") == [*row.choices]


def test_every_rule_kind_and_format_is_a_candidate() -> None:
    assert _words("rule ") == _words("--select ") == [*rule_ids()]
    assert set(_words("--complete ")) == {"all", *KINDS}
    assert _words("--output ") == [f"{row.name}=" for row in FINDING_FORMATS]
    assert _words("plan --output ") == [f"{row.name}=" for row in PLAN_FORMATS]


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=12), st.sampled_from(SHELLS))
def test_any_line_has_an_answer(words: list[str], start: str, shell: str) -> None:
    line = "\n".join(["vmsnap-lint", *words, start]).replace("\0", "")
    names = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(name, line.encode("utf-8", "replace").decode())
        patch.setenv("COMP_CWORD", str(len(words) + 1))
        lines, code = answer(f"complete_{shell}")
    assert code == 0
    assert all("\n" not in text for text in lines)


def test_a_shell_is_answered_without_typer(tmp_path: Path) -> None:
    """A key press is not felt: importing typer takes most of the time of `--help`."""
    script = (
        "import sys; from vmsnap_lint import cli; cli.run([]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    environment = {
        **of_our_own(tmp_path / "programs"), "_VMSNAP_LINT_COMPLETE": "complete_bash",
        "COMP_WORDS": "vmsnap-lint\nrule\nsource-vm-m", "COMP_CWORD": "2",
    }  # fmt: skip
    result = run(program("python"), "-c", script, cwd=tmp_path, env=environment)
    assert result.stdout == "source-vm-missing\n"
    assert {"typer", "yaml", "jsonschema"} & set(result.stderr.split()) == set()


@pytest.mark.parametrize(("name", "shell"), [("", "zsh"), ("bash", "zsh"), ("fish", "")])
def test_the_script_is_that_of_the_shell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, shell: str
) -> None:
    monkeypatch.setenv("SHELL", f"/bin/{shell}")
    assert cli.run(["--show-completion", *([name] if name else [])]) == 0
    assert f"_VMSNAP_LINT_COMPLETE=complete_{name or shell}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--show-completion", "csh"], ["--install-completion"]])
def test_another_shell_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert cli.run(words) == 2
    assert 'is not one of "bash", "zsh", "fish"' in capsys.readouterr().err


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory with hostile files in the working directory below it."""
    for name in HOSTILE:
        place = tmp_path / "home" / "work" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (tmp_path / "home" / "work" / "facts.yaml").touch()
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    return {
        **of_our_own(home.parent / "programs"), "HOME": str(home), "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }  # fmt: skip


CASES = [
    ("vmsnap-lint --form", "--format"),
    ("vmsnap-lint --format=sar", "--format=sarif"),
    ("vmsnap-lint --format sar", "--format sarif"),
    ("vmsnap-lint rule source-vm-m", "rule source-vm-missing"),
    ("vmsnap-lint plan --output ht", "plan --output html="),
    ("vmsnap-lint --facts fac", "--facts facts.yaml"),
    ("vmsnap-lint clust", "clusters"),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_installed_completion_works(
    home: Path, environment: dict[str, str], shell: str
) -> None:
    """In a real shell, at a key press; fish tells what it would show."""
    path = program(shell)
    tool = str(home.parent / "programs" / "vmsnap-lint")
    result = run(tool, "--install-completion", shell, cwd=home, env=environment)
    assert result.returncode == 0, result.stderr
    if shell != "fish":
        with (home / f".{shell}rc").open("a") as rc:
            rc.write("PS1='READY '\n")
    for line, expected in CASES:
        if shell == "fish":
            asked = run(path, "-c", f"complete -C '{line}'", cwd=home / "work", env=environment)
            found = [row.split("\t")[0] for row in asked.stdout.splitlines()]
            assert found[:1] == [expected.split(" ")[-1]], asked.stderr
        else:
            assert f"vmsnap-lint {expected}" in _typed(path, line, home / "work", environment)
    assert not list(home.rglob("pwned"))


def _typed(shell: str, line: str, directory: Path, environment: dict[str, str]) -> str:
    """What an interactive shell shows after the line and the tabulator."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [shell, "-i"], cwd=directory, env=environment, stdin=other, stdout=other, stderr=other,
        start_new_session=True,
    )  # fmt: skip
    os.close(other)
    try:
        _until(main, "READY ")
        os.write(main, line.encode() + b"\t")
        os.write(main, b"\x05#END")  # at the end of the line; shown when the completion is done
        return _until(main, "#END")
    finally:
        process.kill()
        process.wait()
        os.close(main)


def _until(descriptor: int, mark: str) -> str:
    """What is shown up to the mark."""
    shown, end = "", time.monotonic() + 20
    while mark not in shown and time.monotonic() < end:
        if select.select([descriptor], [], [], 0.2)[0]:
            shown += os.read(descriptor, 65536).decode("utf-8", "replace")
    assert mark in shown, shown
    return shown
