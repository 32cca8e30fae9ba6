"""The table of checks, by rule id: the same name as the card and the function."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from vmsnap_lint.checks.families import ANY, FILE, RUN, SUPPRESSION, Check
from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = [
    "ANY", "FAMILIES", "FILE", "RUN", "SUPPRESSION", "Check", "all_checks", "checks_for",
    "family",
]  # fmt: skip

# A family is a module with a table of checks; each id is in only one of them. These are the kinds
# that a family checks (None: any kind, files or runs): it is imported only if the input has one of
# them (tests/test_cards.py). The checks of suppressions run after all others.
FAMILIES: dict[str, tuple[kinds.Kind, ...] | None] = {
    "clone_sources": (kinds.DATA_VOLUME, kinds.VM),
    "clones": (kinds.CLONE, kinds.RESTORE),
    "cluster_gates": (kinds.HYPERCONVERGED, kinds.KUBEVIRT),
    "coverage": (kinds.VM,),
    "crd_rules": None,
    "cross_object": None,
    "data_volumes": (kinds.DATA_VOLUME, kinds.POOL, kinds.VM),
    "exported_contents": (kinds.CONTENT,),
    "exported_snapshots": (kinds.SNAPSHOT, kinds.VM),
    "exports": (kinds.BACKUP, kinds.BACKUP_TRACKER, kinds.EXPORT),
    "gitops": None,
    "hotplugged_disks": (kinds.VMI,),
    "hygiene": None,
    "identity": (kinds.RESTORE, kinds.SNAPSHOT, kinds.VM),
    "in_use": (kinds.VM, kinds.VMI),
    "instancetypes_of_vms": (kinds.VM,),
    "kustomize_builds": None,
    "parsing": None,
    "restore_details": (kinds.CLONE, kinds.RESTORE),
    "restores": (kinds.CLONE, kinds.RESTORE),
    "revisions": None,
    "running_vms": (kinds.POOL, kinds.VM),
    "shapes": None,
    "snapshot_classes": (kinds.CRD, kinds.STORAGE_PROFILE, kinds.VOLUME_SNAPSHOT_CLASS),
    "snapshot_settings": (kinds.HYPERCONVERGED, kinds.KUBEVIRT, kinds.SNAPSHOT),
    "storage_chain": (kinds.VM,),
    "suppression_faults": (),
    "volume_lists": (kinds.POOL, kinds.VM),
    "volume_snapshots": (kinds.CONTENT, kinds.VOLUME_SNAPSHOT),
}


@cache
def all_checks() -> dict[str, Check]:
    """Every check; this imports all families."""
    return _tables(FAMILIES)


def checks_for(present: Collection[tuple[str, str]]) -> dict[str, Check]:
    """The checks of every family that checks one of the (group, kind) pairs."""
    return _tables(name for name, on in FAMILIES.items() if on is None or {*on} & {*present})


def family(name: str) -> dict[str, Check]:
    """The table of one family."""
    table: dict[str, Check] = import_module(f"{__name__}.{name}").CHECKS
    return table


def _tables(names: Iterable[str]) -> dict[str, Check]:
    return {rule_id: check for name in names for rule_id, check in family(name).items()}
