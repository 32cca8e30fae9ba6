"""The reference of the action and the component lists what these take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAGE = ROOT / "docs" / "reference" / "action-and-component.md"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _table(rows: Iterable[tuple[str, Any, str]], heading: str) -> str:
    lines = [f"| {heading} | default | meaning |", "|---|---|---|"]
    for name, default, meaning in rows:
        shown = "" if default == "" else f"`{_cell(str(default))}`"
        lines.append(f"| `{name}` | {shown} | {_cell(meaning)} |")
    return "\n".join(lines)


def _inputs(inputs: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Any, str]]:
    for name, row in inputs.items():
        default = row["default"]
        if isinstance(default, list):
            default = ", ".join(rule["if"] for rule in default)
        if isinstance(default, bool):
            default = str(default).lower()
        yield name, default, row["description"]


def action_table() -> str:
    """The inputs of action.yml."""
    return _table(_inputs(yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]), "input")


def component_table() -> str:
    """The inputs of the component."""
    header, _ = yaml.safe_load_all((ROOT / "templates" / "vmsnap-lint.yml").read_text())
    return _table(_inputs(header["spec"]["inputs"]), "input")


def test_the_page_lists_the_inputs_of_the_action() -> None:
    assert action_table() in PAGE.read_text(encoding="utf-8")


def test_the_page_lists_the_inputs_of_the_component() -> None:
    assert component_table() in PAGE.read_text(encoding="utf-8")


def test_the_page_names_the_outputs_of_the_action() -> None:
    text = PAGE.read_text(encoding="utf-8")
    outputs = yaml.safe_load((ROOT / "action.yml").read_text())["outputs"]
    assert [name for name in outputs if f"`{name}`" not in text] == []
