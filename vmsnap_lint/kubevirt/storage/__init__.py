"""Volumes of a VM, followed to the snapshot class that takes them."""

from vmsnap_lint.kubevirt.storage.cause import Cause
from vmsnap_lint.kubevirt.storage.choice import Choice
from vmsnap_lint.kubevirt.storage.volume import PERSISTENT, SOURCES, Volume
from vmsnap_lint.kubevirt.storage.volumes import volumes

__all__ = ["PERSISTENT", "SOURCES", "Cause", "Choice", "Volume", "volumes"]
