"""The reference pages are complete, and their examples are valid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handbook import format_pages, schema_pages
from handbook.configuration_page import EXAMPLE, configuration_page
from handbook.format_pages import NOTES, formats_page
from handbook.markdown import code, fenced, plain, table
from handbook.option_pages import exit_codes_page, options_page
from handbook.releases_page import releases_page
from handbook.sessions import filled
from vmsnap_lint import __version__
from vmsnap_lint.config.file import find
from vmsnap_lint.config.file.configuration import from_file
from vmsnap_lint.config.output_formats import FINDING_FORMATS, PLAN_FORMATS, Format
from vmsnap_lint.config.settings import OPTIONS, ROWS
from vmsnap_lint.core.releases import Behaviour, Fact

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = [*(row.name for row in FINDING_FORMATS), *(f"plan-{row.name}" for row in PLAN_FORMATS)]


def test_the_example_of_a_configuration_has_every_key_and_no_mistake(tmp_path: Path) -> None:
    for path in ("clusters/prod", "clusters/staging", "apps/prod"):
        (tmp_path / path).mkdir(parents=True)
    file = find.File(".vmsnap-lint.yaml", str(tmp_path), EXAMPLE.encode())
    given, mistakes = from_file(file)
    assert mistakes == []
    assert set(given) == {option.key for option in OPTIONS}
    assert EXAMPLE in configuration_page()


def test_the_keys_of_overrides_and_clusters_are_told() -> None:
    page = configuration_page()
    for key in ("until", "reason", "objects", "facts", "kubevirt"):
        assert f"| `{key}` |" in page


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_described(name: str) -> None:
    note = (NOTES / f"{name}.md").read_text(encoding="utf-8").strip()
    assert note in formats_page()


def test_a_format_that_nobody_described_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = Format("other", "writers.concise", portable=True)
    monkeypatch.setattr(format_pages, "FINDING_FORMATS", (unknown,))
    assert "| [`other`](#other) | a report with one line" in formats_page()


def test_each_option_and_variable_is_told() -> None:
    options, environment = options_page(), exit_codes_page()
    for row in ROWS:
        assert f"`{', '.join(row.flags) or row.key}" in options
        assert not row.variable or f"| `{row.variable}` |" in environment
    assert "| 130 | " in environment


def test_each_fact_of_a_release_has_a_row() -> None:
    facts = [name for name, value in vars(Behaviour).items() if isinstance(value, Fact)]
    rows = [line for line in releases_page().splitlines() if line.startswith("| ")]
    heads = [row for row in rows if row.startswith("| fact |")]
    assert len(rows) - len(heads) == len(facts)
    told = {name.replace("_", " ") for name in facts}
    assert [row for row in rows if row.split(" | ")[0].removeprefix("| ") in told] == []


def test_fields_of_a_schema_become_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = {
        "type": "object",
        "properties": {"line": {"type": "integer", "description": "1-based"}},
    }
    node = {"type": "object", "properties": {"child": {"$ref": "#/$defs/node"}}}
    schema = {
        "description": "A report.",
        "properties": {
            "version": {"const": 1},
            "level": {"enum": ["a", "b"]},
            "at": {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]},
            "all": {"type": "array", "items": {"$ref": "#/$defs/place"}},
            "by": {"type": "object", "additionalProperties": {"$ref": "#/$defs/place"}},
            "tree": {"$ref": "#/$defs/node"},
        },
        "$defs": {"place": place, "node": node},
    }
    (tmp_path / "check.json").write_text(json.dumps(schema), encoding="utf-8")
    monkeypatch.setattr(schema_pages, "SCHEMAS", tmp_path)
    page = schema_pages.json_page()
    assert "## check\n\nA report." in page
    assert "| `version` | `1` |  |" in page
    assert '| `level` | `"a"`, `"b"` |  |' in page
    for path in ("at.line", "all[].line", "by.*.line"):
        assert f"| `{path}` | integer | 1-based |" in page
    assert "| `all` | array of object |  |" in page
    assert "`tree.child`" in page
    assert "`tree.child.child.child`" not in page


def test_cells_and_blocks_cannot_be_ended_by_their_text() -> None:
    assert table(("a",), [("x|y\nz",)]) == "| a |\n|---|\n| x\\|y z |"
    assert plain("a <b> `<c>`") == "a \\<b> `<c>`"
    assert code("a`b") == "`` a`b ``"
    assert fenced("```\n", "yaml") == "````yaml\n```\n````"


def test_a_session_is_filled_wherever_it_stands() -> None:
    page = "- so:\n\n  ```console\n  $ vmsnap-lint --version\n  old\n  ```\n\nend\n"
    assert filled(page) == page.replace("old", f"vmsnap-lint {__version__}")
    assert filled("```sh\n$ vmsnap-lint --version\nold\n```\n").endswith("old\n```\n")
