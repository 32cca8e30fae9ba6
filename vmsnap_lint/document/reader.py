"""Bytes of a file become a Source: documents as Kubernetes decodes them, and faults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.core.model import Span
from vmsnap_lint.core.relevance import Relevance, of_text
from vmsnap_lint.document import encoding, plain, split
from vmsnap_lint.document.faults import Budget, Fault, FaultKind, RawFault, RejectedError
from vmsnap_lint.document.source import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.nodes import Node
    from vmsnap_lint.document.positions import Inset
    from vmsnap_lint.document.split import Piece

__all__ = ["read"]

_TEMPLATE = r"(?m)\{\{|\{%|<%|(?:^[ \t]*|: +|- +)%[dqsv](?:\s|\Z)"
_UNRENDERED = "this is a template that has to be rendered first"
_DEFAULT = Budget()
_START = Span(1, 1, 1, 1)


def read(file: str, data: bytes, limits: Budget = _DEFAULT, inset: Inset | None = None) -> Source:
    """The documents of a file, and the faults that keep others from being read.

    Where `data` is a part of the file, `inset` says which. Raises UsageError where no parser for
    YAML is installed; no input makes it raise.
    """
    if len(data) > limits.bytes:
        message = f"the file has more than {limits.bytes:,} bytes, and is not read"
        fault = Fault(FaultKind.BUDGET, message, _START, -1, Relevance.MARKER)
        return Source(file, data, (), [fault])
    unreadable = encoding.unreadable(data)
    if unreadable is not None:
        message, text = unreadable
        fault = Fault(FaultKind.ENCODING, message, _START, -1, of_text(text))
        return Source(file, data, (), [fault])
    text = encoding.decode(data)
    readings, faults = _documents(text, limits, simple=plain.is_simple(data, text))
    return Source(file, data, readings, _faults(text, faults, inset) if faults else (), inset)


LocatedFault = tuple[int, "Piece", RawFault]  # the index of its document, and its piece


def _documents(
    text: str, limits: Budget, *, simple: bool
) -> tuple[list[Reading], list[LocatedFault]]:
    readings: list[Reading] = []
    located: list[LocatedFault] = []
    for index, piece in enumerate(split.pieces(text)):
        if index >= limits.documents:
            message = f"the file has more than {limits.documents:,} documents; the rest is not read"
            fault = RawFault(FaultKind.BUDGET, message, piece.start, piece.start)
            located.append((index, piece, fault))
            break
        faults = list(piece.faults)
        known = plain.read(text[piece.start : piece.end], limits) if simple else None
        if known is None or piece.json:
            reading = _reading(text, piece, index, limits, faults)
        else:
            reading = Reading(index, *known, piece)
        if reading is not None and reading.value is not None:
            readings.append(reading)
        located += [(index, piece, fault) for fault in faults]
    return readings, located


def _reading(
    text: str, piece: Piece, index: int, limits: Budget, faults: list[RawFault]
) -> Reading | None:
    """The document of a piece, or None where it has none; its faults are added to `faults`."""
    from vmsnap_lint.document.compose import compose

    try:
        built = compose(text, piece, limits)
    except RejectedError as error:
        faults.append(_or_template(error.fault, text[piece.start : piece.end]))
        return None
    faults += built.faults
    if built.root is None:
        return None
    value = built.root.value
    if value is not None and not isinstance(value, dict) and not _is_json_patch(value):
        faults.append(_not_mapping(built.root))
    return Reading(index, value, built.odd, piece)


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
    return isinstance(value, list) and all(
        isinstance(item, dict) and "op" in item and "path" in item for item in value
    )


def _faults(text: str, located: list[LocatedFault], inset: Inset | None) -> Iterator[Fault]:
    from vmsnap_lint.document.positions import Lines  # only where there are faults

    lines = Lines(text, inset)
    for index, piece, fault in located:
        # A directive is cut off from the document that it is meant for, which is lost with it.
        end = len(text) if text.startswith("%", piece.start) else max(piece.end, fault.end)
        relevance = of_text(text[piece.start : end])
        message = fault.message
        if fault.other >= 0:
            message += f" (the first is on line {lines.span(fault.other, fault.other).line})"
        yield Fault(fault.kind, message, lines.head(fault.start, fault.end), index, relevance)
