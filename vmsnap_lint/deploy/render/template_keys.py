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
    source = document.read(before.source.file, text.encode("utf-8", "surrogateescape"))
    pairs = zip(_documents(before), _documents(TemplateText(source)), strict=True)
    return all(_repeats(new) <= _repeats(old) for old, new in pairs if old != new)


def _documents(text: TemplateText) -> Iterator[str]:
    """The documents with the lines of all branches."""
    for part in text.parts:
        yield "\n".join(text.lines[part.first : part.last])


def _repeats(text: str) -> int:
    """How many keys are repeated, as far as the text is YAML."""
    faults = document.read("", text.encode("utf-8", "surrogateescape")).faults
    return sum(fault.kind is FaultKind.DUPLICATE_KEY for fault in faults)
