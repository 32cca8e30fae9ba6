"""What keeps a file from being read as Kubernetes objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import FILE, Check
from vmsnap_lint.core.file_names import is_prose
from vmsnap_lint.core.kinds import GROUPS
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.relevance import Relevance, of_kind, shows
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.document import FaultKind
from vmsnap_lint.document.split import pieces
from vmsnap_lint.kubevirt.admission.flattened import flattened, flattened_text
from vmsnap_lint.objects.manifest import Place, SourceSpan, manifests
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key, Span
    from vmsnap_lint.document import Document, Fault, Source
    from vmsnap_lint.document.positions import Scalar
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]

_NAMES = (
    ("metadata", "name"), ("metadata", "namespace"), ("spec", "source", "name"),
    ("spec", "target", "name"), ("spec", "virtualMachineSnapshotName"),
)  # fmt: skip
_PLACEHOLDER = re.compile(rb"\$[{(A-Za-z_]|\{\{|@@|ENC\[|: *[\"']?[<@%]")


def ambiguous_scalar(source: Source, world: World) -> Iterator[Problem]:
    """An unquoted value or key that Kubernetes reads otherwise than it looks, and accepts."""
    for document in source.documents:
        if document.odd:
            objects = {one.root: one for one in manifests(document) if world.is_read(one)}
            for scalar in document.scalars() if objects else ():
                manifest = _owner(scalar.path, objects) if _is_ambiguous(scalar) else None
                if manifest is not None and not _is_rejected(scalar, manifest, world):
                    yield _ambiguous(scalar, manifest)


def document_budget(source: Source, world: World) -> Iterator[Problem]:
    """A file or document too large, too deep or too much expanded to be read."""
    yield from _reported(source, FaultKind.BUDGET, world)


def duplicate_key(source: Source, world: World) -> Iterator[Problem]:
    """A mapping that has a key twice, in an object that is in scope."""
    for fault in source.faults:
        if fault.kind is not FaultKind.DUPLICATE_KEY:
            continue
        document = _document(source, fault)
        if document is None:
            continue
        found = list(manifests(document))
        judged = any(world.is_read(manifest) for manifest in found)
        if judged and not any(flattened(manifest) for manifest in found):
            first = _first_of(document, fault.span)
            related = (SourceSpan(source, first, "first written here"),) if first else ()
            yield Problem(SourceSpan(source, fault.span), fault.message, related)


def encoding_unsupported(source: Source, world: World) -> Iterator[Problem]:
    """Bytes or characters that Kubernetes does not read."""
    yield from _reported(source, FaultKind.ENCODING, world)


def flattened_indentation(source: Source, world: World) -> Iterator[Problem]:
    """What belongs below metadata or spec stands beside it."""
    for document in source.documents:
        value = document.value
        if isinstance(value, dict) and not (value.get("metadata") and value.get("spec", True)):
            for manifest in manifests(document):
                lost = flattened(manifest) if world.is_read(manifest) else None
                if lost is not None:
                    yield lost
    for fault in source.faults:
        found = _lost_in(source, fault, world)
        if found is not None:
            yield Problem(SourceSpan(source, found[0]), found[1])


def unrendered_template(source: Source, _world: World) -> Iterator[Problem]:
    """A document that only a template engine can read, or a name that one fills in."""
    for fault in source.faults:
        if fault.kind is FaultKind.TEMPLATE and fault.ours and _saves(source):
            yield Problem(SourceSpan(source, fault.span), fault.message)
    if _PLACEHOLDER.search(source.data) and _saves(source):
        for document in source.documents:
            for manifest in manifests(document):
                if manifest.group in GROUPS and _is_saving(manifest.group, manifest.kind):
                    yield from _pending(manifest)


def yaml_invalid(source: Source, world: World) -> Iterator[Problem]:
    """A document that should be an object of ours does not parse, or is no mapping."""
    if is_prose(source.file):
        return
    for fault in source.faults:
        if fault.kind is FaultKind.SYNTAX and _in_scope(fault, world):
            if _lost_in(source, fault, world) is None:
                yield Problem(SourceSpan(source, fault.span), fault.message)
        elif fault.kind is FaultKind.NOT_MAPPING and fault.ours:
            document = _document(source, fault)
            if document is not None:
                yield from _no_mapping(document, fault, world)


def _owner(path: tuple[Key, ...], objects: dict[tuple[Key, ...], Manifest]) -> Manifest | None:
    return objects.get(()) or objects.get(path[:2])


def _is_rejected(scalar: Scalar, manifest: Manifest, world: World) -> bool:
    """Whether another rule says that the value, or its field, is wrong anyway."""
    path = scalar.path[len(manifest.root) :]
    return any(
        isinstance(at, Place) and at.path and path[: len(at.path)] == at.path
        for at in (rejection.problem.at for rejection in world.rejections(manifest))
    )


def _is_ambiguous(scalar: Scalar) -> bool:
    """Text that stays text surprises no one; a tag says how a scalar is to be read."""
    from vmsnap_lint.document.nodes import Style  # odd scalars are rare
    from vmsnap_lint.document.scalars import json_value, looks_odd, plain

    if scalar.style is not Style.PLAIN or isinstance(scalar.value, str):
        return False
    value = plain(scalar.text)
    return looks_odd(scalar.text, value) and json_value(value) == scalar.value


def _ambiguous(scalar: Scalar, manifest: Manifest) -> Problem:
    at = manifest.at(*scalar.path[len(manifest.root) :], key=scalar.is_key)
    if scalar.is_key:
        return Problem(at, f'the key {scalar.text} is read as "{scalar.path[-1]}": quote it')
    what = "the boolean" if isinstance(scalar.value, bool) else "the number"
    shown = str(scalar.value).lower()
    return Problem(at, f"{scalar.text} is read as {what} {shown}: write {shown}")


def _pending(manifest: Manifest) -> Iterator[Problem]:
    """The first name that is filled in later: rules on what it names wait for the rendered file."""
    for path in _NAMES:
        text = manifest.text(*path)
        if text and holds_placeholder(text):
            message = f"{text} is filled in later: what it names is not looked at"
            yield Problem(manifest.at(*path), message)
            return


def _no_mapping(document: Document, fault: Fault, world: World) -> Iterator[Problem]:
    spot = SourceSpan(document.source, fault.span)
    if not isinstance(document.value, list):
        yield Problem(spot, f'{fault.message}: is a space missing after ":"?')
        return
    kinds = [item.get("kind") for item in document.value if isinstance(item, dict)]
    if any(isinstance(kind, str) and _is_saving("", kind) for kind in kinds):
        message = 'an array at the top level is not an object: kubectl accepts only "kind: List"'
        yield Problem(spot, message)
    elif world.in_scope and any(kinds):
        message = "an array at the top level is not an object, so nothing in it is checked"
        yield Problem(spot, message, severity=Severity.INFO)


def _in_scope(fault: Fault, world: World) -> bool:
    """Whether a document that is lost matters: it is ours, or what the run is about may need it."""
    return fault.ours or (world.run_in_scope and fault.relevance >= Relevance.READ)


def _reported(source: Source, kind: FaultKind, world: World) -> Iterator[Problem]:
    for fault in source.faults:
        if fault.kind is kind and _in_scope(fault, world):
            yield Problem(SourceSpan(source, fault.span), fault.message)


def _lost_in(source: Source, fault: Fault, world: World) -> tuple[Span, str] | None:
    """Where the indentation of a document is lost, so that it does not even parse."""
    if fault.kind is not FaultKind.SYNTAX or not _in_scope(fault, world):
        return None
    text = source.lines.text
    piece = next((one for at, one in enumerate(pieces(text)) if at == fault.document), None)
    found = flattened_text(text[piece.start : piece.end]) if piece else None
    if piece is None or found is None:
        return None
    start = piece.start + found[0]
    return source.lines.head(start, start + found[1].index(" ")), found[1]


def _saves(source: Source) -> bool:
    """Whether the file is about snapshots: others that are not read are listed, and no finding."""
    return shows(source.data, Relevance.SAVING)


def _is_saving(group: str, kind: str) -> bool:
    return of_kind(group, kind) == Relevance.SAVING


def _document(source: Source, fault: Fault) -> Document | None:
    return next((one for one in source.documents if one.index == fault.document), None)


def _first_of(document: Document, again: Span) -> Span | None:
    """Where the key that is written once more at `again` stands first."""
    keys = [scalar for scalar in document.scalars() if scalar.is_key]
    path = next((key.path for key in keys if key.span == again), None)
    return next((key.span for key in keys if key.path == path and key.span < again), None)


CHECKS: dict[str, Check] = {
    "ambiguous-scalar": Check(ambiguous_scalar, FILE),
    "document-budget": Check(document_budget, FILE, prefilters.faulty),
    "duplicate-key": Check(duplicate_key, FILE, prefilters.faulty),
    "encoding-unsupported": Check(encoding_unsupported, FILE, prefilters.faulty),
    "flattened-indentation": Check(flattened_indentation, FILE),
    "unrendered-template": Check(unrendered_template, FILE),
    "yaml-invalid": Check(yaml_invalid, FILE, prefilters.faulty),
}
