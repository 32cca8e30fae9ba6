"""A kustomization without the entries that would be fetched from elsewhere."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.render.remote import is_remote, without_login

if TYPE_CHECKING:
    Path = tuple[str | int, ...]

__all__ = ["LeftOut", "without_remote"]

_FIELDS = {"bases": "base", "components": "component", "resources": "resource"}


class LeftOut(NamedTuple):
    """An entry that is not built: its place, what it is, why it is left out, and its URL, or ""."""

    at: Path
    what: str
    reason: str
    url: str = ""

    def __str__(self) -> str:
        """`remote resource "https://example.org/x.yaml"`, `chart "web"`, for messages."""
        url = without_login(self.url)
        return f'{self.what} "{url}"' if url and self.what.startswith("remote") else self.what


def without_remote(value: dict[str, Any]) -> tuple[dict[str, Any], tuple[LeftOut, ...]]:
    """The kustomization (keys as documented) without its remote entries, and these."""
    removed: list[LeftOut] = []
    changed: dict[str, Any] = {}
    for field, noun in _FIELDS.items():
        entries = value.get(field)
        if not isinstance(entries, list):
            continue
        kept = []
        for index, entry in enumerate(entries):
            if isinstance(entry, str) and is_remote(entry):
                removed.append(LeftOut((field, index), f"remote {noun}", "it is remote", entry))
            else:
                kept.append(entry)
        if len(kept) < len(entries):
            changed[field] = kept
    return ({**value, **changed} if changed else value), tuple(removed)
