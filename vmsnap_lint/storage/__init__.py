"""Volumes of a VM, followed to the snapshot class that takes them. Floor 4."""

from vmsnap_lint.storage.cause import Cause
from vmsnap_lint.storage.chain import volumes
from vmsnap_lint.storage.choice import Choice
from vmsnap_lint.storage.volume import PERSISTENT, SOURCES, VOLUMES, Volume

__all__ = ["PERSISTENT", "SOURCES", "VOLUMES", "Cause", "Choice", "Volume", "volumes"]
