"""A wrong key or value becomes a suggestion."""

from __future__ import annotations

import re
from functools import lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import did_you_mean
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.schema.validate import referenced
from vmsnap_lint.schema.words import dotted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.schema.bundled import Json, Schema

__all__ = ["advice_for_key", "repaired"]

_FEW = 5
_MOST_KEPT = 256
_SHORT = 48  # characters of so many names that a message stays readable
_HEAD = {"apiVersion", "kind", "metadata", "status"}
# "m" means thousandths, so that "mb" never means "m"
_UNITS = (
    ("", ""), ("iB", "i"), ("ib", "i"), ("mB", "M"), ("mb", "M"), ("B", ""), ("b", "")
)  # fmt: skip


def advice_for_key(name: str, node: Schema, root: Schema, path: Path) -> tuple[str | None, str]:
    """The key to write instead, if one is near, and the words to append to the message."""
    mistake = node.get("x-mistakes", {}).get(name)
    if mistake:
        use = mistake.get("use")
        why = f": {mistake['because']}" if "because" in mistake else ""
        return use, why + (f"; write {use}" if use else "")
    fields = node.get("properties", {})
    near = _nearest(name, tuple(fields))
    if near:
        return near[0], did_you_mean(near)
    places = _places_of(name, root)
    if len(places) == 1 and path not in places:
        return None, f"; it belongs in {dotted(*places)}"
    # Of an embedded object the head's fields are like any other.
    known = sorted(fields if path else fields.keys() - _HEAD)
    are_few = 0 < len(known) <= _FEW and sum(map(len, known)) <= _SHORT
    return None, f"; known here: {listed(known, 'and')}" if are_few else ""


def repaired(value: str, pattern: str) -> str | None:
    """The nearest text that matches: without spaces, or without the B of a unit."""
    bare = value.replace(" ", "")
    candidates = [bare.removesuffix(old) + new for old, new in _UNITS if bare.endswith(old)]
    return next((text for text in candidates if re.search(pattern, text)), None)


def _places_of(name: str, root: Schema) -> frozenset[Path]:
    """Where a schema has fields of that name; files often share a mistake."""
    known = _found.get((id(root), name))
    if known is None:
        if len(_found) >= _MOST_KEPT:
            _found.clear()
        places = frozenset(_places(name, root, root.get("$defs", {}), ()))
        known = _found[id(root), name] = root, places
    return known[1]


# With the schema itself, so that no other one gets its id.
_found: dict[tuple[int, str], tuple[Schema, frozenset[Path]]] = {}


@lru_cache(maxsize=_MOST_KEPT)
def _nearest(name: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The field that is near; lists repeat a mistake in each of their items."""
    return nearest(name, fields, limit=1)


def _places(name: str, schema: Json, parts: dict[str, Schema], path: Path) -> Iterator[Path]:
    for node in referenced(schema, parts):
        for key, inner in node.get("properties", {}).items():
            if key == name and path:
                yield path
            if key != "status":
                yield from _places(name, inner, parts, (*path, key))
