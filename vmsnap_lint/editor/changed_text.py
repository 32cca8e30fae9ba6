"""A place in a text that is newer than the view becomes values of the objects that the view has.

An object is recognized by its kind and name; one that the view does not know stands for itself.
"""

from __future__ import annotations

import json

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import split
from vmsnap_lint.document.positions import Lines
from vmsnap_lint.editor.half_written import half_written, within_object
from vmsnap_lint.editor.written_value import WrittenValue, document_at
from vmsnap_lint.objects.manifest import Manifest, manifests

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.editor.half_written import HalfWritten
    from vmsnap_lint.editor.view import View

__all__ = ["values_in"]

_LONGEST = 200_000  # characters of a document that is parsed for one question


class _Typed(NamedTuple):
    """A value of an object as it stands in the text, or a key."""

    manifest: Manifest
    path: Path
    is_key: bool
    span: Span
    text: str | None


def values_in(view: View, file: str, text: str, line: int, column: int) -> list[WrittenValue]:
    """The value at a place of a text, for each world that has its object."""
    typed = _parsed(file, text, line, column) or _half_written(file, text, line, column)
    if typed is None:
        return []
    manifest, path, is_key, span, word = typed
    same_kind = [m for m in view.objects(file) if m[1].group_kind == manifest.group_kind]
    same = [m for m in same_kind if m[1].name == manifest.name] or same_kind
    same = [m for m in same if m[1].namespace == manifest.namespace] or same
    if len({known.name for _, known in same}) == 1:
        return [WrittenValue(world, known, path, is_key, span, word) for world, known in same]
    return [
        WrittenValue(world, manifest, path, is_key, span, word, is_new=True)
        for world in view.worlds_of(file)
    ]


def _parsed(file: str, text: str, line: int, column: int) -> _Typed | None:
    """The value where the document around it can be read."""
    lines = Lines(text)
    index = lines.nearest(line, column)
    around = (piece for piece in split.pieces(text) if index is not None and index <= piece.end)
    start, end, *_ = next(around, (0, _LONGEST))
    if end - start > _LONGEST:
        return None
    above = lines.span(start, start).line - 1
    source = document.read(file, text[start:end].encode("utf-8", "surrogatepass"))
    part = document_at(source, line - above, column)
    found = part.path_at(line - above, column) if part is not None else None
    if part is None or found is None:
        return None
    path, is_key = found
    first, left, last, right = part.span(path, is_key)
    span = Span(first + above, left, last + above, right)
    for manifest in manifests(part):
        depth = len(manifest.root)
        if path[:depth] == manifest.root:
            value = None if is_key else manifest.text(*path[depth:])
            return _Typed(manifest, path[depth:], is_key, span, value)
    return None


def _half_written(file: str, text: str, line: int, column: int) -> _Typed | None:
    """The value where the text does not parse."""
    lines = Lines(text)
    typed = half_written(lines, line, column)
    if typed is None or not typed.fields.get("kind"):
        return None
    span = typed.span
    word = lines.line(line)[span.column - 1 : span.end_column - 1]
    path = typed.path if typed.is_value else (*typed.path, word)
    value = word if typed.is_value else None
    return _Typed(_outlined(file, typed), within_object(path), not typed.is_value, span, value)


def _outlined(file: str, typed: HalfWritten) -> Manifest:
    """An object of that kind and name."""
    names = {key: typed.fields[key] for key in ("name", "namespace") if key in typed.fields}
    head = {key: typed.fields[key] for key in ("apiVersion", "kind") if key in typed.fields}
    written = json.dumps({**head, "metadata": names})
    return next(manifests(document.read(file, written.encode()).documents[0]))
