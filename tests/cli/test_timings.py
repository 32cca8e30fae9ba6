"""--timings shows what the stages of a run took, on standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT
from vmsnap_lint import cli
from vmsnap_lint.cli import timings
from vmsnap_lint.core import stages

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = str(ROOT / "examples" / "shop")
START = "start (interpreter, imports, settings)"


def _table(text: str) -> list[list[str]]:
    """The rows of the table, each a stage with its columns."""
    lines = text.splitlines()
    head = next(at for at, line in enumerate(lines) if line.split()[:2] == ["seconds", "processor"])
    width = len(lines[head]) - len(lines[head].lstrip()) - 3
    rows = [line for line in lines[head + 1 :] if not line.startswith("peak")]
    return [[line[:width].strip(), *line[width:].split()] for line in rows]


def test_a_lint_shows_its_stages_with_what_they_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--timings", "--render", "never", SHOP]) == cli.FINDINGS
    told = capsys.readouterr().err
    names = [name for name, *_ in _table(told)]
    stages_of_a_lint = (
        START, "reading files: ", "parsing files: ", "following ",
        "judging ", "writing the result", "all",
    )  # fmt: skip
    assert len(names) == len(stages_of_a_lint)
    assert all(map(str.startswith, names, stages_of_a_lint))
    assert names[1].partition(": ")[2].isdecimal()
    assert "\npeak memory: " in told


def test_a_plan_shows_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["plan", "--timings", "--render", "never", SHOP])
    assert _table(capsys.readouterr().err)[-2][0] == "writing the result"


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_the_result_is_the_same(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [verb, "--render", "never", "--format", "json", SHOP]
    code = cli.run(words)
    plain = capsys.readouterr()
    assert cli.run([*words, "--timings"]) == code
    timed = capsys.readouterr()
    assert timed.out == plain.out
    assert json.loads(timed.out)
    assert timed.err.startswith(plain.err)


def test_they_stand_behind_all_else_even_with_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["--timings", "--quiet", "--render", "never", SHOP])
    assert capsys.readouterr().err.split()[:2] == ["seconds", "processor"]


def test_nothing_is_imported_nor_recorded_unless_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = (
        "import sys; from vmsnap_lint import cli; from vmsnap_lint.core import stages\n"
        f"cli.run(['--render', 'never', {SHOP!r}])\n"
        "print('vmsnap_lint.cli.timings' in sys.modules, stages._STAGE.ended)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("False None\n")


def test_a_run_that_fails_shows_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--timings", "none.yaml"]) == cli.USAGE
    assert "processor" not in capsys.readouterr().err
    assert stages._STAGE.ended is None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[timings._Moment]]:
    """The moments that are told, one after the other; the process started half a second before."""
    moments: list[timings._Moment] = []
    monkeypatch.setattr(timings, "_moment", lambda: moments.pop(0))
    monkeypatch.setattr(timings, "_seconds_since_start", lambda: 0.5)
    monkeypatch.setattr(timings, "_memory", lambda: iter(["memory"]))
    yield moments
    assert not moments


def test_stages_of_one_name_are_added_up_and_other_processes_stand_apart(
    clock: list[timings._Moment],
) -> None:
    told = [(10, 0.2, 0), (11, 0.5, 0), (13, 1.5, 0), (18, 1.75, 7), (20, 2.75, 7)]
    clock += [timings._Moment(*each) for each in told]
    with timings.recorded() as times:
        stages.enter("reading files")
        stages.step()
        stages.enter("building trees", 4)
        for _ in range(4):
            stages.step()
        stages.enter("reading files")
        stages.step()
    assert list(times.lines()) == [
        "                                         seconds  processor  others' processor",
        "start (interpreter, imports, settings)     1.500      0.500              0.000",
        "reading files: 2                           4.000      2.000              0.000",
        "building trees: 4                          5.000      0.250              7.000",
        "all                                       10.500      2.750              7.000",
        "memory",
    ]


def test_the_column_of_other_processes_is_there_only_if_there_were_some(
    clock: list[timings._Moment],
) -> None:
    clock += [timings._Moment(10, 0.2, 0), timings._Moment(11, 0.5, 0)]
    with timings.recorded() as times:
        pass
    assert next(times.lines()).split() == ["seconds", "processor"]


def test_the_start_of_the_process_is_that_of_the_platform() -> None:
    code = (
        "import time; began = time.monotonic(); time.sleep(0.3)\n"
        "from vmsnap_lint.cli import timings\n"
        "print(timings._seconds_since_start() - (time.monotonic() - began))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before = float(run.stdout)
    assert -0.31 < before < 5  # how long the interpreter took, or less where nothing tells it


def test_a_platform_that_tells_nothing_counts_from_the_processor_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timings, "_STAT", "/nowhere")
    monkeypatch.setattr(timings, "_STATUS", "/nowhere")
    monkeypatch.setattr("time.process_time", lambda: 12.5)
    assert timings._seconds_since_start() == 12.5
    assert timings._high_water() == 0
    assert next(timings._memory()).startswith("peak memory: ")
