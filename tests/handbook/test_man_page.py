"""The man page has every command, option and exit code, in roff that all readers accept."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from handbook.man_page import man_page
from handbook.paths import MAN_PAGE
from tests.shared import ROOT
from vmsnap_lint.cli.exit_codes import EXIT_CODES, SIGNAL_CODES
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.config.settings import ROWS


def test_it_is_current() -> None:
    assert MAN_PAGE.read_text(encoding="utf-8") == man_page()


def test_it_is_complete() -> None:
    page = man_page()
    for verb in VERBS:
        assert f"\n\\fB{verb}\\fR" in page
    for flag in (flag for row in ROWS for flag in row.flags):
        assert f"\\fB{flag.replace('-', chr(92) + '-')}\\fR" in page
    for code, _ in (*EXIT_CODES, *SIGNAL_CODES):
        assert f"\n.TP\n\\fB{code}\\fR\n" in page
    for title in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"):
        assert f"\n.SH {title}\n" in page


@pytest.mark.parametrize(
    "command",
    [("mandoc", "-T", "lint", "-W", "style"), ("groff", "-man", "-ww", "-z", "-Tutf8")],
    ids=["mandoc", "groff"],
)
def test_readers_of_roff_have_nothing_to_say(command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    run = subprocess.run(
        [*command, str(MAN_PAGE)], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
