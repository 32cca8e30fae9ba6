"""Rule ids are links (OSC 8) on terminals that are known to make links, and nowhere else."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.report.made import MISSING, SOURCES, rendered, report
from vmsnap_lint import cli
from vmsnap_lint.cli.hyperlinks import supported
from vmsnap_lint.report import render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "https://vmsnap-lint.github.io/vmsnap-lint/rules/source-vm-missing/"
LINK = f"\x1b]8;;{ADDRESS}\x1b\\source-vm-missing\x1b]8;;\x1b\\"


def _set(monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> None:
    for name in tuple(os.environ):
        if name in {"CI", "TERM", "WT_SESSION", "FORCE_HYPERLINK"} or name.startswith("TERM_"):
            monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    "environ",
    [
        {"TERM": "xterm-kitty"},
        {"TERM": "xterm-256color", "VTE_VERSION": "7200"},
        {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.1"},
        {"TERM": "xterm-256color", "TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.72.0-x"},
        {"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203-110809-5046fc22"},
        {"TERM_PROGRAM": "ghostty"},
        {"WT_SESSION": "1"},
    ],
)
def test_terminals_that_make_links(
    environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(monkeypatch, environ)
    assert supported(is_wanted=True)
    assert not supported(is_wanted=False)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM": "xterm-256color"},
        {"TERM": "dumb", "VTE_VERSION": "7200"},
        {"TERM": "linux", "WT_SESSION": "1"},
        {"TERM": "xterm-kitty", "CI": "true"},
        {"VTE_VERSION": "5000"},
        {"VTE_VERSION": "new"},
        {"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.0.9"},
        {"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": ""},
        {"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"},
    ],
)
def test_terminals_that_may_not(
    environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(monkeypatch, environ)
    assert not supported(is_wanted=True)


def test_links_can_be_forced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _set(monkeypatch, {"CI": "true", "FORCE_HYPERLINK": "1"})
    for words in (["rule"], ["rule", "source-vm-missing"]):
        cli.run(words)
        assert LINK in capsys.readouterr().out
    monkeypatch.setenv("FORCE_HYPERLINK", "0")
    cli.run(["rule"])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["full", "concise", "grouped"])
def test_links_change_no_text(name: str) -> None:
    linked = "\n".join(render(name, Result(report(MISSING), SOURCES), Look(links=True)))
    assert LINK in linked
    plain = re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", linked)
    assert plain == "\n".join(rendered(name, report(MISSING)))
