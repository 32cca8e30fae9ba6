"""A place in a file, as the view has read it, becomes the values that are written there."""

from __future__ import annotations

from itertools import islice

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument, original_of
from vmsnap_lint.editor.named_fields import NAME, references_of
from vmsnap_lint.editor.view import key_of_document
from vmsnap_lint.editor.written_value import WrittenValue, document_at, holds
from vmsnap_lint.objects.manifest import Manifest, manifests
from vmsnap_lint.report.finding_places import where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Path, Span
    from vmsnap_lint.document import Document
    from vmsnap_lint.editor.view import View

    _Found = tuple[Document, Path, bool]

__all__ = ["values_read"]

_MOST_VALUES = 5_000  # of an object whose places are looked for one by one
_MOST_OBJECTS = 200


def values_read(view: View, file: str, line: int, column: int) -> list[WrittenValue]:
    """The innermost values at a place, one for each world and object that is built of it."""
    found = [*_written(view, file, line, column)]
    found = found or [*_templated(view, file, line, column)]
    return found or [*_set(view, file, line, column)]


def _written(view: View, file: str, line: int, column: int) -> Iterator[WrittenValue]:
    """The values in documents that are text of the file."""
    for document, path, is_key in _places(view, file, line, column):
        span = document.span(path, is_key)
        built = view.built_from(document.written(())[:-1], file)
        if not built:
            yield from _patching(view, document, path, is_key, span)
        depth = max((len(_root(m)) for _, m in built if _is_in(path, m)), default=0)
        for world, manifest in built:
            if _is_in(path, manifest) and len(_root(manifest)) == depth:
                own = _final(manifest, path[depth:])
                if own is not None:
                    yield WrittenValue(world, manifest, own, is_key, span)


def _places(view: View, file: str, line: int, column: int) -> Iterator[_Found]:
    """The documents at a place, the parts of the file that are read apart first."""
    source = view.source(file)
    inner = {
        id(manifest.document): manifest.document
        for _, manifest in view.objects(file)
        if manifest.document.source.is_excerpt
    }
    document = document_at(source, line, column) if source is not None else None
    for each in (*inner.values(), document):
        found = each.path_at(line, column) if each is not None else None
        if each is not None and found is not None:
            yield each, *found
            return


def _root(manifest: Manifest) -> Path:
    """The path of an object in the document that it is written in."""
    root: Any = manifest.document.written(manifest.root)[-1]
    return root if isinstance(root, tuple) else ()


def _is_in(path: Path, manifest: Manifest) -> bool:
    root = _root(manifest)
    return path[: len(root)] == root


def _final(manifest: Manifest, path: Path) -> Path | None:
    """Where an object has what it is written with at a path, None where that was replaced."""
    original = original_of(manifest)
    if original is None:
        return path
    return align.path_in(manifest.value, original.value, path)


def _patching(
    view: View, document: Document, path: Path, is_key: bool, span: Span
) -> Iterator[WrittenValue]:
    """The objects of built trees that a patch is for: those of its kind and name."""
    for patch in manifests(document):
        if path[: len(patch.root)] != patch.root or not patch.name:
            continue
        for world in view.worlds:
            for manifest in world.workspace.of(patch.group_kind) if world.trees else ():
                if patch.name in _names(manifest) and _may_be_patched(manifest, document.file):
                    own = align.path_in(manifest.value, patch.value, path[len(patch.root) :])
                    if own is not None:
                        yield WrittenValue(world, manifest, own, is_key, span)


def _may_be_patched(manifest: Manifest, file: str) -> bool:
    """Whether an object is patched by a file, where it is known what patches it."""
    document = manifest.document
    if not isinstance(document, RenderedDocument):
        return True
    return any(patch.document.file == file for patch in document.patches())


def _names(manifest: Manifest) -> tuple[str, ...]:
    """The names of an object, before it was built and after."""
    original = original_of(manifest)
    return (manifest.name,) if original is None else (manifest.name, original.name)


def _templated(view: View, file: str, line: int, column: int) -> Iterator[WrittenValue]:
    """The values in templates, whose places are only known from the objects that they write."""
    templated = [
        (world, manifest) for world, manifest in view.objects(file) if _is_templated(manifest)
    ]
    smallest: dict[object, WrittenValue] = {}
    for world, manifest in templated[:_MOST_OBJECTS]:
        for path in _paths(manifest.value):
            for is_key in (False, True):
                at, span = where(manifest.at(*path, key=is_key))
                key = world, key_of_document(manifest), manifest.name
                if at != file or not holds(span, line, column):
                    continue
                if key not in smallest or _size(span) <= _size(smallest[key].span):
                    smallest[key] = WrittenValue(world, manifest, path, is_key, span)
    yield from smallest.values()


def _set(view: View, file: str, line: int, column: int) -> Iterator[WrittenValue]:
    """The names that templates write of a value of a chart."""
    source = view.source(file)
    if source is None or view.objects(file):
        return
    templated = (each for each in view.every_object() if _is_templated(each[1]))
    for world, manifest in islice(templated, _MOST_OBJECTS):
        named = (NAME, *(reference.path for reference in references_of(manifest)))
        for path in named:
            setting = manifest.document.setting((*manifest.root, *path))
            if setting is not None and setting[0] == file and holds(setting[1], line, column):
                yield WrittenValue(world, manifest, path, False, setting[1])


def _is_templated(manifest: Manifest) -> bool:
    return isinstance(manifest.document, TemplatedDocument)


def _paths(value: Any) -> Iterable[Path]:
    """The path of each value of an object, from the outside to the inside."""
    stack: list[tuple[Path, Any]] = [((), value)]
    number = 0
    while stack and number < _MOST_VALUES:
        path, inner = stack.pop()
        if path:
            number += 1
            yield path
        if isinstance(inner, dict):
            stack += [((*path, key), below) for key, below in inner.items()]
        elif isinstance(inner, list):
            stack += [((*path, index), below) for index, below in enumerate(inner)]


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column
