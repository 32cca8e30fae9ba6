"""Objects whose indentation is lost: what belongs below metadata stands beside it.

Web pages and chat programs strip leading blanks from what is copied out of them. Most of such
texts still are YAML, with `metadata:` and `spec:` empty and repeated keys.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vmsnap_lint import schema
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["flattened", "flattened_text"]

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
_TEXT = re.compile(
    "|".join(
        rf"^({parent}):[ \t]*(?:#[^\n]*)?\r?\n(?:#[^\n]*\n)*({'|'.join(children)}):"
        for parent, children in _CHILDREN.items()
    ),
    re.MULTILINE,
)


def flattened(manifest: Manifest) -> Problem | None:
    """What is wrong, where metadata or spec is empty and what belongs there stands beside it."""
    value = manifest.value
    if value.get("metadata") and value.get("spec"):
        return None
    if manifest.group not in _groups():
        return None
    for parent, children in _CHILDREN.items():
        strays = [key for key in children if key in value]
        if parent in value and value[parent] in (None, {}, "") and strays:
            return Problem(manifest.at(parent, key=True), _message(parent, strays))
    return None


def flattened_text(text: str) -> tuple[int, str] | None:
    """The same for a text that does not parse: where its parent stands, and what is wrong."""
    match = _TEXT.search(text)
    if match is None:
        return None
    parent, child = (group for group in match.groups() if group)
    return match.start(), _message(parent, [child])


def _message(parent: str, strays: list[str]) -> str:
    stand = "stands" if len(strays) == 1 else "stand"
    what = f"{parent} is empty, and {quoted(sorted(strays))} {stand} beside it"
    return f"{what}: the indentation is lost"


@cache
def _groups() -> frozenset[str]:
    return frozenset(kind.group for kind in schema.KINDS)
