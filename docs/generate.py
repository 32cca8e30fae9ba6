"""Writes what is generated of the documentation, and fills the sessions of all pages.

Run it as `python docs/generate.py`. With --check nothing is written; the exit code is 1 when
something is out of date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]  # the examples run as in the tests

from handbook.configuration_page import configuration_page
from handbook.format_pages import formats_page
from handbook.man_page import man_page
from handbook.option_pages import exit_codes_page, options_page
from handbook.paths import DOCS, MAN_PAGE, REFERENCE, ROOT, RULES
from handbook.releases_page import releases_page
from handbook.rule_pages import rule_page
from handbook.rule_table import rule_table
from handbook.schema_pages import json_page
from handbook.sessions import filled
from handbook.verdict_model_page import verdict_model_page
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.data_files import rule_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["files", "main"]

_TABLE = re.compile(r"(<!-- rules: [^\n]*-->\n).*?(<!-- end of rules -->)", re.DOTALL)
_INDEX = RULES / "README.md"


def files() -> Iterator[tuple[Path, str]]:
    """Every file that is generated or has generated parts, with its text."""
    for rule_id in rule_ids():
        yield RULES / f"{rule_id}.md", rule_page(catalog.rule(rule_id))
    yield REFERENCE / "options.md", options_page()
    yield REFERENCE / "configuration.md", configuration_page()
    yield REFERENCE / "exit-codes.md", exit_codes_page()
    yield REFERENCE / "formats.md", formats_page()
    yield REFERENCE / "json.md", json_page()
    yield REFERENCE / "releases.md", releases_page()
    yield REFERENCE / "verdict-model.md", verdict_model_page()
    yield MAN_PAGE, man_page()
    text = _INDEX.read_text(encoding="utf-8")
    yield _INDEX, _TABLE.sub(lambda found: f"{found[1]}\n{rule_table()}\n{found[2]}", text)
    for page in _pages_with_sessions():
        yield page, filled(page.read_text(encoding="utf-8"))


def _pages_with_sessions() -> Iterator[Path]:
    """The pages written by hand, of which some have a session."""
    for page in (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))):
        if page.parent != RULES and "```console" in page.read_text(encoding="utf-8"):
            yield page


def main() -> int:
    """Writes, or with --check tells, what is out of date."""
    check = "--check" in sys.argv[1:]
    wanted = dict(files())
    stale = [path for path, text in wanted.items() if _current(path) != text]
    gone = sorted(set(RULES.glob("*.md")) - set(wanted))
    for path in [*stale, *gone]:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(ROOT)}")
    if check:
        return int(bool(stale or gone))
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
