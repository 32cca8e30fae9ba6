"""A place in a file, or in a buffer, becomes the values of objects that are written there."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.editor.known_text import values_read

if TYPE_CHECKING:
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.editor.written_value import WrittenValue

__all__ = ["is_newer", "values_at"]


def values_at(
    view: View, file: str, line: int, column: int, text: str | None = None
) -> list[WrittenValue]:
    """The innermost values at a place, one for each world and object that is built of it.

    `text` is that of a buffer, which may differ from what the view has read, and may not parse.
    """
    if text is not None and is_newer(view, file, text):
        from vmsnap_lint.editor.changed_text import values_in  # a view is rarely behind

        return values_in(view, file, text, line, column)
    return values_read(view, file, line, column)


def is_newer(view: View, file: str, text: str) -> bool:
    """Whether the text of a buffer is not the one that the view has read."""
    source = view.source(file)
    return source is None or source.lines.text != text.removeprefix("\ufeff")
