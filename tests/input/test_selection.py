"""What is looked at, and what of it is reported: two different sets."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.repositories import CHAIN, SNAPSHOT, VM, commit, git, write
from vmsnap_lint import engine
from vmsnap_lint.config.search import Search
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.input.sources import collect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SELECT = frozenset(("no-snapshot-class", "source-vm-missing", "storage-class-missing"))
LOST = SNAPSHOT.replace("name: web}", "name: wbe}")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def looked_at(*paths: str, **search: object) -> list[str]:
    files = collect(paths or (".",), Search(**search)).files  # type: ignore[arg-type]
    return [file.path for file in files]


def findings_at(
    *paths: str, stdin: bytes | None = None, **settings: object
) -> list[tuple[str, str]]:
    """The findings of a run, as rule and file."""
    wanted = Settings(select=SELECT, complete=frozenset({"all"}), **settings)  # type: ignore[arg-type]
    report = engine.lint(paths, stdin, wanted).report
    return [(one.rule, one.file) for one in report.findings]


def excluding(tree: Path, globs: Iterable[str]) -> tuple[Scope, ...]:
    return (Scope(str(tree), tuple(globs)),)


# --- .gitignore


def test_what_git_ignores_is_not_walked(tree: Path) -> None:
    write(tree, {".gitignore": "build/\n*.tmp.yaml\n!keep.tmp.yaml\n/top.yaml\n",
                 "x.yaml": VM, "build/x.yaml": VM, "a/build/y.yaml": VM, "a/b.tmp.yaml": VM,
                 "a/keep.tmp.yaml": VM, "top.yaml": VM, "a/top.yaml": VM})  # fmt: skip
    assert looked_at() == ["a/keep.tmp.yaml", "a/top.yaml", "x.yaml"]


def test_the_innermost_gitignore_counts(tree: Path) -> None:
    write(tree, {".gitignore": "*.gen.yaml\n",
                 "a/.gitignore": "!*.gen.yaml\n/c/\n",
                 "x.gen.yaml": VM, "a/x.gen.yaml": VM, "a/c/x.yaml": VM,
                 "c/x.yaml": VM})  # fmt: skip
    assert looked_at() == ["a/x.gen.yaml", "c/x.yaml"]


def test_nothing_below_an_ignored_directory_comes_back(tree: Path) -> None:
    write(tree, {".gitignore": "out/\n!out/x.yaml\n", "out/x.yaml": VM, "y.yaml": VM})
    assert looked_at() == ["y.yaml"]


def test_gitignore_above_a_path_counts_up_to_the_root_of_the_working_tree(tree: Path) -> None:
    write(tree, {"repo/.gitignore": "*.gen.yaml\n", "repo/a/.gitignore": "/b/skip.yaml\n",
                 "repo/a/b/x.gen.yaml": VM, "repo/a/b/skip.yaml": VM, "repo/a/b/y.yaml": VM,
                 ".gitignore": "*.yaml\n"})  # fmt: skip
    git(tree / "repo", "init", "-q")
    assert looked_at("repo/a/b") == ["repo/a/b/y.yaml"]
    os.chdir(tree / "repo" / "a" / "b")
    assert looked_at() == ["y.yaml"]


def test_what_only_this_clone_ignores_counts_too(tree: Path) -> None:
    git(tree, "init", "-q")
    write(tree, {".git/info/exclude": "mine.yaml\n", "mine.yaml": VM, "x.yaml": VM})
    assert looked_at() == ["x.yaml"]


def test_an_ignored_path_that_is_named_is_wanted(tree: Path) -> None:
    git(tree, "init", "-q")
    write(tree, {".gitignore": "build/\n", "build/x.yaml": VM, "build/y/z.yaml": VM})
    assert looked_at("build") == ["build/x.yaml", "build/y/z.yaml"]
    assert looked_at("build/x.yaml") == ["build/x.yaml"]


def test_lines_that_git_cannot_read_are_passed_over(tree: Path) -> None:
    write(tree, {".gitignore": "a\\\n!\nx.yaml\n", "x.yaml": VM, "y.yaml": VM})
    assert looked_at() == ["y.yaml"]


@pytest.mark.parametrize("glob", ["*a" * 40 + "*", "**/" + "**/a/" * 30, "a*" * 30 + ".yaml"])
def test_a_hostile_gitignore_costs_no_time(tree: Path, glob: str) -> None:
    name = "a" * 120 + ".yaml"
    write(tree, {".gitignore": f"{glob}\n", f"{'a/' * 40}{name}": VM, "kept.yaml": VM})
    code = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (20, 20))"
    code += "; from vmsnap_lint.input.sources import collect"
    code += "; print([file.path for file in collect(['.']).files])"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (run.returncode, "'kept.yaml'" in run.stdout) == (0, True), run.stderr


def test_the_matcher_is_loaded_only_where_there_is_such_a_file(tree: Path) -> None:
    write(tree, {"x.yaml": VM})
    code = "import sys; from vmsnap_lint.input.sources import collect; collect(['.'])"
    code += "; print({'vmsnap_lint.input.ignore_patterns', 'subprocess'} & set(sys.modules))"
    for expected in ("set()", "{'vmsnap_lint.input.ignore_patterns'}"):
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        )
        assert done.stdout.strip() == expected
        (tree / ".gitignore").write_text("build/\n")


# --- --exclude


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        ([], ["a/gen/x.yaml", "a/y.yaml", "gen/z.yaml", "w.yaml"]),
        (["gen"], ["a/y.yaml", "w.yaml"]),
        (["gen/"], ["a/y.yaml", "w.yaml"]),
        (["/gen"], ["a/gen/x.yaml", "a/y.yaml", "w.yaml"]),
        (["a/*.yaml", "w.yaml"], ["a/gen/x.yaml", "gen/z.yaml"]),
        (["a/**/x.yaml"], ["a/y.yaml", "gen/z.yaml", "w.yaml"]),
    ],
)
def test_excluded_files_are_passed_over(tree: Path, globs: list[str], expected: list[str]) -> None:
    write(tree, dict.fromkeys(("a/gen/x.yaml", "a/y.yaml", "gen/z.yaml", "w.yaml"), VM))
    assert looked_at(exclude=excluding(tree, globs)) == expected
    commit(tree, {})
    assert looked_at(exclude=excluding(tree, globs), tracked=True) == expected


def test_an_excluded_file_that_is_named_is_wanted(tree: Path) -> None:
    write(tree, {"gen/z.yaml": VM})
    assert looked_at("gen/z.yaml", exclude=excluding(tree, ["gen"])) == ["gen/z.yaml"]


def test_excluding_everything_is_not_taken_for_success(tree: Path) -> None:
    write(tree, {"gen/z.yaml": VM})
    with pytest.raises(UsageError, match="no YAML or JSON file"):
        looked_at(exclude=excluding(tree, ["gen"]))


# --- --tracked


def test_tracked_is_the_list_of_git(tree: Path) -> None:
    commit(tree, {"a/x.yaml": VM, "b.yaml": VM, ".gitignore": "ignored.yaml\n"})
    write(tree, {"a/untracked.yaml": VM, "ignored.yaml": VM, "staged.yaml": VM})
    git(tree, "add", "staged.yaml")
    assert looked_at(tracked=True) == ["a/x.yaml", "b.yaml", "staged.yaml"]
    assert looked_at("a", tracked=True) == ["a/x.yaml"]
    git(tree, "add", "-f", "ignored.yaml")
    assert "ignored.yaml" in looked_at(tracked=True)


def test_a_deleted_file_is_not_there_whether_or_not_that_is_staged(tree: Path) -> None:
    commit(tree, {"x.yaml": VM, "y.yaml": VM, "z.yaml": VM})
    (tree / "y.yaml").unlink()
    git(tree, "rm", "-q", "z.yaml")
    assert looked_at(tracked=True) == ["x.yaml"]


def test_deleting_a_class_breaks_the_chain_of_tracked_files(tree: Path) -> None:
    commit(tree, CHAIN)
    assert findings_at(".", tracked=True) == []
    git(tree, "mv", "infra/class.yaml", "class.txt")
    assert findings_at(".", tracked=True) == [("no-snapshot-class", "apps/vm.yaml")]


def test_an_untracked_class_does_not_mend_a_commit(tree: Path) -> None:
    commit(tree, CHAIN)
    git(tree, "rm", "-q", "--cached", "infra/class.yaml")
    assert findings_at(".", tracked=True) == [("no-snapshot-class", "apps/vm.yaml")]
    assert findings_at(".") == []


def test_outside_of_git_tracked_is_a_walk(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM, ".gitignore": "y.yaml\n", "y.yaml": VM})
    assert looked_at(tracked=True) == ["a/x.yaml"]


def test_links_and_submodules_are_reported_as_in_a_walk(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    commit(other, {"z.yaml": VM})
    write(tree, {"x.yaml": VM})
    (tree / "link.yaml").symlink_to("x.yaml")
    (tree / "nothing.yaml").symlink_to("nowhere")
    (tree / "away").symlink_to(other)
    git(tree, "init", "-q")
    git(tree, "submodule", "add", "-q", str(other), "sub")
    commit(tree, {})
    sources = collect(["."], Search(tracked=True))
    assert [file.path for file in sources.files] == ["link.yaml", "x.yaml"]
    assert [(one.file, one.reason.split(":")[0].split(";")[0]) for one in sources.not_checked] == [
        ("away", "a symlink to a directory outside"),
        ("nothing.yaml", "a broken symlink"),
        ("sub", "a git submodule"),
    ]


def test_nothing_tracked_is_an_error_that_says_so(tree: Path) -> None:
    commit(tree, {"README": ""})
    write(tree, {"x.yaml": VM})
    with pytest.raises(UsageError, match=r'no YAML or JSON file that git tracks in "\."'):
        looked_at(tracked=True)
    assert looked_at(tracked=True, allow_empty=True) == []


# --- --root


def test_with_a_root_all_is_looked_at_and_the_named_is_reported(tree: Path) -> None:
    write(tree, {**CHAIN, "other/snapshot.yaml": LOST})
    assert findings_at("apps/snapshot.yaml") == [("source-vm-missing", "apps/snapshot.yaml")]
    assert findings_at("apps/snapshot.yaml", root=".") == []
    assert findings_at("other/snapshot.yaml", root=".") == [
        ("source-vm-missing", "other/snapshot.yaml")
    ]
    assert findings_at("other", root=".") == [("source-vm-missing", "other/snapshot.yaml")]
    assert findings_at(".", root=".") == findings_at(root=".") == findings_at("other", root=".")


def test_a_finding_shows_where_a_related_place_is_named(tree: Path) -> None:
    """Who changes a StorageClass must see the VM that it breaks."""
    write(tree, {name: text for name, text in CHAIN.items() if name != "infra/class.yaml"})
    expected = [("no-snapshot-class", "apps/vm.yaml")]
    assert findings_at("infra/storage.yaml", root=".") == expected
    assert findings_at("apps/snapshot.yaml", root=".") == expected
    assert findings_at("elsewhere.yaml", root=".") == []


def test_files_that_are_gone_are_no_mistake_with_a_root(tree: Path) -> None:
    write(tree, CHAIN)
    assert findings_at("infra/gone.yaml", root=".") == []
    with pytest.raises(UsageError, match="no such file"):
        findings_at("infra/gone.yaml")


def test_paths_may_be_written_in_any_way(tree: Path) -> None:
    write(tree, {**CHAIN, "other/snapshot.yaml": LOST})
    (tree / "link").symlink_to("other")
    expected = [("source-vm-missing", "other/snapshot.yaml")]
    for path in ("./other/snapshot.yaml", str(tree / "other" / "snapshot.yaml"), "apps/../other",
                 "link/snapshot.yaml"):  # fmt: skip
        assert findings_at(path, root=".") == expected
    os.chdir(tree / "other")
    assert findings_at("snapshot.yaml", root="..") == [
        ("source-vm-missing", "../other/snapshot.yaml")
    ]


def test_a_path_outside_of_the_root_is_a_mistake(tree: Path) -> None:
    write(tree, CHAIN)
    with pytest.raises(UsageError, match=r'"apps/vm\.yaml" is not below --root "infra"'):
        findings_at("apps/vm.yaml", root="infra")
    with pytest.raises(UsageError, match="--root: no such directory"):
        findings_at("apps/vm.yaml", root="nowhere")


def test_a_named_file_that_the_root_does_not_hold_is_listed(tree: Path) -> None:
    commit(tree, CHAIN)
    write(tree, {"new.yaml": LOST})
    report = engine.lint(("new.yaml",), None, Settings(root=".", tracked=True)).report
    assert report.findings == ()
    assert [(one.file, one.reason) for one in report.not_checked] == [
        ("new.yaml", "ignored, excluded or not tracked by git")
    ]


def test_standard_input_and_odd_names_are_looked_at_beside_the_root(tree: Path) -> None:
    write(tree, {**CHAIN, "snapshot.tmpl": LOST})
    named = SNAPSHOT.replace("name: nightly", "name: weekly").encode()
    assert findings_at("-", root=".", stdin=named) == []
    assert findings_at("-", root=".", stdin=LOST.replace("nightly", "weekly").encode()) == [
        ("source-vm-missing", "<stdin>")
    ]
    assert ("source-vm-missing", "snapshot.tmpl") in findings_at("snapshot.tmpl", root=".")


def test_the_order_of_paths_changes_nothing(tree: Path) -> None:
    write(tree, {**CHAIN, "other/snapshot.yaml": LOST, "more/snapshot.yaml": LOST})
    paths = ("other/snapshot.yaml", "apps/vm.yaml", "more/snapshot.yaml")
    assert findings_at(*paths, root=".") == findings_at(*reversed(paths), root=".")


# --- --context


def test_context_is_looked_at_and_never_reported(tree: Path) -> None:
    write(tree, {**CHAIN, "infra/snapshot.yaml": LOST.replace("nightly", "weekly")})
    assert findings_at("apps") != []
    assert findings_at("apps", context=("infra",)) == []
    assert findings_at("apps", "infra", context=("infra",)) == []
    assert findings_at(".", context=("infra/snapshot.yaml",)) == []


def test_a_context_that_is_not_there_is_a_mistake(tree: Path) -> None:
    write(tree, CHAIN)
    with pytest.raises(UsageError, match='no such file or directory "nowhere"'):
        findings_at("apps", context=("nowhere",))


def test_being_context_makes_nothing_our_concern(tree: Path) -> None:
    write(tree, {"apps/pvc.yaml": VM.split("---\n")[1], "infra/x.yaml": "kind: StorageClass\n"})
    assert collect(["apps"], context=["infra/x.yaml"]).files == ()


# --- from the command line


def check(*arguments: str) -> tuple[int, list[str]]:
    """The exit code and the lines of a run."""
    done = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", "check", "--format=concise", *arguments],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


def test_globs_of_a_configuration_count_from_its_directory(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree, {".git/HEAD": "", "a/b/one.yaml": LOST, "a/skip/two.yaml": LOST,
                 ".vmsnap-lint.yaml": "exclude: [skip, /a/b/one.yaml]\n"})  # fmt: skip
    for directory, path in ((".", "a"), ("a", "."), ("a/b", "..")):
        monkeypatch.chdir(tree / directory)
        assert check("--allow-empty", path) == (0, [])


def test_flags_reach_the_lint(tree: Path) -> None:
    commit(tree, {**CHAIN, "other/snapshot.yaml": LOST, "gen/snapshot.yaml": LOST})
    write(tree, {"new/snapshot.yaml": LOST})
    flags = ("--complete=all", "--select=source-vm-missing", "--verbose")
    assert len(check(*flags)[1]) == 3
    assert len(check(*flags, "--tracked")[1]) == 2
    assert len(check(*flags, "--tracked", "--exclude=gen")[1]) == 1
    assert check(*flags, "--tracked", "--root=.", "apps") == (0, [])
    assert check(*flags, "--context=other", "--context=gen", "--context=new") == (0, [])
    with_since = check(*flags[:1], "--since=HEAD", "--select=snapshot-data-deleted")
    assert with_since == (0, [])


def test_a_hook_in_a_repository_of_others_loads_no_parser(tree: Path) -> None:
    """It runs at every commit of everybody: no YAML, no typer, no schemas."""
    commit(tree, {"x.yaml": "kind: Deployment\n"})
    code = "import sys; from vmsnap_lint.cli import run; run(['check','--tracked','--allow-empty'])"
    code += "; print(sorted({'typer', 'ruamel.yaml', 'jsonschema_rs'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
