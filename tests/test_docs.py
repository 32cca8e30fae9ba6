"""The pages and the README say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.markdown import anchors, page
from tests.shared import ROOT
from vmsnap_lint import __version__
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.config.output_formats import FINDING_FORMATS
from vmsnap_lint.config.settings import ROWS
from vmsnap_lint.core.addresses import DOCUMENTATION, EXTRAS, REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n\$ (vmsnap-lint [^\n]*)\n.", README)
FIRST = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/vmsnap-lint examples/shop\n"
SECOND = (
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' "
    "&& .venv/bin/python -m pytest -n 2\n"
)
WRITTEN = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/guides/*.md"),
                 *ROOT.glob("docs/zh/*.md"), *ROOT.glob("docs/reference/*.md"))
)  # fmt: skip
FORMATS = {row.name for row in FINDING_FORMATS}
_OTHERS_FLAGS = {"--", "--check", "--depth", "--local", "--seconds", "--target", "--user"}


def test_the_readme_shows_sessions() -> None:
    assert SESSIONS == ["vmsnap-lint examples/one-disk-missing"]


def test_the_readme_is_short() -> None:
    assert 8_000 <= len(README.encode()) <= 10_000


def test_the_readme_shows_one_finding() -> None:
    session = README.partition("```console\n")[2].partition("```")[0]
    assert re.findall(r"(?m)^(?:error|warning|info)\[", session) == ["error["]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_both_commands_of_a_newcomer_are_there(name: str) -> None:
    fences = [fence.text for fence in page(name).fences if fence.language == "sh"]
    assert FIRST in fences
    assert SECOND in fences


def test_the_commands_of_the_readme_for_examples_work() -> None:
    ours = [words for words in page("README.md").commands() if words[-1].startswith("examples/")]
    ours += [words for words in page("README.md").commands() if words[0] == "rule"]
    assert {words[0] for words in ours} >= {"examples/one-disk-missing", "plan", "rule"}
    for words in ours:
        run = subprocess.run(
            [sys.executable, "-m", "vmsnap_lint", *words],
            cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert run.returncode == (words[0] not in ("plan", "rule")), run.stderr
        assert run.stdout


def test_pages_tables_and_sessions_are_what_the_program_gives() -> None:
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", WRITTEN)
def test_each_command_in_a_page_is_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # no configuration counts
    for words in page(name).commands():
        told = parse(words)  # raises for what the program does not know
        outputs = told.settings.output if told else ()
        assert {output.format for output in outputs} <= FORMATS


@pytest.mark.parametrize("name", WRITTEN)
def test_each_flag_in_a_page_is_one(name: str) -> None:
    known = {flag for row in ROWS for flag in row.flags} | {"--help"}
    assert page(name).flags() - known - _OTHERS_FLAGS == set()


@pytest.mark.parametrize("name", WRITTEN)
def test_each_link_in_a_page_leads_somewhere(name: str) -> None:
    for link in page(name).links:
        if "://" in link:
            assert link.startswith("https://")
            continue
        path, _, anchor = link.partition("#")
        target = ROOT / name if not path else (ROOT / name).parent / path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("name", WRITTEN)
def test_each_script_in_a_page_is_there(name: str) -> None:
    scripts = [code.split()[1] for code in page(name).codes if re.match(r"python \S+\.py", code)]
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_addresses_of_the_project_are_those_that_the_program_names(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    ours = re.findall(r"https://[\w./-]*vmsnap-lint[\w./-]*", text)
    assert {url for url in ours if not url.startswith((REPOSITORY, DOCUMENTATION, _OWN))} == set()


_OWN = "https://git.example.com/"


def test_the_page_about_extras_is_where_the_program_says() -> None:
    path, _, anchor = EXTRAS.removeprefix(f"{DOCUMENTATION}/").partition("/#")
    assert anchor in anchors(ROOT / "docs" / f"{path}.md")


@pytest.mark.parametrize("name", WRITTEN)
def test_pages_name_the_version_that_this_is(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = re.findall(r"(?:vmsnap-lint@v|rev: v|vmsnap-lint:)(\d[\w.]*)", text)
    assert set(pinned) <= {__version__}


def test_the_project_says_where_it_lives() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    urls = project["urls"]
    assert (urls["Source"], urls["Documentation"]) == (REPOSITORY, DOCUMENTATION)
    assert all(url.startswith((REPOSITORY, DOCUMENTATION)) for url in urls.values())


def test_the_changelog_begins_with_this_version() -> None:
    released = [title for level, title in page("CHANGELOG.md").headings if level == 2]
    assert re.fullmatch(rf"{re.escape(__version__)} - \d{{4}}-\d\d-\d\d", released[0])


def test_each_format_stands_in_the_changelog() -> None:
    codes = " ".join(page("CHANGELOG.md").codes)
    for name in FORMATS - {"full"}:
        assert re.search(rf"\b{name}\b", codes), name
