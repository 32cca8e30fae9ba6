"""`--stdin-filename`: a text that is not saved is judged in the place of a file of its tree."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli import test_cli
from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.files import write
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

GOOD, BAD = (SNAPSHOT.format(source=name) for name in ("web", "wbe"))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository without a fault, in which tests work."""
    files = {".git/HEAD": "", "apps/snapshot.yaml": GOOD, "apps/vm.yaml": MACHINE}
    write(tmp_path, {**files, "storage.yaml": CLASSES})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """What the program of this checkout does in the working directory."""
    return test_cli.lint(*arguments, stdin=stdin, PYTHONPATH=str(ROOT))


def places(text: str) -> list[str]:
    return [line.split(" ", 1)[0] for line in text.splitlines()]


@pytest.mark.parametrize("paths", [(), (".",), ("-",), ("apps", "storage.yaml")])
def test_the_text_counts_and_not_the_file(tree: Path, paths: tuple[str, ...]) -> None:
    flags = ("--stdin-filename", "apps/snapshot.yaml")
    done = lint(*flags, *paths, stdin=BAD)
    assert (done.returncode, places(done.stdout)) == (1, ["apps/snapshot.yaml:10:11:"])
    assert '"wbe" in namespace "prod" (did you mean "web"?)' in done.stdout
    assert lint(*flags, *paths, stdin=GOOD).returncode == 0
    assert (tree / "apps/snapshot.yaml").read_text() == GOOD


def test_only_that_file_is_reported_of_its_world(tree: Path) -> None:
    done = lint(
        "--stdin-filename", "apps/vm.yaml", stdin=MACHINE.replace("name: web", "name: x", 1)
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "3 files" in done.stderr


def test_a_new_file_is_judged_where_it_will_be(tree: Path) -> None:
    done = lint("--stdin-filename", "new/one.yaml", stdin=BAD)
    assert (done.returncode, places(done.stdout)) == (1, ["new/one.yaml:10:11:"])
    assert not (tree / "new").exists()


def test_a_name_that_no_walk_finds_is_read_as_a_named_file_is(tree: Path) -> None:
    other = BAD.replace("nightly", "other")
    done = lint("--stdin-filename", "apps/snapshot.yaml.tmp", stdin=other)
    assert places(done.stdout) == ["apps/snapshot.yaml.tmp:10:11:"]


@pytest.mark.parametrize("flags", [("--exclude=apps/s*",), ("--exclude=apps",), ("--tracked",)])
def test_a_file_that_is_passed_over_is_said_to_be(tree: Path, flags: tuple[str, ...]) -> None:
    if flags == ("--tracked",):
        shutil.rmtree(tree / ".git")
        subprocess.run(["git", "init", "-q", "."], check=True)
    done = lint("--stdin-filename", "apps/snapshot.yaml", *flags, stdin=BAD)
    assert (done.returncode, done.stdout) == (0, "")
    told = "not checked: apps/snapshot.yaml: ignored, excluded or not tracked by git"
    assert told in done.stderr
    as_json = lint("--stdin-filename", "apps/snapshot.yaml", *flags, "--format=json", stdin=BAD)
    assert "apps/snapshot.yaml" in {it["file"] for it in json.loads(as_json.stdout)["not_checked"]}


def test_from_elsewhere_the_repository_of_the_file_is_its_world(
    tree: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    done = lint("--stdin-filename", tree / "apps/snapshot.yaml", stdin=BAD)
    assert '(did you mean "web"?)' in done.stdout
    monkeypatch.chdir(tree.parent)
    done = lint("--stdin-filename", tree / "apps/snapshot.yaml", stdin=BAD)
    assert places(done.stdout) == [f"{tree.name}/apps/snapshot.yaml:10:11:"]
    assert "3 files" in done.stderr


def test_a_file_without_a_repository_is_judged_alone(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"vm.yaml": MACHINE})
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    done = lint("--stdin-filename", tmp_path / "snapshot.yaml", stdin=BAD)
    assert "in 1 file" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--stdin-filename", "storage.yaml", "apps"), '"storage.yaml" is not below "apps"; pass'),
        (("--stdin-filename", "storage.yaml", "--root", "apps"), "is not below"),
        (("--stdin-filename", "apps"), '"apps" is no path of a file'),
        (("--stdin-filename", "/dev/null"), '"/dev/null" is no regular file'),
        (("--stdin-filename", "storage.yaml/x"), '"storage.yaml/x" cannot be used'),
        (("--stdin-filename=-",), "no path of a file"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    tree: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = lint(*arguments, stdin=BAD)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_empty_text_is_an_empty_file(tree: Path) -> None:
    assert lint("--stdin-filename", "apps/snapshot.yaml").returncode == 0


def test_plan_shows_what_the_file_declares(tree: Path) -> None:
    write(tree, {"other.yaml": GOOD.replace("nightly", "other")})
    flags = ("plan", "--stdin-filename")
    of_snapshot = lint(*flags, "apps/snapshot.yaml", stdin=BAD).stdout
    assert '"nightly"' in of_snapshot
    assert '"other"' not in of_snapshot
    of_vm = lint(*flags, "apps/vm.yaml", stdin=MACHINE.replace("web-root", "other-root")).stdout
    assert '"nightly"' in of_vm
    assert '"other"' in of_vm
    assert "other-root" in of_vm
    assert '"nightly"' not in lint(*flags, "new.yaml", stdin=BAD.replace("nightly", "new")).stdout


def test_the_fixed_text_is_printed_and_no_file_is_written(tree: Path) -> None:
    bare = GOOD.replace("    apiGroup: kubevirt.io\n", "    # ü\n")
    flags = ("--stdin-filename", "apps/snapshot.yaml")
    fixed = lint(*flags, "--fix", stdin=bare)
    assert (fixed.returncode, fixed.stdout.count("apiGroup: kubevirt.io")) == (0, 1)
    assert "# ü" in fixed.stdout
    assert "fixed: 1 in 1 file" in fixed.stderr
    patch = lint(*flags, "--diff", stdin=bare)
    assert (patch.returncode, "+++ b/apps/snapshot.yaml" in patch.stdout) == (1, True)
    new = lint("--stdin-filename", tree / "apps/new.yaml", "--fix-only", stdin=bare)
    assert (new.returncode, new.stdout) == (0, fixed.stdout)
    excluded = lint(*flags, "--fix", "--exclude=apps", stdin=bare)
    assert (excluded.returncode, excluded.stdout) == (0, bare)
    assert (tree / "apps/snapshot.yaml").read_text() == GOOD
    assert not (tree / "apps/new.yaml").exists()
