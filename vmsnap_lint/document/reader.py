"""Bytes of a file become a Source: documents as Kubernetes decodes them, and faults."""

from __future__ import annotations

import re
from operator import itemgetter

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Span
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.core.relevance import Relevance, of_kind, of_text
from vmsnap_lint.document import encoding, plain, split
from vmsnap_lint.document.faults import Allowance, Budget, Fault, FaultKind, RawFault, RejectedError
from vmsnap_lint.document.source import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.document.bare_values import BareValue
    from vmsnap_lint.document.nodes import Node
    from vmsnap_lint.document.outline import Outline
    from vmsnap_lint.document.positions import Inset
    from vmsnap_lint.document.split import Piece

__all__ = ["parts", "read"]

_TEMPLATE = r"(?m)\{\{|\{%|<%|(?:^[ \t]*|: +|- +)%[dqsv](?:\s|\Z)"
_UNRENDERED = "this is a template that has to be rendered first"
# What may stand behind the end of a document: comments, further ends, directives without effect.
_NOTHING = possessive(r"(?:[\s\ufeff]++|#[^\r\n]*+|%[^\r\n]*+|\.\.\.(?!\S))*+")
_DROPPED = (
    'kubectl drops this text, as the document above it has ended: write "---" before this line'
)
_LONG = 4_000  # characters
_NESTED = re.compile(r"[\[{][^\]}\n]*[\[{]")  # brackets in a line: they may hold very much
_KIND = re.compile(r"^kind: +[\"']?([A-Za-z]+)", re.MULTILINE)
_OF_KUSTOMIZE = "kustomize.config.k8s.io"  # its objects are read in any run
_OF_OBJECTS = frozenset(("apiVersion", "kind", "metadata", "spec"))
_DEFAULT = Budget()
_START = Span(1, 1, 1, 1)


def read(file: str, data: bytes, limits: Budget = _DEFAULT, inset: Inset | None = None) -> Source:
    """The documents of a file, and the faults that keep others from being read.

    Where `data` is a part of the file, `inset` says which. Raises UsageError where no parser for
    YAML is installed; no input makes it raise.
    """
    return Source(file, data, *parts(data, limits, inset), inset)


def parts(
    data: bytes, limits: Budget = _DEFAULT, inset: Inset | None = None
) -> tuple[list[Reading], Sequence[Fault]]:
    """The values of the documents, and the faults, as `read` makes a Source of them."""
    if len(data) > limits.bytes:
        message = f"the file has more than {limits.bytes:,} bytes, and is not read"
        return [], [Fault(FaultKind.BUDGET, message, _START, -1, Relevance.MARKER)]
    unreadable = encoding.unreadable(data)
    if unreadable is not None:
        message, text = unreadable
        return [], [Fault(FaultKind.ENCODING, message, _START, -1, of_text(text))]
    text = encoding.decode(data)
    readings, faults = _documents(text, limits, simple=plain.is_simple(data, text))
    return readings, tuple(_faults(text, faults, inset)) if faults else ()


LocatedFault = tuple[int, "Piece", RawFault]  # the index of its document, and its piece


def _documents(
    text: str, limits: Budget, *, simple: bool
) -> tuple[list[Reading], list[LocatedFault]]:
    readings: list[Reading] = []
    located: list[LocatedFault] = []
    patches: list[LocatedFault] = []
    left = Allowance(limits, len(text), is_ample=_is_small(text, limits))
    for index, piece in enumerate(split.pieces(text)):
        if index >= limits.documents:
            message = f"the file has more than {limits.documents:,} documents; the rest is not read"
            fault = RawFault(FaultKind.BUDGET, message, piece.start, piece.start)
            located.append((index, piece._replace(end=len(text)), fault))
            break
        faults = list(piece.faults)
        reading = _quick(text, piece, index, limits, left, faults) if simple else None
        if reading is None:
            reading = _reading(text, piece, index, limits, left, faults)
        if reading is not None and (reading.value is not None or reading.outline is not None):
            readings.append(reading)
        is_patch = reading is not None and _is_json_patch(reading.value)
        for fault in faults:
            is_spared = is_patch and fault.kind is FaultKind.NOT_MAPPING
            # Where the file is too large, all that follows is lost as well.
            lost = piece._replace(end=len(text)) if left.is_spent else piece
            (patches if is_spared else located).append((index, lost, fault))
        if left.is_spent:
            break
    # A patch has a file of its own; beside an object it is a document that kubectl cannot decode.
    objects = (isinstance(each.value, dict) or each.outline is not None for each in readings)
    if patches and any(objects):
        located = sorted([*patches, *located], key=itemgetter(0))
    return readings, located


