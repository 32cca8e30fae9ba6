"""The value of a YAML text that is no manifest: values of a chart, parameters, patches."""

from __future__ import annotations

from typing import Any

__all__ = ["value_of"]


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
