"""Volumes of a VM, followed to the snapshot class that takes them."""

from vmsnap_lint.kubevirt.storage.volume import (
    PERSISTENT,
    SOURCES,
    Cause,
    Choice,
    StorageCause,
    Volume,
)
from vmsnap_lint.kubevirt.storage.volumes import volumes

__all__ = [
    "PERSISTENT",
    "SOURCES",
    "Cause",
    "Choice",
    "StorageCause",
    "Volume",
    "volumes",
]
