"""A kustomization becomes the paths that it names, each with its place in it.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BELOW", "PLUGINS", "NamedPath", "named"]

BELOW = frozenset(("bases", "components", "resources"))
PLUGINS = frozenset(("generators", "transformers", "validators"))
_LISTS = (
    "bases", "components", "configurations", "crds", "generators", "patchesStrategicMerge",
    "resources", "transformers", "validators",
)  # fmt: skip
_ENTRIES = {
    "configMapGenerator": ("env", "envs", "files"),
    "openapi": ("path",),
    "patches": ("path",),
    "patchesJson6902": ("path",),
    "replacements": ("path",),
    "secretGenerator": ("env", "envs", "files"),
}


class NamedPath(NamedTuple):
    """One path, or, where `is_inline`, an object written in place of one."""

    at: tuple[str | int, ...]
    text: str

    @property
    def field(self) -> str | int:
        """The field of the kustomization that names it."""
        return self.at[0]

    @property
    def is_inline(self) -> bool:
        """Whether the text is an object."""
        return "\n" in self.text


def named(value: dict[str, Any]) -> Iterator[NamedPath]:
    """Every path, in the order of the fields above."""
    for field in _LISTS:
        yield from _texts((field,), value.get(field))
    for field, keys in _ENTRIES.items():
        entries = value.get(field)
        listed = isinstance(entries, list)
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            at = (field, index) if listed else (field,)
            for key in keys if isinstance(entry, dict) else ():
                for one in _texts((*at, key), entry.get(key)):
                    yield one._replace(text=_without_key(one.text)) if len(keys) > 1 else one


def _texts(at: tuple[str | int, ...], value: object) -> Iterator[NamedPath]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _texts((*at, index), entry)
    elif isinstance(value, str) and value:
        yield NamedPath(at, value)


def _without_key(text: str) -> str:
    """Generators write a path as `key=path` too."""
    key, _, path = text.partition("=")
    return path if path and "/" not in key else text
