"""A tree may read its repository; without one, what is linted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, lint, not_checked, write
from vmsnap_lint.deploy.render.projects import NotRead, Project, Projects
from vmsnap_lint.input.sources import Sources

if TYPE_CHECKING:
    from pathlib import Path


def projects(*locations: Path) -> Projects:
    return Projects(Sources((), 0, (), locations=frozenset(map(str, locations))))


def test_a_repository_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    found = projects().of(str(tmp_path / "repository" / "deep" / "down"))
    assert (found.directory, found.is_repository) == (f"{tmp_path}/repository/", True)


def test_without_one_it_is_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for charts, which may lead anywhere by links, only what is linted."""
    tree = tmp_path / "base" / "tree"
    tree.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "base")
    found = projects(tree / "a" / "x.yaml", tree / "b" / "y.yaml")
    assert found.of(str(tree / "a")).directory == f"{tmp_path}/base/"
    assert found.linted(str(tree / "a")).directory == f"{tree}/"
    assert found.linted(str(tmp_path / "other")).directory == f"{tmp_path}/other/"
    monkeypatch.chdir(tmp_path / "base" / "tree")
    found = projects(tree / "a" / "x.yaml", tree / "b" / "y.yaml")
    assert found.of(str(tmp_path / "base")).directory == f"{tmp_path}/base/"


def test_the_root_of_the_system_is_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    found = projects(tmp_path / "x.yaml", (tmp_path / "/").parent / "dev" / "y.yaml")
    assert found.of(str(tmp_path)).directory == f"{tmp_path}/"
    assert projects().of(str(tmp_path)).directory == f"{tmp_path}/"


@pytest.mark.parametrize(
    ("text", "reason", "fails"),
    [
        ("a.yaml", "", False), ("../x/a.yaml", "", False), ("missing", "", False), (".", "", False),
        ("../..", "outside", False), ("../../gone", "outside", True), ("a\0", "no path", True),
        ("\ud800", "no path", True), ("/x/a.yaml", "absolute", True), ("loop", "", False),
        ("up", "link", False), ("up/x.yaml", "link", True), (".git/config", "git itself", False),
        (".GIT/config", "git itself", False), ("../gitlink/config", "git itself", False),
        ("pipe", "neither", True), ("up/../a.yaml", "", False),
    ],
)  # fmt: skip
def test_what_is_read(tmp_path: Path, text: str, reason: str, fails: bool) -> None:
    """`..` takes back a link, as for kustomize, not what it leads to."""
    directory = tmp_path / "project" / "x"
    (directory / ".git").mkdir(parents=True)
    (directory / "a.yaml").touch()
    (directory / "up").symlink_to(tmp_path)
    (directory / "loop").symlink_to("loop")
    (tmp_path / "project" / "gitlink").symlink_to("x/.git")
    os.mkfifo(directory / "pipe")
    found = Project(f"{tmp_path}/project/", "repository").find(str(directory), text)
    assert isinstance(found, NotRead) == bool(reason)
    if isinstance(found, NotRead):
        assert (reason in found.reason, found.fails) == (True, fails)


def test_outside_of_a_repository_trees_stay_in_it_too(
    tmp_path: Path, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {
        "outside/kustomization.yaml": "namespace: x\n",
        "base/a/kustomization.yaml": "resources: [snapshot.yaml, ../../outside]\n",
        "base/a/snapshot.yaml": SNAPSHOT,
    })  # fmt: skip
    monkeypatch.chdir(tmp_path / "base")
    reason = not_checked(lint(tools, "a"))["a/kustomization.yaml"]
    assert '"../../outside" is outside of the working directory' in reason
