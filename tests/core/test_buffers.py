"""A text in the place of a file is what everything reads; a new one is found as a saved one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.render import trees
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import buffers
from vmsnap_lint.core.bounded_files import head, regular, whole

if TYPE_CHECKING:
    from pathlib import Path

SNAPSHOT = trees.SNAPSHOT
VM = trees.VM


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_text_is_read_in_the_place_of_its_file_and_only_while_it_stands_in(tree: Path) -> None:
    write(tree, {"a/x.yaml": "saved"})
    (tree / "link").symlink_to("a")
    with buffers.instead({"a/x.yaml": b"typed"}):
        for read in (head, regular, whole):
            assert read("a/x.yaml", 100) == b"typed"
            assert read(str(tree / "link" / "x.yaml"), 100) == b"typed"
        assert head("a/x.yaml", 2) == b"typ"
        with pytest.raises(OSError, match="more than 2 bytes"):
            whole("a/x.yaml", 2)
    assert head("a/x.yaml", 100) == b"saved"


def test_texts_within_texts_are_added_to_them_and_end_with_their_block(tree: Path) -> None:
    with buffers.instead({"x": b"1"}):
        with buffers.instead({"y": b"2"}):
            assert (buffers.stand_in("x"), buffers.stand_in("y")) == (b"1", b"2")
            with buffers.instead({"x": b"3"}):
                assert (buffers.stand_in("x"), buffers.stand_in("y")) == (b"3", b"2")
        assert (buffers.stand_in("x"), buffers.stand_in("y")) == (b"1", None)
    assert buffers.stand_in("x") is None


def test_a_new_file_in_a_new_directory_is_listed_and_there(tree: Path) -> None:
    with buffers.instead({"new/below/x.yaml": b""}):
        (above,) = buffers.listed(str(tree), ())
        assert (above.name, above.is_dir(), above.is_file(), above.is_symlink()) == (
            "new", True, False, False,
        )  # fmt: skip
        (file,) = buffers.listed(f"{above.path}/below", ())
        assert (file.name, file.is_dir(), file.is_file()) == ("x.yaml", False, True)
        assert buffers.is_file("new/below/x.yaml")
        assert buffers.exists("new/below/x.yaml")
        assert buffers.exists("new")
        assert not buffers.is_file("new")
        assert not buffers.exists("other")
    assert not buffers.exists("new")
    assert buffers.listed(str(tree), ()) == []


@given(st.dictionaries(st.sampled_from(["vm.yaml", "a/snap.yaml", "b/c/more.yaml"]), st.booleans()))
def test_a_lint_of_texts_is_that_of_the_same_files(
    tmp_path_factory: pytest.TempPathFactory, is_saved: dict[str, bool]
) -> None:
    texts = {
        "vm.yaml": VM,
        "a/snap.yaml": SNAPSHOT.replace("web", "wbe"),
        "b/c/more.yaml": SNAPSHOT,
    }
    files = {name: texts[name] for name in is_saved}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("saved"))
        saved = tmp_path_factory.mktemp("saved")
        patch.chdir(saved)
        write(saved, files)
        expected = engine.lint((".",), None, Settings(allow_empty=True)).report
        typed = tmp_path_factory.mktemp("typed")
        patch.chdir(typed)
        write(typed, {name: "kind: VirtualMachine" for name, saved in is_saved.items() if saved})
        with buffers.instead({name: text.encode() for name, text in files.items()}):
            assert engine.lint((".",), None, Settings(allow_empty=True)).report == expected


def test_exclusion_and_ignore_files_hold_for_new_files(tree: Path) -> None:
    write(tree, {".gitignore": "ignored.yaml\n", ".git/HEAD": "", "vm.yaml": VM})
    with buffers.instead({"ignored.yaml": SNAPSHOT.encode(), "new.yaml": SNAPSHOT.encode()}):
        run = engine.lint((".",), None, Settings())
    assert {*run.sources} == {"vm.yaml", "new.yaml"}


def test_a_text_is_built_by_kustomize_also_a_file_that_is_not_there_yet(
    tree: Path, tools: str
) -> None:
    write(tree, {"kustomization.yaml": "resources: [vm.yaml]\n", "vm.yaml": VM})
    typed = {
        "kustomization.yaml": b"namespace: prod\nresources: [vm.yaml, snapshot.yaml]\n",
        "snapshot.yaml": SNAPSHOT.replace("name: web", "name: wbe").encode(),
    }
    with buffers.instead(typed):
        report = trees.lint(tools)
    found = [finding for finding in report.findings if finding.rule == "source-vm-missing"]
    assert [(finding.file, 'namespace "prod"' in finding.message) for finding in found] == [
        ("snapshot.yaml", True)
    ]


def test_a_text_is_rendered_by_helm(tree: Path, tools: str) -> None:
    chart = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
    write(tree, {"Chart.yaml": chart, "values.yaml": "vm: web\n", "templates/vm.yaml": VM})
    template = SNAPSHOT.replace("name: web", "name: {{ .Values.vm }}").encode()
    with buffers.instead({"templates/snapshot.yaml": template, "values.yaml": b"vm: wbe\n"}):
        report = trees.lint(tools)
    assert [(f.rule, f.file) for f in report.findings if "wbe" in f.message] == [
        ("source-vm-missing", "templates/snapshot.yaml")
    ]
