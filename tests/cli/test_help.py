"""What `--help` shows, and what slips of the command line are answered with."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli import lint, mistake
from tests.shared import ROOT
from vmsnap_lint import __version__, cli
from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.help_text import help_text
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.config.options import Group

if TYPE_CHECKING:
    from pathlib import Path

CHECK = """\
Usage: vmsnap-lint check [OPTIONS] [PATH]...

  Check manifests (the default command).

Arguments:
  PATH    Files and directories (default '.'); '-' reads standard input.

Rules:
  --select RULES              Run only these rules (comma-separated,
                              repeatable).
"""


# --- help


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_nothing_is_cut_off_at_80_columns_and_no_type_leaks(verb: str) -> None:
    text = help_text(verb)
    assert max(map(len, text.splitlines())) <= 80
    assert set(re.findall(r"\S+(?=\.\.\.)", text)) <= {"[PATH]", "[REPORT]", "[ARGS]", "all|KIND,"}
    assert not re.search(r"<\w|list\[|\bstr\b|\bbool\b", text)


def test_the_help_of_a_verb_begins_with_its_usage() -> None:
    assert lint("check", "--help").stdout.startswith(CHECK)


def test_options_stand_below_their_group_in_order() -> None:
    blocks = dict(re.findall(r"(?ms)^(\w+):\n(.*?)(?=^\S|\Z)", help_text("check")))
    for group in Group:
        flags = [row.flags[-1] for row in options_of("check") if row.group is group]
        assert re.findall(r"(?m)^  (?:-\w, )?(--[\w-]+)", blocks[group.value]) == flags


@pytest.mark.parametrize("verb", VERBS)
def test_the_examples_of_a_verb_are_commands_that_it_takes(verb: str) -> None:
    """Their flags exist, and `--help` behind them is answered."""
    for example in VERBS[verb].examples:
        words = example.rpartition("vmsnap-lint")[2].partition("|")[0].partition(">")[0].split()
        if "|" in example and example.startswith("vmsnap-lint"):
            words = example.partition("|")[0].split()[1:]
        assert lint(*words, "--help").returncode == cli.CLEAN


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_is_shown(flag: str) -> None:
    assert lint(flag, "whatever", "follows").stdout == f"vmsnap-lint {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", "-h"], ["--nope"], ["rule", "--color", "x"]]
)
def test_rich_is_never_imported(arguments: list[str]) -> None:
    """It takes longer to import than a lint takes; warnings are errors here."""
    code = (
        "import sys; from vmsnap_lint import cli; cli.run(sys.argv[1:]);"
        "print(sorted({'rich', 'typer.rich_utils', 'pygments', 'typer'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "['typer']"


# --- slips


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["rule", "non-csi"], 'no rule "non-csi" (did you mean "non-csi-provisioner"?)'),
        (["--select", "csi", "."], 'did you mean "non-csi-provisioner" or "pv-not-csi"?'),
        (["rule", "restore"], '(did you mean "restore-'),
        (["--crds", "nosuch.yaml", "."], '--crds: no such file or directory "nosuch.yaml"'),
        (["--context", "nosuch", "examples"], 'no such file or directory "nosuch"'),
        (["--helm-values", "nosuch.yaml", "."], '--helm-values: no such file "nosuch.yaml"'),
        (
            ["--config", "none", "plan", "."],
            '"plan" (did you mean the command "plan"? It comes first)',
        ),
        (
            ["--exclude", "x", "plan", "."],
            '"plan" (did you mean the command "plan"? It comes first)',
        ),
        (["lint"], '"lint" (did you mean `vmsnap-lint check`?)'),
        (["explain", "source-vm-missing"], '"explain" (did you mean `vmsnap-lint rule`?)'),
        (["fix", "."], '"fix" (did you mean `vmsnap-lint --fix`?)'),
        (["help"], '"help" (did you mean `vmsnap-lint --help`?)'),
        (["version"], '"version" (did you mean `vmsnap-lint --version`?)'),
        (["check", "check", "."], '"check" (the command "check" is given twice)'),
        (["--fixs", "."], "no such option --fixs (did you mean --fix?)"),
        (["--versoin"], "no such option --versoin (did you mean `vmsnap-lint --version`?)"),
        (["--help-all"], "no such option --help-all (did you mean --help?)"),
        (["--all"], "no such option --all (did you mean --all-vms?)"),
        (["plan", "--select", "x"], "--select (it is an option of `vmsnap-lint check`"),
        (["-z"], "no such option -z (see `vmsnap-lint check --help`)"),
        (["plan", "-V"], "no such option -V (it is an option of `vmsnap-lint`"),
        (["--complete", "sc", "."], 'kind "sc" is not checked (did you mean "StorageClass"?)'),
        (
            ["--kubevirt", "latest", "."],
            'no KubeVirt release "latest" is known: name a line from 0.31 to 1.9, or',
        ),
        (["--format", "jsn", "."], '(did you mean "json"?)'),
        (["--facts-max-age", "soon", "."], '--facts-max-age: "soon" is not an age such as 30d'),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(arguments: list[str], expected: str) -> None:
    assert expected in mistake(*arguments)


def test_a_flag_is_named_once_for_all_its_mistakes() -> None:
    line = mistake("--complete", "sc,pvc", ".")
    assert line.count("--complete") == 1
    assert '"PersistentVolumeClaim"' in line


@pytest.mark.parametrize("arguments", [["-q", "-v"], ["--verbose", "--quiet"], ["plan", "-qv"]])
def test_quiet_and_verbose_exclude_each_other(arguments: list[str]) -> None:
    assert mistake(*arguments, ".").startswith("--quiet and --verbose exclude each other")


def test_a_flag_overrides_the_opposite_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("quiet: true\n")
    assert lint("--config", tmp_path / "c.yaml", "-v", "--allow-empty", tmp_path).returncode == 0


def test_a_path_that_is_there_is_no_verb(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    assert "verb" not in mistake("-q", tmp_path / "plan")
