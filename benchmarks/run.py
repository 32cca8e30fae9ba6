"""Measures the linter against the C parser and the bare interpreter: `python -m benchmarks.run`.

Figures of a shared machine drift, so everything is a ratio of medians taken in turns in one run.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.tree import make

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = 2000
FEW = 3
LIMITS = {"tree": 2.0, "start": 8.0, "memory": 150.0}

# What the C parser alone needs: its events for the bytes of every file, reading not counted.
_EVENTS = """
import sys, time
from pathlib import Path
from ruamel.yaml.cyaml import CParser
texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).rglob("*.yaml"))]
start = time.perf_counter()
for text in texts:
    parser = CParser(text)
    while parser.get_event() is not None:
        pass
print(time.perf_counter() - start)
"""


def _timed(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def _events(folder: Path) -> float:
    command = [sys.executable, "-c", _EVENTS, str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _lint(target: Sequence[Path]) -> list[str]:
    return [str(Path(sys.executable).with_name("vmsnap-lint")), *map(str, target)]


def _tree(folder: Path, runs: int) -> tuple[float, float]:
    """Medians of a whole lint of the tree, and of the parser's events for it, in seconds."""
    pairs = [(_timed(_lint([folder])), _events(folder)) for _ in range(runs + 1)][1:]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def _start(few: Sequence[Path], runs: int) -> tuple[float, float]:
    """Medians of a whole lint of a few files, and of an interpreter that does nothing."""
    bare = [sys.executable, "-c", "pass"]
    pairs = [(_timed(_lint(few)), _timed(bare)) for _ in range(runs + 1)][1:]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def main() -> int:
    """Prints the table; 1 when a figure is over its limit."""
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there, "tree")
        written = make(folder, FILES)
        lint, events = _tree(folder, runs=7)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        few, bare = _start(written[:FEW], runs=25)
    rows = [
        ("tree", f"{FILES} files / events of the C parser", lint, events, lint / events),
        ("start", f"{FEW} files / python -c pass", few, bare, few / bare),
    ]
    print("| what | ours | base | ratio | limit |")
    print("|---|---|---|---|---|")
    for key, what, ours, base, ratio in rows:
        print(f"| {what} | {ours:.3f} s | {base:.3f} s | {ratio:.2f}x | {LIMITS[key]:.1f}x |")
    print(f"| memory for {FILES} files | {memory:.0f} MB | | | {LIMITS['memory']:.0f} MB |")
    over = [key for key, *_, ratio in rows if ratio > LIMITS[key]]
    return int(bool(over) or memory > LIMITS["memory"])


if __name__ == "__main__":
    sys.exit(main())
