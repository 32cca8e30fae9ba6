"""Entries of a cache come back as they were written, or not at all; nothing of it breaks a run."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core import cache_folder
from vmsnap_lint.core.cache_folder import MOST_ENTRY, CacheFolder

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = "a" * 64, "b" * 64
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are those of POSIX")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the folder is to be."""
    return tmp_path / "cache"


def filled(place: Path, content: bytes = b"kept") -> CacheFolder:
    """A folder with one entry."""
    folder = CacheFolder(str(place))
    folder.write(KEY, content)
    return folder


@pytest.mark.parametrize("content", [b"", b"kept", bytes(range(256)), b"x" * 100_000])
def test_an_entry_is_read_by_a_later_run(place: Path, content: bytes) -> None:
    filled(place, content)
    assert CacheFolder(str(place)).read(KEY) == content
    assert CacheFolder(str(place)).read(OTHER) is None


@posix
def test_nobody_else_reads_it(place: Path) -> None:
    filled(place)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    assert (stat.S_IMODE(place.stat().st_mode), modes) == (0o700, {0o600})


def test_without_a_path_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = CacheFolder("")
    folder.write(KEY, b"kept")
    folder.trim()
    assert (folder.read(KEY), list(tmp_path.iterdir())) == (None, [])


@given(at=st.integers(0, 200), value=st.integers(0, 255), length=st.integers(0, 200))
def test_an_entry_that_is_damaged_or_cut_off_is_none(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, length: int
) -> None:
    place = tmp_path_factory.mktemp("cache")
    filled(place, b"content of an entry")
    whole = (place / KEY).read_bytes()
    damaged = bytearray(whole)
    damaged[at % len(whole)] = value
    for data in (bytes(damaged), whole[: length % len(whole)], whole + b"x"):
        (place / KEY).write_bytes(data)
        assert (CacheFolder(str(place)).read(KEY) is None) == (data != whole)


def test_an_entry_under_another_key_is_none(place: Path) -> None:
    folder = filled(place)
    (place / KEY).rename(place / OTHER)
    assert folder.read(OTHER) is None


@posix
def test_an_entry_that_is_a_link_a_pipe_or_a_directory_is_none(place: Path) -> None:
    folder = filled(place)
    (place / KEY).rename(place / "real")
    (place / KEY).symlink_to(place / "real")
    assert folder.read(KEY) is None
    (place / KEY).unlink()
    os.mkfifo(place / KEY)
    assert folder.read(KEY) is None
    (place / KEY).unlink()
    (place / KEY).mkdir()
    assert folder.read(KEY) is None


@posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_to_is_not_used(place: Path, mode: int) -> None:
    filled(place)
    place.chmod(mode)
    folder = CacheFolder(str(place))
    folder.write(OTHER, b"kept")
    assert (folder.read(KEY), [path.name for path in place.iterdir()]) == (None, [KEY])


@posix
def test_an_entry_that_others_can_write_to_is_none(place: Path) -> None:
    folder = filled(place)
    (place / KEY).chmod(0o666)
    assert folder.read(KEY) is None


@posix
def test_a_folder_and_an_entry_of_someone_else_are_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(place)
    monkeypatch.setattr(os, "geteuid", lambda: place.stat().st_uid + 1)
    folder = CacheFolder(str(place))
    folder.write(OTHER, b"kept")
    assert (folder.read(KEY), [path.name for path in place.iterdir()]) == (None, [KEY])


@posix
def test_a_folder_that_is_a_link_is_not_used(place: Path, tmp_path: Path) -> None:
    filled(tmp_path / "real")
    place.symlink_to(tmp_path / "real")
    folder = CacheFolder(str(place))
    folder.write(OTHER, b"kept")
    assert (folder.read(KEY), len(list(place.iterdir()))) == (None, 1)


def test_a_file_in_place_of_the_folder_is_no_folder(place: Path) -> None:
    place.write_text("mine")
    folder = filled(place)
    assert (folder.read(KEY), place.read_text()) == (None, "mine")


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("name", ["makedirs", "open", "replace"])
def test_a_disk_that_is_full_or_read_only_breaks_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: int
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, name, refuse)
    folder = filled(place)
    folder.trim()
    monkeypatch.undo()
    assert folder.read(KEY) is None
    assert not place.exists() or list(place.iterdir()) == []


def test_what_is_too_long_is_not_kept(place: Path) -> None:
    folder = filled(place, b"x" * (MOST_ENTRY + 1))
    assert (folder.read(KEY), place.exists()) == (None, False)


def test_two_runs_at_once_leave_one_sound_entry(place: Path) -> None:
    one, two = CacheFolder(str(place)), CacheFolder(str(place))
    one.write(KEY, b"same")
    two.write(KEY, b"same")
    assert [path.name for path in place.iterdir()] == [KEY]
    assert one.read(KEY) == two.read(KEY) == b"same"


def test_the_oldest_go_and_files_of_others_stay(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "_MOST_ENTRIES", 8)
    folder = CacheFolder(str(place))
    for number in range(12):
        folder.write(f"{number:064x}", b"kept")
        os.utime(place / f"{number:064x}", (number, number))
    (place / "notes.txt").write_text("mine")
    (place / f"{KEY}.{'0' * 16}.part").write_bytes(b"")
    os.utime(place / f"{KEY}.{'0' * 16}.part", (0, 0))
    folder.trim()
    names = sorted(path.name for path in place.iterdir())
    assert names == [*(f"{number:064x}" for number in range(6, 12)), "notes.txt"]


def test_the_bytes_of_all_are_limited(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "_MOST_BYTES", 2_000)
    folder = CacheFolder(str(place))
    for number in range(4):
        folder.write(f"{number:064x}", b"x" * 600)
        os.utime(place / f"{number:064x}", (number, number))
    folder.trim()
    assert [int(path.name, 16) for path in sorted(place.iterdir())] == [2, 3]


def test_what_is_used_is_not_the_oldest(place: Path) -> None:
    folder = filled(place)
    os.utime(place / KEY, (0, 0))
    folder.read(KEY)
    assert (place / KEY).stat().st_mtime > 0
