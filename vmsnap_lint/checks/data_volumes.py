"""DataVolumes and dataVolumeTemplates that a snapshotted VM needs.

The rules are those of CDI v1.66.0, pkg/apiserver/webhooks/datavolume-validate.go, and of kubevirt
v1.9.0, pkg/storage/admitters/data-volume-template.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import DATA_VOLUME, VM
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.values import holds_placeholder, parse_quantity
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import MOUNTS, TEMPLATES, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_KINDS = (
    "blank", "gcs", "http", "imageio", "pvc", "registry", "s3", "snapshot", "upload", "vddk",
)  # fmt: skip
_SMALLEST = 2**20


def datavolume_invalid(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A DataVolume, or a template of one, that the webhook refuses."""
    if world.is_rendered_later(manifest):
        return
    if manifest.kind == DATA_VOLUME.kind:
        link = world.dependents.data_volumes.get(manifest)
        places = [manifest.at("spec")] if link else []
        related: tuple[Place, ...] = (link.place,) if link else ()
    elif manifest.get(*TEMPLATES) and world.vm_in_scope(manifest):
        found = manifest.items(*TEMPLATES)
        places = [manifest.at(*TEMPLATES, index, "spec") for index, _ in found]
        related = world.named_at(manifest)
    else:
        return
    for spec in places:
        for at, message in _faults(spec):
            yield Problem(at, message, related)


def dvtemplate_unused(vm: Manifest, world: World) -> Iterator[Problem]:
    """A template that no volume uses, that has no name, or that is for another namespace."""
    if not vm.get(*TEMPLATES) or not world.vm_in_scope(vm) or world.is_rendered_later(vm):
        return
    used = _claims(vm)
    for index, template in vm.items(*TEMPLATES):
        root = (*TEMPLATES, index)
        name = vm.get(*root, "metadata", "name")
        if not name:
            message = "the dataVolumeTemplate has no metadata.name: the VM is refused"
            path = (*root, "metadata") if "metadata" in template else root
            yield Problem(vm.at(*path, key="metadata" in template), message, world.named_at(vm))
        elif isinstance(name, str) and name not in used and not _is_open((name, *used)):
            message = (
                f'dataVolumeTemplate "{name}" is used by no volume{nearest_hint(name, used)}: '
                "the VM is refused"
            )
            yield Problem(vm.at(*root, "metadata", "name"), message, world.named_at(vm))
        yield from _foreign(vm, world, root)


def _foreign(vm: Manifest, world: World, root: tuple[str | int, ...]) -> Iterator[Problem]:
    """A template's namespace must be the VM's, or unset."""
    path = (*root, "metadata", "namespace")
    namespace = vm.text(*path)
    if not namespace or not vm.namespace or namespace == vm.namespace:
        return
    if _is_open((namespace, vm.namespace)):
        return
    message = (
        f'the dataVolumeTemplate is for namespace "{namespace}", its VM is in "{vm.namespace}": '
        "the VM is refused"
    )
    related = vm.at("metadata", "namespace", note="the VM's namespace")
    yield Problem(vm.at(*path), message, (related, *world.named_at(vm)))


def _claims(vm: Manifest) -> list[str]:
    """The claims that the volumes name, as DataVolume or claim."""
    return [claim.name for claim in references(vm, MOUNTS) if claim.name]


def _is_open(names: tuple[str, ...]) -> bool:
    return any(map(holds_placeholder, names))


def _faults(spec: Place) -> Iterator[tuple[Place, str]]:
    """Each fault of a DataVolume's spec, where it lies."""
    value = spec.manifest.get(*spec.path)
    if not isinstance(value, dict):
        return
    yield from _target(spec, value)
    yield from _source(spec, value)


