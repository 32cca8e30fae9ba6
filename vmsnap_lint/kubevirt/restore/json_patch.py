"""Finds what the webhook and the controller reject in one patch.

A restore has JSON Patch operations as strings. The webhook does not decode them: it splits them at
commas and colons (kubevirt v1.9.0, `validatePatches` of pkg/storage/admitters/vmrestore.go). The
controller decodes them all as one array (RFC 6902).
"""

from __future__ import annotations

import json
from enum import Enum

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import Any, NamedTuple

__all__ = ["PatchFault", "PatchFaultKind", "fault", "operations", "rejections", "rewritten"]

_METADATA = ('"/metadata/labels/', '"/metadata/annotations/')
_SPEC = '"/spec/'
# What Go's strings.TrimSpace removes; Python's strip removes more.
_BLANKS = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_OPERATIONS = ("add", "copy", "move", "remove", "replace", "test")


class PatchFaultKind(Enum):
    """The kinds of faults of a patch."""

    COLON = "colon"
    """A valid operation that the webhook misreads, with ":" or "," in its value."""
    PATH = "path"
    """It changes a path that may not be patched."""
    MALFORMED = "malformed"
    """It is not one JSON Patch operation."""


class PatchFault(NamedTuple):
    """One fault, and the piece of the patch or the reason that shows it."""

    kind: PatchFaultKind
    detail: str


def rejections(text: str, *, metadata: bool = True) -> tuple[PatchFault, ...]:
    """What the webhook rejects; `metadata`: labels and annotations may be patched (since 0.55)."""
    allowed = (_SPEC, *_METADATA) if metadata else (_SPEC,)
    faults = []
    for piece in text.strip("{}").split(","):
        words = [word.strip(_BLANKS) for word in piece.split(":")]
        if len(words) != 2:
            faults.append(PatchFault(PatchFaultKind.COLON, piece.strip(_BLANKS)))
        elif words[0] == '"path"' and not words[1].startswith(allowed):
            faults.append(PatchFault(PatchFaultKind.PATH, words[1].strip('"')))
    return tuple(faults)


def operations(text: str) -> list[dict[str, Any]] | str:
    """The operations that the controller decodes from the text, or why it cannot."""
    try:
        decoded = json.loads(f"[{text}]", parse_constant=_reject)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        reason = str(error).partition(": line")[0][:60]
        return f"it is not JSON ({reason})" if text.strip() else "it is empty"
    if any(isinstance(operation, list) for operation in decoded):
        return "it is an array, but each entry is one operation"
    if not decoded or not all(isinstance(operation, dict) for operation in decoded):
        return "it is not a JSON object"
    return next(filter(None, map(_operation_fault, decoded)), "") or decoded


def fault(text: str, *, metadata: bool = True) -> PatchFault | None:
    """The most important fault of a patch; None for a valid one."""
    decoded = operations(text)
    if isinstance(decoded, str):
        return PatchFault(PatchFaultKind.MALFORMED, decoded)
    by_kind = {
        rejection.kind: rejection for rejection in reversed(rejections(text, metadata=metadata))
    }
    return by_kind.get(PatchFaultKind.PATH) or by_kind.get(PatchFaultKind.COLON)


def rewritten(text: str, kind: PatchFaultKind) -> str:
    """The patch without brackets around it, or with dashes in MAC addresses, which mean the same.

    What neither helps stays as it is.
    """
    bare = text.strip(_BLANKS)
    if kind is PatchFaultKind.MALFORMED and bare.startswith("[") and bare.endswith("]"):
        return bare[1:-1].strip(_BLANKS)
    if kind is PatchFaultKind.COLON:
        import re  # few patches have a fault

        mac = r'"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"'
        return re.sub(mac, lambda found: found[0].replace(":", "-"), text)
    return text


def _operation_fault(operation: dict[str, Any]) -> str:
    """What an operation lacks, or ""; without a value it sets null."""
    op, path = operation.get("op"), operation.get("path")
    if not isinstance(op, str):
        return 'it has no "op"'
    if op not in _OPERATIONS:
        return f'its op is "{cut(op)}", not one of {", ".join(_OPERATIONS)}'
    if not isinstance(path, str):
        return 'it has no "path"'
    if op in ("copy", "move") and not isinstance(operation.get("from"), str):
        return f'its op "{op}" needs a "from"'
    return ""


def _reject(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)
