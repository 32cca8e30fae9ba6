"""The VMs that clones and exports name, each with those that are not done."""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.kinds import CLONE, EXPORT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.workspace import Workspace

__all__ = ["CopiedVms"]


class CopiedVms:
    """The index; `find_source` gives the source of a copy, if it is of a kind."""

    def __init__(
        self, workspace: Workspace, find_source: Callable[[Kind, Manifest], Manifest | None]
    ) -> None:
        self._workspace = workspace
        self._find_source = find_source

    def of(self, vm: Manifest) -> Iterator[tuple[str, Manifest]]:
        """The clones and exports of a VM, each with what it is."""
        yield from (("clone", clone) for clone in self.cloned.get(vm, ()))
        yield from (("export", export) for export in self.exported.get(vm, ()))

    @cached_property
    def cloned(self) -> dict[Manifest, list[Manifest]]:
        """The clones of each VM that are not done."""
        return self._copied(CLONE, "Failed", "Succeeded")

    @cached_property
    def exported(self) -> dict[Manifest, list[Manifest]]:
        """The exports of each VM that are not ready."""
        return self._copied(EXPORT, "Ready", "Terminated")

    def _copied(self, kind: Kind, *ended: str) -> dict[Manifest, list[Manifest]]:
        copied: dict[Manifest, list[Manifest]] = {}
        for copy in self._workspace.of(kind):
            vm = self._find_source(VM, copy)
            if vm is not None and copy.text("status", "phase") not in ended:
                copied.setdefault(vm, []).append(copy)
        return copied
