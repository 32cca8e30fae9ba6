"""What would mend a problem: changes at symbolic places."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Safety, Span
    from vmsnap_lint.objects.manifest import Place, SourceSpan

    Scalar = str | int | float | bool | None

__all__ = [
    "AddEntry",
    "AddItem",
    "Change",
    "NewFile",
    "QuoteScalar",
    "Remedy",
    "RemoveEntry",
    "RemoveRepeated",
    "RenameKey",
    "ReplaceText",
    "SetScalar",
]


class SetScalar(NamedTuple):
    """The scalar at the place gets another value, of the type that Kubernetes decodes."""

    place: Place
    value: Scalar


class RenameKey(NamedTuple):
    """The entry at the place gets another key, and keeps its value."""

    place: Place
    key: str


class QuoteScalar(NamedTuple):
    """The scalar at the place becomes the string that is written there."""

    place: Place


class AddEntry(NamedTuple):
    """The mapping at the place gets an entry, before that of a key where it has one, else last.

    The value may be a mapping or a list, too.
    """

    place: Place
    key: str
    value: Any
    before: str = ""


class AddItem(NamedTuple):
    """The list at the place gets one more item, at its end."""

    place: Place
    value: Any


class RemoveEntry(NamedTuple):
    """The entry or item at the place is removed, with the lines that are only about it."""

    place: Place


class RemoveRepeated(NamedTuple):
    """Of the entries of an object that have the same key, the one whose key is at `key` is removed.

    `place` is the whole document. It must not be the last of them, which is the one that counts.
    """

    place: Place
    key: Span


class NewFile(NamedTuple):
    """A file that does not exist gets a text; lines end with \\n."""

    file: str
    text: str


class ReplaceText(NamedTuple):
    """The text of a span, which may be empty, becomes another one; lines end with \\n.

    For what is no value: a separator, a comment, a blank.
    """

    span: SourceSpan
    text: str


Change = (
    SetScalar | QuoteScalar | RenameKey | AddEntry | AddItem | RemoveEntry | RemoveRepeated
    | NewFile | ReplaceText
)  # fmt: skip


class Remedy(NamedTuple):
    """What would mend a problem: all of the changes together.

    `title` says it in a few words, as an order: `set runStrategy: Always`.
    """

    title: str
    safety: Safety
    changes: tuple[Change, ...]
