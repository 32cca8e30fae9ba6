"""Extends Sphinx: the addresses of pages, the navigation, and links out of docs/."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any

from sphinx.builders.dirhtml import DirectoryHTMLBuilder

from handbook.paths import DOCS, ROOT, SCHEMAS
from handbook.site_navigation import is_listed_in_a_table, toctrees
from vmsnap_lint.core.addresses import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx.application import Sphinx

__all__ = ["SiteBuilder", "setup"]

_SEARCHED = re.compile(r'"docnames":\s*\[[^]]*\]')
_OUTSIDE = re.compile(r"(?<=\]\()((?:\.\./)+[^)#\s]+)")


class SiteBuilder(DirectoryHTMLBuilder):
    """Takes the place of `dirhtml`: rules/x.md is at rules/x/, and rules/README.md at rules/.

    It keeps that name, by which the search knows what addresses of pages look like.
    """

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """The address of a page, relative to the site."""
        return super().get_target_uri(_index(docname), typ)

    def get_output_path(self, page_name: str, /) -> Path:
        """The file of a page."""
        return super().get_output_path(_index(page_name))


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers all of it."""
    app.add_builder(SiteBuilder, override=True)
    app.connect("source-read", _prepared)
    app.connect("build-finished", _with_schemas)
    app.connect("build-finished", _with_addresses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _prepared(_: Sphinx, name: str, source: list[str]) -> None:
    page = DOCS / f"{name}.md"
    text = _OUTSIDE.sub(lambda found: _link(page, found[1]), source[0])
    orphan = "---\norphan: true\n---\n\n" if is_listed_in_a_table(name) else ""
    source[0] = f"{orphan}{text}\n{toctrees(DOCS) if name == 'index' else ''}"


def _with_schemas(app: Sphinx, error: Exception | None) -> None:
    """Puts the schemas of JSON output where their `$id` says that they are."""
    if error is None and SCHEMAS.is_dir():
        target = app.outdir / SCHEMAS.relative_to(ROOT)
        shutil.copytree(SCHEMAS, target, dirs_exist_ok=True)


def _with_addresses(app: Sphinx, error: Exception | None) -> None:
    """Gives the search the names of pages of which it makes their addresses."""
    if error is None:
        index = app.outdir / "searchindex.js"
        text = index.read_text(encoding="utf-8")
        renamed = _SEARCHED.sub(lambda found: found[0].replace('/README"', '/index"'), text)
        index.write_text(renamed, encoding="utf-8")


def _link(page: Path, link: str) -> str:
    """A link out of docs/ as one to the repository; one that leads nowhere stays, and fails."""
    target = ROOT / os.path.relpath(page.parent / link, ROOT)
    if target.is_relative_to(DOCS) or not target.exists():
        return link
    return f"{REPOSITORY}/blob/main/{target.relative_to(ROOT).as_posix()}"


def _index(name: str) -> str:
    head, slash, last = name.rpartition("/")
    return f"{head}/index" if slash and last == "README" else name
