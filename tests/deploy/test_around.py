"""What pointers can look at: files of the repository alone, objects by their names."""

from __future__ import annotations

import subprocess
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.pointing import application, config_map, pointer, tree
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.deploy.around import Around
from vmsnap_lint.deploy.checkout import Checkout
from vmsnap_lint.deploy.repositories import Repositories, repository_name
from vmsnap_lint.deploy.star_globs import fits_names, fits_text
from vmsnap_lint.input.files import readable

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.objects.manifest import Manifest


def named(file: str, value: str, namespace: str | None = "flux-system") -> Manifest:
    return pointer("v1", "ConfigMap", value, "settings", namespace, file=file)


def test_an_object_is_found_by_its_name_and_namespace(tmp_path: Path) -> None:
    one, other = config_map("a", {"x": "1"}, "n"), config_map("a", {"x": "2"}, "m")
    around = tree(tmp_path, {}, one, other)
    assert around.find(CONFIG_MAP, "m", "a") is other
    assert around.find(CONFIG_MAP, "q", "a") is None
    assert around.find(CONFIG_MAP, "n", "b") is None


def test_an_object_without_a_namespace_may_be_in_any(tmp_path: Path) -> None:
    one = named("a.yaml", "x", None)
    assert tree(tmp_path, {}, one).find(CONFIG_MAP, "n", "settings") is one


def test_of_several_objects_the_nearest_counts_and_none_where_they_differ(tmp_path: Path) -> None:
    here, there = named("clusters/eu/a.yaml", "eu"), named("clusters/us/a.yaml", "us")
    near = pointer("v1", "Pod", {}, file="clusters/us/apps/b.yaml")
    around = tree(tmp_path, {}, here, there)
    assert around.find(CONFIG_MAP, "flux-system", "settings") is None
    assert around.find(CONFIG_MAP, "flux-system", "settings", near) is there
    same = tree(tmp_path, {}, here, named("clusters/us/a.yaml", "eu"))
    assert same.find(CONFIG_MAP, "flux-system", "settings") is here


def test_directories_are_listed_without_links_and_hidden_ones(tmp_path: Path) -> None:
    around = tree(tmp_path, {"a/b/x": "", ".git/x": "", ".github/x": "", "a/.h/x": ""})
    (tmp_path / "link").symlink_to("a")
    assert [around.relative(path) for path in around.directories().files] == ["a", "a/b"]


def test_a_tree_that_is_too_large_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vmsnap_lint.deploy.around._MOST_ENTRIES", 10)
    around = tree(tmp_path, {f"{number}/x.yaml": "" for number in range(20)})
    assert around.files(around.root, recurse=True).is_cut
    assert around.directories().is_cut


@pytest.mark.parametrize("text", ["/etc", "../..", "a\0b", "x" * 5_000, "\ud800", ".git", "none"])
def test_a_path_that_leads_nowhere_has_a_reason(tmp_path: Path, text: str) -> None:
    around = tree(tmp_path, {".git/x": ""})
    for look in (around.directory, around.file):
        with pytest.raises(ValueError, match=r"."):
            look(text)
    assert not around.has(text)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/acme/Fleet.git", "fleet"),
        ("git@github.com:acme/fleet", "fleet"),
        ("ssh://git@example.com:22/acme/fleet/", "fleet"),
        ("fleet", "fleet"),
        ("", ""),
    ],
)
def test_the_name_of_a_repository(url: str, name: str) -> None:
    assert repository_name(url) == name


def repositories(*remotes: str, has: str = "apps") -> Repositories:
    objects = [application(source={"repoURL": url, "path": path}) for url, path in (
        ("https://x/acme/fleet", "apps"), ("https://x/acme/web", "."), ("https://x/acme/y", "y"),
    )]  # fmt: skip
    return Repositories(objects, remotes, lambda path: path == has)


def test_a_name_that_git_knows_decides() -> None:
    found = repositories("git@y:me/web.git")
    assert found.is_here("https://z/acme/web", "none")
    assert not found.is_here("https://x/acme/fleet", "apps")
    assert found.is_here("{{ .url }}", "apps")


