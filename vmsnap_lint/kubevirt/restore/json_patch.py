"""The text of one patch becomes what a webhook and what a controller reject of it.

A restore carries JSON Patch operations as text. The webhook does not decode them: it cuts the text
at commas and colons (kubevirt v1.9.0, `validatePatches` of pkg/storage/admitters/vmrestore.go). The
controller decodes them all as one list (RFC 6902).
"""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, NamedTuple

__all__ = ["PatchFault", "PatchFaultKind", "fault", "operations", "rejections"]

_METADATA = ('"/metadata/labels/', '"/metadata/annotations/')
_SPEC = '"/spec/'
# What Go's strings.TrimSpace takes off; Python's strip takes off more.
_BLANKS = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_OPERATIONS = ("add", "copy", "move", "remove", "replace", "test")


class PatchFaultKind(Enum):
    """What is wrong with a patch."""

    COLON = "colon"
    """A sound operation that the webhook's cutting takes apart: a `:` or `,` in its value."""
    PATH = "path"
    """It would change something outside the paths that may be patched."""
    MALFORMED = "malformed"
    """It is not one JSON Patch operation."""


class PatchFault(NamedTuple):
    """One fault, and the piece of the patch or the reason that shows it."""

    kind: PatchFaultKind
    detail: str


def rejections(text: str, *, metadata: bool = True) -> tuple[PatchFault, ...]:
    """What the webhook rejects; `metadata`: labels and annotations may be patched (since 0.55)."""
    found = []
    for piece in text.strip("{}").split(","):
        words = piece.split(":")
        if len(words) != 2:
            found.append(PatchFault(PatchFaultKind.COLON, piece.strip(_BLANKS)))
            continue
        key, value = (word.strip(_BLANKS) for word in words)
        allowed = (_SPEC, *_METADATA) if metadata else (_SPEC,)
        if key == '"path"' and not value.startswith(allowed):
            found.append(PatchFault(PatchFaultKind.PATH, value.strip('"')))
    return tuple(found)


def operations(text: str) -> list[dict[str, Any]] | str:
    """The operations that the controller decodes from the text, or why it cannot."""
    try:
        decoded = json.loads(f"[{text}]", parse_constant=_refuse)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return _not_json(text, str(error))
    if any(isinstance(one, list) for one in decoded):
        return "it is a JSON list: each entry of patches is one operation"
    if not decoded or not all(isinstance(one, dict) for one in decoded):
        return "it is not a JSON object"
    return next(filter(None, map(_flaw, decoded)), "") or decoded


def fault(text: str, *, metadata: bool = True) -> PatchFault | None:
    """The one thing to tell about a patch, the deepest cause first; None for a sound one."""
    decoded = operations(text)
    if isinstance(decoded, str):
        return PatchFault(PatchFaultKind.MALFORMED, decoded)
    for wanted in (PatchFaultKind.PATH, PatchFaultKind.COLON):
        for found in rejections(text, metadata=metadata):
            if found.kind is wanted:
                return found
    return None


def _flaw(operation: dict[str, Any]) -> str:
    """What an operation lacks, or ""."""
    op, path = operation.get("op"), operation.get("path")
    if not isinstance(op, str):
        return 'it has no "op"'
    if op not in _OPERATIONS:
        return f'its op is "{op}", not one of {", ".join(_OPERATIONS)}'
    if not isinstance(path, str):
        return 'it has no "path"'
    if op in ("add", "replace", "test") and "value" not in operation:
        return f'its op "{op}" needs a "value"'
    if op in ("copy", "move") and not isinstance(operation.get("from"), str):
        return f'its op "{op}" needs a "from"'
    return ""


def _not_json(text: str, error: str) -> str:
    if not text.strip():
        return "it is empty"
    return f"it is not JSON: {error.partition(': line')[0][:60]}"


def _refuse(constant: str) -> None:
    message = f"{constant} is no JSON"
    raise ValueError(message)