def _quick(
    text: str, piece: Piece, index: int, limits: Budget, left: Allowance, faults: list[RawFault]
) -> Reading | None:
    """The document of a piece without suspect characters by one of the quick ways, if one fits."""
    if not piece.json:
        known = _outline(text, piece, limits, left)
        if known is not None:
            return Reading(index, None, known.odd, piece, known)
        plainly = _plain(text, piece, limits, left)
        if plainly is not None:
            value, odd = plainly
            known = _known(value, text, piece, odd=odd, is_plain=True)
            return Reading(index, None if known else value, odd, piece, known, plain=True)
    bare = _bare(text, piece, limits, left)
    if bare is None:
        return None
    faults += _dropped(text, bare.end, piece.end) if bare.end >= 0 else ()
    known = _known(bare.value, text, piece, odd=bare.odd, is_plain=False)
    return Reading(index, None if known else bare.value, bare.odd, piece, known)


def _outline(text: str, piece: Piece, limits: Budget, left: Allowance) -> Outline | None:
    """The outline of a long object of a kind that is not ours, or None where it is not sure."""
    if piece.end - piece.start < _LONG:
        return None
    kind = _KIND.search(text, piece.start, piece.end)
    if kind is None or of_kind("", kind[1]):
        return None
    from vmsnap_lint.document.outline import outline  # few inputs have any

    return outline(text[piece.start : piece.end], limits, left)


def _known(
    value: dict[str, Any] | None, text: str, piece: Piece, *, odd: bool, is_plain: bool
) -> Outline | None:
    """The outline of what is no object of ours and holds none; None for anything else.

    Few of these are looked at, and there may be very many: their values would take much memory.
    """
    if value is None:
        return None
    is_object = not _OF_OBJECTS.isdisjoint(value)
    if is_object and not (is_plain and _is_foreign(value)):
        return None
    if text.count("apiVersion", piece.start, piece.end) > is_object:
        return None
    from vmsnap_lint.document.outline import of_value  # small inputs have none

    return of_value(value, odd=odd)


def _is_foreign(value: dict[str, Any]) -> bool:
    """Whether it is an object of a kind that is not ours."""
    version, kind = value.get("apiVersion"), value.get("kind")
    if not (isinstance(version, str) and isinstance(kind, str)) or not kind or of_kind("", kind):
        return False
    group = version.rpartition("/")[0]
    return not (group == _OF_KUSTOMIZE or kind.endswith("List") or of_kind(group, kind))


def _plain(text: str, piece: Piece, limits: Budget, left: Allowance) -> plain.Result | None:
    """The document as the plain reader gives it, or None where it declines, or may be too large."""
    part = text[piece.start : piece.end]
    if left.is_ample:
        return plain.read(part, limits)
    if _NESTED.search(part):
        known = plain.read(part, limits)
        return known if known is not None and _is_paid(known[0], left) else None
    if len(text) <= limits.nodes:  # no value has less than a character
        return plain.read(part, limits)
    most = plain.most_values(part)
    known = plain.read(part, limits) if most <= left.nodes else None
    if known is not None:
        left.nodes -= most
    return known


