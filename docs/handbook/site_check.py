"""Checks the built site: links, anchors, what is loaded from elsewhere, addresses of rules."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from handbook.paths import SCHEMAS
from vmsnap_lint.core.addresses import DOCUMENTATION, rule_address
from vmsnap_lint.core.data_files import rule_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["faults"]

_LOADED = {"src", "srcset", "data", "poster"}
_LOADING = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "manifest"}
_IN_CSS = re.compile(r"@import\s+[\"']([^\"']+)|url\(\s*[\"']?([^\"')]+)")
_DOCNAMES = re.compile(r'"docnames":\s*(\[[^]]*\])')
_WITHOUT_LINKS = {
    "search/index.html",
    "genindex/index.html",
}  # made by Sphinx, linked by its scripts


class BuiltPage(NamedTuple):
    """A page: its anchors, the links on it, and what a browser loads for it."""

    anchors: frozenset[str]
    links: tuple[str, ...]
    loads: tuple[str, ...]


def faults(site: Path) -> list[str]:
    """What is wrong with the site, a line each."""
    pages = {file.relative_to(site).as_posix(): _page(file) for file in site.rglob("*.html")}
    return [
        *(fault for name in sorted(pages) for fault in _of_page(name, pages, site)),
        *_style_sheets(site),
        *_addresses(site),
        *_schemas(site),
        *_search(site),
        *(f"{name}: no page leads to it" for name in sorted(_orphans(pages))),
    ]  # fmt: skip


def _of_page(name: str, pages: Mapping[str, BuiltPage], site: Path) -> Iterator[str]:
    page = pages[name]
    for url in page.loads:
        if _is_elsewhere(url):
            yield f"{name}: loads {url}"
    for url in (*page.links, *page.loads):
        if not _is_elsewhere(url) and not url.startswith(("mailto:", "data:")):
            path, anchor = _target(name, url)
            if not (site / path).is_file():
                yield f"{name}: {url} leads nowhere"
            elif anchor and path in pages and anchor not in pages[path].anchors:
                yield f"{name}: {url} has no such anchor"


def _search(site: Path) -> Iterator[str]:
    """The results of the search that lead nowhere: its script makes addresses of these names."""
    options, index = site / "_static/documentation_options.js", site / "searchindex.js"
    if not index.is_file():
        return
    if "BUILDER: 'dirhtml'" not in options.read_text(encoding="utf-8"):
        yield "search: its results are no addresses of directories"
    found = _DOCNAMES.search(index.read_text(encoding="utf-8"))
    for name in json.loads(found[1]) if found else ():
        folder = name.removesuffix("index").strip("/")
        if not (site / folder / "index.html").is_file():
            yield f"search: {name} leads nowhere"


def _style_sheets(site: Path) -> Iterator[str]:
    for file in sorted(site.rglob("*.css")):
        for found in _IN_CSS.finditer(file.read_text(encoding="utf-8")):
            url = found[1] or found[2]
            if _is_elsewhere(url):
                yield f"{file.relative_to(site).as_posix()}: loads {url}"


def _addresses(site: Path) -> Iterator[str]:
    for rule_id in rule_ids():
        path = rule_address(rule_id).removeprefix(f"{DOCUMENTATION}/")
        if not (site / path / "index.html").is_file():
            yield f"{path}: the rule has no page"


def _schemas(site: Path) -> Iterator[str]:
    """The published schemas that are not at the address in their `$id`."""
    for file in sorted(SCHEMAS.glob("*.json")):
        address = json.loads(file.read_text(encoding="utf-8")).get("$id", "")
        path = address.removeprefix(f"{DOCUMENTATION}/")
        if not (site / path).is_file():
            yield f"{file.name}: the site has no {address}"


def _orphans(pages: Mapping[str, BuiltPage]) -> set[str]:
    """The pages that cannot be reached from the start page."""
    reached, waiting = set(), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in pages and name not in reached:
            reached.add(name)
            links = (url for url in pages[name].links if not _is_elsewhere(url))
            waiting += [_target(name, url)[0] for url in links]
    return set(pages) - reached - _WITHOUT_LINKS


def _target(page: str, url: str) -> tuple[str, str]:
    """The file of the site that a link leads to, and the anchor in it."""
    parts = urlsplit(urljoin(f"/{page}", url))
    path = unquote(parts.path).removeprefix("/")
    return f"{path}index.html" if not path or path.endswith("/") else path, unquote(parts.fragment)


def _is_elsewhere(url: str) -> bool:
    return url.startswith(("http:", "https:", "//"))


def _page(file: Path) -> BuiltPage:
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    return BuiltPage(frozenset(reader.anchors), tuple(reader.links), tuple(reader.loads))


class _Reader(HTMLParser):
    """Collects ids, links and loaded resources."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.anchors.update(filter(None, (given.get("id"), given.get("name"))))
        self.loads += [given[key] for key in _LOADED & given.keys()]
        address = given.get("href", "")
        if tag == "link":
            loaded = _LOADING & set(given.get("rel", "").split())
            (self.loads if loaded else []).append(address)
        elif address:
            self.links.append(address)
