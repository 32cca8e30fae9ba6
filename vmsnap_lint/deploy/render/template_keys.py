"""Keys that a template has twice in one object, in whatever branches of its control flow."""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.render.template_text import TemplateText
from vmsnap_lint.document.faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["keeps_keys"]


def keeps_keys(before: TemplateText, text: str) -> bool:
    """Whether a template that becomes this text has no key twice that it did not have so."""
    source = document.read(before.source.file, text.encode("utf-8", "surrogatepass"))
    old, new = [*_documents(before)], [*_documents(TemplateText(source))]
    pairs = (pair for pair in zip(old, new, strict=False) if pair[0] != pair[1])
    return len(old) == len(new) and all(_repeats(two) <= _repeats(one) for one, two in pairs)


def _documents(text: TemplateText) -> Iterator[str]:
    """The documents with the lines of all branches."""
    for part in text.parts:
        yield "\n".join(text.lines[part.first : part.last])


def _repeats(text: str) -> int:
    """How many keys are repeated, as far as the text is YAML."""
    faults = document.read("", text.encode("utf-8", "surrogatepass")).faults
    return sum(fault.kind is FaultKind.DUPLICATE_KEY for fault in faults)
