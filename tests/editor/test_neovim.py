"""Neovim with its own client, headless: what it is told, shows, and does with an action."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.files import write
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pygls")
_NVIM = shutil.which("nvim")
pytestmark = pytest.mark.skipif(_NVIM is None, reason="Neovim is not installed")

# Opens a file, waits for diagnostics, asks for a hover, applies an action, and waits again.
_SCRIPT = """
local out, command = {}, vim.json.decode(os.getenv('SERVER'))
local function written() vim.fn.writefile({vim.json.encode(out)}, os.getenv('RESULT')) end
local function check(condition, what)
  if not vim.wait(30000, condition, 20) then
    out.failed = what; written(); vim.cmd('cquit')
  end
end
vim.cmd('edit apps/snapshot.yaml')
vim.lsp.start_client({
  name = 'vmsnap-lint', cmd = command, root_dir = vim.fn.getcwd(),
  workspace_folders = {{uri = vim.uri_from_fname(vim.fn.getcwd()), name = 'tree'}},
  on_attach = function() out.attached = true end,
  on_init = function(client) vim.lsp.buf_attach_client(0, client.id) end,
})
local function shown() return vim.diagnostic.get(0) end
check(function() return #shown() > 0 end, 'no diagnostics')
out.diagnostics = vim.tbl_map(function(it)
  return {line = it.lnum, column = it.col, message = it.message, code = it.code,
          severity = it.severity, source = it.source}
end, shown())
local function asked(method, params)
  local found = vim.lsp.buf_request_sync(0, method, params, 30000)
  for _, answer in pairs(found or {}) do return answer.result end
end
local document = vim.lsp.util.make_text_document_params()
local told = shown()[1]
local position = {line = told.lnum, character = told.col}
out.hover = asked('textDocument/hover', {textDocument = document, position = position})
vim.fn.cursor(told.lnum + 1, told.col + 1)
local params = vim.lsp.util.make_range_params()
params.context = {diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, told.lnum)}
local actions = asked('textDocument/codeAction', params) or {}
out.titles = vim.tbl_map(function(it) return it.title end, actions)
for _, action in ipairs(actions) do
  if action.title:find('^suppress') then
    vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
  end
end
check(function() return #shown() == 0 end, 'still there')
out.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)
written()
vim.cmd('qall!')
"""


def test_neovim_shows_diagnostics_and_hover_and_applies_an_action(tmp_path: Path) -> None:
    tree, result = tmp_path / "tree", tmp_path / "result.json"
    bad = SNAPSHOT.format(source="wbe")
    write(tree, {"apps/snapshot.yaml": bad, "apps/vm.yaml": MACHINE, "storage.yaml": CLASSES})
    write(tmp_path, {"session.lua": _SCRIPT})
    server = [sys.executable, "-m", "vmsnap_lint", "lsp"]
    environment = {
        **os.environ,
        "SERVER": json.dumps(server),
        "RESULT": str(result),
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    done = subprocess.run(
        [str(_NVIM), "--headless", "--clean", "-n", "-S", str(tmp_path / "session.lua")],
        cwd=tree, env=environment, capture_output=True, timeout=100, check=False,
    )  # fmt: skip
    assert result.exists(), done.stderr.decode()
    told: Any = json.loads(result.read_text())
    assert "failed" not in told, told
    (finding,) = told["diagnostics"]
    assert (finding["line"], finding["column"], finding["code"]) == (9, 10, "source-vm-missing")
    assert '(did you mean "web"?)' in finding["message"]
    assert "source-vm-missing" in told["hover"]["contents"]["value"]
    assert told["titles"]
    ignored = "# vmsnap-lint: ignore[source-vm-missing]"
    assert [line for line in told["text"] if ignored in line] == [
        f"    name: wbe  {ignored} TODO: the reason"
    ]
