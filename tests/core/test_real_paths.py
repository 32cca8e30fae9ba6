"""Real paths are those of the system, however often they are asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.core.real_paths import common_directory, forget, real_directory, real_path

if TYPE_CHECKING:
    from pathlib import Path

_PATHS = (
    "a/file.yaml", "link/file.yaml", "a/linked.yaml", "a/out.yaml", "a/none.yaml", "none/none.yaml",
    "a/../a/file.yaml", "a/..", "a/.", "a/", "link", "link/", "link/..", "loop", "loop/file.yaml",
    "a/loop.yaml", "deep/link/b/file.yaml", "broken/file.yaml", "a/broken.yaml", "", ".", "..",
    "a//file.yaml", "./a/file.yaml", "link/../file.yaml", "a/file.yaml/below",
)  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    forget()
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "deep").mkdir()
    for file in ("a/file.yaml", "a/b/file.yaml", "file.yaml"):
        (tmp_path / file).write_text("")
    links = {
        "link": "a", "a/linked.yaml": "b/file.yaml", "a/out.yaml": "../file.yaml",
        "loop": "loop", "a/loop.yaml": "loop.yaml", "deep/link": "../link",
        "broken": "gone", "a/broken.yaml": "gone",
    }  # fmt: skip
    for link, target in links.items():
        (tmp_path / link).symlink_to(target)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", _PATHS)
def test_a_real_path_is_that_of_the_system(tree: Path, path: str) -> None:
    for each in (path, f"{tree}/{path}", f"/{path}", f"//{path}"):
        assert [real_path(each) for _ in range(2)] == [os.path.realpath(each)] * 2
        assert real_directory(each) == os.path.realpath(each)


def test_a_directory_is_looked_at_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_path(f"{tree}/a/b/file.yaml")
    monkeypatch.setattr("os.path.realpath", None)
    assert real_path(f"{tree}/a/b/other.yaml") == f"{tree}/a/b/other.yaml"


@pytest.mark.parametrize(
    ("files", "directory"),
    [
        (("a/b/x", "a/b-c/x", "a/b/c/x"), "a"), (("a/b/x", "a/bb/x"), "a"),
        (("a/x", "link/b/x"), "a"),
        (("a/b/x", "a/b/y"), "a/b"), (("deep/link/b/x", "file.yaml"), ""), (("link/x",), "a"),
    ],
)  # fmt: skip
def test_the_common_directory_of_files_is_a_real_one(
    tree: Path, files: tuple[str, ...], directory: str
) -> None:
    assert common_directory(frozenset(f"{tree}/{file}" for file in files)) == str(tree / directory)


def test_no_directory_is_common_to_no_files() -> None:
    assert common_directory(frozenset()) == ""


def test_a_new_run_sees_other_links(tree: Path) -> None:
    assert real_path("link/file.yaml") == f"{tree}/a/file.yaml"
    (tree / "link").unlink()
    (tree / "link").symlink_to("a/b")
    forget()
    assert real_path("link/file.yaml") == f"{tree}/a/b/file.yaml"
