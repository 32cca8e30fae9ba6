"""Partial documents: those of plain files that patch an object, and are none themselves."""

from __future__ import annotations

from collections import defaultdict

from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Parted", "is_partial", "parted"]

_KEYS = frozenset(("apiVersion", "kind", "metadata", "spec"))
# What is below spec.template.spec: whoever writes it elsewhere meant a whole VM.
_OF_TEMPLATE = frozenset(("domain", "networks", "spec", "volumes"))
_MOVED = _OF_TEMPLATE | {"template"}


class Parted(NamedTuple):
    """Objects without the partial ones, of which notes tell.

    A patch shows that its object exists somewhere: that is a gap.
    """

    objects: tuple[Manifest, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[NotChecked, ...] = ()


def parted(manifests: Iterable[Manifest]) -> Parted:
    """The objects, and the VMs that are none."""
    objects: list[Manifest] = []
    patches: list[Manifest] = []
    for manifest in manifests:
        (patches if is_partial(manifest) else objects).append(manifest)
    if not patches:
        return Parted(tuple(objects))
    gaps = {(patch.namespace, patch.name): _gap(patch) for patch in reversed(patches)}
    return Parted(tuple(objects), tuple(gaps.values())[::-1], tuple(_notes(patches)))


def is_partial(manifest: Manifest) -> bool:
    """Whether it is a VM without `spec.template`, as patches are: never one from a cluster.

    Not where the template is written under another name or in another place, which is a mistake.
    """
    if manifest.group_kind != VM or manifest.is_export or not manifest.name:
        return False
    spec = manifest.value.get("spec")
    if spec is None:
        known = all(key in _KEYS or key.startswith("$") for key in manifest.value)
        return known and _MOVED.isdisjoint(manifest.mapping("metadata"))
    if not isinstance(spec, dict) or "template" in spec or not _OF_TEMPLATE.isdisjoint(spec):
        return False
    above = (manifest.value.keys() - {"spec"}, manifest.mapping("metadata"))
    listed = (entry for value in spec.values() if isinstance(value, list) for entry in value)
    inner = (value.keys() for value in spec.values() if isinstance(value, dict))
    entries = (_without_spec(entry) for entry in listed if isinstance(entry, dict))
    return all(map(_MOVED.isdisjoint, (*above, *inner, *entries)))


def _without_spec(entry: dict[str, Any]) -> Iterable[str]:
    """The keys of an entry of spec; those of dataVolumeTemplates have a spec of their own."""
    return entry.keys() - {"spec"} if "metadata" in entry else entry.keys()


def _gap(patch: Manifest) -> Gap:
    from vmsnap_lint.objects.gaps import Gap  # few inputs have patches without their object

    what, reason = f"the base of the patch in {patch.file}", "it is not in the input"
    kinds, names = frozenset((VM,)), frozenset((patch.name,))
    return Gap(what, reason, patch.at("metadata", "name"), patch.namespace, kinds, names)


def _notes(patches: Iterable[Manifest]) -> Iterable[NotChecked]:
    """A note for each file, or for a directory with several."""
    files: dict[str, dict[str, None]] = defaultdict(dict)
    for patch in patches:
        files[patch.directory][patch.file] = None
    for directory, names in files.items():
        if len(names) == 1:
            reason = "a partial VirtualMachine, without spec.template: a patch"
            yield NotChecked(next(iter(names)), reason)
        else:
            reason = f"{len(names):,} files with partial VirtualMachines, without spec.template"
            yield NotChecked(directory or ".", f"{reason}: patches")
