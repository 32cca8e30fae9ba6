"""Measures the linter against its peers and the least that the work can cost.

`python -m benchmarks.run` makes and measures all trees; names of trees and directories may follow.
Figures of a shared machine drift, so everything is a ratio of medians taken in turns in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import programs, table
from benchmarks.measured import turns
from benchmarks.programs import Target
from benchmarks.trees import TREES, cached, described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.table import Row

_README = Path(__file__).with_name("README.md")
_QUIET = 0.3  # the load of a quiet machine
_MANY = 1_000  # files, from which on a directory has limits


def main() -> int:
    """Prints the table; 1 when a figure is over its limit, 2 for a mistake."""
    asked = _arguments()
    about = _about(asked.scale)
    if about["load"] > _QUIET:
        sys.stderr.write(f"warning: the load is {about['load']}: measure on a quiet machine\n")
    with tempfile.TemporaryDirectory() as there:
        trees = asked.trees or Path(there, "trees")
        rows = list(_measured(asked, trees.resolve(), Path(there)))
    lines = [*_head(about), "", *table.markdown(rows)]
    print("\n".join(lines))
    if asked.json:
        asked.json.write_text(json.dumps(table.as_json(rows, about), indent=2) + "\n")
    if asked.write:
        section = "\n".join(["", *lines, "", ""])
        _README.write_text(table.replaced(_README.read_text(), section))
    too_much = table.over(rows)
    print("\n" + ("\n".join(f"over its limit: {line}" for line in too_much) or "all in limits"))
    return int(bool(too_much))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TREE|DIRECTORY", default=[*TREES],
                        help=f"any of {', '.join(TREES)}, or a directory (all trees)")  # fmt: skip
    parser.add_argument("--scale", type=float, default=1.0, help="the size of the trees (1)")
    parser.add_argument("--trees", type=Path, help="a directory where trees are kept")
    parser.add_argument("--seconds", type=float, default=60.0, help="what a peer may take (60)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures")
    parser.add_argument("--write", action="store_true", help="write the table to the README")
    asked = parser.parse_args()
    unknown = [name for name in asked.targets if name not in TREES and not Path(name).is_dir()]
    if unknown:
        parser.error(f"neither a tree nor a directory: {', '.join(unknown)}")
    return asked


def _measured(asked: argparse.Namespace, trees: Path, scratch: Path) -> Iterator[Row]:
    schemas = scratch / "schemas"
    schemas.mkdir()
    for name in asked.targets:
        target = _target(name, asked.scale, trees)
        of_target = programs.of(target, schemas)
        if programs.OURS not in of_target:
            sys.stderr.write(f"{name} is left out: neither kustomize nor kubectl is on PATH\n")
            continue
        sys.stderr.write(f"measuring {name}\n")
        figures = turns(of_target, asked.seconds)
        is_full = asked.scale >= 1 or name == "tiny" if target.is_generated else _is_large(target)
        yield from table.rows(target.name, target.what, figures, is_full=is_full)


def _target(name: str, scale: float, trees: Path) -> Target:
    if name not in TREES:
        folder = Path(name).resolve()
        return Target(folder.name, _size(folder), folder, is_generated=False)
    tenth = _made(name, scale / 10, trees) if name in programs.GROWING else None
    return Target(name, described(name, scale), _made(name, scale, trees), tenth)


def _size(folder: Path) -> str:
    """How much a directory holds."""
    sizes = [path.stat().st_size for path in programs.manifests(folder)]
    return f"{len(sizes):,} files, {sum(sizes) / 1e6:.0f} MB"


def _is_large(target: Target) -> bool:
    """Whether more than the start of a program can be measured on a directory."""
    return len(programs.manifests(target.folder)) >= _MANY


def _made(name: str, scale: float, trees: Path) -> Path:
    """The tree, made in a process of its own where it is not there yet."""
    folder = cached(name, scale, trees)
    if not folder.exists():
        sys.stderr.write(f"making {name} at scale {scale:g}\n")
        unfinished = folder.with_name("unfinished")
        words = [sys.executable, "-m", "benchmarks.trees", name, str(scale), str(unfinished)]
        subprocess.run(words, check=True, cwd=_README.parent.parent)
        unfinished.rename(folder)
    return folder


def _about(scale: float) -> dict[str, Any]:
    """The machine, the date, and the versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": time.strftime("%Y-%m-%d"), "machine": _processor(), "cores": cores,
        "load": round(os.getloadavg()[0], 2), "python": platform.python_version(),
        "scale": scale, "programs": programs.versions(),
    }  # fmt: skip


def _processor() -> str:
    """What the processor calls itself, else its architecture."""
    info = Path("/proc/cpuinfo")
    lines: Sequence[str] = info.read_text().splitlines() if info.exists() else ()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()}, {next(names, platform.processor() or 'unknown')}"


def _head(about: Mapping[str, Any]) -> Iterator[str]:
    quiet = "a quiet machine" if about["load"] <= _QUIET else "a machine that had other work"
    yield (
        f"{about['date']}: {about['machine']}, {about['cores']} cores, {quiet} (load "
        f"{about['load']} before), Python {about['python']}, scale {about['scale']:g}."
    )
    yield ""
    yield from (f"- {name}: {version}" for name, version in about["programs"].items())


if __name__ == "__main__":
    sys.exit(main())
