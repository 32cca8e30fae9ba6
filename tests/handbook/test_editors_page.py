"""What the page about editors shows can be read by them, and the extension is as it is told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.markdown import page
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = page("docs/editors.md")
EXTENSION = ROOT / "editors" / "vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text("utf-8"))
_SETTINGS = MANIFEST["contributes"]["configuration"]["properties"]


def _fences(language: str) -> list[str]:
    return [fence.text for fence in PAGE.fences if fence.language == language]


def test_each_editor_has_a_section() -> None:
    titles = [title for _, title in PAGE.headings]
    wanted = ["Neovim", "Helix", "Emacs", "Visual Studio Code", "JetBrains"]
    assert [title for title in titles if title in wanted] == wanted


def test_helix_starts_the_server_that_it_names() -> None:
    (text,) = _fences("toml")
    value = tomllib.loads(text)
    servers = value["language-server"]
    assert servers == {"vmsnap-lint": {"command": "vmsnap-lint", "args": ["lsp"]}}
    for language in value["language"]:
        assert "vmsnap-lint" in language["language-servers"]


@pytest.mark.parametrize("number", range(5))
def test_lua_is_read_by_neovim(number: int, tmp_path: Path) -> None:
    """Only what 0.7 has already is run as well."""
    nvim = shutil.which("nvim")
    if nvim is None:
        pytest.skip("Neovim is not installed")
    file = tmp_path / "part.lua"
    text = _fences("lua")[number]
    file.write_text(text, "utf-8")
    is_old = "start_client" in text
    script = f"lua {'dofile' if is_old else 'assert(loadfile'}([[{file}]]){'' if is_old else ')'}"
    run = subprocess.run(
        [nvim, "--headless", "-u", "NONE", "-i", "NONE", "-c", script, "-c", "qa!"],
        check=False, capture_output=True, text=True, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")


def test_all_lua_is_tried() -> None:
    assert len(_fences("lua")) == 5
    for text in _fences("lua")[::1]:
        assert '"vmsnap-lint", "lsp"' in text or "vmsnap_lint" in text or "codelens" in text


def test_the_lisp_of_emacs_is_whole(tmp_path: Path) -> None:
    (text,) = _fences("elisp")
    bare = re.sub(r'"[^"]*"', '""', text)
    assert bare.count("(") == bare.count(")")
    assert '("vmsnap-lint" "lsp")' in text
    if emacs := shutil.which("emacs"):
        file = tmp_path / "part.el"
        file.write_text(text, "utf-8")
        check = f'(with-temp-buffer (insert-file-contents "{file}") (check-parens))'
        subprocess.run([emacs, "--batch", "--eval", check], check=True, timeout=60)


def test_the_settings_of_vs_code_exist() -> None:
    for text in _fences("json"):
        assert json.loads(text).keys() <= _SETTINGS.keys()
    shown = page("editors/vscode/README.md")
    named = {code for code in shown.codes if code.startswith("vmsnap-lint.") and " " not in code}
    assert named == _SETTINGS.keys()


def test_the_commands_of_the_extension_are_its_scripts() -> None:
    text = "".join(_fences("sh")) + (EXTENSION / "README.md").read_text("utf-8")
    assert set(re.findall(r"npm run (\w+)", text)) <= MANIFEST["scripts"].keys()
    assert "vmsnap-lint.vsix" in MANIFEST["scripts"]["package"]


def test_the_extension_has_the_version_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert MANIFEST["version"] == project["version"]
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    assert lock["version"] == project["version"]
    for name, version in MANIFEST["dependencies"].items():
        assert lock["packages"][""]["dependencies"][name] == version


def test_the_extension_passes_its_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    files = sorted(map(str, (EXTENSION / "test").glob("*.test.js")))
    run = subprocess.run(
        [node, "--test", *files], cwd=EXTENSION, check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout
