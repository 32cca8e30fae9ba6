"""Volumes of a VM, followed to the snapshot class that is used for them."""

from vmsnap_lint.kubevirt.storage.volume import SOURCES, Cause, Choice, StorageCause, Volume
from vmsnap_lint.kubevirt.storage.volumes import volumes

__all__ = ["SOURCES", "Cause", "Choice", "StorageCause", "Volume", "volumes"]
