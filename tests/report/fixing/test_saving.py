"""Fixed files take the place of the old ones: those of one fix all together, or none."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from vmsnap_lint.core import bounded_files
from vmsnap_lint.core.errors import Interruption
from vmsnap_lint.core.model import Edit, Fix, Safety, Span
from vmsnap_lint.report.fixing.edited_file import EditedFile, opened
from vmsnap_lint.report.fixing.saving import found, saved


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, a repository with three files."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        Path(name).write_text("x: 1\n")
    return tmp_path


def _edited(name: str) -> EditedFile:
    known = opened(Path(name).read_bytes())
    assert known is not None
    return known.changed([(3, 4, "2")])


def _fix(*names: str) -> Fix:
    edits = tuple(Edit(name, Span(1, 4, 1, 5), "2") for name in names)
    return Fix("mend it", Safety.SAFE, edits)


def test_files_of_one_fix_are_written_together_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(location: str, data: bytes) -> None:
        if location.endswith("/b"):
            raise OSError(28, "No space left on device")
        bounded_files.replace(location, data)

    monkeypatch.setattr("vmsnap_lint.report.fixing.saving.replace", failing)
    files = {name: _edited(name) for name in "abc"}
    refused = saved(files, [_fix("a", "b"), _fix("c")])
    assert refused == {"a": "b is left (no space left on device)", "b": "no space left on device"}
    assert [Path(name).read_text() for name in "abc"] == ["x: 1\n", "x: 1\n", "x: 2\n"]


def test_a_signal_leaves_files_of_one_fix_as_they_were_and_nothing_beside_them(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    fsync = os.fsync

    def interrupted(file: int) -> None:
        synced.append(file)
        if len(synced) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        fsync(file)

    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(Interruption):
        saved({name: _edited(name) for name in "ab"}, [_fix("a", "b")])
    assert [Path(name).read_text() for name in "abc"] == ["x: 1\n"] * 3
    assert sorted(each.name for each in folder.iterdir()) == [".git", "a", "b", "c"]


def test_mode_and_access_lists_stay() -> None:
    Path("a").chmod(0o600)
    try:
        os.setxattr("a", "user.note", b"mine")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    assert saved({"a": _edited("a")}, [_fix("a")]) == {}
    assert stat.S_IMODE(Path("a").stat().st_mode) == 0o600
    assert os.getxattr("a", "user.note") == b"mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files")
def test_the_owner_stays() -> None:
    os.chown("a", 12345, 54321)
    assert saved({"a": _edited("a")}, [_fix("a")]) == {}
    known = Path("a").stat()
    assert (known.st_uid, known.st_gid) == (12345, 54321)


def test_another_name_of_a_file_keeps_the_old_text() -> None:
    os.link("a", "other")
    assert saved({"a": _edited("a")}, [_fix("a")]) == {}
    assert (Path("a").read_text(), Path("other").read_text()) == ("x: 2\n", "x: 1\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x: 2\n", "it was changed meanwhile, run it again"),
        (b"\xff\xfe\0", "its encoding cannot be kept, save it as UTF-8"),
    ],
)
def test_what_cannot_be_fixed_is_told(data: bytes, reason: str) -> None:
    Path("b").write_bytes(data)
    linted = b"x: 1\n" if data == b"x: 2\n" else data
    assert found("b", linted) == reason
    assert found("gone", b"") == "no such file or directory"
    assert isinstance(found("a", b"x: 1\n"), EditedFile)
