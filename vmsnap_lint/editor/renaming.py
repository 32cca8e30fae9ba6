"""A new name for an object becomes edits of its declarations and of every reference to it."""

from __future__ import annotations

import re

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Edit
from vmsnap_lint.core.values import holds_placeholder, is_dns1123_subdomain
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument, original_of
from vmsnap_lint.document.scalars import plain
from vmsnap_lint.editor.declarations import named_at, places_of_name, sharing, users_of
from vmsnap_lint.editor.named_fields import NAME, followed_kinds
from vmsnap_lint.editor.patched_names import patch_naming
from vmsnap_lint.editor.values_at import is_newer, values_at
from vmsnap_lint.report.finding_places import where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.editor.declarations import Named
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.editor.written_value import WrittenValue
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Refusal", "Renamable", "renamable", "renamed"]

_ANCHOR = r"&\S+\s+\Z"
_QUOTES = ('"', "'")


class Refusal(NamedTuple):
    """Why nothing is renamed."""

    reason: str


class Renamable(NamedTuple):
    """The name at a place, without its quotes."""

    span: Span
    name: str


def renamable(
    view: View, file: str, line: int, column: int, text: str | None = None
) -> Renamable | Refusal:
    """The name at a place that can be renamed, or why none can.

    `text` is that of a buffer; nothing is renamed while it is newer than the view.
    """
    if text is not None and is_newer(view, file, text):
        return Refusal("the text has changed: try again in a moment")
    found = _named(view, file, line, column)
    if isinstance(found, Refusal):
        return found
    here, named = found
    edits = _edits(view, named, named[0].name)
    if isinstance(edits, Refusal):
        return edits
    source, name = view.source(file), named[0].name
    at = _unquoted(source.line(here.span.line), here.span, name) if source is not None else None
    return Renamable(at or here.span, name)


def renamed(
    view: View,
    file: str,
    at: tuple[int, int],
    name: str,
    is_ours: Callable[[str], bool] = lambda _file: True,
) -> tuple[Edit, ...] | Refusal:
    """The edits that rename the object at a line and column, or why it is not renamed.

    `is_ours` says whether a file may be changed.
    """
    found = _named(view, file, *at)
    if isinstance(found, Refusal):
        return found
    _, named = found
    if name == named[0].name:
        return ()
    edits = _fault_of_name(named, name) or _edits(view, named, name)
    if isinstance(edits, Refusal):
        return edits
    files = dict.fromkeys(edit.file for edit in edits)
    other = next((each for each in files if not is_ours(each)), None)
    if other is not None:
        return Refusal(f'"{other}" names it and is outside of the open folder, or read-only')
    return edits


def _named(
    view: View, file: str, line: int, column: int
) -> tuple[WrittenValue, list[Named]] | Refusal:
    """What the name at a place is of, in each world."""
    at = [here for here in values_at(view, file, line, column) if not here.is_key]
    found = [(here, named_at(here)) for here in at if here.path[-1:] != ("kind",)]
    known = [(here, named) for here, named in found if named is not None]
    if not known:
        return Refusal("there is no name of an object here")
    here, first = known[0]
    if any(holds_placeholder(named.name) for _, named in known):
        return Refusal(f'"{cut(first.name)}" holds a placeholder: rename what sets it')
    if first.kind not in followed_kinds():
        return Refusal(f"what names a {cut(first.kind.kind)} is not known: rename it by hand")
    if not any(named.at for _, named in known):
        title = f'{first.kind.kind} "{cut(first.name)}"'
        return Refusal(f"{title} is not declared in the input: open the folder that declares it")
    if len({named.name for _, named in known}) > 1:
        return Refusal("it has several names, as kustomize or helm builds it: rename it by hand")
    return here, [named for _, named in known if named.at]


def _fault_of_name(named: list[Named], name: str) -> Refusal | None:
    """Why an object cannot have a name."""
    if holds_placeholder(name):
        return Refusal(f'"{cut(name)}" holds a placeholder: write the name itself')
    if not is_dns1123_subdomain(name):
        form = 'at most 253 lower-case letters, digits, "-" and "."; no "-" or "." at the ends'
        return Refusal(f'"{cut(name)}" is not a DNS-1123 subdomain: {form}')
    for each in named:
        near = each.at[0].manifest
        for kind in sharing(each.kind):
            home = None if kind in kinds.CLUSTER_SCOPED else each.namespace
            for place in places_of_name(each.world, (kind,), home, name, near):
                file, span = where(place)
                taken = f'{place.manifest.kind} "{cut(name)}"'
                return Refusal(f"{file}:{span.line} declares {taken} already")
    return None


def _edits(view: View, named: list[Named], name: str) -> tuple[Edit, ...] | Refusal:
    """The edits of all declarations and references, or why one of them cannot be changed."""
    old = named[0].name
    exported = next((at for each in named for at in each.at if at.manifest.is_export), None)
    if exported is not None:
        file, span = where(exported)
        return Refusal(f"{file}:{span.line} was read from a cluster, where no object is renamed")
    edits: dict[Edit, None] = {}
    for place in _places(view, named):
        edit = _edit(view, place, old, name)
        if isinstance(edit, Refusal):
            return edit
        edits[edit] = None
    patch = patch_naming(view, {at.manifest for each in named for at in each.at}, old)
    return Refusal(f"{patch} names it: rename it there by hand") if patch else tuple(sorted(edits))


def _places(view: View, named: list[Named]) -> Iterator[Place]:
    """The declarations and references, in each world."""
    for each in named:
        yield from each.at
        yield from (reference.at() for reference in users_of(view, each))


def _edit(view: View, place: Place, old: str, new: str) -> Edit | Refusal:
    """The edit of one name, or why it cannot be changed there."""
    file, span = where(place)
    at = f"{file}:{span.line}"
    if isinstance(place.manifest.document, TemplatedDocument):
        return Refusal(f"{at} is a template of a chart: rename it in the template or its values")
    source = view.source(file)
    if source is None:
        return Refusal(f"{at} cannot be read")
    if isinstance(place.manifest.document, RenderedDocument) and place.path == NAME:
        names, original = _built_names(view, place.manifest), original_of(place.manifest)
        if names != {old} or original is None or original.name != old:
            return Refusal(f"kustomize makes {quoted(sorted(names))} of {at}: rename it by hand")
    line = source.line(span.line)
    inner = _unquoted(line, span, old)
    if inner is None:
        written = cut(line[span.column - 1 : span.end_column - 1])
        return Refusal(f'{at} has {written} for "{cut(old)}": something else makes the name')
    if re.search(_ANCHOR, line[: span.column - 1]):
        return Refusal(f"{at} is what an alias repeats: rename it by hand")
    is_bare = inner == span
    text = f'"{new}"' if is_bare and not isinstance(plain(new), str) else new
    return Edit(file, inner, text)


def _built_names(view: View, manifest: Manifest) -> set[str]:
    """The names under which kustomize builds what an object is built of."""
    written = manifest.document.written(manifest.root)
    built = view.built_from(written[:-1], manifest.file)
    return {m.name for _, m in built if m.document.written(m.root) == written}


def _unquoted(line: str, span: Span, name: str) -> Span | None:
    """The part of a span that holds just the name, None where it is written in another way."""
    if span.end_line != span.line:
        return None
    text = line[span.column - 1 : span.end_column - 1]
    if text == name:
        return span
    if len(text) > 1 and text[0] in _QUOTES and text == f"{text[0]}{name}{text[0]}":
        return span._replace(column=span.column + 1, end_column=span.end_column - 1)
    return None
