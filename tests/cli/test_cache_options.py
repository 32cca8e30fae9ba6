"""Where results are kept for later runs: in the user's folder for that, or not at all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import command, read_plain
from vmsnap_lint.config.settings import OPTIONS, Settings

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = ("CI", "GITHUB_ACTIONS", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA")
posix = pytest.mark.skipif(sys.platform == "win32", reason="HOME and XDG are those of POSIX")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable that decides."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def folder(settings: Settings | None = None) -> str:
    """Where a run keeps results."""
    return console.prepared(settings or Settings()).cache_dir


@posix
@pytest.mark.parametrize(
    ("platform", "variables", "path"),
    [
        ("linux", {"HOME": "/home/u"}, "/home/u/.cache/vmsnap-lint"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": "/c"}, "/c/vmsnap-lint"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": "c"}, "/home/u/.cache/vmsnap-lint"),
        ("linux", {}, ""),
        ("linux", {"HOME": "here"}, ""),
        ("darwin", {"HOME": "/Users/u"}, "/Users/u/Library/Caches/vmsnap-lint"),
        ("win32", {"HOME": "/home/u", "LOCALAPPDATA": "/local"}, "/local/vmsnap-lint"),
        ("win32", {"HOME": "/home/u"}, ""),
        ("linux", {"HOME": "/home/u", "CI": "true"}, ""),
        ("linux", {"HOME": "/home/u", "GITHUB_ACTIONS": "true"}, ""),
    ],
)
def test_the_folder_is_that_of_the_user(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], path: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert folder() == path


def test_a_folder_that_is_given_counts_also_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert folder(Settings(cache_dir="kept")) == "kept"


def test_nothing_is_kept_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/u")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert folder(Settings(cache=False, cache_dir="kept")) == ""
    assert folder(Settings(render="never", cache_dir="kept")) == ""


def test_it_is_an_option_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plain = read_plain(["--no-cache", "--cache-dir", "kept"])
    assert plain is not None
    assert (plain.settings.cache, plain.settings.cache_dir) == (False, "kept")
    (tmp_path / ".vmsnap-lint.yaml").write_text("no-cache: true\n")
    assert command("check", (), {}).settings.cache is False


def test_a_repository_cannot_choose_the_folder() -> None:
    """It could hold results that nobody computed."""
    keys = {option.key for option in OPTIONS}
    assert ("no-cache" in keys, "cache-dir" in keys) == (True, False)
