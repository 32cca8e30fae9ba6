"""Files that cannot be read as Kubernetes objects."""

from __future__ import annotations

import re
from itertools import chain, pairwise

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import FILE, Check
from vmsnap_lint.core.file_names import is_page, is_prose
from vmsnap_lint.core.kinds import GROUPS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.relevance import Relevance, of_kind, plain, shows
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.document import FaultKind
from vmsnap_lint.kubevirt.admission.flattened import flattened, flattened_text
from vmsnap_lint.objects.manifest import SourceSpan, manifests
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.document import Document, Fault, Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]

_NAMES = (
    ("metadata", "name"), ("metadata", "namespace"), ("spec", "source", "name"),
    ("spec", "target", "name"), ("spec", "virtualMachineSnapshotName"),
)  # fmt: skip
# What a file holds where a name may be a placeholder: a mark of one, or of a value elsewhere.
_MARKED = re.compile(rb"""ame(?:space)?["']?\s*+:\s*+[^\n:$<@%{\[*|>#]*+[$<@%{\[*|>#]""")


def ambiguous_scalar(source: Source, world: World) -> Iterator[Problem]:
    """An unquoted value or key that Kubernetes reads differently from its looks, and accepts."""
    for document in (document for document in source.documents if document.odd):
        from vmsnap_lint.checks import ambiguous_scalars  # few documents have any

        objects = {m.root: m for m in _objects(document) if world.is_read(m)}
        yield from ambiguous_scalars.reported(document, objects, world)


def document_budget(source: Source, world: World) -> Iterator[Problem]:
    """A file or document that is too large, too deep or has too many aliases."""
    yield from _reported(source, FaultKind.BUDGET, world)


def duplicate_key(source: Source, world: World) -> Iterator[Problem]:
    """An object in scope that has a key twice."""
    from vmsnap_lint.checks import parsing_fixes  # files with faults
    from vmsnap_lint.kubevirt.admission.joined import joined_objects

    documents = {document.index: document for document in source.documents}
    joined = joined_objects(source)
    is_reported: dict[int, bool] = {}
    latest: dict[Span | None, Span] = {}  # by the first key, the last one that was read
    for fault in source.faults:
        document = documents.get(fault.document)
        if fault.kind is not FaultKind.DUPLICATE_KEY or document is None:
            continue
        if fault.top and document.index in joined:
            continue  # separator-missing
        if document.index not in is_reported:
            objects = _objects(document)
            is_read = any(map(world.is_read, objects))
            is_reported[document.index] = is_read and not any(map(flattened, objects))
        if is_reported[document.index]:
            first = fault.first
            related = (SourceSpan(source, first, "first written here"),) if first else ()
            before = latest.get(first, first)
            latest[first] = fault.span
            fixes = parsing_fixes.without_repeat(document, before, fault.span)
            yield Problem(SourceSpan(source, fault.span), fault.message, related, fixes=fixes)


def encoding_unsupported(source: Source, world: World) -> Iterator[Problem]:
    """Bytes or characters that Kubernetes does not read."""
    yield from _reported(source, FaultKind.ENCODING, world)


def flattened_indentation(source: Source, world: World) -> Iterator[Problem]:
    """What belongs below metadata or spec is a sibling of it."""
    for document in source.documents:
        if document.outline is not None and not any(map(world.is_read, manifests(document))):
            continue
        value = document.value
        if isinstance(value, dict) and not (value.get("metadata") and value.get("spec", True)):
            problems = map(flattened, filter(world.is_read, manifests(document)))
            yield from filter(None, problems)
    for fault in source.faults:
        flat = _flattened_text(source, fault, world)
        if flat is not None:
            yield flat


def separator_missing(source: Source, world: World) -> Iterator[Problem]:
    """Objects that are one document, of which the last one hides the others."""
    from vmsnap_lint.kubevirt.admission.joined import joined_objects  # files with faults

    for objects in joined_objects(source).values():
        if not any(world.is_read(manifest) for one in objects for manifest in one.manifests):
            continue
        for above, below in pairwise(objects):
            named = next((one.title for one in above.manifests if one.kind and one.name), "")
            lost = f"{named} above it" if named else "the object above it"
            message = f'"---" is missing before this line: kubectl reads one object, {lost} is lost'
            from vmsnap_lint.checks.parsing_fixes import separated

            at = SourceSpan(source, below.span)
            yield Problem(at, message, fixes=separated(at, above.span))


def unrendered_template(source: Source, world: World) -> Iterator[Problem]:
    """A document that only a template engine can read, or a name that one sets."""
    if source.is_excerpt:  # what a script fills in is known when it runs
        return
    templates = [f for f in source.faults if f.kind is FaultKind.TEMPLATE and f.ours]
    is_replaced = source.file in world.policy.replaced
    is_filled_in = not is_replaced and _MARKED.search(plain(source.data))
    # other files that are not read are listed, but are not findings
    if not (templates or is_filled_in) or not shows(source.data, Relevance.SAVING):
        return
    for fault in templates:
        yield Problem(SourceSpan(source, fault.span), fault.message)
    for document in source.documents if is_filled_in else ():
        for manifest in manifests(document):
            if manifest.group in GROUPS and _saves(manifest.group, manifest.kind):
                yield from _placeholder(manifest)


