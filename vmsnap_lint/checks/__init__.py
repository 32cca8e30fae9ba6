"""The table of checks, by rule id: the same name as the card and the function. Floor 5."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from vmsnap_lint import kinds
from vmsnap_lint.checks.check import ANY, FILE, RUN, SUPPRESSION, Check

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "ANY", "CHECKS", "FAMILIES", "FILE", "RUN", "SUPPRESSION", "Check", "checks_for",
    "family",
]  # fmt: skip

# A family is a module that ends with its own table; an id stands in one of them alone. Here are the
# kinds that a family looks at (None: at any, or at files or runs): without one of them in the
# input it is not even imported (tests/test_cards.py).
FAMILIES: dict[str, tuple[kinds.Kind, ...] | None] = {
    "changes": None,
    "classes": (kinds.VM,),
    "clones": (kinds.CLONE, kinds.RESTORE),
    "content_relations": (kinds.CONTENT,),
    "coverage": (kinds.VM,),
    "crd_rules": None,
    "data_volumes": (kinds.DATA_VOLUME, kinds.VM),
    "exported_contents": (kinds.CONTENT,),
    "exported_snapshots": (kinds.SNAPSHOT, kinds.VM),
    "exports": (kinds.BACKUP, kinds.BACKUP_TRACKER, kinds.EXPORT),
    "gitops": None,
    "hygiene": None,
    "identity": (kinds.RESTORE, kinds.SNAPSHOT, kinds.VM),
    "in_use": (kinds.VM, kinds.VMI),
    "kustomize": None,
    "reading": None,
    "restore_details": (kinds.RESTORE,),
    "restores": (kinds.RESTORE,),
    "run_state": (kinds.VM,),
    "schema": None,
    "settings": (kinds.HYPERCONVERGED, kinds.KUBEVIRT, kinds.SNAPSHOT),
    "snapshot_classes": (kinds.CRD, kinds.STORAGE_PROFILE, kinds.VOLUME_SNAPSHOT_CLASS),
    "storage_chain": (kinds.VM,),
    "suppressions": None,
    "volume_lists": (kinds.VM,),
    "volume_snapshots": (kinds.CONTENT, kinds.VOLUME_SNAPSHOT),
    "whole": None,
}

if TYPE_CHECKING:
    CHECKS: dict[str, Check]
    """Every check; made when it is asked for, which imports all families."""


def checks_for(present: Collection[tuple[str, str]]) -> dict[str, Check]:
    """The checks of every family that looks at one of the (group, kind) pairs."""
    return _tables(
        [
            name
            for name, looks_at in FAMILIES.items()
            if looks_at is None or not set(looks_at).isdisjoint(present)
        ]
    )


def family(name: str) -> dict[str, Check]:
    """The table of one family."""
    table: dict[str, Check] = import_module(f"{__name__}.{name}").CHECKS
    return table


def _tables(names: Collection[str]) -> dict[str, Check]:
    return {rule_id: check for name in names for rule_id, check in family(name).items()}


def __getattr__(name: str) -> dict[str, Check]:
    if name != "CHECKS":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    table = globals()["CHECKS"] = _tables(tuple(FAMILIES))
    return table
