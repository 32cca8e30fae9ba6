"""The values of a manifest become fields of the verdict model, as far as they are known."""

from __future__ import annotations

from vmsnap_lint.config.policies.verdict_model import KEYS, MAPS, TYPES
from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.objects.manifest import Manifest

    Fields = dict[str, Any]

__all__ = ["defaults", "labelled", "texts", "written"]

_CLASSES = (STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS)
_WHERE = {
    "labels": ("metadata", "labels"),
    "annotations": ("metadata", "annotations"),
    "parameters": ("parameters",),
}
_EMPTY: dict[str, Any] = {"bool": False, "int": 0, "string": ""}


def defaults(name: str) -> Fields:
    """The fields of an object that does not exist."""
    fields = {field.name: _default(field.type) for field in TYPES[name]}
    return {**fields, **{key + KEYS: {} for key in fields if key in MAPS}}


def _default(kind: str) -> Any:
    if kind in TYPES:
        return defaults(kind)
    outer = kind.partition("(")[0]
    return {"list": [], "map": {}, **_EMPTY}[outer]


def written(manifest: Manifest, paths: Mapping[str, tuple[str, ...]]) -> Fields:
    """The strings at these paths, "" where there is none; without those of placeholders."""
    found = ((name, manifest.text(*path)) for name, path in paths.items())
    return {name: text for name, text in found if not holds_placeholder(text)}


def texts(manifest: Manifest, paths: Mapping[str, Path]) -> Fields:
    """The strings in the arrays at these paths; without those arrays that have a placeholder."""
    fields: Fields = {}
    for name, path in paths.items():
        value = manifest.get(*path)
        listed = (
            [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        )
        if not any(map(holds_placeholder, listed)) and not holds_placeholder(value):
            fields[name] = listed
    return fields


def labelled(manifest: Manifest, wanted: frozenset[str], *, raw: bool) -> Fields:
    """Labels and annotations, and the parameters of a class, if wanted.

    With `raw` placeholders are values, else these are left out.

    All are unknown where a templating tool makes some of them.
    """
    fields: Fields = {}
    for name, path in _WHERE.items():
        if name in wanted and (name != "parameters" or manifest.group_kind in _CLASSES):
            fields |= _by_key(name, manifest.get(*path), raw=raw)
    return fields


def _by_key(name: str, value: object, *, raw: bool) -> Fields:
    """A field with the strings of an object; none where a templating tool makes some keys.

    The field of its keys has those of placeholders as well.
    """
    if holds_placeholder(value):
        return {}
    items = value.items() if isinstance(value, dict) else ()
    if any(holds_placeholder(key) for key, _ in items):
        return {}
    texts = {key: text for key, text in items if isinstance(key, str) and isinstance(text, str)}
    known = texts if raw else {k: text for k, text in texts.items() if not holds_placeholder(text)}
    return {name: known, name + KEYS: texts}
