"""Objects whose indentation is lost: fields of metadata are its siblings.

Web pages and chat programs strip leading spaces from copied text. Most of it is still YAML, with
empty `metadata:` and `spec:` and repeated keys.
"""

from __future__ import annotations

import re

from vmsnap_lint import schema
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["GROUPS", "flattened", "flattened_text"]

GROUPS = frozenset(kind.group for kind in schema.KINDS)
"""The API groups of all kinds that have a schema here."""

_METADATA = (
    "annotations", "creationTimestamp", "finalizers", "generateName", "generation", "labels",
    "managedFields", "name", "namespace", "ownerReferences", "resourceVersion", "selfLink", "uid",
)  # fmt: skip
_SPEC = (
    "accessModes", "dataVolumeTemplates", "deletionPolicy", "failureDeadline", "patches", "running",
    "runStrategy", "source", "storageClassName", "target", "template", "tokenSecretRef",
    "virtualMachineSnapshotName", "volumeBackups",
)  # fmt: skip
_CHILDREN = {"metadata": _METADATA, "spec": _SPEC}
# Few texts do not parse: it is compiled when it is used.
_TEXT = "|".join(
    rf"^({parent}):[ \t]*(?:#[^\n]*)?\r?\n(?:#[^\n]*\n)*({'|'.join(children)}):"
    for parent, children in _CHILDREN.items()
)


def flattened(manifest: Manifest) -> Problem | None:
    """The problem where metadata or spec is empty and its fields are its siblings."""
    if manifest.group not in GROUPS:
        return None
    if manifest.name and not manifest.may_hold("spec"):
        return None  # told without its value
    value = manifest.value
    if value.get("metadata") and value.get("spec"):
        return None
    for parent, children in _CHILDREN.items():
        siblings = [key for key in children if key in value]
        if parent in value and value[parent] in (None, {}, "") and siblings:
            return Problem(manifest.at(parent, key=True), _message(parent, siblings))
    return None


def flattened_text(text: str) -> tuple[int, str] | None:
    """The same for text that does not parse, as the offset of the parent and a message."""
    match = re.search(_TEXT, text, re.MULTILINE)
    if match is None:
        return None
    parent, child = (group for group in match.groups() if group)
    return match.start(), _message(parent, [child])


def _message(parent: str, siblings: list[str]) -> str:
    are = "is" if len(siblings) == 1 else "are"
    names = quoted(sorted(siblings))
    return f"{parent} is empty, and {names} {are} next to it: the indentation is lost"
