"""Lints after lints find what one lint of the same texts finds, whatever was typed before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pygls")

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.files import write
from tests.shared import ROOT
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import stages
from vmsnap_lint.editor import folder as folders
from vmsnap_lint.editor.diagnostics import diagnostic
from vmsnap_lint.editor.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vmsnap_lint.core.model import Finding

GOOD, BAD = (SNAPSHOT.format(source=name) for name in ("web", "wbe"))
IGNORED = BAD.replace("name: wbe", "name: wbe  # vmsnap-lint: ignore[source-vm-missing] so")
TWICE = f"{MACHINE}---\n{GOOD}"
FILES = {"snapshot.yaml": GOOD, "vm.yaml": MACHINE, "storage.yaml": CLASSES}
TEXTS = {
    "snapshot.yaml": (GOOD, BAD, IGNORED, "# nothing\n", TWICE, f"# one more line\n{BAD}"),
    "vm.yaml": (MACHINE, MACHINE.replace("name: web", "name: wbe", 1), "", f"\n{MACHINE}"),
    "storage.yaml": (CLASSES, CLASSES.replace("rbd.csi", "other.csi"), CLASSES[:200]),
    "new.yaml": (BAD, TWICE),
}
TYPED = st.sampled_from([(name, text) for name, texts in TEXTS.items() for text in texts])


@pytest.fixture(autouse=True)
def where_it_was() -> Iterator[None]:
    before = os.getcwd()  # noqa: PTH109
    yield
    os.chdir(before)
    stages.interrupt(None)


def opened(root: Path) -> Folder:
    return Folder(str(root), Settings)


def told(folder: Folder) -> list[tuple[object, ...]]:
    """What is found, without the manifests, which differ between two lints."""
    return [shown(each) for each in folder.merged.findings()]


def own(folder: Folder, file: str) -> list[tuple[object, ...]]:
    """What is found in a file; fingerprints of equal objects are numbered when all is judged."""
    return [each[:-1] for each in told(folder) if each[0] == file]


def shown(finding: Finding) -> tuple[object, ...]:
    return finding.file, finding.span, finding.rule, finding.message, finding.fingerprint


@given(typed=st.lists(TYPED, min_size=1, max_size=5))
def test_what_was_typed_before_does_not_matter(
    typed: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("tree")
    write(root, FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "_VERY_FEW_OBJECTS", 0)
        folder = opened(root)
        folder.lint({})
        folder.index()
        texts: dict[str, bytes] = {}
        for name, text in typed:
            path = os.path.realpath(root / name)
            texts = {**texts, path: text.encode()}
            folder.lint_around(texts, {path})
            fresh = opened(root)
            fresh.lint(texts)
            assert own(folder, name) == own(fresh, name)
        folder.lint(texts)
    assert told(folder) == told(fresh)


def test_a_file_that_is_written_is_read_again_also_at_once(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    folder = opened(tmp_path)
    folder.lint({})
    for number in range(5):
        text = SNAPSHOT.format(source=f"w{number}b")  # of one length
        write(tmp_path, {"snapshot.yaml": text})
        folder.lint({})
        assert [f'"w{number}b"' in each.message for each in folder.merged.findings()] == [True]


def test_an_interrupted_lint_leaves_what_was_found(tmp_path: Path) -> None:
    class Newer(BaseException):
        """Something newer was typed."""

    write(tmp_path, FILES | {"snapshot.yaml": BAD})
    folder = opened(tmp_path)
    folder.lint({})
    before, path = told(folder), os.path.realpath(tmp_path / "snapshot.yaml")
    left = [0]

    def end() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Newer

    stages.interrupt(end)
    for number in range(1, 40, 3):
        left[0] = number
        with pytest.raises(Newer):
            folder.lint({path: GOOD.encode()})
        assert told(folder) == before
    stages.interrupt(None)
    folder.lint({path: GOOD.encode()})
    assert told(folder) == []


def test_a_folder_that_is_gone_and_one_without_a_manifest(tmp_path: Path) -> None:
    empty, gone = opened(tmp_path), opened(tmp_path / "gone")
    empty.lint({})
    gone.lint({})
    assert (empty.trouble, told(empty)) == ((), [])
    (trouble,) = gone.trouble
    assert "cannot be used: No such file or directory" in trouble


def test_a_diagnostic_says_in_which_clusters_as_the_command_does() -> None:
    folder = opened(ROOT / "tests/cases/clusters-of-flux")
    folder.lint({})
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
    messages = [
        diagnostic(each, lambda _file, _span: nowhere, str).message
        for each in folder.merged.findings()
    ]
    assert [
        each for each in messages if each.endswith("the volume is left out (in cluster staging)")
    ]