def _target(spec: Place, value: dict[str, object]) -> Iterator[tuple[Place, str]]:
    """Exactly one of pvc and storage, with a size and, for pvc, one access mode."""
    pvc, storage = value.get("pvc"), value.get("storage")
    if pvc is not None and storage is not None:
        yield _in(spec, "storage", key=True), 'both "pvc" and "storage" are set: keep one of them'
    elif pvc is None and storage is None:
        yield spec._replace(key=True), 'neither "pvc" nor "storage" says what claim to make'
    elif isinstance(pvc, dict):
        yield from _size(spec, "pvc")
        modes = pvc.get("accessModes")
        if not isinstance(modes, list) or len(modes) != 1:
            many = f"has {len(modes)}" if isinstance(modes, list) else "has none"
            at = _in(spec, "pvc", "accessModes") if modes else _in(spec, "pvc", key=True)
            yield at, f'"pvc" needs exactly one access mode and {many}; "storage" may leave it out'
        elif isinstance(modes[0], str) and not (modes[0] in _MODES or holds_placeholder(modes[0])):
            message = f'access mode "{modes[0]}" is not one of {quoted(_MODES)}'
            yield _in(spec, "pvc", "accessModes", 0), message
    elif isinstance(storage, dict) and not _is_clone(value):
        yield from _size(spec, "storage")


def _size(spec: Place, half: str) -> Iterator[tuple[Place, str]]:
    path = (half, "resources", "requests", "storage")
    size = spec.manifest.get(*spec.path, *path)
    if size is None:
        message = f'"{half}" asks for no size: resources.requests.storage is needed'
        yield _in(spec, half, key=True), message
        return
    amount = parse_quantity(size)
    if amount is not None and amount < _SMALLEST:
        yield _in(spec, *path), f'size "{size}" is below the smallest that is allowed, 1Mi'


def _source(spec: Place, value: dict[str, object]) -> Iterator[tuple[Place, str]]:
    """One source, of one kind."""
    source, reference = value.get("source"), value.get("sourceRef")
    half = "pvc" if value.get("pvc") is not None else "storage"
    target = spec.manifest.mapping(*spec.path, half)
    populated = target.get("dataSource") or target.get("dataSourceRef")
    if source is not None and reference is not None:
        yield _in(spec, "sourceRef", key=True), 'both "source" and "sourceRef" are set'
    elif populated and (source is not None or reference is not None):
        at = _in(spec, "source" if source is not None else "sourceRef", key=True)
        yield at, f'"{half}" names a dataSource of its own, so that no other source is allowed'
    elif source is None and reference is None and not populated:
        message = 'no source: one of "source", "sourceRef" or a dataSource is needed'
        yield spec._replace(key=True), message
    elif isinstance(source, dict):
        yield from _kinds(spec, source)
    elif isinstance(reference, dict):
        yield from _reference(spec, reference)


def _kinds(spec: Place, source: dict[str, object]) -> Iterator[tuple[Place, str]]:
    named = [kind for kind in source if kind in _KINDS and source[kind] is not None]
    if len(named) > 1:
        yield _in(spec, "source", named[1], key=True), f"several sources: {quoted(named)}; keep one"
    elif not named and not set(source) - set(_KINDS):
        yield _in(spec, "source", key=True), "the source is empty: name what fills the disk"
    for kind in ("pvc", "snapshot"):
        clone = source.get(kind)
        if isinstance(clone, dict) and not (clone.get("name") and clone.get("namespace")):
            message = f'source "{kind}" needs both name and namespace'
            yield _in(spec, "source", kind, key=True), message


def _reference(spec: Place, reference: dict[str, object]) -> Iterator[tuple[Place, str]]:
    kind = reference.get("kind")
    if isinstance(kind, str) and kind != "DataSource" and not holds_placeholder(kind):
        yield _in(spec, "sourceRef", "kind"), f'sourceRef kind "{kind}" must be "DataSource"'
    if not reference.get("name"):
        yield _in(spec, "sourceRef", key=True), "sourceRef has no name"


def _is_clone(value: dict[str, object]) -> bool:
    """Whether the size may be left out: CDI takes that of what it clones."""
    source = value.get("source")
    cloned = isinstance(source, dict) and ("pvc" in source or "snapshot" in source)
    return cloned or value.get("sourceRef") is not None


def _in(spec: Place, *path: str | int, key: bool = False) -> Place:
    return spec._replace(path=(*spec.path, *path), key=key)


CHECKS: dict[str, Check] = {
    "datavolume-invalid": Check(datavolume_invalid, (VM, DATA_VOLUME)),
    "dvtemplate-unused": Check(dvtemplate_unused, (VM,), prefilters.templated),
}
