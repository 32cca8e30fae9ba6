"""Scripts are no input, but tell which claims people upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.files import write
from tests.repositories import commit
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.input import relevant_files
from vmsnap_lint.input.sources import Role, Search, collect

if TYPE_CHECKING:
    from pathlib import Path

VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\n"
UPLOAD = "virtctl image-upload dv web-root\n"
SCRIPTS = ("Makefile", "README.md", "b/up.sh", "justfile")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {**dict.fromkeys(SCRIPTS, UPLOAD), "vm.yaml": VM, "up.py": UPLOAD})
    return tmp_path


def scripts(search: Search = Search(), *named: str) -> list[str]:  # noqa: B008  # immutable
    found = collect(named or ["."], search)
    assert {file.role for file in found.scripts} <= {Role.SCRIPT}
    return [file.path for file in found.scripts]


def test_what_people_run_is_found_by_its_name(tree: Path) -> None:
    assert scripts() == list(SCRIPTS)
    found = collect(["."])
    assert [file.path for file in found.files] == ["vm.yaml"]
    assert found.examined == 1


def test_tracked_ignored_and_excluded_files(tree: Path) -> None:
    write(tree, {".gitignore": "Makefile\n"})
    assert scripts() == ["README.md", "b/up.sh", "justfile"]
    excluded = Search(exclude=(Scope(str(tree), ("b/",)),))
    assert scripts(excluded) == ["README.md", "justfile"]
    commit(tree, {})
    write(tree, {"new.sh": UPLOAD})
    assert scripts(Search(tracked=True)) == ["README.md", "b/up.sh", "justfile"]


def test_others_and_links_are_not_read(tree: Path) -> None:
    write(tree, {"other.sh": "kubectl get vm\n", "../outside.sh": UPLOAD})
    (tree / "link.sh").symlink_to("../outside.sh")
    assert scripts() == list(SCRIPTS)


def test_a_file_that_holds_no_object_of_ours_may_hold_commands(tree: Path) -> None:
    write(tree, {"tasks.yaml": f"tasks:\n- shell: {UPLOAD}"})
    assert "tasks.yaml" in scripts()


def test_pages_that_are_searched_anyway(tree: Path) -> None:
    write(tree, {"docs/up.md": UPLOAD})
    assert "docs/up.md" not in scripts()
    assert "docs/up.md" in scripts(Search(docs=True))


def test_a_page_that_is_named_is_no_script(tree: Path) -> None:
    write(tree, {"README.md": f"```yaml\n{VM}```\n{UPLOAD}"})
    found = collect([".", "README.md"])
    assert [file.path for file in found.files] == ["README.md", "vm.yaml"]
    assert "README.md" not in [file.path for file in found.scripts]


def test_nothing_is_read_where_nothing_is_ours(tree: Path) -> None:
    (tree / "vm.yaml").write_text("a: 1\n")
    assert scripts() == []
    assert scripts(Search(), "vm.yaml") == []


def test_few_bytes_of_few_scripts_are_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevant_files, "_MOST_SCRIPTS", 2)
    assert scripts() == ["Makefile", "README.md"]
    monkeypatch.setattr(relevant_files, "_LONGEST_SCRIPT", 8)
    assert scripts() == []


def test_what_cannot_be_read_makes_no_claim(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(location: str, most: int) -> bytes:
        if location.endswith(".sh"):
            raise PermissionError
        return (tree / location).read_bytes()[:most]

    monkeypatch.setattr(relevant_files, "head", refuse)
    assert scripts() == ["Makefile", "README.md", "justfile"]
