"""What the real git is asked, in real repositories."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from tests.repositories import commit, git, write
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.input import git as ours

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    commit(tmp_path, {"a/x.yaml": "one\n", "b.yaml": "two\n"})
    return tmp_path


def test_a_directory_is_located_in_its_working_tree(repository: Path) -> None:
    assert ours.locate("a") == ours.Home(os.path.realpath(repository), "a/")
    assert ours.locate(".") == ours.Home(os.path.realpath(repository), "")


def test_outside_of_a_working_tree_there_is_none(tmp_path: Path) -> None:
    assert ours.locate(str(tmp_path)) is None
    assert ours.index(str(tmp_path)) is None


def test_the_index_counts_from_the_directory_and_has_no_untracked_files(repository: Path) -> None:
    write(repository, {"a/untracked.yaml": "", "a/a name: with\tsigns é.yaml": ""})
    git(repository, "add", "a/a name: with\tsigns é.yaml")
    assert set(ours.index("a") or ()) == {"x.yaml", "a name: with\tsigns é.yaml"}
    assert set(ours.index(".") or ()) == {"a/x.yaml", "a/a name: with\tsigns é.yaml", "b.yaml"}


def test_trees_and_blobs_are_those_of_the_commit(repository: Path) -> None:
    old = git(repository, "rev-parse", "HEAD")
    commit(repository, {"b.yaml": "three\n"})
    tree = ours.tree(str(repository), old)
    assert set(tree) == {"a/x.yaml", "b.yaml"}
    found = ours.blobs(str(repository), [entry.blob for entry in tree.values()])
    assert found[tree["b.yaml"].blob] == b"two\n"
    assert len(found) == 2


def test_blobs_may_hold_anything(repository: Path) -> None:
    (repository / "odd").write_bytes(b"\n\0blob 3\n\n")
    (repository / "empty").write_bytes(b"")
    head = commit(repository, {})
    tree = ours.tree(str(repository), head)
    found = ours.blobs(str(repository), [entry.blob for entry in tree.values()])
    assert found[tree["odd"].blob] == b"\n\0blob 3\n\n"
    assert found[tree["empty"].blob] == b""


def test_a_blob_that_is_not_there_is_reported(repository: Path) -> None:
    with pytest.raises(UsageError, match=r"--since: older contents are not .*git fetch --refetch"):
        ours.blobs(str(repository), ["1" * 40])
    blob = git(repository, "rev-parse", "HEAD:b.yaml")
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    tree = ours.tree(str(repository), "HEAD")
    assert set(tree) == {"a/x.yaml", "b.yaml"}
    assert ours.blobs(str(repository), [tree["a/x.yaml"].blob]) == {tree["a/x.yaml"].blob: b"one\n"}
    with pytest.raises(UsageError, match=r"--since: older contents are not in this clone"):
        ours.blobs(str(repository), [entry.blob for entry in tree.values()])


def test_what_is_too_large_is_left_out(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, {"large": "x" * 100, "small": "y"})
    hashes = [entry.blob for entry in ours.tree(str(repository), "HEAD").values()]
    monkeypatch.setattr(ours, "MOST_BYTES", 50)
    assert set(ours.blobs(str(repository), hashes).values()) == {b"one\n", b"two\n", b"y"}
    monkeypatch.setattr(ours, "_MOST_BYTES", 8)
    with pytest.raises(UsageError, match="more than 8 bytes; name fewer paths"):
        ours.blobs(str(repository), hashes)


def test_a_partial_clone_needs_no_more_than_it_compares(repository: Path, tmp_path: Path) -> None:
    old = git(repository, "rev-parse", "HEAD")
    commit(repository, {"b.yaml": "three\n"})
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "clone"
    url = f"file://{repository}"
    git(repository, "clone", "-q", "--filter=blob:none", url, str(clone))
    tree = ours.tree(str(clone), ours.merge_base(str(clone), old))
    same, other = tree["a/x.yaml"].blob, tree["b.yaml"].blob
    assert ours.blobs(str(clone), [same]) == {same: b"one\n"}
    with pytest.raises(UsageError, match=r'partial, "git diff --stat REF" of that revision fetch'):
        ours.blobs(str(clone), [other])
    git(clone, "diff", "--stat", old)
    assert ours.blobs(str(clone), [other]) == {other: b"two\n"}


@pytest.mark.parametrize("how", ["count", "global"])
def test_the_settings_of_the_user_count_but_for_what_they_would_run(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    mark = tmp_path / "ran"
    monkeypatch.setattr(ours, "_SETTINGS", (*ours._SETTINGS, "GIT_TEST_ASSUME_DIFFERENT_OWNER"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(UsageError, match="git does not trust"):
        ours.index(".")
    given = {"safe.directory": "*", "core.fsmonitor": f"touch {mark}; false"}
    if how == "count":
        monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
        for number, (key, value) in enumerate(given.items()):
            monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
            monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    else:
        for key, value in given.items():
            git(repository, "config", "--file", str(tmp_path / "config"), key, value)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    assert "b.yaml" in (ours.index(".") or {})
    assert not mark.exists()


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_hashes_are_those_of_git(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "-q", f"--object-format={name}")
    commit(tmp_path, {"x": "text\n"})
    (entry,) = ours.tree(str(tmp_path), "HEAD").values()
    assert len(entry.blob) == 2 * hashlib.new(name).digest_size
    assert ours.digest(b"text\n", entry.blob) == entry.blob
    assert ours.digest(b"other\n", entry.blob) != entry.blob


def test_the_merge_base_is_where_branches_part(repository: Path) -> None:
    fork = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-qb", "topic")
    commit(repository, {"c.yaml": ""})
    git(repository, "checkout", "-q", "-")
    commit(repository, {"d.yaml": ""})
    assert ours.merge_base(str(repository), "topic") == fork


@pytest.mark.parametrize(
    "ref", ["nowhere", "--all", "HEAD~7", "", "a\0b", "HEAD:a", "x\ny", "@{u}"]
)
def test_an_unknown_revision_is_a_mistake_of_the_caller(repository: Path, ref: str) -> None:
    with pytest.raises(UsageError, match="--since: unknown git revision") as caught:
        ours.merge_base(str(repository), ref)
    assert "shallow" not in str(caught.value)


def test_a_shallow_clone_is_named_as_the_reason(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"c.yaml": ""})
    clone = tmp_path / "clone"
    git(repository, "clone", "-q", "--depth=1", f"file://{repository}", str(clone))
    with pytest.raises(UsageError, match=r"this clone is shallow, .*fetch-depth 0"):
        ours.merge_base(str(clone), "HEAD~1")


def test_histories_without_a_common_commit_are_reported(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, {"e.yaml": ""})
    git(repository, "branch", "first", "HEAD")
    git(repository, "checkout", "-q", "--orphan", "third")
    commit(repository, {"f.yaml": ""})
    with pytest.raises(UsageError, match='"first" and HEAD have no common history'):
        ours.merge_base(str(repository), "first")


def test_variables_of_hooks_lead_nowhere_else(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    commit(other, {"z.yaml": ""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert set(ours.index(".") or ()) == {"a/x.yaml", "b.yaml"}


def test_what_a_repository_configures_is_not_run(repository: Path) -> None:
    """The configuration of a repository that was unpacked from somewhere is hostile input."""
    mark = repository / "ran"
    git(repository, "config", "core.fsmonitor", f"touch {mark}; false")
    git(repository, "config", "filter.x.clean", f"touch {mark}; cat")
    git(repository, "config", "diff.external", f"touch {mark}")
    (repository / ".gitattributes").write_text("* filter=x\n")
    (repository / "b.yaml").write_text("changed\n")
    tree = ours.tree(str(repository), ours.merge_base(str(repository), "HEAD"))
    ours.blobs(str(repository), [tree["b.yaml"].blob])
    ours.index(".")
    assert not mark.exists()


def test_without_git_the_message_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository / "nothing"))
    with pytest.raises(UsageError, match="git is not installed"):
        ours.index(".")


def test_a_repository_of_somebody_else_is_reported_with_the_cure(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = repository / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\necho "fatal: detected dubious ownership in repository" >&2\nexit 128\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    with pytest.raises(UsageError, match=r"git config --global --add safe.directory /"):
        ours.index(".")


@pytest.mark.parametrize("broken", ["file", "variable"])
def test_settings_that_git_cannot_read_are_no_missing_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """So that the tracked files are not taken for all files in silence."""
    if broken == "file":
        (repository / ".git/config").write_text("[core\n")
    else:
        monkeypatch.setenv("GIT_CONFIG_COUNT", "many")
    with pytest.raises(UsageError, match="git cannot tell the repository") as caught:
        ours.index(str(repository))
    assert "config" in str(caught.value).lower()


def test_git_that_hangs_is_ended(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = repository / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    monkeypatch.setattr(ours, "_SECONDS", 0.2)
    with pytest.raises(UsageError, match=r"git took longer than 0\.2 seconds"):
        ours.index(".")
