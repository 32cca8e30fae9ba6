"""What the expressions of policies read: THE TABLE of the model, one row a field.

The check of expressions, the values that they get and docs/reference/verdict-model.md come from
these rows. A field has always a value: "", 0, false or an empty list where nothing is set. Where
the input does not show it, it is unknown, and so is what rests on it.
"""

from __future__ import annotations

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import NamedTuple

__all__ = [
    "CONSTANTS",
    "EVERYWHERE",
    "FIELDS",
    "KEYS",
    "MAPS",
    "SUBJECTS",
    "TYPES",
    "Field",
    "variables_of",
]


class Field(NamedTuple):
    """A field of an object; its type is `bool`, `int`, `string`, a type of the table, or a list."""

    name: str
    type: str
    means: str


_TEXT_MAP = "map(string)"
_IDENTITY = (
    Field("name", "string", "its name"),
    Field("namespace", "string", "its namespace, unknown where none is set"),
    Field("labels", _TEXT_MAP, "its labels"),
    Field("annotations", _TEXT_MAP, "its annotations"),
)
_EXISTS = Field("exists", "bool", "whether there is such an object")
_OUTCOME = (
    Field(
        "verdict", "string",
        "rejected, failed, stuck, partial, empty or complete, as `vmsnap-lint plan` says it",
    ),
    Field("complete", "bool", "whether the verdict is complete"),
    Field("known", "bool", "whether the input shows the verdict; this itself is never unknown"),
    Field("reasons", "list(string)", "why"),
)  # fmt: skip
_CLASS = (
    _EXISTS,
    Field("name", "string", "its name"),
    Field("labels", _TEXT_MAP, "its labels"),
    Field("annotations", _TEXT_MAP, "its annotations"),
    Field("parameters", _TEXT_MAP, "its parameters"),
)
_SOURCE = (
    Field("sourceKind", "string", "the kind of what it is made of"),
    Field("sourceName", "string", "the name of that"),
)
TYPES: dict[str, tuple[Field, ...]] = {
    "Cluster": (
        Field("name", "string", 'its name, "" where no cluster is declared'),
        Field("release", "string", "the KubeVirt release that it is judged for, such as 1.6"),
        Field("major", "int", "the first number of the release"),
        Field("minor", "int", "the second number of the release"),
        Field("complete", "list(string)", 'the kinds of which the input has all, or "all"'),
    ),
    "VirtualMachine": (
        _EXISTS, *_IDENTITY,
        Field("runStrategy", "string", "spec.runStrategy, or what spec.running stands for"),
        Field("running", "bool", "whether it runs, or does once it is applied"),
        Field("volumes", "list(Volume)", "its volumes of all kinds"),
    ),
    "Volume": (
        Field("name", "string", "its name in the VM"),
        Field("source", "string", "its kind, such as dataVolume or containerDisk"),
        Field("persistent", "bool", "whether it is a disk that a snapshot can hold"),
        Field("included", "bool", "whether a snapshot of the VM contains it"),
        Field("reason", "string", "why"),
        Field("claim", "string", 'the name of its PVC, "" where it has none'),
        Field("size", "int", "the requested bytes: `10 * Gi`"),
        Field("accessModes", "list(string)", "the access modes of its PVC"),
        Field("volumeMode", "string", "Block or Filesystem"),
        Field("storageClass", "StorageClass", "the class of its PVC"),
        Field("snapshotClass", "VolumeSnapshotClass", "the class that it is snapshotted with"),
    ),
    "StorageClass": (
        *_CLASS,
        Field("provisioner", "string", "its driver"),
        Field("reclaimPolicy", "string", "Delete or Retain"),
        Field("volumeBindingMode", "string", "Immediate or WaitForFirstConsumer"),
    ),
    "VolumeSnapshotClass": (
        *_CLASS,
        Field("driver", "string", "its driver"),
        Field("deletionPolicy", "string", "Delete or Retain"),
    ),
    "VirtualMachineSnapshot": (
        _EXISTS, *_IDENTITY, *_SOURCE,
        Field("failureDeadline", "string", 'spec.failureDeadline as written, such as "5m"'),
        Field("deletionPolicy", "string", "spec.deletionPolicy"),
        Field("online", "bool", "whether it was or will be taken of a VM that runs"),
        Field("plan", "SnapshotPlan", "what it comes to"),
    ),
    "SnapshotPlan": (
        *_OUTCOME,
        Field("volumes", "list(Volume)", "the persistent volumes of the VM, which it should have"),
    ),
    "VirtualMachineRestore": (
        *_IDENTITY,
        Field("snapshotName", "string", "spec.virtualMachineSnapshotName"),
        Field("targetKind", "string", "the kind of spec.target"),
        Field("targetName", "string", "the name of spec.target"),
        Field("targetReadinessPolicy", "string", "spec.targetReadinessPolicy"),
        Field("volumeRestorePolicy", "string", "spec.volumeRestorePolicy"),
        Field("volumeOwnershipPolicy", "string", "spec.volumeOwnershipPolicy"),
        Field("patches", "list(string)", "spec.patches"),
    ),
    "RestorePlan": (
        *_OUTCOME,
        Field("volumes", "list(RestoredVolume)", "the volumes of the VM that is made"),
    ),
    "RestoredVolume": (
        Field("name", "string", "its name in the VM"),
        Field("claim", "string", "the name of the PVC that the VM then uses"),
        Field("sourceClaim", "string", "the name of the PVC that was snapshotted"),
        Field("outcome", "string", "created, overwritten, shared, lost or reused"),
        Field("reason", "string", "why"),
    ),
    "VirtualMachineClone": (
        *_IDENTITY, *_SOURCE,
        Field("targetName", "string", 'the name of spec.target, "" where KubeVirt makes it up'),
        Field("volumeNamePolicy", "string", "spec.volumeNamePolicy"),
        Field("labelFilters", "list(string)", "spec.labelFilters"),
        Field("annotationFilters", "list(string)", "spec.annotationFilters"),
        Field("patches", "list(string)", "spec.patches"),
    ),
    "VirtualMachineExport": (
        *_IDENTITY, *_SOURCE,
        Field("ttlDuration", "string", 'spec.ttlDuration as written, such as "2h"'),
        Field("tokenSecretRef", "string", "spec.tokenSecretRef"),
    ),
    "ExportPlan": (
        *_OUTCOME,
        Field("volumes", "list(ExportedVolume)", "the volumes that can be downloaded"),
    ),
    "ExportedVolume": (
        Field("name", "string", "its name"),
        Field("claim", "string", "the name of its PVC"),
        Field("included", "bool", "whether it can be downloaded"),
        Field("reason", "string", "why"),
    ),
}  # fmt: skip
"""The types of objects, by name, and their fields."""

