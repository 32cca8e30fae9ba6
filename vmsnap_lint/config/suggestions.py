"""Words of a user become what is wrong with them, with the word that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core import kinds
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.values import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["ALL", "KINDS", "choice_mistake", "kind_mistake", "meant", "rule_mistake"]

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
    """What is wrong with a rule id, with the nearest one; "" where there is such a rule."""
    if rule_id in rule_ids():
        return ""
    hint = meant(rule_id, rule_ids()) or _containing(rule_id) or "`vmsnap-lint rule` lists them"
    return f'no rule "{rule_id}": {hint}'


def kind_mistake(name: str) -> str:
    """What is wrong with the name of a kind; "" where it is one of ours, or all of them."""
    if name == ALL or name in KINDS:
        return ""
    short = _SHORT_NAMES.get(name.lower())
    hint = f'did you mean "{short}"?' if short else meant(name, KINDS)
    hint = hint or f'name a kind, such as "StorageClass", or "{ALL}"'
    return f'no kind "{name}" is looked at: {hint}'


def choice_mistake(word: str, choices: Collection[str]) -> str:
    """What is wrong with a word that is none of the choices."""
    hint = meant(word, choices)
    text = f"{word!r} is not one of {', '.join(map(repr, choices))}"
    return f"{text}; {hint}" if hint else text


def meant(word: str, candidates: Iterable[str]) -> str:
    """The question whether a word near to this one was meant, or ""."""
    near = nearest(word, sorted(candidates), limit=1)
    return f'did you mean "{near[0]}"?' if near else ""


def _containing(word: str) -> str:
    """The question whether a rule was meant whose id holds this word, or ""."""
    text = word.lower()
    matches = [one for one in rule_ids() if len(text) > 1 and text in one]
    matches.sort(key=lambda one: (not one.startswith(text), f"-{text}" not in one))
    if not matches:
        return ""
    if len(matches) == 1:
        return f'did you mean "{matches[0]}"?'
    shown = ", ".join(f'"{one}"' for one in matches[:_MOST_MATCHES])
    return f"did you mean one of {shown}{', ...' if len(matches) > _MOST_MATCHES else ''}?"
