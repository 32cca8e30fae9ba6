"""The nearest file counts, upwards to the root of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.config.file.find import File, find, load
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "[tool.vmsnap-lint]\nquiet = true\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / "apps" / "web").mkdir(parents=True)
    return root


def found_file(directory: Path) -> str | None:
    file = find(str(directory))
    return file.name if file else None


@pytest.mark.parametrize("name", [".vmsnap-lint.yaml", "vmsnap-lint.yaml"])
def test_a_file_counts_below_its_directory(repository: Path, name: str) -> None:
    (repository / name).write_text("quiet: true\n")
    assert found_file(repository) == name
    assert find(str(repository / "apps" / "web")) == File(
        f"../../{name}", str(repository), b"quiet: true\n", is_chosen=False
    )


def test_the_nearest_counts(repository: Path) -> None:
    (repository / ".vmsnap-lint.yaml").touch()
    (repository / "apps" / "vmsnap-lint.yaml").touch()
    assert found_file(repository / "apps" / "web") == "../vmsnap-lint.yaml"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (TABLE, True),
        ('[tool."vmsnap-lint"]\n', True),
        ("[tool]\nvmsnap-lint.quiet = true\n", True),
        ("tool = {vmsnap-lint = {quiet = true}}\n", True),
        ('[project]\ndependencies = ["vmsnap-lint"]\n', False),
        ("[tool.mypy]\nstrict = true\n", False),
        ("[tool.vmsnap-lint\n", True),  # broken: that must not pass in silence
    ],
)
def test_a_pyproject_counts_by_its_table(repository: Path, text: str, counts: bool) -> None:
    (repository / "apps" / "pyproject.toml").write_text(text)
    (repository / "vmsnap-lint.yaml").touch()
    expected = "pyproject.toml" if counts else "../vmsnap-lint.yaml"
    assert found_file(repository / "apps") == expected


def test_nothing_above_the_repository_counts(repository: Path) -> None:
    (repository.parent / ".vmsnap-lint.yaml").touch()
    assert found_file(repository / "apps") is None


def test_outside_of_a_repository_the_directory_alone_counts(tmp_path: Path) -> None:
    (tmp_path / "vmsnap-lint.yaml").touch()
    (tmp_path / "below").mkdir()
    assert found_file(tmp_path / "below") is None
    assert found_file(tmp_path) == "vmsnap-lint.yaml"


def test_a_worktree_has_a_root_too(repository: Path) -> None:
    (repository / ".vmsnap-lint.yaml").touch()
    (repository / "apps" / ".git").write_text("gitdir: elsewhere\n")
    assert found_file(repository / "apps" / "web") is None


@pytest.mark.parametrize("other", ["vmsnap-lint.yaml", "pyproject.toml"])
def test_two_in_one_directory_are_a_mistake(repository: Path, other: str) -> None:
    (repository / ".vmsnap-lint.yaml").touch()
    (repository / other).write_text(TABLE if other.endswith("toml") else "")
    with pytest.raises(UsageError, match=f"{other} exist: keep one"):
        find(str(repository))


def test_a_file_that_would_be_overlooked_is_a_mistake(repository: Path) -> None:
    (repository / ".vmsnap-lint.yml").touch()
    with pytest.raises(UsageError, match=r"is not read: rename it to \.vmsnap-lint\.yaml"):
        find(str(repository))


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the configuration"):
        load("c.yaml", str(tmp_path))


@pytest.mark.parametrize("name", [".vmsnap-lint.yaml", "pyproject.toml"])
def test_a_link_that_leads_out_of_the_repository_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("password: x\n")
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo" / name).symlink_to("../secret")
    with pytest.raises(UsageError, match="is a link that leads out: name that file with --config"):
        find(str(tmp_path / "repo"))
    (tmp_path / "repo/own").write_text("")
    (tmp_path / "repo" / name).unlink()
    (tmp_path / "repo" / name).symlink_to("own")
    find(str(tmp_path / "repo"))


def test_no_more_is_read_than_a_configuration_can_have(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(UsageError, match=r"cannot read .*\(it has more than 1,048,576 bytes\)"):
        load("c.yaml", str(tmp_path))
    with pytest.raises(UsageError, match=r"cannot read .*\(it is a device\)"):
        load("/dev/zero", str(tmp_path))


def test_only_a_file_that_is_named_is_chosen(tmp_path: Path) -> None:
    (tmp_path / ".vmsnap-lint.yaml").write_text("quiet: true\n")
    discovered = find(str(tmp_path))
    assert discovered is not None
    assert not discovered.is_chosen
    assert load(".vmsnap-lint.yaml", str(tmp_path)).is_chosen
