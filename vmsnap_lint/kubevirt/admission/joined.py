"""Objects that stand in one document, because a `---` between them is missing.

sigs.k8s.io/yaml v1.6.0, yaml.go: of a key that a mapping has twice the last value is kept, so that
kubectl applies a mixture of the objects, which is mostly the last one.
"""

from __future__ import annotations

from itertools import pairwise

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document import FaultKind, read
from vmsnap_lint.kubevirt.admission.flattened import flattened
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.document import Document, Fault, Source
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Joined", "joined_objects"]

_TYPE_META = frozenset(("apiVersion", "kind"))


class Joined(NamedTuple):
    """The text of one of the objects: where it begins, and what it is by itself.

    The manifests have no true places.
    """

    span: Span
    manifests: tuple[Manifest, ...]


def joined_objects(source: Source) -> dict[int, list[Joined]]:
    """The objects of each document that holds several, by its index."""
    documents = {document.index: document for document in source.documents}
    repeated: dict[int, list[Fault]] = {}
    for fault in source.faults:
        if fault.kind is FaultKind.DUPLICATE_KEY and fault.top and fault.document in documents:
            repeated.setdefault(fault.document, []).append(fault)
    found = {
        index: _objects(documents[index], faults)
        for index, faults in repeated.items()
        if not any(map(flattened, manifests(documents[index])))
    }
    return {index: objects for index, objects in found.items() if objects}


def _objects(document: Document, repeated: list[Fault]) -> list[Joined]:
    """The objects of a document with these repeated keys; none where it is a single one."""
    starts = list(_starts(repeated))
    if not starts:
        return []
    text = document.source.lines.text
    first, end = repeated[0].extent
    bounds = [first, *(fault.at for fault in starts), end]
    spans = [document.span(()), *(fault.span for fault in starts)]
    parts = [text[start:stop] for start, stop in pairwise(bounds)]
    if not all(map(_holds_fields, parts)):
        return []  # only the head of an object is repeated
    return [
        Joined(span, _manifests(document, part)) for span, part in zip(spans, parts, strict=True)
    ]


def _starts(repeated: Iterable[Fault]) -> Iterator[Fault]:
    """The repeated keys with which objects begin, in the order of the text.

    The first repeated apiVersion or kind is the first; each one that the object has by then begins
    another.
    """
    seen: set[str] = set()
    for fault in sorted(repeated, key=lambda each: each.at):
        if fault.top in _TYPE_META and (not seen or fault.top in seen):
            seen = set()
            yield fault
        if seen or fault.top in _TYPE_META:
            seen.add(fault.top)


def _holds_fields(text: str) -> bool:
    """Whether the text has a field of an object besides apiVersion and kind, or does not parse."""
    values = [document.value for document in read("", text.encode()).documents]
    return not values or any(isinstance(it, dict) and it.keys() - _TYPE_META for it in values)


def _manifests(document: Document, text: str) -> tuple[Manifest, ...]:
    """What a part of a document holds by itself, else what the document does."""
    alone = read(document.file, text.encode()).documents
    found = tuple(manifest for one in alone for manifest in manifests(one))
    return found or tuple(manifests(document))
