"""Makes the navigation of the site: which pages it lists, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_listed_in_a_table", "toctrees"]

_FIRST = {
    "guides": (
        "one-cluster", "clusters", "adopting", "fixing", "ci", "policies", "scale", "cannot-see",
        "verdict", "facts", "pages", "comparison",
    ),
    "reference": (
        "options", "configuration", "verdict-model", "formats", "json", "exit-codes", "releases",
        "man", "policy",
    ),
    "rules": ("README",),
    "contributing": ("README", "architecture"),
    "zh": ("README",),
}  # fmt: skip
"""The folders of pages, and in each the pages that come first; others follow by name."""
_CAPTIONS = {
    "guides": "Guides", "reference": "Reference", "rules": "Rules", "contributing": "Contributing",
    "zh": "中文",
}  # fmt: skip


def toctrees(docs: Path) -> str:
    """The directives of the start page that list all pages."""
    trees = [_tree("In the editor", [name for name in _names(docs) if name != "index"])]
    trees += [_tree(_CAPTIONS[name], _shown(docs, name)) for name in _FIRST]
    return "\n\n".join(filter(None, trees))


def is_listed_in_a_table(page: str) -> bool:
    """Whether a page is no part of the navigation: those of rules would be most of every page."""
    return page.startswith("rules/") and page != "rules/README"


def _shown(docs: Path, folder: str) -> list[str]:
    """The pages of a folder that the navigation lists."""
    names = (f"{folder}/{name}" for name in _ordered(folder, _names(docs / folder)))
    return [name for name in names if not is_listed_in_a_table(name)]


def _ordered(folder: str, names: list[str]) -> list[str]:
    first = [name for name in _FIRST[folder] if name in names]
    return [*first, *(name for name in names if name not in first)]


def _names(folder: Path) -> list[str]:
    return sorted(page.stem for page in folder.glob("*.md"))


def _tree(caption: str, pages: list[str]) -> str:
    if not pages:
        return ""
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"])
