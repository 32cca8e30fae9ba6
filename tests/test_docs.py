"""The pages and the README say what the program does."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys

from tests.shared import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n\$ (vmsnap-lint [^\n]*)\n.", README)


def test_the_readme_shows_sessions() -> None:
    assert set(SESSIONS) >= {
        "vmsnap-lint examples/shop",
        "vmsnap-lint examples/shop-repaired",
        "vmsnap-lint plan examples/shop",
    }


def test_pages_tables_and_sessions_are_what_the_program_gives() -> None:
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_reference_of_options_is_that_of_the_table() -> None:
    generated = runpy.run_path(str(ROOT / "docs" / "generate.py"))["options_page"]()
    assert (ROOT / "docs" / "reference" / "options.md").read_text(encoding="utf-8") == generated