EVERYWHERE = (
    Field("cluster", "Cluster", "the cluster that the object is in"),
    Field(
        "snapshots", "list(VirtualMachineSnapshot)",
        "the snapshots of `vm` in the input, those that were taken as well",
    ),
)  # fmt: skip
"""The variables of all kinds."""
_OF_SNAPSHOT = Field("plan", "SnapshotPlan", "what the snapshot comes to")
_OF_RESTORE = Field("plan", "RestorePlan", "what it comes to")
_COPIED = (
    Field("vm", "VirtualMachine", "the VM that is copied"),
    Field("snapshot", "VirtualMachineSnapshot", "the snapshot that is copied, if it is one"),
)
SUBJECTS: dict[str, tuple[Field, ...]] = {
    kinds.VM.kind: (
        Field("vm", "VirtualMachine", "the object"),
        Field("plan", "SnapshotPlan", "what a snapshot of it would come to"),
    ),
    kinds.SNAPSHOT.kind: (
        Field("snapshot", "VirtualMachineSnapshot", "the object"),
        _OF_SNAPSHOT,
        Field("vm", "VirtualMachine", "the VM that it is a snapshot of"),
    ),
    kinds.RESTORE.kind: (
        Field("restore", "VirtualMachineRestore", "the object"),
        _OF_RESTORE,
        Field("vm", "VirtualMachine", "the VM that is restored"),
        Field("snapshot", "VirtualMachineSnapshot", "the snapshot that is restored"),
    ),
    kinds.CLONE.kind: (
        Field("clone", "VirtualMachineClone", "the object"), _OF_RESTORE, *_COPIED,
    ),
    kinds.EXPORT.kind: (
        Field("export", "VirtualMachineExport", "the object"),
        Field("plan", "ExportPlan", "what it comes to"), *_COPIED,
    ),
}  # fmt: skip
"""The kinds that a policy can match, and the variables of its expression for each."""
CONSTANTS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
"""Numbers that an expression can name."""


def variables_of(kind: str) -> dict[str, str]:
    """The type of each variable in an expression for objects of that kind."""
    return {field.name: field.type for field in (*SUBJECTS[kind], *EVERYWHERE)}


FIELDS = frozenset(field.name for fields in TYPES.values() for field in fields)
"""The names of all fields."""
MAPS = frozenset(
    field.name for fields in TYPES.values() for field in fields if field.type == _TEXT_MAP
)
"""The names of the fields that have a value by key."""
KEYS = "_keys"
"""Behind the name of such a field: that which has all of its keys, those of unknown values too."""
