"""Objects whose indentation is lost: what belongs below metadata stands beside it. Floor 4.

Web pages and chat programs strip leading blanks from what is copied out of them. Most of such
texts still are YAML, with `metadata:` and `spec:` empty and repeated keys.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vmsnap_lint import schema
from vmsnap_lint.problem import Problem
from vmsnap_lint.wording import quoted

if TYPE_CHECKING:
    from vmsnap_lint.manifest import Manifest

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
        rf"^(?:- )?{parent}:[ \t]*(?:#[^\n]*)?\r?\n(?:#[^\n]*\n)*({'|'.join(children)}):"
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
            message = (
                f"{parent} is empty, and {quoted(sorted(strays))} stand beside it: the "
                "indentation is lost"
            )
            return Problem(manifest.at(parent, key=True), message)
    return None


def flattened_text(text: str) -> int | None:
    """The same for a text that does not parse: where in it the parent that lost its child is."""
    match = _TEXT.search(text)
    return match.start() if match else None


@cache
def _groups() -> frozenset[str]:
    return frozenset(kind.group for kind in schema.KINDS)
