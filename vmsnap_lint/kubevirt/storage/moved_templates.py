"""DataVolumes whose template got another StorageClass since a revision.

kubevirt v1.9.0, `handleDataVolumes` of pkg/virt-controller/watch/vm/vm.go: a DataVolume that exists
is not compared with its template.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.objects.references import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.history import Change
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Move", "moved"]


class Move(NamedTuple):
    """A template by its name, its class then and now, and the place of the latter."""

    name: str
    before: str
    after: str
    at: Place


def moved(cluster: Cluster, change: Change) -> Iterator[Move]:
    """The templates of a VM that stay, but whose class is certainly another one."""
    former, vm = change
    if vm is None or vm.is_export or not vm.get(*TEMPLATES):
        return
    before = {name: index for index, name in _names(former)}
    for index, name in _names(vm):
        if name not in before:
            continue
        (old, _), (new, at) = _class(cluster, former, before[name]), _class(cluster, vm, index)
        if old and new and old != new and not _is_there(cluster, vm, name, new):
            yield Move(name, old, new, at)


def _names(vm: Manifest) -> Iterator[tuple[int, str]]:
    for index, _ in vm.items(*TEMPLATES):
        name = vm.text(*TEMPLATES, index, "metadata", "name")
        if name and not holds_placeholder(name):
            yield index, name


def _class(cluster: Cluster, vm: Manifest, index: int) -> tuple[str, Place]:
    """The class of a template, "" where it is not known, and its place."""
    spec = (*TEMPLATES, index, "spec")
    half = "storage" if vm.get(*spec, "storage") is not None else "pvc"
    name = vm.get(*spec, half, "storageClassName")
    if name is None:
        default = claims.default_class(cluster, vm, virt=half == "storage").name
        return default or "", vm.at(*spec, half, key=True)
    is_known = isinstance(name, str) and not holds_placeholder(name)
    return name if is_known else "", vm.at(*spec, half, "storageClassName")


def _is_there(cluster: Cluster, vm: Manifest, name: str, storage_class: str) -> bool:
    """Whether the input shows that the PVC has the new class already."""
    pvc = claims.find(cluster, vm, name).pvc
    return pvc is not None and pvc.text("spec", "storageClassName") == storage_class
