"""What CDI's webhook rejects of a DataVolume, and KubeVirt's of the templates of a VM.

containerized-data-importer v1.66.0, pkg/apiserver/webhooks/datavolume-validate.go; kubevirt v1.9.0,
pkg/storage/admitters/data-volume-template.go.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.values import holds_placeholder, parse_quantity
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

    Fault = tuple[Place, str, *tuple[Remedy, ...]]
    TemplateFault = tuple[Place, str, tuple[Place, ...], tuple[Remedy, ...]]

__all__ = ["faults", "is_usual", "refusals", "template_refusals"]

_VOLUMES = ("template", "spec", "volumes")
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_KINDS = (
    "blank", "gcs", "http", "imageio", "pvc", "registry", "s3", "snapshot", "upload", "vddk",
)  # fmt: skip
_SMALLEST = 2**20
_USUAL_FIELDS = frozenset(("source", "storage"))
_USUAL_SOURCES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "blank": lambda source: not source,
    "http": lambda source: _is_url(source, "http://", "https://"),
    "pvc": lambda source: bool(source.get("name") and source.get("namespace")),
    "registry": lambda source: _is_url(source, "docker://"),
}


def faults(spec: Place) -> Iterator[Fault]:
    """Each fault of a DataVolume's spec, with its place."""
    value = spec.manifest.get(*spec.path)
    if not isinstance(value, dict) or is_usual(value):
        return
    yield from _halves(spec, value)
    if (value.get("pvc") is None) is not (value.get("storage") is None):
        yield from _target(spec, value)
    yield from _source(spec, value)
    from vmsnap_lint.kubevirt.admission import data_volume_sources  # many VMs mount PVCs only

    yield from data_volume_sources.faults(spec, value)


def is_usual(spec: object) -> bool:
    """Whether a DataVolume's spec has a storage of some size and one source, without any fault."""
    if not isinstance(spec, dict) or spec.keys() != _USUAL_FIELDS:
        return False
    source, storage = spec["source"], spec["storage"]
    if not isinstance(source, dict) or len(source) != 1 or not isinstance(storage, dict):
        return False
    if "dataSource" in storage or "dataSourceRef" in storage:
        return False
    ((kind, held),) = source.items()
    if kind not in _USUAL_SOURCES or not isinstance(held, dict) or not _USUAL_SOURCES[kind](held):
        return False
    resources = storage.get("resources")
    requests = resources.get("requests") if isinstance(resources, dict) else None
    size = parse_quantity(requests.get("storage")) if isinstance(requests, dict) else None
    return size is not None and size >= _SMALLEST


def _is_url(source: dict[str, Any], *starts: str) -> bool:
    """Whether a source has a URL and nothing else."""
    url = source.get("url")
    return len(source) == 1 and isinstance(url, str) and url.startswith(starts)


def refusals(data_volume: Manifest) -> Iterator[Rejection]:
    """The reasons for which CDI's webhook rejects a DataVolume."""
    for place, message, *fixes in faults(data_volume.at("spec")):
        yield Rejection.at(place, RejectionCause.DATA_VOLUME, message, *fixes)


def template_refusals(vm_spec: Place) -> Iterator[Rejection]:
    """The reasons to reject a VM spec for its dataVolumeTemplates."""
    vm, path = vm_spec.manifest, (*vm_spec.path, "dataVolumeTemplates")
    used = _used(vm_spec)
    for index, template in vm.items(*path):
        for place, fault, related, fixes in _metadata(vm.at(*path, index), template, used):
            problem = Problem(place, f"{fault}: the VM is rejected", related, fixes=fixes)
            yield Rejection(RejectionCause.TEMPLATE_UNUSED, problem)
        spec, value = vm.at(*path, index, "spec"), template.get("spec")
        if isinstance(value, dict) and not is_usual(value):
            for place, message, *offered in (*_halves(spec, value), *_source(spec, value)):
                yield Rejection.at(place, RejectionCause.DATA_VOLUME, message, *offered)


def _metadata(
    template: Place, value: dict[str, Any], used: frozenset[str]
) -> Iterator[TemplateFault]:
    """Each fault of a template's metadata.

    That is where it is, what it is, what it contradicts and what would mend it.
    """
    vm = template.manifest
    metadata = vm.mapping(*template.path, "metadata")
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if not name:
        at = _in(template, "metadata", key=True) if "metadata" in value else template
        yield at, "the dataVolumeTemplate has no metadata.name", (), ()
    elif isinstance(name, str) and _is_unused(name, used):
        hint = nearest_hint(name, Vocabulary(used))
        what = f'dataVolumeTemplate "{name}" is used by no volume{hint}'
        at = _in(template, "metadata", "name")
        yield at, what, (), _renamed(at, name, used)
    if not isinstance(namespace, str) or not namespace or not vm.namespace:
        return
    if namespace != vm.namespace and not _has_placeholder(namespace, vm.namespace):
        what = f'the dataVolumeTemplate has namespace "{namespace}", its VM has "{vm.namespace}"'
        place = vm.at("metadata", "namespace", note="the VM's namespace")
        from vmsnap_lint.objects import mending

        at = _in(template, "metadata", "namespace")
        yield at, what, (place,), mending.without(at, safety=Safety.UNSAFE)


