"""The site is built without a warning, is whole, and loads nothing from elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from handbook import site_check
from handbook.site_navigation import is_listed_in_a_table, toctrees
from tests.shared import ROOT
from vmsnap_lint.core.addresses import DOCUMENTATION, rule_address
from vmsnap_lint.core.data_files import rule_ids

if TYPE_CHECKING:
    from pathlib import Path


RULE = "rules/a-rule/index.html"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole site of two pages and a rule."""
    monkeypatch.setattr(site_check, "rule_ids", lambda: ("a-rule",))
    monkeypatch.setattr(site_check, "SCHEMAS", tmp_path / "none")
    _write(
        tmp_path, "index.html", '<a href="rules/a-rule/#top">a</a><link rel="icon" href="x.png">'
    )
    _write(tmp_path, RULE, '<h1 id="top">a</h1><a href="../../">b</a>')
    _write(tmp_path, "x.png", "")
    _write(tmp_path, "x.css", "a { background: url(data:image/png;base64,AA==) }")
    return tmp_path


def _write(site: Path, name: str, text: str) -> None:
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(text, encoding="utf-8")


def test_a_whole_site_has_no_faults(site: Path) -> None:
    assert site_check.faults(site) == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("x.css", '@import "https://fonts.example.org/a";', "x.css: loads https://fonts.example.org/a"),
        ("x.css", "a { src: url('//cdn.example.org/b') }", "x.css: loads //cdn.example.org/b"),
        (RULE, '<i id="top"><a href="../b/">', "../b/ leads nowhere"),
        (RULE, '<a href="../../">', "index.html: rules/a-rule/#top has no such anchor"),
        (RULE, '<i id="top"><script src="https://a.example/b.js">',
         "loads https://a.example/b.js"),
        (RULE, '<i id="top"><link rel="preload stylesheet" href="//a.example/b">',
         "loads //a.example/b"),
        (RULE, '<i id="top"><img src="b.png">', "b.png leads nowhere"),
        ("lost/index.html", "", "lost/index.html: no page leads to it"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_found(site: Path, name: str, text: str, fault: str) -> None:
    _write(site, name, text)
    assert [found for found in site_check.faults(site) if fault in found]


def test_a_rule_without_a_page_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_check, "rule_ids", lambda: ("a-rule", "other"))
    assert site_check.faults(site) == ["rules/other/: the rule has no page"]


def test_a_schema_that_is_not_at_its_address_is_found(
    site: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    schemas = tmp_path_factory.mktemp("output")
    _write(schemas, "check.json", json.dumps({"$id": f"{DOCUMENTATION}/schemas/output/check.json"}))
    monkeypatch.setattr(site_check, "SCHEMAS", schemas)
    (fault,) = site_check.faults(site)
    assert fault == f"check.json: the site has no {DOCUMENTATION}/schemas/output/check.json"
    _write(site, "schemas/output/check.json", "{}")
    assert site_check.faults(site) == []


def test_links_to_other_sites_are_left_to_their_readers(site: Path) -> None:
    _write(site, RULE, '<i id="top"><a href="https://kubevirt.io">')
    assert site_check.faults(site) == []


def test_the_navigation_lists_every_page_but_those_of_rules() -> None:
    docs = ROOT / "docs"
    listed = toctrees(docs).splitlines()
    pages = {page.relative_to(docs).with_suffix("").as_posix() for page in docs.rglob("*.md")}
    pages = {page for page in pages if not page.startswith("handbook/")} - {"index"}
    assert {page for page in pages if not is_listed_in_a_table(page)} <= set(listed)
    names = [line for line in listed if "/" in line]
    assert len(names) == len(set(names))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_site_is_built_strictly(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    run = subprocess.run(
        [sys.executable, "docs/build.py", str(tmp_path)],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    for rule_id in rule_ids():
        path = rule_address(rule_id).removeprefix(f"{DOCUMENTATION}/")
        text = (tmp_path / path / "index.html").read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="{rule_address(rule_id)}"' in text


def test_results_of_the_search_lead_to_pages(site: Path) -> None:
    """Its script knows addresses of directories by the name of the builder."""
    index = 'Search.setIndex({"docnames": ["index", "rules/a-rule"], "titles": ["/README"]})'
    _write(site, "searchindex.js", index)
    _write(site, "_static/documentation_options.js", "{ BUILDER: 'dirhtml', }")
    assert site_check.faults(site) == []
    _write(site, "searchindex.js", index.replace("a-rule", "README"))
    assert site_check.faults(site) == ["search: rules/README leads nowhere"]
    _write(site, "searchindex.js", index)
    _write(site, "_static/documentation_options.js", "{ BUILDER: 'site', }")
    assert site_check.faults(site) == ["search: its results are no addresses of directories"]
