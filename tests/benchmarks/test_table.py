"""The arithmetic of the benchmark's table: medians, ratios, limits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks import programs, table
from benchmarks.measured import LEAST, MOST, Figures, Taken, figures, runs, turns
from benchmarks.programs import (
    BARE,
    KUBECONFORM,
    KUSTOMIZE,
    OURS,
    PARSER,
    READER,
    RENDERING,
    TENTH,
    Program,
    Target,
)  # fmt: skip

if TYPE_CHECKING:
    from pathlib import Path


def _took(seconds: float, megabytes: float = 50.0, cpu: float = 1.0, lacks: str = "") -> Figures:
    return Figures(seconds, seconds, seconds, cpu, megabytes, 3, lacks)


def _row(target: str, figures: dict[str, Figures], program: str) -> table.Row:
    rows = table.rows(target, "", figures, is_full=True)
    return next(row for row in rows if row.program == program)


def test_figures_are_medians_with_the_spread_and_the_highest_peak() -> None:
    taken = [Taken(3.0, 2.5, 70.0), Taken(1.0, 0.5, 90.0), Taken(1.5, 1.0, 80.0)]
    assert figures(taken) == Figures(1.5, 1.0, 3.0, 1.0, 90.0, 3)


@pytest.mark.parametrize(
    ("seconds", "is_peer", "number"),
    [(0.001, False, MOST), (1.5, False, 10), (60.0, False, LEAST), (60.0, True, 0)],
)
def test_what_takes_longer_is_run_less_often(seconds: float, is_peer: bool, number: int) -> None:
    assert runs(Taken(seconds, 0, 0), is_peer) == number


def test_what_does_not_answer_is_not_run_again() -> None:
    assert runs(Taken(1.0, 1.0, 1.0, "exit 3"), is_peer=False) == 0


@pytest.mark.parametrize(
    ("target", "base", "limit"),
    [
        ("tiny", BARE, 5.0), ("dense", PARSER, 1.0), ("monorepo", READER, 1.5),
        ("clusters", KUSTOMIZE, 1.3), ("fleet", KUBECONFORM, 0.35), ("fleet", READER, 4.0),
    ],
)  # fmt: skip
def test_ours_is_divided_by_each_base_and_has_a_limit(target: str, base: str, limit: float) -> None:
    within = _row(target, {OURS: _took(limit, cpu=limit), base: _took(1.0)}, base)
    assert (within.ratio, within.limit, within.is_over) == (limit, limit, False)
    beyond = _row(target, {OURS: _took(limit + 0.1, cpu=limit + 0.1), base: _took(1.0)}, base)
    assert beyond.is_over


def test_builds_are_compared_by_processor_time() -> None:
    row = _row("clusters", {OURS: _took(9.0, cpu=1.2), KUSTOMIZE: _took(1.0)}, KUSTOMIZE)
    assert row.ratio == 1.2
    assert not row.is_over


def test_reading_is_the_measure_of_a_directory_only_without_kubeconform() -> None:
    reading = {OURS: _took(5.0), READER: _took(1.0)}
    assert _row("fleet", reading, READER).is_over
    with_peer = {**reading, KUBECONFORM: _took(20.0)}
    assert _row("fleet", with_peer, READER).limit is None
    assert not _row("fleet", with_peer, KUBECONFORM).is_over
    ended = {**reading, KUBECONFORM: _took(60.0, lacks="killed after 60 s")}
    assert _row("fleet", ended, READER).limit == 4.0


def test_ten_times_the_input_is_held_against_eleven_times_time_and_memory() -> None:
    row = _row("deep", {OURS: _took(10.0, 500.0), TENTH: _took(1.0, 50.0)}, TENTH)
    assert (row.ratio, row.growth, row.limit, row.is_over) == (10.0, 10.0, 11.0, False)
    assert _row("deep", {OURS: _took(12.0), TENTH: _took(1.0)}, TENTH).is_over
    assert _row("deep", {OURS: _took(1.0, 600.0), TENTH: _took(1.0, 50.0)}, TENTH).is_over


def test_growth_has_its_limit_at_every_scale() -> None:
    figures = {OURS: _took(12.0, 900.0), TENTH: _took(1.0), PARSER: _took(1.0)}
    rows = table.rows("dense", "", figures, is_full=False)
    assert [row.program for row in rows if row.is_over] == [TENTH]


@pytest.mark.parametrize(
    ("target", "limit"), [("wide", 400.0), ("export", 400.0), ("monorepo", 150.0), ("any", 150.0)]
)
def test_memory_has_limits(target: str, limit: float) -> None:
    assert not _row(target, {OURS: _took(1.0, limit)}, OURS).is_over
    assert _row(target, {OURS: _took(1.0, limit + 1)}, OURS).is_over


def test_a_run_of_ours_that_fails_is_over() -> None:
    rows = table.rows(
        "dense", "", {OURS: _took(1.0, lacks="exit 3"), PARSER: _took(1.0)}, is_full=True
    )
    assert table.over(rows) == ["dense: vmsnap-lint, exit 3"]
    assert rows[1].ratio is None


def test_what_renders_is_shown_without_a_ratio() -> None:
    assert _row("monorepo", {OURS: _took(1.0), RENDERING: _took(9.0)}, RENDERING).ratio is None


def test_the_table_in_markdown() -> None:
    figures = {
        OURS: _took(0.5, 40.0), BARE: _took(0.125, 9.0),
        "yamllint": _took(60.0, lacks="killed after 60 s"),
    }  # fmt: skip
    *_, ours, bare, ended = table.markdown(table.rows("tiny", "3 files", figures, is_full=True))
    first = "tiny: 3 files | vmsnap-lint | 0.500 s | 0.500 to 0.500, 3 runs | 1.00 s | 40 MB"
    assert ours == f"| {first} | | |"
    rest = "python -c pass | 0.125 s | 0.125 to 0.125, 3 runs | 1.00 s | 9 MB | 4.00x | 5x"
    assert bare == f"| | {rest} |"
    assert "| killed after 60 s | | 1.00 s | 50 MB | under 0.01x | |" in ended


def test_json_has_all_figures() -> None:
    rows = table.rows("tiny", "3 files", {OURS: _took(0.5), BARE: _took(0.05)}, is_full=True)
    told = table.as_json(rows, {"date": "2026-11-29"})
    assert told["date"] == "2026-11-29"
    assert told["rows"][1]["is_over"]
    assert told["rows"][1]["figures"]["seconds"] == 0.05


def test_the_section_between_the_marks_is_replaced() -> None:
    page = table.replaced(table.replaced(f"a\n{table.BEGIN}{table.END}b\n", "one\n"), "two\n")
    assert page == f"a\n{table.BEGIN}two\n{table.END}b\n"


def test_a_program_is_timed_with_its_peak_and_the_limit_is_kept() -> None:
    held = "data = bytearray(80_000_000); print('4 files (')"
    figures = turns(
        {
            "quick": Program((sys.executable, "-c", held), is_peer=True, answer=" files ("),
            "endless": Program((sys.executable, "-c", "while True: pass"), is_peer=True),
            "failing": Program((sys.executable, "-c", "raise SystemExit(2)"), is_peer=True),
            "idle": Program((sys.executable, "-c", "pass"), is_peer=True, answer="files"),
            "own": Program((sys.executable, "-c", "print(42.5)"), tells_time=True),
        },
        limit=0.5,
        seconds=0.2,
    )
    assert figures["quick"].megabytes > 80
    assert figures["own"].megabytes < 40
    assert figures["own"].seconds == 42.5
    lacks = {name: each.lacks for name, each in figures.items()}
    assert lacks == {
        "quick": "", "endless": "killed after 0.5 s", "failing": "exit 2",
        "idle": "did not read all", "own": "",
    }  # fmt: skip


def test_only_peers_that_are_there_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "tree").mkdir()
    target = Target("fleet", "", tmp_path / "tree", is_generated=False)
    assert list(programs.of(target, tmp_path)) == [OURS, READER]
    assert programs.of(target._replace(name="clusters"), tmp_path) == {}
    (tmp_path / "kubeconform").touch(0o755)
    called = programs.of(target, tmp_path)[KUBECONFORM].command
    assert "-ignore-missing-schemas" in called
    assert called[-2:] == (f"{tmp_path}/{{{{.ResourceKind}}}}.json", str(tmp_path / "tree"))


def test_a_peer_that_stops_early_is_no_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kubeconform ends its walk at a broken link, with the exit code of an invalid object."""
    for name in ("a.yaml", "b.yml", "c.json", "notes.txt"):
        (tmp_path / "tree").mkdir(exist_ok=True)
        (tmp_path / "tree" / name).touch()
    (tmp_path / "tree" / "link.yaml").symlink_to("nowhere")
    peer = tmp_path / "kubeconform"
    peer.write_text('#!/bin/sh\necho "Summary: 9 resources found in ${READ} files"\nexit 1\n')
    peer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    target = Target("fleet", "", tmp_path / "tree", is_generated=False)
    program = programs.of(target, tmp_path)[KUBECONFORM]
    read = {}
    for files in ("2", "3"):
        monkeypatch.setenv("READ", files)
        read[files] = turns({KUBECONFORM: program}, limit=20, seconds=0)[KUBECONFORM]
    assert {files: each.lacks for files, each in read.items()} == {"2": "did not read all", "3": ""}
    early = {OURS: _took(1.0), KUBECONFORM: read["2"], READER: _took(1.0)}
    assert _row("fleet", early, KUBECONFORM).ratio is None
    assert _row("fleet", early, READER).limit == 4
