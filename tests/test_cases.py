"""Whole directories give exactly the findings that their expected.txt lists.

Each directory of tests/cases is linted from inside; `flags.txt`, where there is one, holds flags.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.report.made import rendered
from vmsnap_lint import engine
from vmsnap_lint.cli.command import Command
from vmsnap_lint.cli.parser import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.config.settings import Settings

CASES = Path(__file__).parent / "cases"
NAMES = sorted(entry.name for entry in CASES.iterdir() if entry.is_dir())


def settings_of(case: Path) -> Settings:
    """The settings that the case's flags ask for."""
    flags = case / "flags.txt"
    words = shlex.split(flags.read_text(encoding="utf-8")) if flags.is_file() else []
    command = parse(["check", *words, "."])
    assert isinstance(command, Command)
    return command.settings


def found_in(case: Path, paths: Sequence[str] = (".",)) -> str:
    """The concise output of linting `paths` from inside the case's directory."""
    settings, before = settings_of(case), Path.cwd()
    os.chdir(case)
    try:
        report = engine.lint(tuple(paths), None, settings).report
    finally:
        os.chdir(before)
    return "".join(f"{line}\n" for line in rendered("concise", report, {}))


@pytest.mark.parametrize("name", NAMES)
def test_a_directory_gives_its_expected_findings(name: str) -> None:
    assert found_in(CASES / name) == (CASES / name / "expected.txt").read_text(encoding="utf-8")
