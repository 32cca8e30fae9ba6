"""The patch of a file is what git applies, whatever its bytes and its name are."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.report.fixing.edited_file import EditedFile, opened
from vmsnap_lint.report.fixing.patch_text import patch

if TYPE_CHECKING:
    from pathlib import Path

LINES = st.lists(st.sampled_from(("a", "b", "a", "", "é", "x\r", "\r", "\\ No")), max_size=30)


def _apply(folder: Path, text: bytes, *flags: str) -> None:
    command = ["git", "apply", "--whitespace=nowarn", *flags]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": "/"}
    done = subprocess.run(
        command, input=text, cwd=folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.stderr, text)


def _file(data: bytes, *changes: tuple[int, int, str]) -> EditedFile:
    known = opened(data)
    assert known is not None
    return known.changed(changes)


@st.composite
def _edited(draw: st.DrawFn) -> EditedFile:
    """A file after some rounds of changes."""
    end = draw(st.sampled_from(("", "\n")))
    file = _file(("\n".join(draw(LINES)) + end).encode())
    for _ in range(draw(st.integers(1, 3))):
        most = len(file.text)
        cuts = sorted(draw(st.sets(st.integers(0, most), max_size=8)))
        texts = st.sampled_from(("", "x", "new\n", "\nnew", "1\n2\n3", "\r\n"))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        file = file.changed([(start, stop, draw(texts)) for start, stop in pairs])
    return file


@examples(150)
@given(_edited())
def test_git_makes_of_the_old_bytes_the_new_ones(
    tmp_path_factory: pytest.TempPathFactory, file: EditedFile
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    text = b"".join(patch(b"a.yaml", file))
    assert bool(text) == (file.original != file.data)
    (folder / "a.yaml").write_bytes(file.original)
    if text:
        _apply(folder, text)
    assert (folder / "a.yaml").read_bytes() == file.data


@pytest.mark.parametrize(
    "name",
    [
        b"a b.yaml", b"\xc3\xa9.yaml", b'q"u\\o.yaml', b"tab\there.yaml", b"d ir/a.yaml",
        b"new\nline.yaml", b" a.yaml", b"a.yaml ",
    ],
)  # fmt: skip
def test_any_name_is_found_again(name: bytes, tmp_path: Path) -> None:
    file = _file(b"a: 1\nb: 2\n", (3, 4, "2"))
    place = tmp_path / os.fsdecode(name)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(file.original)
    _apply(tmp_path, b"".join(patch(name, file)))
    assert place.read_bytes() == b"a: 2\nb: 2\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_the_bytes_of_utf_16_are_lines_to_git(codec: str, tmp_path: Path) -> None:
    mark = "\ufeff".encode(codec)
    old = mark + "a: 1\n# \u0a0a \u010a\nb: 2\n".encode(codec)
    file = _file(old, (3, 4, "2"), (16, 16, "c: 3\n"))
    (tmp_path / "a.yaml").write_bytes(old)
    _apply(tmp_path, b"".join(patch(b"a.yaml", file)))
    assert (tmp_path / "a.yaml").read_bytes() == file.data
    assert file.data == mark + "a: 2\n# \u0a0a \u010a\nb: 2\nc: 3\n".encode(codec)


def test_changes_far_apart_are_hunks_of_their_own() -> None:
    lines = "".join(f"l{number}\n" for number in range(30))
    file = _file(lines.encode(), (3, 5, "X"), (len(lines) - 3, len(lines) - 1, "Y"))
    text = b"".join(patch(b"a", file)).decode()
    assert [line for line in text.splitlines() if line.startswith("@@")] == [
        "@@ -1,5 +1,5 @@",
        "@@ -27,4 +27,4 @@",
    ]
    assert text.startswith("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ ")
