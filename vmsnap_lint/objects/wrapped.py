"""The objects of a document, with those inside them."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.unpacking import MOST_VALUES, TextBudget, Unpacking, Way
from vmsnap_lint.objects.wrappers import WRAPPERS, Form, Making

if TYPE_CHECKING:
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.unpacking import Wrapped

__all__ = ["NOTHING", "Contents", "inside", "of_tasks", "of_values", "read_together"]


class Contents(NamedTuple):
    """The objects inside an object, the texts that they were read from, and what is unread."""

    objects: tuple[Wrapped, ...] = ()
    texts: tuple[Source, ...] = ()
    unread: tuple[str, ...] = ()


NOTHING = Contents()


def inside(manifest: Manifest, texts: TextBudget | None = None) -> Contents:
    """What is inside an object; nothing, but for the kinds in the table of wrappers.

    `texts` is what may still be read of texts in its file, by default as much as of a whole file.
    """
    if manifest.group_kind not in WRAPPERS or _is_bare(manifest):
        return NOTHING
    unpacking = Unpacking(manifest.title, texts or TextBudget())
    unpacking.take(manifest)
    return _contents(unpacking)


def of_tasks(document: Document, texts: TextBudget | None = None) -> Contents:
    """What the tasks of an Ansible playbook or task list define."""
    if document.shape is not list:
        return NOTHING
    from vmsnap_lint.objects.ansible import unpack_tasks  # few files hold tasks

    unpacking = Unpacking("the tasks", texts or TextBudget())
    unpack_tasks(document, unpacking)
    return _contents(unpacking)


def of_values(document: Document) -> Contents:
    """The objects in the values of a chart that lie beside it."""
    if document.outline is not None and (document.is_object or _is_without_objects(document)):
        return NOTHING
    if not isinstance(document.value, dict) or "kind" in document.value:
        return NOTHING
    unpacking = Unpacking("the values", TextBudget())
    unpacking.walk(document, (), document.value, Way(Making.ELSEWHERE))
    return _contents(unpacking)


def read_together(document: Document) -> list[Manifest]:
    """The objects that are written in a document, the inner ones last.

    Without those in texts, which have documents of their own.
    """
    outer = list(manifests(document))
    unread = TextBudget(0)
    found = [of_tasks(document, unread), *(inside(manifest, unread) for manifest in outer)]
    inner = (wrapped.manifest for contents in found for wrapped in contents.objects)
    return [*outer, *(manifest for manifest in inner if manifest.document is document)]


def _is_bare(manifest: Manifest) -> bool:
    """Whether no place of it can hold an object, as its only apiVersion is its own."""
    document = manifest.document
    if manifest.root or not manifest.api_version or not document.begins_once("apiVersion"):
        return False
    text = document.text
    if len(text) >= MOST_VALUES:  # of so many values the rest is not read, which is told
        return False
    if "$" in text and manifest.value is not document.value:
        return False  # variables were replaced, by anything
    rows = WRAPPERS[manifest.group_kind]
    return not any(row.kind or row.form in (Form.OBJECT, Form.CONDITION) for row in rows)


def _is_without_objects(document: Document) -> bool:
    """Whether values for certain hold no object: told without decoding them."""
    return len(document.text) < MOST_VALUES and not document.may_hold("apiVersion")


def _contents(unpacking: Unpacking) -> Contents:
    return Contents(tuple(unpacking.objects), tuple(unpacking.texts), tuple(unpacking.unread))
