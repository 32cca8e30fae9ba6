"""The plan of the house: thirteen rooms in one column, imports that go down, each name used once.

Imports for type checkers count as well: who needs to name a type of a room above is in the wrong
room.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PACKAGE = ROOT / "vmsnap_lint"
# From the bottom up: a room imports from itself and from the rooms before it.
ROOMS = (
    "core", "document", "objects", "config", "input", "deploy", "schema", "kubevirt", "checks",
    "report", "engine", "editor", "cli",
)  # fmt: skip
# The same inside the two rooms that are columns themselves; one line holds what is on one level.
INSIDE = {
    "kubevirt": (
        ("stated_release", "verdict", "chain_link"), ("cluster", "blocker", "trail"),
        ("run_state", "admission", "changed_blocks"),
        ("storage",), ("snapshot",), ("restore",), ("copies",),
        ("copied_vms", "dependents", "policy", "sharing"), ("world",), ("worlds",),
    ),
    "deploy": (
        ("render", "forks", "decoding"),
        ("repositories", "checkout", "star_globs", "go_syntax", "yaml_value"),
        ("around", "envsubst", "go_values"), ("go_functions", "set_parameters"), ("go_template",),
        ("units", "applied", "roots", "config_maps", "kustomize_fields", "set_templates"),
        (
            "alternatives", "argo_source", "chart_values", "flux_source", "git_generator",
            "meeting",
        ),
        ("flux_artifacts", "generators"),
        ("application_set", "argo_helm", "helm_release", "post_build"),
        ("flux", "argocd", "substitution", "attribution"), ("expansion",), ("leading",),
        ("discovery",),
        ("clusters", "pages", "unwrapping"),
        ("assembly", "unread"), ("load",),
        ("changes", "chosen_clusters", "followed", "led_nowhere", "with_facts"), ("gathering",),
    ),
}  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))


def _module(path: Path) -> str:
    """The dotted name below the package: `report.writers.full`; "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = [_module(path) for path in FILES]


def _imports(path: Path) -> list[tuple[int, str]]:
    """Every import of ours in a file, with its line, as a dotted name below the package."""
    result = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        ours = (name for name in names if name.split(".")[0] == "vmsnap_lint")
        result += [(node.lineno, name.removeprefix("vmsnap_lint").lstrip(".")) for name in ours]
    return result


def _level(name: str, levels: Sequence[tuple[str, ...]]) -> int | None:
    return next((at for at, level in enumerate(levels) if name in level), None)


def _is_up(here: Sequence[str], there: Sequence[str], levels: Sequence[tuple[str, ...]]) -> bool:
    """Whether an import between two names of one column goes up, or sideways."""
    if not here or not there or here[0] == there[0]:
        return False
    ours, theirs = _level(here[0], levels), _level(there[0], levels)
    return ours is not None and theirs is not None and theirs >= ours


def upward(path: Path) -> list[str]:
    """The imports of a file that go up in a column."""
    here = _module(path).split(".")
    column = [(room,) for room in ROOMS]
    found = []
    for line, name in _imports(path):
        there = name.split(".")
        inside = INSIDE.get(here[0], ()) if here[0] == there[0] else ()
        if _is_up(here, there, column) or _is_up(here[1:], there[1:], inside):
            found.append(f"{'.'.join(here)}:{line} may not import {name}")
    return found


def test_the_rooms_are_these_thirteen() -> None:
    assert {module.split(".")[0] for module in MODULES} - {"", "__main__"} == set(ROOMS)


@pytest.mark.parametrize("room", INSIDE)
def test_every_module_of_an_inner_column_has_its_place(room: str) -> None:
    present = {module.split(".")[1] for module in MODULES if module.startswith(f"{room}.")}
    assert present == {name for level in INSIDE[room] for name in level}


@pytest.mark.parametrize("path", FILES, ids=[module or "vmsnap_lint" for module in MODULES])
def test_imports_go_down(path: Path) -> None:
    assert upward(path) == []


def test_no_circle_of_modules() -> None:
    """All imports follow an order, those for type checkers and within functions as well."""
    graph = {_module(path): _needed(path) - {_module(path)} for path in FILES}
    done: set[str] = set()
    while ready := {name for name, needs in graph.items() if needs <= done} - done:
        done |= ready
    assert set(graph) - done == set()


def _needed(path: Path) -> set[str]:
    """The modules of ours that a file imports somewhere."""
    names = {name for _, name in _imports(path)}
    modules = {name if name in MODULES else name.rpartition(".")[0] for name in names}
    return modules & set(MODULES)


def test_a_module_name_is_used_once() -> None:
    counts = Counter(module.rpartition(".")[2] for module in MODULES)
    assert [name for name, number in counts.items() if number > 1] == []


def test_a_public_class_name_is_used_once() -> None:
    counts = Counter(
        node.name
        for path in FILES
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert sorted(name for name, number in counts.items() if number > 1) == []


def test_the_test_sees_every_way_to_import(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "import vmsnap_lint.cli.parser as p\nfrom vmsnap_lint import engine\n"
        "if TYPE_CHECKING:\n    from vmsnap_lint.core.kinds import Kind\n"
        "def late():\n    from vmsnap_lint.report.writers.full import render\n    import os\n"
    )
    names = ["cli.parser", "core.kinds.Kind", "engine", "report.writers.full.render"]
    assert sorted(name for _, name in _imports(file)) == names
    assert _needed(file) == {"cli.parser", "core.kinds", "engine", "report.writers.full"}


def test_no_module_imports_typing_at_run_time() -> None:
    """`core.light_typing` has what they need; typer reads the annotations of `cli.parser`."""
    at_once = {
        _module(path)
        for path in FILES
        for node in ast.parse(path.read_bytes()).body
        if (isinstance(node, ast.ImportFrom) and node.module == "typing")
        or (isinstance(node, ast.Import) and any(name.name == "typing" for name in node.names))
    }
    assert at_once <= {"cli.parser"}
