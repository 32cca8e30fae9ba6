"""The PVCs that are made of other objects: Harvester's annotation of a VM, and restores.

harvester/harvester v1.5, pkg/util/constants.go and pkg/controller/master/virtualmachine: the value
is a JSON array of PVCs, which are made with the VM, in its namespace. kubevirt v1.9.0,
pkg/storage/snapshot/restore.go: a restore makes PVCs of the names that it overrides.
"""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.core.kinds import DATA_VOLUME, PVC, RESTORE, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["claims_of", "restored_by"]

_ANNOTATION = "harvesterhci.io/volumeClaimTemplates"
_AT = ("metadata", "annotations", _ANNOTATION)
_LONGEST = 2**18  # characters of the annotation; the API server takes as many bytes of all of them


def claims_of(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """The PVCs that are not among the manifests themselves; their place is the annotation."""
    vms = [vm for vm in manifests if vm.group_kind == VM and vm.text(*_AT)]
    if not vms:
        return ()
    known = {(m.namespace, m.name) for m in manifests if m.group_kind in (PVC, DATA_VOLUME)}
    return tuple(_unknown(vms, known))


def restored_by(manifests: Iterable[Manifest]) -> tuple[Gap, ...]:
    """The PVCs that restores make under names of their own."""
    return tuple(gap for restore in manifests for gap in _restored(restore))


def _restored(restore: Manifest) -> Iterator[Gap]:
    names: dict[str, int] = {}
    path = ("spec", "volumeRestoreOverrides")
    for index, override in restore.items(*path) if restore.group_kind == RESTORE else ():
        name = override.get("restoreName")
        if isinstance(name, str) and name and not holds_placeholder(name):
            names.setdefault(name, index)
    for name, index in names.items():
        at = restore.at(*path, index, "restoreName")
        what, why = restore.title, "it restores a volume to that PVC"
        kinds = frozenset((PVC,))
        yield Gap(what, why, at, restore.namespace, kinds, frozenset((name,)))


def _unknown(vms: Iterable[Manifest], known: set[tuple[str | None, str]]) -> Iterator[Manifest]:
    for vm in vms:
        for index, template in enumerate(_templates(vm)):
            claim = _claim(vm, template, index)
            if claim is not None and (claim.namespace, claim.name) not in known:
                known.add((claim.namespace, claim.name))
                yield claim


def _templates(vm: Manifest) -> list[Any]:
    text = vm.text(*_AT)
    if len(text) > _LONGEST or not text.lstrip().startswith("["):
        return []
    documents = document.read(vm.file, text.encode("utf-8", "surrogatepass")).documents
    value = documents[0].value if documents else None
    return value if isinstance(value, list) else []


def _claim(vm: Manifest, template: Any, index: int) -> Manifest | None:
    """The PVC of a template that has a name, None for any other."""
    metadata = template.get("metadata") if isinstance(template, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    spec = template.get("spec") if isinstance(template, dict) else None
    if not isinstance(name, str) or not name or holds_placeholder(name):
        return None
    own = {"name": name} if vm.namespace is None else {"name": name, "namespace": vm.namespace}
    value = {"apiVersion": "v1", "kind": PVC.kind, "metadata": own}
    if isinstance(spec, dict):
        value["spec"] = spec
    return Manifest(vm.document, value, (*vm.root, *_AT, index))
