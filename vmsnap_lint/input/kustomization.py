"""A kustomization file becomes the paths it names, by what it uses them for.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os.path
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Reader = Callable[[object], Iterator[str]]

__all__ = ["Kustomization", "may_name", "read"]


class Kustomization(NamedTuple):
    """The absolute paths that one kustomization names."""

    resources: frozenset[str]
    patches: frozenset[str]
    configs: frozenset[str]


def may_name(data: bytes, names: Iterable[str]) -> bool:
    """Whether the file could use one of the file names as more than a resource; cheap, by bytes."""
    if not _USES.search(data):
        return False
    words = {word.rpartition(b"/")[2] for word in _SEPARATORS.split(data)}
    return not words.isdisjoint(os.fsencode(name) for name in names)


def read(path: str, data: bytes) -> Kustomization:
    """The paths that the kustomization file at `path` (absolute) names; faults in it give none."""
    from vmsnap_lint import document  # the reader is loaded by need

    directory = os.path.dirname(path)
    values = [part.value for part in document.read(path, data).documents]

    def named_by(fields: Mapping[str, Reader]) -> frozenset[str]:
        return frozenset(
            os.path.normpath(os.path.join(directory, name))
            for value in values
            if isinstance(value, dict)
            for field, reader in fields.items()
            for name in reader(value.get(field))
        )

    return Kustomization(named_by(_RESOURCES), named_by(_PATCHES), named_by(_CONFIGS))


def _texts(value: object) -> Iterator[str]:
    """The paths in a list; an entry of several lines is an object written in place."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str) and item and "\n" not in item:
            yield item


def _under(*keys: str) -> Reader:
    """A reader of lists of mappings, whose `keys` hold a path or a list of paths."""

    def read_entries(value: object) -> Iterator[str]:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                for key in keys:
                    entry = item.get(key)
                    # generators write a path as "key=path" too
                    yield from (
                        text.rpartition("=")[2]
                        for text in _texts(entry if isinstance(entry, list) else [entry])
                    )

    return read_entries


_RESOURCES: Mapping[str, Reader] = {"bases": _texts, "components": _texts, "resources": _texts}
_PATCHES: Mapping[str, Reader] = {
    "patches": _under("path"),
    "patchesJson6902": _under("path"),
    "patchesStrategicMerge": _texts,
}
_CONFIGS: Mapping[str, Reader] = {
    "configMapGenerator": _under("env", "envs", "files"),
    "configurations": _texts,
    "generators": _texts,
    "helmChartInflationGenerator": _under("values"),
    "helmCharts": _under("additionalValuesFiles", "valuesFile"),
    "openapi": _under("path"),
    "replacements": _under("path"),
    "secretGenerator": _under("env", "envs", "files"),
    "transformers": _texts,
    "validators": _texts,
}
_USES = re.compile("|".join(sorted({*_PATCHES, *_CONFIGS})).encode())
_SEPARATORS = re.compile(rb"""[\s"',=\[\]{}]+""")
