"""Equal trees are built once, also in later runs; each is told as if it were alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, lint, not_checked, write
from vmsnap_lint.core.cache_folder import CacheFolder
from vmsnap_lint.deploy.render import programs
from vmsnap_lint.deploy.render.equal_builds import TreeCommand, run_equal
from vmsnap_lint.deploy.render.private_copy import PrivateCopy
from vmsnap_lint.deploy.render.programs import Output, ProgramLimits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vmsnap_lint.core.model import Report

TREE = {
    "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "base/vm.yaml": VM,
    "base/snapshot.yaml": SNAPSHOT.replace("name: web", "name: wbe"),
    "over/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n",
}
BROKEN = {**TREE, "over/kustomization.yaml": "resources: [../base, ../base/vm.yaml]\n"}
CHART = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "web/values.yaml": "vm: wbe\n",
    "web/templates/vm.yaml": VM,
    "web/templates/snapshot.yaml": SNAPSHOT.replace("name: web", "name: {{ .Values.vm }}"),
}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The last words of the commands that are carried out."""
    words: list[str] = []
    run_all = programs.run_all

    def counted(commands: Any, *given: Any, **more: Any) -> Any:
        words.extend(command[-1] for command in commands)
        return run_all(commands, *given, **more)

    monkeypatch.setattr(programs, "run_all", counted)
    return words


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes files below each of some directories, in a working directory."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def written(files: dict[str, str], *tops: str) -> Path:
        write(work, {f"{top}/{path}": text for top in tops for path, text in files.items()})
        return work

    return written


def said(report: Report, top: str) -> list[tuple[str, int, str, str]]:
    """What is said of the files below a directory, without that."""
    return [
        (one.file.removeprefix(top), one.span.line, one.rule, one.message.replace(top, ""))
        for one in report.findings
        if one.file.startswith(top)
    ]


@pytest.mark.parametrize("files", [TREE, BROKEN, CHART], ids=["tree", "broken", "chart"])
def test_equal_trees_are_built_once_and_told_as_each_alone(
    tree: Callable[..., Path], tools: str, started: list[str], files: dict[str, str]
) -> None:
    tree(files, "one/", "two/", "a/deeper/three/")
    alone = [lint(tools, top) for top in ("one", "two", "a/deeper/three")]
    builds = len(started) // 3
    assert builds >= 1
    started.clear()
    together = lint(tools)
    assert len(started) == builds
    tops = ("one/", "two/", "a/deeper/three/")
    for top, report in zip(tops, alone, strict=True):
        assert said(report, top)
        rules = [(file, line, rule) for file, line, rule, _ in said(report, top)]
        assert [(f, n, r) for f, n, r, _ in said(together, top) if r != "duplicate-object"] == rules
    notes = not_checked(together)
    assert {path for path in notes if path.startswith("one/")} == {
        path.replace("two/", "one/") for path in notes if path.startswith("two/")
    }


def test_an_error_names_the_files_of_its_own_tree(
    tree: Callable[..., Path], tools: str, started: list[str]
) -> None:
    tree(BROKEN, "one/", "two/")
    found = lint(tools).findings
    messages = {one.file: one.message for one in found if one.rule == "render-failed"}
    assert set(messages) == {"one/over/kustomization.yaml", "two/over/kustomization.yaml"}
    assert "two/" not in messages["one/over/kustomization.yaml"]
    assert "one/" not in messages["two/over/kustomization.yaml"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("base/snapshot.yaml", SNAPSHOT),
        ("over/kustomization.yaml", "resources: [../base]\nnamePrefix: b-\n"),
        ("base/kustomization.yaml", "resources: [./vm.yaml, snapshot.yaml]\n"),
    ],
)
def test_trees_that_differ_are_built_each(
    tree: Callable[..., Path], tools: str, started: list[str], path: str, text: str
) -> None:
    tree(TREE, "one/")
    tree({**TREE, path: text}, "two/")
    lint(tools)
    assert len(started) == 2


def test_the_same_files_at_other_places_are_another_tree(
    tree: Callable[..., Path], tools: str, started: list[str]
) -> None:
    moved = {path.replace("base/", "basis/"): text for path, text in TREE.items()}
    tree(TREE, "one/")
    tree({p: text.replace("../base", "../basis") for p, text in moved.items()}, "two/")
    lint(tools)
    assert len(started) == 2


@pytest.mark.parametrize("files", [TREE, BROKEN, CHART], ids=["tree", "broken", "chart"])
def test_a_later_run_over_the_same_starts_nothing(
    tree: Callable[..., Path], tools: str, started: list[str], tmp_path: Path,
    files: dict[str, str],
) -> None:  # fmt: skip
    tree(files, "one/")
    first = lint(tools, cache_dir=str(tmp_path / "cache"))
    assert started
    started.clear()
    assert lint(tools, cache_dir=str(tmp_path / "cache")) == first
    assert started == []


