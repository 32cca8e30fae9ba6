"""Files are read once a run, and by several processes as by one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from vmsnap_lint.core import workers
from vmsnap_lint.input import readings
from vmsnap_lint.input.readings import Content, Readings, Searched

NOTHING = Searched(Content.NOTHING)
PVC, OTHER, UPLOAD = b"kind: PersistentVolumeClaim", b"kind: Deployment", b"virtctl image-upload"
RESULTS = {
    PVC: Searched(Content.OURS, PVC),
    OTHER: NOTHING,
    UPLOAD: Searched(Content.COMMANDS, UPLOAD),
    b"a: mark": Searched(Content.MARKED, b"a: mark"),
    b"kind: ConfigMap": NOTHING._replace(shows_config_map=True),
}


@pytest.fixture
def locations(tmp_path: Path) -> list[str]:
    """Files of which some matter, one is gone, and one became a directory."""
    every = [tmp_path / f"{number}.yaml" for number in range(200)]
    for number, file in enumerate(every):
        file.write_bytes(list(RESULTS)[number % 5])
    every[7].unlink()
    every[9].unlink()
    every[9].mkdir()
    return list(map(os.fspath, every))


def found(locations: list[str], special: tuple[str, ...] = ()) -> list[Searched]:
    return list(Readings().search(locations, special, [b"mark"]))


def test_bytes_of_files_of_others_are_not_kept(locations: list[str]) -> None:
    expected = [RESULTS[key] for key in RESULTS] * 40
    expected[7] = NOTHING._replace(fault="no such file or directory")
    expected[9] = NOTHING._replace(fault="it is a directory")
    assert found(locations) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process")
@pytest.mark.parametrize("room", [0, 10, 300, 2**25])
def test_other_processes_find_the_same(
    locations: list[str], monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    alone = found(locations, (locations[3],))
    monkeypatch.setattr(workers, "_LEAST_SECONDS", 0)
    monkeypatch.setattr(readings, "_BLOCK", 2)
    monkeypatch.setattr(readings, "_MOST_SENT", room)
    for processes in (1, 2, 4):
        monkeypatch.setattr(workers._Allowed, "processes", processes)
        assert found(locations, (locations[3],)) == alone


def test_what_does_not_fit_into_memory_is_read_when_it_is_asked_for(
    locations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = found(locations)
    ahead = readings._Ahead([b"mark"])
    ahead.room = len(PVC)
    assert sum(each is readings._LEFT for each in ahead.read(locations)) == 199
    monkeypatch.setattr(readings, "_MOST_SENT", 1)
    assert found(locations) == expected


def test_a_file_is_read_once(locations: list[str]) -> None:
    known = Readings()
    first = list(known.search(locations, (), ()))
    for location in locations[10:]:
        Path(location).unlink()
    assert list(known.search(locations, (), ())) == first


def test_what_is_remembered_is_bounded(
    locations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "_MOST_FOUND", len(PVC))
    known = Readings()
    *_, last = list(known.search(locations[:6], (), ()))
    Path(locations[0]).unlink()
    Path(locations[5]).unlink()
    first, *_, last = known.search(locations[:6], (), ())
    assert (first.fault, last.fault) == ("", "no such file or directory")