def yaml_invalid(source: Source, world: World) -> Iterator[Problem]:
    """A document in scope that does not parse, is not an object, or is dropped."""
    if is_prose(source.file):
        return
    for fault in _in_scope(source, FaultKind.SYNTAX, world):
        if _flattened_text(source, fault, world) is None:
            yield Problem(SourceSpan(source, fault.span), fault.message)
    for fault in _in_scope(source, FaultKind.DROPPED, world):
        yield _dropped(source, fault, world)
    documents = {document.index: document for document in source.documents}
    dropped = {f.document for f in source.faults if f.kind is FaultKind.DROPPED}
    reported = set()
    for fault in source.faults:
        document = documents.get(fault.document)
        if fault.kind is FaultKind.NOT_MAPPING and fault.ours and document is not None:
            is_cut = fault.document in dropped
            for problem in _not_object(document, fault, world, is_cut=is_cut):
                reported.add(fault.document)
                yield problem
    others = [d for d in source.documents if d.index not in reported and d.shape is not dict]
    if others and _holds_ours(source, world):
        for document in others:
            yield Problem(SourceSpan(source, document.span(())), _undecodable(document))


def _dropped(source: Source, fault: Fault, world: World) -> Problem:
    """What kubectl drops is never applied; kustomize reads it, but this program does not."""
    at = SourceSpan(source, fault.span)
    objects = chain.from_iterable(map(manifests, source.documents))
    if not any(world.is_rendered_later(m) or world.is_kustomized(m) for m in objects):
        return Problem(at, fault.message)
    message = (
        'only kustomize reads this text, as the document above has ended: write "---" before it'
    )
    return Problem(at, message, severity=Severity.INFO)


def _objects(document: Document) -> list[Manifest]:
    """The objects that are written in a document, also inside others."""
    from vmsnap_lint.objects.wrapped import read_together  # few documents have such faults

    return read_together(document)


def _placeholder(manifest: Manifest) -> Iterator[Problem]:
    """The first name that is a placeholder: rules need the rendered file to check its object."""
    texts = {path: manifest.text(*path) for path in _NAMES}
    path = next((path for path in _NAMES if holds_placeholder(texts[path])), None)
    if path is not None:
        what = f'"{texts[path]}" is a placeholder'
        yield Problem(manifest.at(*path), f"{what}: the object it refers to is not checked")


def _undecodable(document: Document) -> str:
    shape = "an array" if isinstance(document.value, list) else "a single value"
    return f"the document is {shape}, not an object: kubectl cannot decode it, and fails"


def _not_object(
    document: Document, fault: Fault, world: World, *, is_cut: bool
) -> Iterator[Problem]:
    at = SourceSpan(document.source, fault.span)
    if not isinstance(document.value, list):
        yield Problem(at, f'{fault.message}: is a space missing after ":"?')
        return
    kinds = [item.get("kind") for item in document.value if isinstance(item, dict)]
    what = "the top level is an array"
    if any(isinstance(kind, str) and _saves("", kind) for kind in kinds):
        yield Problem(at, f'{what}: kubectl accepts only an object of kind "List"')
    elif is_cut:
        yield Problem(at, _undecodable(document))
    elif world.in_scope and any(kinds):
        yield Problem(at, f"{what}, so nothing in it is checked", severity=Severity.INFO)


def _is_in_scope(fault: Fault, world: World) -> bool:
    """Whether the unread document is in scope, or may be needed by what is in scope."""
    return fault.ours or (world.run_in_scope and fault.relevance >= Relevance.READ)


def _in_scope(source: Source, kind: FaultKind, world: World) -> Iterator[Fault]:
    """The faults of a kind in scope, by themselves or by another document of the file."""
    holds_ours: bool | None = None
    for fault in source.faults:
        if fault.kind is not kind:
            continue
        if not _is_in_scope(fault, world):
            holds_ours = _holds_ours(source, world) if holds_ours is None else holds_ours
            if not holds_ours:
                continue
        yield fault


def _holds_ours(source: Source, world: World) -> bool:
    """Whether a document of the file is one that rules read: who applies the file stops there.

    Blocks of a page are not applied together.
    """
    objects = chain.from_iterable(map(manifests, source.documents))
    return not is_page(source.file) and any(map(world.is_read, objects))


def _reported(source: Source, kind: FaultKind, world: World) -> Iterator[Problem]:
    for fault in _in_scope(source, kind, world):
        yield Problem(SourceSpan(source, fault.span), fault.message)


def _flattened_text(source: Source, fault: Fault, world: World) -> Problem | None:
    """The lost indentation of a document, if that is why it does not parse."""
    if fault.kind is not FaultKind.SYNTAX or not _is_in_scope(fault, world):
        return None
    start, end = fault.extent
    flat = flattened_text(source.lines.text[start:end])
    if flat is None:
        return None
    start, message = start + flat[0], flat[1]
    span = source.lines.head(start, start + message.index(" "))
    return Problem(SourceSpan(source, span), message)


def _saves(group: str, kind: str) -> bool:
    return of_kind(group, kind) == Relevance.SAVING


CHECKS: dict[str, Check] = {
    "ambiguous-scalar": Check(ambiguous_scalar, FILE),
    "document-budget": Check(document_budget, FILE, prefilters.faulty),
    "duplicate-key": Check(duplicate_key, FILE, prefilters.faulty),
    "encoding-unsupported": Check(encoding_unsupported, FILE, prefilters.faulty),
    "flattened-indentation": Check(flattened_indentation, FILE),
    "separator-missing": Check(separator_missing, FILE, prefilters.faulty),
    "unrendered-template": Check(unrendered_template, FILE),
    "yaml-invalid": Check(yaml_invalid, FILE, prefilters.faulty),
}