def test_a_change_is_seen_by_the_next_run(
    tree: Callable[..., Path], tools: str, started: list[str], tmp_path: Path
) -> None:
    cache = str(tmp_path / "cache")
    tree(TREE, "one/")
    assert "source-vm-missing" in {one.rule for one in lint(tools, cache_dir=cache).findings}
    started.clear()
    tree({**TREE, "base/snapshot.yaml": SNAPSHOT}, "one/")
    assert "source-vm-missing" not in {one.rule for one in lint(tools, cache_dir=cache).findings}
    assert len(started) == 1


def test_what_holds_a_secret_is_not_kept(
    tree: Callable[..., Path], tools: str, tmp_path: Path
) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n"
    tree({**TREE, "base/snapshot.yaml": f"{SNAPSHOT}---\n{secret}"}, "one/")
    lint(tools, cache_dir=str(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


def test_what_is_kept_in_another_form_is_not_used(
    tree: Callable[..., Path], tools: str, started: list[str], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    tree(TREE, "one/")
    first = lint(tools, cache_dir=str(cache))
    (entry,) = cache.iterdir()
    for content in (b"", b"{}\n", b"[]\n", b'{"base": 1, "error": "", "top": ""}\nx', b"\xff\n"):
        CacheFolder(str(cache)).write(entry.name, content)
        started.clear()
        assert (lint(tools, cache_dir=str(cache)), len(started)) == (first, 1)


def test_a_wrapper_of_the_user_is_asked_each_time(
    tree: Callable[..., Path], tools: str, started: list[str], tmp_path: Path
) -> None:
    """It may read anything."""
    wrapper = tmp_path / "bin" / "kubectl"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {tools}/kubectl "$@"\n')
    wrapper.chmod(0o755)
    tree(TREE, "one/", "two/")
    for _ in range(2):
        lint(str(wrapper.parent), cache_dir=str(tmp_path / "cache"))
    assert (len(started), (tmp_path / "cache").exists()) == (4, False)


def _answering(monkeypatch: pytest.MonkeyPatch, *outputs: Output) -> None:
    rest = iter(outputs)
    monkeypatch.setattr(programs, "run_all", lambda words, *_, **__: [next(rest) for _ in words])


def _command(home: Path, name: str, tool: str) -> TreeCommand:
    copy = PrivateCopy(str(home / "files"))
    place = f"/trees/{name}/vm.yaml"
    copy.add_data(place, b"same")
    words = [tool, "kustomize", str(home / name)]
    used, works_in = frozenset({place}), str(home / name)
    return TreeCommand(words, f"/trees/{name}", copy, used, 4, works_in, lambda: copy.make(used))


def test_outputs_that_are_used_often_count_each_time(
    tmp_path: Path, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answering(monkeypatch, Output(b"x" * 600, ""))
    commands = [_command(tmp_path, f"t{number}", f"{tools}/kubectl") for number in range(4)]
    limits = ProgramLimits(run_bytes=2000)
    made = run_equal(commands, str(tmp_path), limits, CacheFolder(""))
    lengths = [len(one.output.data) for one in made]
    assert (lengths, bool(made[3].output.limit)) == ([600, 600, 600, 0], True)


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        (Output(b"kind: VirtualMachine\n", ""), True),
        (Output(b"", "error: no such field", programs.Ending.FAILED), True),
        (Output(b"", "Error: no space left on device", programs.Ending.FAILED), False),
        (Output(b"", "error: the token is x", programs.Ending.FAILED), False),
        (Output(b"", "exit status -9", programs.Ending.FAILED), False),
        (Output(b"", "it took longer", programs.Ending.STOPPED), False),
        (Output(b"", "all took longer", programs.Ending.NOT_DONE), False),
        (Output(json.dumps({"kind": "Secret", "data": {}}).encode(), ""), False),
        (Output(b"a:\n- kind: Secret\n  name: token\n", ""), True),
    ],
)
def test_only_what_a_tree_always_comes_to_is_kept(
    tmp_path: Path, tools: str, monkeypatch: pytest.MonkeyPatch, output: Output, *, kept: bool
) -> None:
    _answering(monkeypatch, output)
    command = _command(tmp_path, "tree", f"{tools}/kubectl")
    folder = CacheFolder(str(tmp_path / "cache"))
    run_equal([command], str(tmp_path), ProgramLimits(), folder)
    assert (tmp_path / "cache").exists() is kept
