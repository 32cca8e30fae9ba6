"""The patches of a kustomization become the places of the values that they set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core.model import Span
from vmsnap_lint.deploy.render import align
from vmsnap_lint.document import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import KustomizationNode
    from vmsnap_lint.document import Document

__all__ = ["Patch", "patches"]


class Patch(NamedTuple):
    """One document of a patch: a part of an object, or a list of operations (RFC 6902).

    `host` is where it stands in the kustomization, if it has no file of its own.
    """

    document: Document
    target: dict[str, Any]
    host: tuple[Document, align.Path] | None

    def may_touch(self, kind: str, names: set[str]) -> bool:
        """Whether it may be meant for an object of that kind and those names (before, after)."""
        value, target = self.document.value, self.target
        if isinstance(value, dict) and not target:
            metadata = value.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            target = {"kind": value.get("kind"), "name": name}
        wanted, name = target.get("kind") or kind, target.get("name") or None
        return _fits(wanted, kind) and any(_fits(name, one) for one in names)

    def place(self, value: object, path: align.Path) -> tuple[str, Span] | None:
        """Where it sets what the rendered object has at `path`."""
        found = self._operation(value, path)
        if found is None:
            found = align.way(value, path, self.document.value)
            if found is None or not _same(
                align.value_at(value, path), align.value_at(self.document.value, found)
            ):
                return None
        span = self.document.span(found)
        return (self.document.file, span) if self.host is None else _within(self, *self.host, span)

    def sets(self) -> Iterator[str]:
        """The field paths that it sets, as kustomize writes them, without indexes."""
        if isinstance(self.document.value, list):
            for operation in self.document.value:
                if isinstance(operation, dict):
                    steps = _steps(operation.get("path"))
                    yield "/".join(step for step in steps if not _is_index(step))
        else:
            yield from _leaves("", self.document.value)

    def _operation(self, value: object, path: align.Path) -> align.Path | None:
        """The path in a list of operations whose value is at `path`."""
        operations = self.document.value
        wanted = align.value_at(value, path)
        for index in reversed(range(len(operations)) if isinstance(operations, list) else ()):
            operation = operations[index]
            if not isinstance(operation, dict) or "value" not in operation:
                continue
            steps = _steps(operation.get("path"))
            head, rest = path[: len(steps)], path[len(steps) :]
            if len(head) == len(steps) and all(map(_is_step, steps, head)):
                below = align.way(align.value_at(value, head), rest, operation["value"])
                if below is not None and _same(wanted, align.value_at(operation["value"], below)):
                    return (index, "value", *below)
        return None


def patches(node: KustomizationNode, shelf: FileCache) -> list[Patch]:
    """The patches of one kustomization in the order in which they are applied."""
    found: list[Patch] = []
    for field, key in _FIELDS.items():
        entries = node.value.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            target = entry.get("target") if isinstance(entry, dict) else None
            target = target if isinstance(target, dict) else {}
            path = entry.get("path") if isinstance(entry, dict) else entry
            inline = entry.get(key) if isinstance(entry, dict) else entry
            if isinstance(inline, str) and (isinstance(entry, dict) or "\n" in inline):
                at = (field, index, key) if isinstance(entry, dict) else (field, index)
                host = (node.document, at) if node.document is not None else None
                parts = read(shelf.shown(node.location), inline.encode()).documents
                found += [Patch(part, target, host) for part in parts]
            elif isinstance(path, str):
                source = shelf.source(node.local(path))
                parts = source.documents if source is not None else ()
                found += [Patch(part, target, None) for part in parts]
    return found


def _within(patch: Patch, host: Document, at: align.Path, span: Span) -> tuple[str, Span]:
    """A place in a text that stands in a kustomization: its own line, where it is a block."""
    outer = host.span(at)
    lines = host.source.line(outer.line)
    text = patch.document.source.line(span.line)
    shown = host.source.line(outer.line + span.line)
    if lines.rstrip().endswith(("|", "|-", "|+")) and text and shown.endswith(text):
        down, right = outer.line, len(shown) - len(text)
        moved = Span(
            span.line + down, span.column + right, span.end_line + down, span.end_column + right
        )
        return host.file, moved
    return host.file, outer


def _same(one: object, other: object) -> bool:
    return one is not align.MISSING and one == other


def _fits(pattern: object, text: str) -> bool:
    """Whether a selector takes a name; what is no plain name may take any, and is never run."""
    return not isinstance(pattern, str) or not _PLAIN.fullmatch(pattern) or pattern == text


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
_FIELDS = {
    "patchesStrategicMerge": "",
    "patches": "patch",
    "patchesJson6902": "patch",
}