@pytest.mark.parametrize("remotes", [(), ("git@y:me/renamed.git",)])
def test_otherwise_paths_decide(remotes: tuple[str, ...]) -> None:
    found = repositories(*remotes)
    assert found.is_here("https://x/acme/fleet", "none")
    assert found.is_here("https://x/acme/other", "apps")
    assert not found.is_here("https://x/acme/web", ".")
    assert repositories(has="q").is_here("https://x/acme/web", ".")


def test_git_tells_the_remotes(tmp_path: Path) -> None:
    for command in (["init", "-q"], ["remote", "add", "origin", "https://x/acme/web.git"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    one = application(source={"repoURL": "https://z/acme/web", "path": "."})
    around = tree(tmp_path, {"apps/x": ""}, one)
    assert around.repositories.is_here("https://z/acme/web", ".")
    assert not around.repositories.is_here("https://z/acme/fleet", "apps")


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("*.yaml", "a/b.yaml", True),
        ("{a,b}*.{yaml,yml}", "b/x.yml", True),
        ("{a,b}*.{yaml,yml}", "c/x.yml", False),
        ("?.yaml", "ab.yaml", False),
        ("[a-c][!x].yaml", "by.yaml", True),
        ("[a-c][!x].yaml", "bx.yaml", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("a*b*c", "axbxbxc", True),
        ("a*b*c", "axcxb", False),
        ("a*bb", "ab", False),
        ("[z-a]", "m", False),
        ("[a", "[a", True),
        ("", "", True),
    ],
)
def test_globs_of_a_text(glob: str, path: str, fits: bool) -> None:
    assert fits_text(glob, path) is fits


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("apps/*", "apps/web", True),
        ("apps/*", "apps/web/x", False),
        ("*", "apps/web", False),
        ("apps/w?b", "apps/web", True),
        ("**/web", "apps/x/web", False),
    ],
)
def test_globs_of_names(glob: str, path: str, fits: bool) -> None:
    assert fits_names(glob, path) is fits


def test_many_choices_are_not_all_tried() -> None:
    assert not fits_text("{a,b}" * 40 + "c", "a" * 40)


def test_an_example_below_the_root_is_the_root_of_its_paths(tmp_path: Path) -> None:
    files = {
        "docs/example/apps/a.yaml": "",
        "docs/example/clusters/eu/all.yaml": "",
        "x/a.yaml": "",
    }
    around = tree(tmp_path, files)
    one = pointer("v1", "Pod", {}, file=f"{tmp_path}/docs/example/clusters/eu/all.yaml")
    assert around.seen_from(one, "./apps").root == f"{around.root}/docs/example"
    assert around.seen_from(one, "./x") is around
    assert around.seen_from(one, "./none") is around
    assert around.seen_from(one, ".") is around
    assert around.seen_from(one, "../example/apps") is around


def test_a_pointer_from_elsewhere_has_the_root_of_the_repository(tmp_path: Path) -> None:
    around = tree(tmp_path / "r", {"a/b": ""})
    assert around.seen_from(pointer("v1", "Pod", {}, file="<stdin>"), "apps") is around


def test_where_other_paths_count_from_the_root_all_do(tmp_path: Path) -> None:
    own = application(source={"repoURL": "https://x/acme/fleet", "path": "apps"})
    around = tree(tmp_path, {"apps/a": "", "docs/web/a": "", "docs/all.yaml": ""}, own)
    one = pointer("v1", "Pod", {}, file=f"{tmp_path}/docs/all.yaml")
    assert around.seen_from(one, "web") is around


@pytest.mark.parametrize(
    "items", [{"directories": [{"path": "apps/*"}]}, {"files": [{"path": "apps/?"}]}]
)
def test_a_repository_is_known_by_what_a_generator_asks_for(items: dict[str, Any]) -> None:
    git = {"repoURL": "https://x/acme/fleet", **items}
    spec = {"generators": [{"matrix": {"generators": [{"git": git}, 7]}}]}
    one = pointer("argoproj.io/v1alpha1", "ApplicationSet", spec)
    found = Repositories([one], (), lambda path: path == "apps")
    assert found.is_here("https://y/me/fleet.git", ".")
    assert not found.is_here("https://x/acme/other", ".")


def test_what_is_around_is_not_kept(tmp_path: Path) -> None:
    """Garbage is not collected in a run."""
    around = Around(Checkout(str(tmp_path), readable), ())
    assert not around.repositories.is_known
    gone = weakref.ref(around)
    del around
    assert gone() is None
