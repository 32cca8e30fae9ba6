"""YAML texts that are no manifests become values, and values texts: of charts, of templates."""

from __future__ import annotations

import json
import re

from vmsnap_lint.core.light_typing import Any

__all__ = ["json_text", "value_of"]

_NOT_PRINTABLE = "[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"


def json_text(value: Any) -> str:
    """The value as JSON that is YAML as well, which has no halves of characters."""
    text = json.dumps(value, ensure_ascii=False)
    is_ordinary = text.isascii() and "\x7f" not in text
    return text if is_ordinary else re.sub(_NOT_PRINTABLE, _escaped, text)


def _escaped(character: re.Match[str]) -> str:
    is_half = "\ud800" <= character[0] <= "\udfff"
    return "\ufffd" if is_half else f"\\u{ord(character[0]):04x}"


def value_of(text: str | bytes) -> Any:
    """The value of the first document, None for an empty one.

    Raises ValueError where the text does not parse.
    """
    from vmsnap_lint import document  # the reader is loaded by need

    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    kinds = document.FaultKind
    spared = (kinds.DROPPED, kinds.DUPLICATE_KEY, kinds.NOT_MAPPING)
    source = document.read("", data)
    fault = next((fault for fault in source.faults if fault.kind not in spared), None)
    if fault is not None:
        raise ValueError(fault.message)
    return source.documents[0].value if source.documents else None