def _is_small(text: str, limits: Budget) -> bool:
    """Whether a text cannot cost more than allowed: no value has less than a character.

    That is so unless an alias repeats one.
    """
    return len(text) <= min(limits.nodes, limits.containers) and "*" not in text


def _is_paid(value: Any, left: Allowance) -> bool:
    """Take what a value costs from what is left, if that is enough."""
    from vmsnap_lint.document.bare_values import size  # not for every file

    nodes, containers, _ = size(value)
    if nodes >= left.nodes or containers > left.containers:
        return False
    left.nodes -= 1 + nodes
    left.containers -= containers
    return True


def _bare(text: str, piece: Piece, limits: Budget, left: Allowance) -> BareValue | None:
    """The value of a piece without faults within it, or None where that is not sure."""
    from vmsnap_lint.document import bare_values  # most files need no parser

    bare = bare_values.read(text[piece.start : piece.end], limits, left, json=piece.json)
    if bare is None or bare.end < 0:
        return bare
    return bare._replace(end=piece.start + bare.end)


def _reading(
    text: str, piece: Piece, index: int, limits: Budget, left: Allowance, faults: list[RawFault]
) -> Reading | None:
    """The document of a piece, or None where it has none; its faults are added to `faults`."""
    from vmsnap_lint.document.compose import compose

    try:
        built = compose(text, piece, limits, left)
    except RejectedError as error:
        faults.append(_or_template(error.fault, text[piece.start : piece.end]))
        return None
    faults += built.faults
    if built.end >= 0:
        faults += _dropped(text, built.end, piece.end)
    if built.root is None:
        return None
    value = built.root.value
    if value is not None and not isinstance(value, dict):
        faults.append(_not_mapping(built.root))
    return Reading(index, value, built.odd, piece)


def _dropped(text: str, start: int, end: int) -> Iterator[RawFault]:
    """The fault of text behind the end of a document, which only "---" may begin a new one of."""
    nothing = re.compile(_NOTHING).match(text, start, end)
    first = nothing.end() if nothing else start
    if first < end:
        yield RawFault(FaultKind.DROPPED, _DROPPED, first, end)


def _or_template(fault: RawFault, text: str) -> RawFault:
    if fault.kind is not FaultKind.SYNTAX or not re.search(_TEMPLATE, text):
        return fault
    return fault._replace(kind=FaultKind.TEMPLATE, message=_UNRENDERED)


def _not_mapping(root: Node) -> RawFault:
    shape = "an array" if isinstance(root.value, list) else "a single value"
    message = f"the document is {shape}, not an object"
    return RawFault(FaultKind.NOT_MAPPING, message, root.start, root.end)


def _is_json_patch(value: object) -> bool:
    """Whether it is a JSON patch (RFC 6902), which kustomizations keep in files of their own."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and "op" in item and "path" in item for item in value)
    )


def _faults(text: str, located: list[LocatedFault], inset: Inset | None) -> Iterator[Fault]:
    from vmsnap_lint.document.positions import Lines  # only where there are faults

    lines = Lines(text, inset)
    relevances: dict[tuple[int, int], Relevance] = {}
    rest = -1
    for index, piece, fault in located:
        extent = piece.start, max(piece.end, fault.end)
        if text.startswith("%", piece.start):
            # A directive is cut off from the document that it is meant for, which is lost with
            # it. What the first one loses is looked at for all.
            rest = piece.start if rest < 0 else rest
            extent = rest, len(text)
        if extent not in relevances:
            relevances[extent] = of_text(text[slice(*extent)])
        message, first = fault.message, None
        if fault.other is not None:
            first = lines.span(*fault.other)
            message += f" (the first is on line {first.line})"
        span = lines.head(fault.start, fault.end)
        yield Fault(
            fault.kind, message, span, index, relevances[extent], (piece.start, piece.end), first,
            fault.top, fault.start,
        )  # fmt: skip
