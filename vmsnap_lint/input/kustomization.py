"""The paths that a kustomization names: what for, and where in it.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os.path
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Kustomization", "NamedPath", "Use", "may_name", "named", "read"]


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


def may_name(data: bytes, names: Iterable[str]) -> bool:
    """Whether the file may name one of the files other than as a resource; by bytes, so cheap."""
    if not re.search(_USES, data):
        return False
    words = {word.rpartition(b"/")[2] for word in re.split(_SEPARATORS, data)}
    return not words.isdisjoint(os.fsencode(name) for name in names)


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


def named(value: dict[str, Any]) -> Iterator[NamedPath]:
    """Every path in the order of `_FIELDS`; a string where an array belongs is rejected."""
    for field, (use, *keys) in _FIELDS.items():
        entries = value.get(field)
        is_array = isinstance(entries, list)
        if not keys:
            yield from _paths((field,), entries, use) if is_array else ()
            continue
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            at = (field, index) if is_array else (field,)
            for key in keys if isinstance(entry, dict) else ():
                for path in _paths((*at, key), entry.get(key), use):
                    yield path._replace(text=_without_key(path.text)) if key == "files" else path


def _paths(at: tuple[str | int, ...], value: object, use: Use) -> Iterator[NamedPath]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _paths((*at, index), entry, use)
    elif isinstance(value, str) and value:
        yield NamedPath(at, value, use)


def _without_key(text: str) -> str:
    """The path in `key=path`; several `=` are rejected (kustomize v5.6.0, api/kv/kv.go)."""
    return text.partition("=")[2] if text.count("=") == 1 else text


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
_USES = "|".join(f for f, (use, *_) in _FIELDS.items() if use != Use.RESOURCE).encode()
_SEPARATORS = rb"""[\s"',=\[\]{}]+"""
