"""The causes for which an export is rejected or never becomes ready."""

from __future__ import annotations

from enum import Enum

__all__ = ["ExportCause"]


class ExportCause(Enum):
    """Why an export does not become ready, or holds nothing."""

    CLAIM_TWICE = "two volumes of the exporter pod are one"
    EMPTY = "the source has no volume that can be exported"
    NAME_LENGTH = "a name that is derived from the source is too long"
    NOT_READY = "the status of the export shows why it is not ready"
    SOURCE_INVALID = "the kind and group of the source cannot be exported"
    SOURCE_MISSING = "the source does not exist"
    VM_RUNNING = "a running VM or a pod uses the source"
