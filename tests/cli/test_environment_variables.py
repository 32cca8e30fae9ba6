"""The reference names every environment variable that the program reads."""

from __future__ import annotations

import re

from tests.shared import ROOT
from vmsnap_lint.cli.environment_variables import VARIABLES

_READ = re.compile(r'environ(?:\.get\(|\[)"([A-Z_]+)"')
_OF_TERMINALS = {"TEAMCITY_VERSION", "TERM_PROGRAM_VERSION", "VTE_VERSION"}
_OF_COMPLETION = {"COMP_CWORD", "COMP_WORDS", "SHELL"}  # the shell sets them


def test_every_variable_that_is_read_is_told() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "vmsnap_lint/cli").glob("*.py")]
    read = {name for text in texts for name in _READ.findall(text)}
    assert read - _OF_TERMINALS - _OF_COMPLETION == {name for name, _ in VARIABLES}


def test_each_is_told_once() -> None:
    names = [name for name, _ in VARIABLES]
    assert len(set(names)) == len(names)
