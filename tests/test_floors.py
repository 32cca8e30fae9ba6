"""The law of floors: whoever is imported stands on a lower floor, or in the same package.

Imports for type checkers count as well: who needs to name a type of a floor above is on the wrong
floor. Halves order the modules of one floor among themselves.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "vmsnap_lint"
FLOORS = {
    "errors": 0.0,
    "data": 0.0,
    "display": 0.0,
    "drivers": 0.0,
    "kinds": 0.0,
    "model": 0.0,
    "patches": 0.0,
    "values": 0.0,
    "globs": 0.0,
    "scope": 0.5,
    "wording": 0.5,
    "document": 1.0,
    "manifest": 2.0,
    "releases": 2.0,
    "problem": 2.1,
    "references": 2.1,
    "history": 2.2,
    "immutable": 3.0,
    "losses": 4.4,
    "since": 6.25,
    "kustomized": 2.2,
    "suppressions": 2.3,
    "ordering": 3.0,
    "schema": 3.0,
    "crds": 3.1,
    "workspace": 3.0,
    "cluster": 3.5,
    "storage": 4.0,
    "machine": 3.9,
    "flattened": 3.9,
    "names": 4.0,
    "typemeta": 4.0,
    "admission": 4.1,
    "exported": 4.1,
    "evidence": 4.15,
    "outcome": 4.2,
    "restore": 4.3,
    "rivals": 4.3,
    "taken": 4.3,
    "reach": 4.4,
    "stale": 4.4,
    "restores": 4.4,
    "world": 4.5,
    "checks": 5.0,
    "catalog": 6.0,
    "kustomization": 6.0,
    "options": 6.0,
    "vocabulary": 6.05,
    "files": 6.05,
    "git": 6.0,
    "gitignore": 6.06,
    "roles": 6.06,
    "walk": 6.07,
    "config": 6.1,
    "config_file": 6.2,
    "levels": 6.2,
    "sources": 6.1,
    "definitions": 6.2,
    "focus": 6.15,
    "findings": 6.2,
    "rounds": 6.5,
    "render": 6.15,
    "by_facts": 6.6,
    "embedded": 6.0,
    "facts": 6.16,
    "pages": 6.17,
    "parts": 6.15,
    "sites": 6.17,
    "intake": 6.2,
    "baseline": 6.3,
    "sieve": 6.3,
    "engine": 7.0,
    "draw": 8.0,
    "report": 8.0,
    "cli": 9.0,
    "__main__": 9.5,
}
FILES = sorted((ROOT / PACKAGE).rglob("*.py"))


def _module(path: Path) -> str:
    """The dotted name below the package: `report.full`; "" for the package itself."""
    parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _top(module: str) -> str:
    return module.partition(".")[0]


MODULES = [path for path in FILES if _module(path)]


def _imports(path: Path) -> list[tuple[int, str]]:
    """Every import of ours in a file, with its line, as a dotted name below the package."""
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            source = node.module or ""
            names = [f"{source}.{alias.name}" for alias in node.names]
        else:
            continue
        ours = (name for name in names if _top(name) == PACKAGE)
        found += [(node.lineno, name.removeprefix(PACKAGE).removeprefix(".")) for name in ours]
    return found


def test_every_module_has_a_floor_and_every_floor_a_module() -> None:
    modules = {_top(_module(path)) for path in FILES} - {""}
    assert modules == set(FLOORS)


@pytest.mark.parametrize("path", FILES, ids=[_module(path) or PACKAGE for path in FILES])
def test_imports_go_down(path: Path) -> None:
    here = _top(_module(path))
    upward = []
    for line, name in _imports(path):
        there = _top(name)
        if there == here or there not in FLOORS:  # the package itself: its version
            continue
        if here == "" or FLOORS[there] >= FLOORS[here]:
            upward.append(f"{path.name}:{line}: {here} may not import {name}")
    assert upward == []


@pytest.mark.parametrize("path", MODULES, ids=map(_module, MODULES))
def test_the_docstring_names_the_floor(path: Path) -> None:
    told = re.findall(
        r"Floor (\d+(?:\.\d+)?)", ast.get_docstring(ast.parse(path.read_bytes())) or ""
    )
    assert told == [f"{FLOORS[_top(_module(path))]:g}"]


def test_the_law_sees_every_way_to_import(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "import vmsnap_lint.cli.parser as p\nfrom vmsnap_lint import engine\n"
        "def late():\n    from vmsnap_lint.report.full import render\n    import os\n"
    )
    assert [name for _, name in _imports(file)] == ["cli.parser", "engine", "report.full.render"]
