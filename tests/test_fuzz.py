"""The fuzzer finds what is broken, says how to see it again, and makes it small."""

from __future__ import annotations

import resource
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from fuzz import reproduce, run
from fuzz.attempts import Attempts, count, current, results
from fuzz.engines import by_chance
from fuzz.mutation import MOST_BYTES, mutated
from fuzz.program import split
from fuzz.promises import BrokenPromiseError, TooSlowError, hold, kept, within
from fuzz.targets import TARGETS, Target, seeds
from tests.shared import ROOT
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Span

if TYPE_CHECKING:
    from pathlib import Path


def _no_x(data: bytes) -> None:
    kept(b"x" not in data, "an x in the input")


def _endless(_data: bytes) -> None:
    while True:
        pass


def _greedy(_data: bytes) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert len(b"x" * (peak + 350 * 2**20)) > peak


def _usage(_data: bytes) -> None:
    raise UsageError("a\nb")


def test_targets_are_sorted_and_have_seeds() -> None:
    assert [target.name for target in TARGETS] == sorted({target.name for target in TARGETS})
    for target in TARGETS:
        assert seeds(target), target.name


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_changes_depend_on_the_seed_alone_and_stay_short(target: Target) -> None:
    inputs = seeds(target)
    made = [
        [mutated(dice.choice(inputs), dice, inputs, target.pieces) for _ in range(40)]
        for dice in (Random(7), Random(7))
    ]
    assert made[0] == made[1]
    assert max(map(len, made[0])) <= MOST_BYTES
    assert set(made[0]) - set(inputs)


def test_a_fault_is_written_down_once(tmp_path: Path) -> None:
    attempt = Attempts(_no_x, tmp_path, 1.0)
    by_chance(attempt, [b"x", b"yx", b"y"], [b"xx"], seconds=0.1, seed=1)
    ((kind, data),) = results(tmp_path)
    assert (data, "BrokenPromiseError" in kind) == (b"x", True)
    assert count(tmp_path) >= 3


def test_the_input_that_is_tried_is_known(tmp_path: Path) -> None:
    Attempts(_no_x, tmp_path, 1.0)(b"the last one")
    assert current(tmp_path) == b"the last one"


@pytest.mark.parametrize("function", [_no_x, _endless, _greedy, _usage])
def test_whatever_breaks_a_promise_is_told(function: object) -> None:
    assert callable(function)
    with pytest.raises((BrokenPromiseError, TooSlowError)):
        hold(function, b"x", patience=0.2)


@pytest.mark.parametrize(
    "span", [(0, 1, 1, 1), (1, 1, 3, 1), (1, 5, 1, 5), (2, 1, 1, 1), (1, 2, 1, 1)]
)
def test_a_place_outside_of_its_file_is_told(span: tuple[int, int, int, int]) -> None:
    within(Span(1, 1, 2, 3), ["ab", "cd"])
    with pytest.raises(BrokenPromiseError):
        within(Span(*span), ["ab", "cd"])


def test_files_of_an_input_stay_below_its_directory() -> None:
    data = b"a\n=== ../../b.yaml\nc\n=== .git/config\nd\n=== x/.gitignore\ne\n=== /etc/f\ng"
    assert split(data, "m.yaml") == {
        "m.yaml": b"a", "b.yaml": b"c", "config": b"d", "x/.gitignore": b"e", "etc/f": b"g",
    }  # fmt: skip


def test_an_input_is_made_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduce, "BY_NAME", {"no-x": Target("no-x", _no_x, "")})
    monkeypatch.setattr(reproduce, "confine", lambda: None)
    file = tmp_path / "input"
    for data, code, left in ((b"abc\nx\nd" * 50, 1, b"x"), (b"abc", 0, b"abc")):
        file.write_bytes(data)
        monkeypatch.setattr(sys, "argv", ["reproduce", "no-x", str(file), "--shrink"])
        assert reproduce.main() == code
        assert file.read_bytes() == left
    assert "an x in the input" in capsys.readouterr().out


def test_a_run_tells_how_much_was_tried(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "fuzz.run", "--seconds", "1", "--engine", "chance", "--jobs", "2",
        "--target", "patches", "--target", "baseline", "--keep", str(tmp_path),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "by chance" in done.stdout
    assert done.stdout.splitlines()[-1] == "no fault"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_unknown_target_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "--engine", "chance", "--target", "manifests"])
    with pytest.raises(SystemExit):
        run.main()
    assert "no target manifests" in capsys.readouterr().err
