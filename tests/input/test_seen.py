"""A run saw what a scope may name where all of it lies below what was named, without a cut."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import files
from tests.properties import examples
from vmsnap_lint.config.search import Excluded
from vmsnap_lint.core.scope import Scope, Scopes
from vmsnap_lint.input.seen import Seen

if TYPE_CHECKING:
    from pathlib import Path

GLOBS = st.lists(st.sampled_from(["a", "b", "*", "a*", "?", "**"]), min_size=1, max_size=4)
NAMES = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("paths", "areas"),
    [
        ((), ["/r"]),
        (("apps/erp/**",), ["/r/apps/erp"]),
        (("/apps/",), ["/r/apps"]),
        (("apps", "*.bak.yaml"), ["/r", "/r"]),
        (("apps/e?p/vm.yaml", "**/x"), ["/r/apps", "/r"]),
    ],
)
def test_what_a_scope_names_is_below_its_areas(paths: tuple[str, ...], areas: list[str]) -> None:
    found = [os.path.normpath(area) for area in Scope("/r", paths).areas()]
    assert found == areas


@given(GLOBS, NAMES)
@examples(200)
def test_every_file_that_fits_is_below_an_area(globs: list[str], names: list[str]) -> None:
    scope, file = Scope("/r", ("/".join(globs),)), f"/r/{'/'.join(names)}"
    if Scopes([scope]).fitting(file, None):
        areas = [os.path.normpath(area) for area in scope.areas()]
        assert any(f"{file}/".startswith(f"{area}/") for area in areas)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Seen(), False),
        (Seen(frozenset(["/r"])), True),
        (Seen(frozenset(["/"])), True),
        (Seen(frozenset(["/r/apps"])), True),
        (Seen(frozenset(["/r/apps/erp"])), False),
        (Seen(frozenset(["/r/app"])), False),
        (Seen(frozenset(["/r"]), is_part=True), False),
        (Seen(frozenset(["/r"]), pages=frozenset(["/r/apps/a.md", "/r/b.md"])), False),
        (Seen(frozenset(["/r"]), pages=frozenset(["/r/b.md"])), True),
        (Seen(frozenset(["/r"]), excluded_files=frozenset(["/r/apps/a.yaml"])), False),
        (Seen(frozenset(["/r"]), excluded_files=frozenset(["/r/a.yaml"])), True),
        (Seen(frozenset(["/r"]), excluded_directories=frozenset(["/r/apps/erp"])), False),
        (Seen(frozenset(["/r"]), excluded_directories=frozenset(["/r/infra"])), True),
        (Seen(frozenset(["/"]), excluded_directories=frozenset(["/r"])), False),
    ],
)
def test_a_run_saw_all_of_it_or_not(seen: Seen, expected: bool) -> None:
    assert seen.whole([Scope("/r", ("apps/**",)), Scope("/elsewhere", ("x",))])[0] is expected


def test_a_file_was_seen_or_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files.write(tmp_path, {"read.yaml": "", "left.yaml": "", ".vmsnap-lint.yaml": ""})
    read = Seen(files=frozenset([str(tmp_path / "read.yaml")]))
    names = ["read.yaml", "left.yaml", "gone.yaml", ".vmsnap-lint.yaml", "<stdin>"]
    assert [read.saw(name) for name in names] == [True, False, True, True, True]
    excluded = Excluded((Scope(str(tmp_path), ("gone*",)),))
    assert not read._replace(is_excluded=excluded).saw("gone.yaml")
    assert not read._replace(is_part=True).saw("read.yaml")
