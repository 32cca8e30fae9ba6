"""A tree of a stranger leaks nothing, hangs nothing, and loses nothing in silence.

Each run is a process of its own: 300 MB and 5 MB of output at most, programs that it starts
included; exit 0, 1 or 2; no traceback, no warning, nothing from outside of the tree. On a core of
its own it takes at most 5 s of CPU; here it shares one, where each instruction may take twice as
long, so that the limit tells a tree that hangs from one that does not.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from fuzz.promises import BrokenPromiseError, hold, inert
from fuzz.targets import FOUND, TARGETS, seeds
from tests.hostile import broken, confined, large, outside, pointers, slow
from tests.hostile.tree import Tree, lay
from tests.repositories import git
from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 10.0  # of CPU, see above
TREES = (*broken.TREES, *large.TREES, *outside.TREES, *pointers.TREES, *slow.TREES)
SECRET = f"canary-{secrets.token_hex(8)}"
MEGABYTES, OUTPUT = 300, 5_000_000


class Canary(ThreadingHTTPServer):
    """A server on this machine that notes what it is asked for."""

    asked: list[str]


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Canary)
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Canary]:
    with Canary(("127.0.0.1", 0), _Answer) as canary:
        canary.asked = []
        Thread(target=canary.serve_forever, daemon=True).start()
        yield canary
        canary.shutdown()


def _marked(tree: Tree) -> Any:
    return pytest.param(tree, id=tree.name, marks=pytest.mark.slow)


@pytest.mark.parametrize("tree", [_marked(tree) for tree in TREES])
def test_a_hostile_tree_ends_as_any_other(
    tree: Tree, tmp_path: Path, server: Canary, request: pytest.FixtureRequest
) -> None:
    place, hidden = tmp_path / "tree", tmp_path / "outside"
    place.mkdir()
    hidden.mkdir()
    (hidden / "canary").write_text(f"secret: {SECRET}\n")
    server.asked.clear()
    lay(tree, place, str(hidden), f"127.0.0.1:{server.server_port}")
    git(place, "init", "-q")
    tools = request.getfixturevalue("tools") if tree.renders else ""
    cost, output, notes = _run(tree, place, tools)
    assert not cost["ended"], "it hangs"
    assert cost["code"] in (0, 1, 2), notes[-2000:]
    assert not re.search(r"Traceback|Warning\b", notes), notes[-2000:]
    assert SECRET not in output + notes
    assert server.asked == []
    assert len(output) + len(notes) < OUTPUT
    assert cost["cpu"] < SECONDS
    assert cost["megabytes"] < MEGABYTES
    inert(output)
    inert(notes)
    assert not tree.never or tree.never not in output
    assert not tree.says or tree.says in _told(cost["code"], output, notes)


def _run(tree: Tree, place: Path, tools: str) -> tuple[dict[str, Any], str, str]:
    """What a run costs and says."""
    streams = [place.parent / "output", place.parent / "notes"]
    command = [sys.executable, "-m", "vmsnap_lint", "check", "--format", "json", "--allow-empty"]
    done = subprocess.run(
        [sys.executable, "-IS", confined.__file__, *map(str, streams), *command, *tree.arguments,
        "."],
        cwd=place, check=True, capture_output=True, text=True,
        env={"PATH": f"{tools}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(place.parent)},
    )  # fmt: skip
    output, notes = (stream.read_text("utf-8", "backslashreplace") for stream in streams)
    return json.loads(done.stdout), output, notes


def _told(code: int, output: str, notes: str) -> str:
    """The findings and notes, as text."""
    if code == 2 and not output:
        return notes
    report = json.loads(output)
    return json.dumps([report["findings"], report["not_checked"]], ensure_ascii=False)


def test_the_names_of_trees_differ() -> None:
    names = [tree.name for tree in TREES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_no_promise_is_broken_by_a_known_input(target: Any) -> None:
    """Seeds of the fuzzer and whatever it once found."""
    for data in seeds(target):
        hold(target.function, data)


def test_every_found_input_belongs_to_a_target() -> None:
    assert {path.name for path in FOUND.iterdir()} <= {target.name for target in TARGETS}


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J",
        "a\u202eb",
        "\x85",
        "::error::x",
        "  ::set-env name=a::b",
        "x ##vso[task.x]",
        "\u200b",
    ],
)
def test_the_judge_of_output_knows_what_acts(text: str) -> None:
    with pytest.raises(BrokenPromiseError):
        inert(text)
