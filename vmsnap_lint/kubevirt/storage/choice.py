"""What the controller picks for one StorageClass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.storage.cause import Cause
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Choice"]


class Choice(NamedTuple):
    """The snapshot class that takes a volume. `included` is None where the input cannot tell.

    `blocks` says that the snapshot never becomes ready. `storage_class` and `profile` are the
    objects that decided, each None where the input does not hold it or it was not asked.
    """

    snapshot_class: str | None
    included: bool | None
    causes: tuple[Cause, ...] = ()
    blocks: bool = False
    storage_class: Manifest | None = None
    profile: Manifest | None = None
