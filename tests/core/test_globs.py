"""Globs name what a .gitignore of theirs would, in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import quickest
from tests.properties import examples
from vmsnap_lint.core.globs import GlobTree, path_globs
from vmsnap_lint.core.model import ObjectId
from vmsnap_lint.core.scope import Scope, Scopes

WORDS = st.text("ab*?", max_size=6)


def path_fits(glob: str, path: str) -> bool:
    return bool(GlobTree([path_globs(glob)]).fitting(path.split("/")))


def word_fits(glob: str, word: str) -> bool:
    return bool(GlobTree([(glob,)]).fitting((word,)))


def _fits(scope: Scope, file: str, named: ObjectId | None) -> bool:
    return Scopes([Scope(objects=("-/-",)), scope]).fitting(file, named) == 2


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("a.yaml", "a.yaml", True),
        ("a.yaml", "deep/er/a.yaml", True),  # no slash: at any depth
        ("/a.yaml", "deep/a.yaml", False),
        ("x/a.yaml", "x/a.yaml", True),
        ("x/a.yaml", "deep/x/a.yaml", False),  # a slash: from the root
        ("**/x/a.yaml", "deep/x/a.yaml", True),
        ("**/x/a.yaml", "x/a.yaml", True),
        ("legacy", "legacy/a/b.yaml", True),  # a directory: all that is below
        ("legacy/", "legacy/a/b.yaml", True),
        ("legacy/", "deep/legacy/b.yaml", True),
        ("legacy/", "deep/legacy", False),  # a file of that name is no directory
        ("legacy/**", "legacy/a/b.yaml", True),
        ("legacy", "legacy-2/b.yaml", False),
        ("x/*.yaml", "x/y/a.yaml", False),  # a star stays within a name
        ("x/**/a.yaml", "x/a.yaml", True),
        ("x/**/a.yaml", "x/y/z/a.yaml", True),
        ("x/**/a.yaml", "y/x/a.yaml", False),
        ("?.yaml", "a.yaml", True),
        ("?.yaml", "ab.yaml", False),
        ("*", "any/thing", True),
        ("A.yaml", "a.yaml", False),
    ],
)
def test_a_glob_names_what_git_would(glob: str, path: str, fits: bool) -> None:
    assert path_fits(glob, path) is fits


def slow(glob: str, word: str) -> bool:
    """The meaning of a glob, without regard to time."""
    if not glob or not word:
        return not word and not glob.strip("*")
    if glob[0] == "*":
        return slow(glob[1:], word) or slow(glob, word[1:])
    return glob[0] in ("?", word[0]) and slow(glob[1:], word[1:])


@given(WORDS, st.text("ab", max_size=8))
@examples(300)
def test_stars_take_any_text(glob: str, word: str) -> None:
    assert word_fits(glob, word) is slow(glob, word)


def test_no_glob_takes_long() -> None:
    stars, directories = "*a" * 200 + "b", "**/*a*a*a*/" * 20 + "b"
    assert quickest(lambda: word_fits(stars, "a" * 4000), 2) <= 2
    assert quickest(lambda: path_fits(directories, "aaaaaaaaaa/" * 100 + "c"), 3) <= 3
    assert not word_fits(stars, "a" * 4000)
    assert not path_fits(directories, "aaaaaaaaaa/" * 100 + "c")


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ((), True),
        (("VirtualMachine/prod/web",), True),
        (("VirtualMachine/web",), True),
        (("*/prod/*",), True),
        (("*/staging/*", "Virtual*/w?b"), True),
        (("VirtualMachine/staging/web",), False),
        (("virtualmachine/web",), False),
        (("web/VirtualMachine",), False),
    ],
)
def test_objects_are_named_by_kind_namespace_and_name(
    objects: tuple[str, ...], expected: bool
) -> None:
    web = ObjectId("kubevirt.io/v1", "VirtualMachine", "prod", "web")
    assert _fits(Scope("/", (), objects), "vm.yaml", web) is expected


def test_what_is_no_object_fits_no_glob_of_objects() -> None:
    assert not _fits(Scope("/", (), ("*/*",)), "vm.yaml", None)


def test_an_unset_namespace_is_empty() -> None:
    web = ObjectId("kubevirt.io/v1", "VirtualMachine", None, "web")
    assert _fits(Scope("/", (), ("*/*/web",)), "vm.yaml", web)
    assert not _fits(Scope("/", (), ("*/default/web",)), "vm.yaml", web)


def test_paths_count_from_the_base(tmp_path: object) -> None:
    scope = Scope(str(tmp_path), ("apps/*.yaml",))
    assert _fits(scope, f"{tmp_path}/apps/vm.yaml", None)
    assert not _fits(scope, "apps/vm.yaml", None)
    assert not _fits(scope, f"{tmp_path}-2/apps/vm.yaml", None)
    assert not _fits(Scope("/", ("**",)), "<stdin>", None)
    assert _fits(Scope("/", ("**",)), "<x>.yaml", None)