def _renamed(at: Place, name: str, used: frozenset[str]) -> tuple[Remedy, ...]:
    """The DataVolume that was meant, which no other template makes."""
    from vmsnap_lint.objects import mending

    vm, path = at.manifest, at.path[: -len(("index", "metadata", "name"))]
    made = {vm.text(*path, index, "metadata", "name") for index, _ in vm.items(*path)}
    return mending.named(at, name, used - made)


def _used(vm_spec: Place) -> frozenset[str]:
    """The names of the DataVolumes and PVCs that the volumes of a VM use."""
    fields = (("dataVolume", "name"), ("persistentVolumeClaim", "claimName"))
    volumes = vm_spec.manifest.items(*vm_spec.path, *_VOLUMES)
    sources = ((volume.get(source), field) for _, volume in volumes for source, field in fields)
    names = (source.get(field) for source, field in sources if isinstance(source, dict))
    return frozenset(name for name in names if name and isinstance(name, str))


def _is_unused(name: str, used: frozenset[str]) -> bool:
    """Whether no volume can use it; a placeholder may be any name."""
    return name not in used and not _has_placeholder(name, *used)


def _has_placeholder(*names: str) -> bool:
    return any(map(holds_placeholder, names))


def _halves(spec: Place, value: dict[str, Any]) -> Iterator[Fault]:
    """Exactly one of pvc and storage."""
    pvc, storage = value.get("pvc"), value.get("storage")
    if pvc is not None and storage is not None:
        yield _in(spec, "storage", key=True), 'both "pvc" and "storage" are set: keep one of them'
    elif pvc is None and storage is None:
        message = 'neither "pvc" nor "storage" is set: one of them is required'
        yield spec._replace(key=True), message


def _target(spec: Place, value: dict[str, Any]) -> Iterator[Fault]:
    """The target has a size and, as pvc, one access mode."""
    pvc, storage = value.get("pvc"), value.get("storage")
    if isinstance(pvc, dict):
        yield from _size(spec, "pvc")
        yield from _access_modes(spec, pvc.get("accessModes"))
    elif isinstance(storage, dict) and not _is_clone(value):
        yield from _size(spec, "storage")


def _access_modes(spec: Place, modes: object) -> Iterator[Fault]:
    if not isinstance(modes, list) or len(modes) != 1:
        many = f"has {len(modes)}" if isinstance(modes, list) else "has none"
        at = _in(spec, "pvc", "accessModes") if modes else _in(spec, "pvc", key=True)
        yield at, f'"pvc" needs exactly one access mode and {many} ("storage" may have none)'
    elif isinstance(modes[0], str) and not (modes[0] in _MODES or holds_placeholder(modes[0])):
        message = f'access mode "{modes[0]}" is not one of {quoted(_MODES)}'
        from vmsnap_lint.objects import mending

        at = _in(spec, "pvc", "accessModes", 0)
        yield at, message, *mending.chosen(at, modes[0], _MODES)


def _size(spec: Place, half: str) -> Iterator[Fault]:
    path = (half, "resources", "requests", "storage")
    size = spec.manifest.get(*spec.path, *path)
    amount = parse_quantity(size)
    if size is None:
        message = f'"{half}" has no size: set resources.requests.storage'
        yield _in(spec, half, key=True), message
    elif amount is not None and amount < _SMALLEST:
        yield _in(spec, *path), f'size "{size}" is below the minimum, 1Mi'


def _source(spec: Place, value: dict[str, Any]) -> Iterator[Fault]:
    """One source, of one kind."""
    source, reference = value.get("source"), value.get("sourceRef")
    half = "pvc" if value.get("pvc") is not None else "storage"
    target = spec.manifest.mapping(*spec.path, half)
    populated = target.get("dataSource") or target.get("dataSourceRef")
    if source is not None and reference is not None:
        yield _in(spec, "sourceRef", key=True), 'both "source" and "sourceRef" are set'
    elif populated and (source is not None or reference is not None):
        at = _in(spec, "source" if source is not None else "sourceRef", key=True)
        yield at, f'"{half}" has a dataSource, so no other source is allowed'
    elif source is None and reference is None and not populated:
        message = 'no source: one of "source", "sourceRef" or a dataSource is needed'
        yield spec._replace(key=True), message
    elif isinstance(source, dict):
        yield from _kinds(spec, source)


def _kinds(spec: Place, source: dict[str, Any]) -> Iterator[Fault]:
    named = [kind for kind in source if kind in _KINDS and source[kind] is not None]
    if len(named) > 1:
        yield _in(spec, "source", named[1], key=True), f"several sources: {quoted(named)}; keep one"
    elif not named and not set(source) - set(_KINDS):
        message = "the source is empty: set what fills the disk, such as http or registry"
        yield _in(spec, "source", key=True), message


def _is_clone(value: dict[str, Any]) -> bool:
    """Whether the size may be left out: CDI takes that of what it clones."""
    source = value.get("source")
    cloned = isinstance(source, dict) and ("pvc" in source or "snapshot" in source)
    return cloned or value.get("sourceRef") is not None


def _in(spec: Place, *path: str | int, key: bool = False) -> Place:
    return spec._replace(path=(*spec.path, *path), key=key)
