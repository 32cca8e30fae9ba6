"""Who a snapshot is about: names, groups, kinds, duplicates. Floor 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.check import Check
from vmsnap_lint.kinds import SNAPSHOT, VM
from vmsnap_lint.problem import Problem
from vmsnap_lint.wording import nearest_hint
from vmsnap_lint.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.world import World


__all__ = ["CHECKS"]


def source_vm_missing(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The namespace declares VMs, but not the one that the snapshot names."""
    name = snapshot.text("spec", "source", "name")
    if world.source(snapshot) is not Absence.ABSENT:
        return
    if world.workspace.elsewhere(VM, snapshot.namespace, name):
        return  # source-vm-other-namespace
    where = f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""
    hint = nearest_hint(name, world.workspace.names(VM, snapshot.namespace))
    effect = (
        "the snapshot is refused"
        if world.behaviour.source_checked_on_admission
        else "the snapshot waits for it until its deadline, then fails"
    )
    message = f'no VirtualMachine "{name}"{where}{hint}: {effect}'
    yield Problem(snapshot.at("spec", "source", "name"), message)


CHECKS: dict[str, Check] = {
    "source-vm-missing": Check(source_vm_missing, (SNAPSHOT,)),
}
