"""The objects of a file with their volumes, and the objects of all files by name."""

from __future__ import annotations

from itertools import islice
from operator import attrgetter

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.core.relevance import of_kind
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument
from vmsnap_lint.editor.named_fields import NAME
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.references import TEMPLATES, VOLUMES
from vmsnap_lint.report.finding_places import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["FileSymbol", "WorkspaceSymbol", "symbols_in", "symbols_named"]

_DISKS = ("spec", "template", "spec", "domain", "devices", "disks")
_IN_POOL = ("spec", "virtualMachineTemplate")
_PARTS = (
    (TEMPLATES, "DataVolume", NAME),
    (VOLUMES, "volume", ("name",)),
    (_DISKS, "disk", ("name",)),
)
_BELOW = {kinds.VM: (), kinds.POOL: _IN_POOL}
_MOST = 2_000  # objects of a file
_MOST_PARTS = 200  # of one object
_MOST_FOUND = 200


class FileSymbol(NamedTuple):
    """An object, or a part of one: `span` is all of it, `name_span` in it that of its name."""

    name: str
    detail: str
    span: Span
    name_span: Span
    children: tuple[FileSymbol, ...] = ()


class WorkspaceSymbol(NamedTuple):
    """An object of any file, at its name."""

    name: str
    kind: str
    namespace: str
    file: str
    span: Span


def symbols_in(view: View, file: str) -> list[FileSymbol]:
    """The objects of a file in the order of the text, those of templates included."""
    source = view.source(file)
    own = [m for document in source.documents for m in manifests(document)] if source else []
    found = [_object(manifest) for manifest in own[:_MOST] if manifest.kind]
    written = (m for _, m in view.objects(file) if isinstance(m.document, TemplatedDocument))
    for each in dict.fromkeys(map(_at_name, islice(written, _MOST))):
        if not any(known.span[:2] <= each.span[:2] <= known.span[2:] for known in found):
            found.append(each)
    return sorted(found, key=attrgetter("span"))


def symbols_named(view: View, text: str) -> list[WorkspaceSymbol]:
    """The first objects of our kinds whose name holds a text, each once."""
    word = text.casefold()
    found: dict[WorkspaceSymbol, None] = {}
    for _, manifest in view.every_object():
        if len(found) >= _MOST_FOUND:
            break
        if manifest.name and word in manifest.name.casefold() and of_kind(*manifest.group_kind):
            at = where(manifest.at(*NAME))
            home = manifest.namespace or ""
            found[WorkspaceSymbol(cut(manifest.name), manifest.kind, home, *at)] = None
    return [*found]


def _object(manifest: Manifest) -> FileSymbol:
    root, document = manifest.root, manifest.document
    span = document.extent(root)
    named = NAME if manifest.name else ("kind",)
    name_span = _inside(document.span((*root, *named)), span)
    below = _BELOW.get(manifest.group_kind)
    children = () if below is None else tuple(_parts(manifest, below))
    name = manifest.name or manifest.text("metadata", "generateName") or "(no name)"
    home = f" in {cut(manifest.namespace)}" if manifest.namespace else ""
    return FileSymbol(cut(name), f"{cut(manifest.kind)}{home}", span, name_span, children)


def _parts(manifest: Manifest, below: Path) -> Iterator[FileSymbol]:
    """The DataVolumes, volumes and disks of a VM."""
    for path, detail, named in _PARTS:
        for index, _ in manifest.items(*below, *path):
            if index >= _MOST_PARTS:
                break
            at = (*below, *path, index)
            span = manifest.document.extent((*manifest.root, *at))
            written = manifest.document.span((*manifest.root, *at, *named))
            name = manifest.text(*at, *named) or "(no name)"
            yield FileSymbol(cut(name), detail, span, _inside(written, span))


def _inside(inner: Span, outer: Span) -> Span:
    """The inner span, or where the outer one begins if it is not in that, as after a merge."""
    is_inside = outer[:2] <= inner[:2] and inner[2:] <= outer[2:]
    return inner if is_inside else Span(*outer[:2], *outer[:2])


def _at_name(manifest: Manifest) -> FileSymbol:
    """What a template writes, at the place of its name."""
    span = where(manifest.at(*NAME))[1]
    return FileSymbol(cut(manifest.name), cut(manifest.kind), span, span)
