"""Patterns of a .gitignore mean what they mean to git, and cost little on any tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.effort import quickest
from tests.files import write
from tests.properties import examples
from tests.repositories import git
from vmsnap_lint.input import ignore_patterns
from vmsnap_lint.input.ignore_patterns import Effort, IgnoredHere, IgnorePatterns
from vmsnap_lint.input.sources import collect

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (b"a", b"b", b"ab", b"abb", b"z", b"A", b"1", b"-", b"[", b"]", b"!a", b"#a", b"a b", b"a ",
         b"*", b":", b"\\", b"\xc3\xa9", b"\xff")  # fmt: skip
PARTS = (b"a", b"b", b"z", b"A", b"*", b"**", b"?", b"/", b"/", b"**/", b"/**", b"/**/", b"[a-b]",
         b"[!a]", b"[^b]", b"[z-a]", b"[A-z]", b"[", b"]", b"[]", b"[:", b":]", b"[[:alpha:]]",
         b"[[:digit:]]", b"[[:nothing:]]", b"[\\]]", b"-", b"!", b"#", b"\\", b" ", b"\t", b"\r",
         b"\0", b"\xc3\xa9", b"\xff")  # fmt: skip
LINES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map(b"".join)


def walked(directory: bytes, here: IgnoredHere, above: bytes = b"") -> Iterator[bytes]:
    """The files that are not ignored, by their path."""
    for entry in os.scandir(directory):
        is_directory = entry.is_dir()
        if entry.name in (b".git", b".gitignore"):
            continue
        if here.ignores(entry.name, is_directory=is_directory):
            continue
        if is_directory:
            yield from walked(entry.path, here.below(entry.name), above + entry.name + b"/")
        else:
            yield above + entry.name


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A tree of odd names, some of them four directories deep."""
    top = tmp_path_factory.mktemp("ignored")
    git(top, "init", "-q")
    root = os.fsencode(top)

    def make(*steps: bytes) -> None:
        file = Path(os.fsdecode(b"/".join((root, *steps))))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()

    for number, name in enumerate(NAMES):
        steps = [NAMES[(number * step + 2) % len(NAMES)] for step in (3, 5, 7, 11)]
        for depth in range(5):
            make(*(b"d" + step for step in steps[:depth]), name)
    for name in (b"a", b"ab", b"z"):
        make(b"a.d", name, b"a", b"b", b"ab")
    return root


@given(st.lists(LINES, max_size=4).map(b"\n".join), st.sampled_from([b"", b"\n", b"\r\n"]))
@example(b"[z-a]", b"")
@example(b"fo\\/\n*\\/x\n\\\n!", b"\n")
@example(b"[[]", b"")
@example(b"*\n!ab", b"\n")
@example(b"*b[ab]b\n?b[!z]", b"\n")
@example(b"/da/**/*b\n!/da/*/b\n/da/**", b"\n")
@example(b"\xef\xbb\xbfab", b"\n")
@example(b"da/**\n!da/a\n**/b", b"\r\n")
@example(b"/a.d**/b/ab", b"")
@examples(300)
def test_the_same_files_are_ignored_as_by_git(repository: bytes, text: bytes, end: bytes) -> None:
    Path(os.fsdecode(repository), ".gitignore").write_bytes(text + end)
    command = ["git", "-c", f"core.excludesFile={os.devnull}", "ls-files", "-z", "--others",
               "--exclude-standard"]  # fmt: skip
    said = subprocess.run(command, cwd=repository, check=True, capture_output=True).stdout
    theirs = set(said.split(b"\0")) - {b"", b".gitignore"}
    for few in (0, 12):  # with an index of the lines, and one by one
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ignore_patterns, "_FEW", few)
            here = IgnoredHere(IgnorePatterns(text + end, Effort()))
        assert set(walked(repository, here)) == theirs


@pytest.mark.parametrize(
    ("line", "count", "names", "depth"),
    [
        (b"*a*a*a*b", 25, [b"a" * 250] * 3, 0),
        (b"**/a/**/a/**/b*", 2_000, [b"b"] * 20, 900),
        (b"**/*a*/**/?*b/**/*c*", 2_000, [b"b"] * 200, 20),
        (b"name-%d", 20_000, [b"x%d.yaml" % number for number in range(2_000)], 0),
        (b"*x%d*", 20_000, [b"x%d.yaml" % number for number in range(2_000)], 0),
        (b"[!%d]*[!a]*[!b]*", 10_000, [b"x%d.yaml" % number for number in range(2_000)], 0),
        (b"/x%d*/*.yaml", 10_000, [b"x%d.yaml" % number for number in range(2_000)], 1),
        (b"[" + b"[:" * 100_000, 1, [b"a"], 0),
        (b"[" + b"a-z" * 80_000 + b"]", 1, [b"a"] * 100, 0),
        (b"?" * 250_000, 1, [b"a"] * 100, 0),
        (b"*a" * 120_000, 1, [b"a" * 250] * 100, 0),
        (b"\\ " * 120_000, 1, [b"a" * 250] * 100, 0),
        (b"a/" * 120_000, 1, [b"a" * 250] * 100, 0),
    ],
)
def test_no_patterns_take_long(line: bytes, count: int, names: list[bytes], depth: int) -> None:
    lines = (line % number if b"%d" in line else line for number in range(count))
    text = b"\n".join(lines)

    def ignored() -> None:
        here = IgnoredHere(IgnorePatterns(text, Effort()))
        for _ in range(depth):
            here.ignores(b"a", is_directory=True)
            here = here.below(b"a")
        for name in names:
            here.ignores(name, is_directory=False)

    assert quickest(ignored, 5) <= 5


VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\n"


def test_patterns_that_were_not_used_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a/x.yaml": VM, "a/.gitignore": "[b-w]*.yaml\n" * 10_000,
                     "b/x.yaml": VM, "b/.gitignore": "#" * 2**18 + "\nx.yaml\n",
                     "c/x.yaml": VM, "c/patterns": "x.yaml\n"})  # fmt: skip
    (tmp_path / "c/.gitignore").symlink_to("patterns")
    monkeypatch.setattr("vmsnap_lint.input.ignore_patterns._AT_FIRST", 0)
    found = collect(["."])
    assert [file.path for file in found.files] == ["a/x.yaml", "b/x.yaml", "c/x.yaml"]
    assert found.not_checked == (
        ("a/.gitignore", "its patterns would take too long on these names: some were not used"),
        ("b/.gitignore", "its patterns behind the first 262,144 bytes are not used"),
        ("c/.gitignore", "a symlink, which git does not follow: its patterns are not used"),
    )
