"""What would mend a text whose values are not what they look like."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Span
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.remedies import Remedy, RemoveRepeated, ReplaceText

if TYPE_CHECKING:
    from vmsnap_lint.document import Document
    from vmsnap_lint.objects.manifest import SourceSpan

__all__ = ["separated", "without_repeat"]


def without_repeat(document: Document, before: Span | None, again: Span) -> tuple[Remedy, ...]:
    """The removal of the first of two entries with one key, which Kubernetes ignores.

    Where the second one has another value, the first may well be the one that was meant.
    """
    if before is None or not isinstance(document.value, dict):
        return ()
    from vmsnap_lint.document.repeats import same_value

    change = RemoveRepeated(Manifest(document, document.value, ()).at(), before)
    safety = Safety.SAFE if same_value(document, before, again) else Safety.UNSAFE
    return (Remedy("remove the first of the two", safety, (change,)),)


def separated(at: SourceSpan, above: Span) -> tuple[Remedy, ...]:
    """A separator before the object that begins there, and before the comments right above it."""
    source, line = at.source, at.span.line
    before = source.line(line)[: at.span.column - 1]
    while line - 1 > above.line and source.line(line - 1).startswith(f"{before}#"):
        line -= 1
    column = len(before) + 1
    place = at._replace(span=Span(line, column, line, column))
    return (Remedy('add "---"', Safety.SAFE, (ReplaceText(place, f"---\n{before}"),)),)
