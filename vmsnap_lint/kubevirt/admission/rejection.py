"""One reason why the API server or a webhook rejects an object."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy
    from vmsnap_lint.schema import SchemaFault

__all__ = ["Rejection", "RejectionCause"]


class RejectionCause(Enum):
    """What is wrong with an object beyond the plain faults of its shape (`SchemaFault`)."""

    BACKUP = "a CEL rule of the backup CRDs does not hold"
    DATA_VOLUME = "a DataVolume has no target or source, or several"
    DEADLINE = "the failureDeadline is not a Go duration"
    FLATTENED = "the indentation is lost"
    GATE_OFF = "a feature gate that the object needs is off"
    GROUP_VERSION_UNKNOWN = "the group or version never served the kind"
    KIND_UNKNOWN = "the group has no such kind"
    NAME = "a name, namespace, label or key is not well-formed"
    RESTORE_POLICY = "the targetReadinessPolicy is not one that the schema lists"
    RESTORE_TARGET = "the target of a restore is not of the group and kind of VirtualMachines"
    RUN_STATE_MISSING = "a VM has neither running nor runStrategy"
    RUN_STATE_TWICE = "a VM has both running and runStrategy"
    RUN_STRATEGY = "the release has no such runStrategy"
    SNAPSHOT_API_OLD = "the version of the volume snapshot API was removed"
    SNAPSHOT_CLASS = "a snapshot class breaks its schema"
    SOURCE_GROUP = "the source of a snapshot is of another API group"
    SOURCE_GROUP_MISSING = "a source or target has no apiGroup"
    SOURCE_KIND = "the source of a snapshot is of another kind"
    TEMPLATE_UNUSED = "a dataVolumeTemplate has no name, or no volume uses it"
    TYPE_META_MISSING = "apiVersion, kind or name is missing"
    VERSION_NOT_SERVED = "the target release does not serve the version"
    VOLUME_LIST = "volumes and disks of a VM do not match each other"


class Rejection(NamedTuple):
    """A cause with its problem."""

    cause: RejectionCause | SchemaFault
    problem: Problem

    @classmethod
    def at(
        cls, place: Place, cause: RejectionCause | SchemaFault, message: str, *fixes: Remedy
    ) -> Rejection:
        """The rejection for what is written at a place, and what would mend it."""
        return cls(cause, Problem(place, message, fixes=fixes))
