"""The patches of a kustomization, with the places of the values that they set."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.given_fields import patch_in, patches_in
from vmsnap_lint.document import read
from vmsnap_lint.document.source import HomeText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.given_fields import PatchPlaces
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.document import Document
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Patch", "fits", "patch_files", "patches"]


class Patch(NamedTuple):
    """One document of a patch: a part of an object, or an array of operations (RFC 6902).

    `host` is its place in the kustomization, or in the pointer that adds it, if it has no file of
    its own. With `is_lost` that place is not known.
    """

    document: Document
    target: dict[str, Any]
    host: tuple[Document, align.Path] | None
    is_lost: bool = False

    def may_touch(self, kind: str, names: set[str]) -> bool:
        """Whether it may change an object of that kind and those names (before, after)."""
        value, target = self.document.value, self.target
        if isinstance(value, dict) and not target:
            name = align.object_at(value, "metadata").get("name")
            target = {"kind": value.get("kind"), "name": name}
        pattern = target.get("name") or None
        return fits(target.get("kind") or kind, kind) and any(fits(pattern, n) for n in names)

    def is_for(self, name: str) -> bool:
        """Whether it names that object, or may with a pattern, and so would lose it."""
        value, pattern = self.document.value, self.target.get("name")
        if isinstance(value, dict) and not self.target:
            pattern = align.object_at(value, "metadata").get("name")
        is_open = pattern in (None, "", ".*")
        return not is_open and fits(pattern, name)

    def place(self, value: object, path: align.Path) -> tuple[str, Span] | None:
        """Where it sets what the rendered object has at `path`."""
        if self.is_lost:
            return None
        at = self._operation(value, path) or _path_of_same(self.document.value, value, path)
        if at is None:
            return None
        span = self.document.span(at)
        if self.host is None:
            return self.document.file, span
        host, outer = self.host
        if not isinstance(align.value_at(host.value, outer), str):
            return host.where((*outer, *at))
        return _within(self, host, outer, span)

    def home(self, value: object, path: align.Path) -> HomeText | None:
        """The same place for who changes it: that of a text in another file is none."""
        at = self._operation(value, path) or _path_of_same(self.document.value, value, path)
        is_file = self.host is None and not self.is_lost
        return HomeText(self.document, at) if is_file and at is not None else None

    def reaches(self, value: object, path: align.Path) -> bool:
        """Whether it may set what the rendered object has at `path`; it may add to an object."""
        for operation in align.objects_at(self.document.value):
            steps = _steps(operation.get("path"))
            if all(map(_is_step, steps, path)) and not (
                len(steps) > len(path) and isinstance(align.value_at(value, path), dict)
            ):
                return True
        if not isinstance(self.document.value, dict):
            return False
        is_merged = isinstance(align.value_at(value, path), dict)
        is_there = align.path_in(self.document.value, value, path) is not None
        return _replaces(self.document.value, path) or (is_there and not is_merged)

    def sets(self) -> Iterator[str]:
        """The field paths that it sets, as kustomize writes them, without indexes."""
        if not isinstance(self.document.value, list):
            yield from _leaves("", self.document.value)
        for operation in align.objects_at(self.document.value):
            steps = _steps(operation.get("path"))
            yield "/".join(step for step in steps if not _is_index(step))

    def _operation(self, value: object, path: align.Path) -> align.Path | None:
        """The path in an array of operations whose value is at `path`."""
        for index, operation in reversed([*enumerate(align.array_at(self.document.value))]):
            if not isinstance(operation, dict) or "value" not in operation:
                continue
            steps = _steps(operation.get("path"))
            head, rest = path[: len(steps)], path[len(steps) :]
            if len(head) == len(steps) and all(map(_is_step, steps, head)):
                at = _path_of_same(operation["value"], align.value_at(value, head), rest)
                if at is not None:
                    return (index, "value", *at)
        return None


class _Host(NamedTuple):
    """A pointer that adds patches, and where it has them."""

    pointer: Manifest
    places: PatchPlaces

    def place(self, patch: dict[str, Any]) -> tuple[Document, align.Path] | None:
        """The place of the text of a patch, None where it is not known."""
        at = patch_in(self.places, patch)
        return (self.pointer.document, (*self.pointer.root, *at)) if at is not None else None


def patches(
    node: KustomizationNode, cache: FileCache, pointer: Manifest | None = None
) -> list[Patch]:
    """The patches of one kustomization in the order in which they are applied.

    Some of them may be of the pointer that applies it.
    """
    host = _Host(pointer, patches_in(pointer)) if pointer is not None and node.given else None
    return [
        patch
        for field, key in _FIELDS.items()
        for index, entry in enumerate(align.array_at(node.value, field))
        for patch in _patches_of(entry, (field, index), key, node, cache, host)
    ]


def patch_files(node: KustomizationNode) -> Iterator[str]:
    """The paths of the patches that have files of their own, as they are written."""
    for field, key in _FIELDS.items():
        for entry in align.array_at(node.value, field):
            inline, path = _written(entry, key)
            if inline is None and path is not None:
                yield path


def fits(pattern: object, text: str) -> bool:
    """Whether a selector matches a name; one that is not a plain name may match any."""
    return not isinstance(pattern, str) or not _PLAIN.fullmatch(pattern) or pattern == text


def _patches_of(
    entry: object,
    at: align.Path,
    key: str,
    node: KustomizationNode,
    cache: FileCache,
    pointer: _Host | None,
) -> Iterator[Patch]:
    """The patches of one entry: an object with a path or an inline text, or one of these."""
    target = align.object_at(entry, "target")
    inline, path = _written(entry, key)
    at = (*at, key) if isinstance(entry, dict) else at
    if inline is not None:
        host = (node.document, at) if node.document is not None else None
        is_given = node.is_given(at[:2])
        if is_given:
            host = pointer.place(align.object_at(entry)) if pointer is not None else None
        for part in read(cache.shown(node.location), inline.encode()).documents:
            yield Patch(part, target, host, is_given and host is None)
    elif path is not None:
        for part in cache.documents(node.local(path)):
            yield Patch(part, target, None)


def _written(entry: object, key: str) -> tuple[str | None, str | None]:
    """The inline text of the entry of a patch, and its path."""
    if isinstance(entry, str):
        return (entry, None) if "\n" in entry else (None, entry)
    inline, path = align.object_at(entry).get(key), align.object_at(entry).get("path")
    return inline if isinstance(inline, str) else None, path if isinstance(path, str) else None


def _within(patch: Patch, host: Document, at: align.Path, span: Span) -> tuple[str, Span]:
    """A place in an inline text: its own line where that is a block, else the whole text."""
    file, outer = host.where(at)
    if file != host.source.file:
        return file, outer
    header = host.source.line(outer.line)
    text = patch.document.source.line(span.line)
    shown = host.source.line(outer.line + span.line)
    if header.rstrip().endswith(("|", "|-", "|+")) and text and shown.endswith(text):
        down, right = outer.line, len(shown) - len(text)
        return file, Span(*(at + by for at, by in zip(span, (down, right) * 2, strict=True)))
    return file, outer


def _path_of_same(other: object, value: object, path: align.Path) -> align.Path | None:
    """The path in `other` of an equal value, where it belongs."""
    at = align.path_in(other, value, path)
    same = align.value_at(value, path)
    is_same = at is not None and same is not align.MISSING and same == align.value_at(other, at)
    return at if is_same else None


def _replaces(patch: Any, path: align.Path) -> bool:
    """Whether a patch says, anywhere on the way to a path, that it does not merge."""
    for step in path:
        if isinstance(patch, list):
            return any("$patch" in align.object_at(item) for item in patch)
        if "$patch" in align.object_at(patch):
            return True
        patch = align.value_at(patch, (step,))
    return "$patch" in align.object_at(patch)


def _steps(pointer: object) -> list[str]:
    """The steps of a JSON Pointer."""
    if not isinstance(pointer, str):
        return [""]
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _is_step(written: str, step: str | int) -> bool:
    """Whether a step of a pointer can mean this one; later operations may have moved an index."""
    return _is_index(written) if isinstance(step, int) else written == step


def _is_index(step: str) -> bool:
    return step == "-" or step.isdecimal()


def _leaves(above: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(f"{above}/{key}" if above else str(key), below)
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(above, below)
    else:
        yield above


_PLAIN = re.compile(r"[\w.-]+")
_FIELDS = {"patchesStrategicMerge": "", "patches": "patch", "patchesJson6902": "patch"}
