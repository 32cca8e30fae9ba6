"""Checks rule ids, kinds and choices of a user, and suggests the ones that were meant."""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import did_you_mean, nearest_hint
from vmsnap_lint.core.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["ALL", "KINDS", "choice_mistake", "kind_mistake", "rule_mistake"]

ALL = "all"
KINDS = frozenset(value.kind for value in vars(kinds).values() if isinstance(value, kinds.Kind))
_SHORT_NAMES = {  # of kubectl
    "cm": "ConfigMap", "crd": "CustomResourceDefinition", "dv": "DataVolume", "dvs": "DataVolume",
    "po": "Pod", "pv": "PersistentVolume", "pvc": "PersistentVolumeClaim", "sc": "StorageClass",
    "vm": "VirtualMachine", "vmclone": "VirtualMachineClone", "vmexport": "VirtualMachineExport",
    "vmi": "VirtualMachineInstance", "vmpool": "VirtualMachinePool",
    "vmrestore": "VirtualMachineRestore", "vms": "VirtualMachine",
    "vmsnapshot": "VirtualMachineSnapshot", "vs": "VolumeSnapshot",
    "vsc": "VolumeSnapshotContent", "vsclass": "VolumeSnapshotClass",
}  # fmt: skip
_MOST_MATCHES = 5


def rule_mistake(rule_id: str) -> str:
    """What is wrong with a rule id, with the nearest one; "" if it exists."""
    if rule_id in rule_ids():
        return ""
    if "*" in rule_id:
        return f'no rule "{cut(rule_id)}" (globs are for policies only, as in "policy/*")'
    hint = nearest_hint(rule_id, _rules()) or did_you_mean(_containing(rule_id))
    return f'no rule "{cut(rule_id)}"{hint or " (`vmsnap-lint rule` lists them)"}'


def kind_mistake(name: str) -> str:
    """What is wrong with the name of a kind; "" if it is checked, or "all"."""
    if name == ALL or name in KINDS:
        return ""
    short = _SHORT_NAMES.get(name.lower())
    hint = did_you_mean([short]) if short else nearest_hint(name, KINDS)
    return f'kind "{cut(name)}" is not checked{hint or f""" (name a kind or "{ALL}")"""}'


def choice_mistake(word: str, choices: Collection[str]) -> str:
    """What is wrong with a word that is not one of the choices, which are all named."""
    listed = ", ".join(f'"{choice}"' for choice in choices)
    return f'"{cut(word)}" is not one of {listed}{nearest_hint(word, choices)}'


@cache
def _rules() -> Vocabulary:
    return Vocabulary(rule_ids())


def _containing(word: str) -> list[str]:
    """The first rules whose ids contain this word."""
    text = word.lower()
    matches = [rule for rule in rule_ids() if len(text) > 1 and text in rule]
    matches.sort(key=lambda rule: (not rule.startswith(text), f"-{text}" not in rule))
    return matches[:_MOST_MATCHES]
