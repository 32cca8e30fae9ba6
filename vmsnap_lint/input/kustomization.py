"""The paths that a kustomization names: what for, and where in it.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/

Keys count in any case, as kustomize compares them (encoding/json: also U+017F as s, U+212A as k).
"""

from __future__ import annotations

import os.path
from enum import Enum
from itertools import pairwise

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

__all__ = [
    "WITHOUT_PATHS", "Kustomization", "NamedPath", "Use", "folded", "is_known", "may_name", "named",
    "read", "spelled", "without_key",
]  # fmt: skip


class Use(Enum):
    """What a kustomization does with a path."""

    RESOURCE = "resource"
    PATCH = "patch"
    PLUGIN = "plugin"
    CONFIG = "config"


class NamedPath(NamedTuple):
    """One path, or an object written in place of it (`is_inline`)."""

    at: tuple[str | int, ...]
    text: str
    use: Use

    @property
    def is_inline(self) -> bool:
        """Whether the text is an object."""
        return "\n" in self.text


class Kustomization(NamedTuple):
    """The absolute paths that one kustomization names."""

    resources: frozenset[str]
    patches: frozenset[str]
    configs: frozenset[str]


def may_name(data: bytes, names: Set[bytes]) -> bool:
    """Whether the file may name one of the files other than as a resource; by bytes, so cheap."""
    if b"\\" in data or b"\0" in data:  # escapes, or UTF-16
        return True
    letters = data
    for letter, meant in _FOLDS.items():
        letters = letters.replace(chr(letter).encode(), meant.encode())
    letters = letters.lower()
    if not any(field in letters for field in _USES):
        return False
    words = {word.rpartition(b"/")[2] for word in set(data.translate(_SEPARATED).split())}
    return not words.isdisjoint(names)


def read(path: str, data: bytes) -> Kustomization:
    """The paths in the kustomization file at `path` (absolute); none where it does not parse."""
    from vmsnap_lint import document  # the reader is loaded by need

    values = [part.value for part in document.read(path, data).documents]
    by_use: dict[Use, set[str]] = {use: set() for use in Use}
    for entry in (entry for value in values if isinstance(value, dict) for entry in named(value)):
        if not entry.is_inline:
            location = os.path.join(os.path.dirname(path), entry.text)
            by_use[entry.use].add(os.path.normpath(location))
    resources, patches, plugins, configs = map(frozenset, by_use.values())
    return Kustomization(resources, patches, configs | plugins)


def folded(key: str) -> str:
    """The key as kustomize compares it (Go, encoding/json/fold.go)."""
    return key.translate(_FOLDS).lower()


def spelled(value: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The kustomization with its keys as documented, and a key that it has twice, or ""."""
    result, twice = _spelled(value, _KNOWN)
    for field, known in _KNOWN_BELOW.items():
        entries = result.get(field)
        if entries is None:
            continue
        is_array = isinstance(entries, list)
        old = entries if isinstance(entries, list) else [entries]
        pairs = [_spelled(entry, known) for entry in old]
        twice = twice or next((key for _, key in pairs if key), "")
        if any(entry is not before for (entry, _), before in zip(pairs, old, strict=True)):
            new = [entry for entry, _ in pairs]
            result = {**result, field: new if is_array else new[0]}
    return result, twice


def is_known(value: dict[str, Any]) -> bool:
    """Whether every field of the kustomization is one of kustomize v5.6.0."""
    return all(folded(key) in _KNOWN for key in value)


def _spelled(value: Any, known: Mapping[str, str]) -> tuple[Any, str]:
    """The object with known keys as documented, and a key that it has twice, or ""."""
    if not isinstance(value, dict) or all(known.get(key.lower()) == key for key in value):
        return value, ""
    names = {key: known.get(folded(key), key) for key in value}
    if all(key == name for key, name in names.items()):
        return value, ""
    twice = next((a for a, b in pairwise(sorted(names.values())) if a == b), "")
    return {names[key]: below for key, below in value.items()}, twice


def named(value: dict[str, Any]) -> Iterator[NamedPath]:
    """Every path in the order of `_FIELDS`; a string where an array belongs is rejected."""
    value, _ = spelled(value)
    for field, (use, *keys) in _FIELDS.items():
        entries = value.get(field)
        if entries is None:
            continue
        is_array = isinstance(entries, list)
        if not keys:
            yield from _paths((field,), entries, use) if is_array else ()
            continue
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            at = (field, index) if is_array else (field,)
            if field == "patches" and is_array and isinstance(entry, str):
                yield from _paths(at, entry, use)  # a file, up to kustomize v5.0
            for key in keys if isinstance(entry, dict) else ():
                for path in _paths((*at, key), entry.get(key), use):
                    yield path._replace(text=without_key(path.text)) if key == "files" else path


def without_key(text: str) -> str:
    """The path in `key=path` (kustomize v5.6.0, api/kv/kv.go, rejects several `=`)."""
    return text.partition("=")[2] or text


def _paths(at: tuple[str | int, ...], value: object, use: Use) -> Iterator[NamedPath]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _paths((*at, index), entry, use)
    elif isinstance(value, str) and value:
        yield NamedPath(at, value, use)


# Each with the keys of its entries that hold paths, none where the entries are paths themselves.
_FIELDS: dict[str, tuple[Use, *tuple[str, ...]]] = {
    "bases": (Use.RESOURCE,),
    "components": (Use.RESOURCE,),
    "configurations": (Use.CONFIG,),
    "crds": (Use.CONFIG,),
    "generators": (Use.PLUGIN,),
    "patchesStrategicMerge": (Use.PATCH,),
    "resources": (Use.RESOURCE,),
    "transformers": (Use.PLUGIN,),
    "validators": (Use.PLUGIN,),
    "configMapGenerator": (Use.CONFIG, "env", "envs", "files"),
    "helmChartInflationGenerator": (Use.CONFIG, "values"),
    "helmCharts": (Use.CONFIG, "additionalValuesFiles", "valuesFile"),
    "openapi": (Use.CONFIG, "path"),
    "patches": (Use.PATCH, "path"),
    "patchesJson6902": (Use.PATCH, "path"),
    "replacements": (Use.CONFIG, "path"),
    "secretGenerator": (Use.CONFIG, "env", "envs", "files"),
}
# Further fields of kustomize v5.6.0 (api/types/kustomization.go).
WITHOUT_PATHS = (
    "apiVersion", "buildMetadata", "commonAnnotations", "commonLabels", "generatorOptions",
    "helmGlobals", "images", "imageTags", "kind", "labels", "metadata", "namePrefix", "nameSuffix",
    "namespace", "replicas", "sortOptions", "vars",
)  # fmt: skip
_KNOWN = {name.lower(): name for name in (*_FIELDS, *WITHOUT_PATHS)}
_KNOWN_BELOW = {
    field: {key.lower(): key for key in (*keys, "patch", "target")}
    for field, (_, *keys) in _FIELDS.items()
    if keys and field != "openapi"  # a map, whose keys are compared as they are
}
_FOLDS = {0x17F: "s", 0x212A: "k"}
_USES = tuple(field.lower().encode() for field, (use, *_) in _FIELDS.items() if use != Use.RESOURCE)
_SEPARATED = bytes.maketrans(b"\"',=[]{}", b" " * 8)
