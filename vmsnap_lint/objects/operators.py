"""Storage operators: the classes that they make, as gaps, from their own objects and chart values.

A chart's defaults and the names in an operator's code are those of the versions named here; what is
not certain is a gap for any class.
"""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Manifest, Place

    _Named = Iterator[tuple[Kind, str]]

__all__ = ["classes_of"]

_BOTH = (STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS)
_LONGEST_VALUES = 2**18  # characters of values that are written as text
_MOST_NODES = 5_000  # of the values of one release


def classes_of(manifests: Iterable[Manifest]) -> tuple[Gap, ...]:
    """What may make storage and snapshot classes in the cluster of these objects."""
    return tuple(gap for manifest in manifests for gap in _gaps(manifest))


def _gaps(manifest: Manifest) -> Iterator[Gap]:
    of_operator = _OPERATORS.get(manifest.group_kind)
    if of_operator is not None:
        at = manifest.at("spec", key=True)
        yield from _named(manifest, at, "its operator makes classes", of_operator(manifest))
    elif manifest.group_kind in _RELEASES:
        for release in _RELEASES[manifest.group_kind](manifest):
            yield from _of_release(manifest, release)


def _named(
    manifest: Manifest, at: Place, reason: str, names: Iterable[tuple[Kind, str]]
) -> Iterator[Gap]:
    """A gap for each kind, with the names; a name that is not known is any."""
    of_kind: dict[Kind, set[str]] = {}
    for kind, name in names:
        of_kind.setdefault(kind, set()).add("" if holds_placeholder(name) else name)
    for kind, known in of_kind.items():
        any_name = "" in known
        yield Gap(
            str(manifest.ref), reason, at,
            kinds=frozenset((kind,)), names=frozenset() if any_name else frozenset(known),
        )  # fmt: skip


class _Release(NamedTuple):
    """A chart that is installed, "" where it has no name, with its values and their place."""

    chart: str
    values: tuple[Any, ...]
    at: Place


def _of_release(manifest: Manifest, release: _Release) -> Iterator[Gap]:
    """The classes of a known chart, and those that values of any chart name."""
    names = [found for values in release.values for found in _in_values(values)]
    defaults = _CHARTS.get(release.chart, ())
    if release.chart in _REPLACED and any(kind == STORAGE_CLASS for kind, _ in names):
        defaults = ()
    yield from _named(manifest, release.at, "its chart makes classes", [*names, *defaults])


def _flux(manifest: Manifest) -> Iterator[_Release]:
    chart = manifest.text("spec", "chart", "spec", "chart").rpartition("/")[2]
    at = manifest.at("spec", "values" if manifest.mapping("spec", "values") else "chart", key=True)
    yield _Release(chart, (manifest.get("spec", "values"),), at)


def _argo(manifest: Manifest) -> Iterator[_Release]:
    sources: list[tuple[str | int, ...]] = [("spec", "source")]
    sources += [("spec", "sources", index) for index, _ in manifest.items("spec", "sources")]
    for path in sources:
        chart = manifest.text(*path, "chart")
        helm = (*path, "helm")
        written = _decoded(manifest.file, manifest.text(*helm, "values"))
        values = (manifest.get(*helm, "valuesObject"), written)
        if chart or any(values):
            at = manifest.at(*(helm if manifest.mapping(*helm) else path), key=True)
            yield _Release(chart.rpartition("/")[2], values, at)


def _decoded(file: str, text: str) -> Any:
    """The values that are written as text, None if they are not an object."""
    if not text or len(text) > _LONGEST_VALUES:
        return None
    documents = document.read(file, text.encode("utf-8", "surrogatepass")).documents
    return documents[0].value if documents else None


def _in_values(values: Any) -> _Named:
    """The classes that values name: `storageClass: {name: x}`, `storageClasses: [{name: x}]`."""
    stack, nodes = [values], 0
    while stack and nodes < _MOST_NODES:
        value = stack.pop()
        nodes += 1
        if isinstance(value, dict):
            for key, inner in value.items():
                kind = _KEYS.get(key.casefold().removesuffix("es"))
                entries = inner if isinstance(inner, list) else [inner]
                for entry in entries if kind else ():
                    if kind and isinstance(entry, dict) and _is_made(entry):
                        yield kind, entry["name"]
            stack.extend(inner for inner in value.values() if isinstance(inner, dict | list))
        elif isinstance(value, list):
            stack.extend(inner for inner in value if isinstance(inner, dict | list))


def _is_made(entry: dict[str, Any]) -> bool:
    """Whether the values of a class have a name and do not switch it off."""
    name = entry.get("name")
    is_off = any(entry.get(switch) is False for switch in ("create", "enabled"))
    return isinstance(name, str) and bool(name) and not is_off


def _ocs(cluster: Manifest) -> _Named:
    """red-hat-storage/ocs-operator 4.18, controllers/util/k8sutil.go and storagecluster/."""
    for end in _OCS:
        yield STORAGE_CLASS, f"{cluster.name}-{end}"
    yield STORAGE_CLASS, "openshift-storage.noobaa.io"
    for plugin in ("rbd", "cephfs"):
        yield VOLUME_SNAPSHOT_CLASS, f"{cluster.name}-{plugin}plugin-snapclass"


def _lvm(cluster: Manifest) -> _Named:
    """openshift/lvm-operator 4.18, internal/controllers/constants: `lvms-<deviceClass>`.

    A snapshot class only for thin pools: `getTopolvmSnapshotClasses` of topolvm_snapshotclass.go.
    """
    for _, device_class in cluster.items("spec", "storage", "deviceClasses"):
        name = device_class.get("name")
        kinds_made = _BOTH if device_class.get("thinPoolConfig") is not None else (STORAGE_CLASS,)
        for kind in kinds_made:
            yield kind, f"lvms-{name}" if isinstance(name, str) else ""


def _portworx(_cluster: Manifest) -> _Named:
    """libopenstorage/operator, drivers/storage/portworx/component/portworx_storageclass.go."""
    return ((kind, "") for kind in _BOTH)


_OCS = (
    "ceph-non-resilient-rbd", "ceph-nfs", "ceph-rbd", "ceph-rbd-virtualization", "ceph-rgw",
    "cephfs",
)  # fmt: skip
_OPERATORS: dict[Kind, Callable[[Manifest], _Named]] = {
    kinds.LVM_CLUSTER: _lvm, kinds.OCS_CLUSTER: _ocs, kinds.PORTWORX_CLUSTER: _portworx,
}  # fmt: skip
_RELEASES: dict[Kind, Callable[[Manifest], Iterator[_Release]]] = {
    kinds.ARGO_APPLICATION: _argo, kinds.FLUX_HELM_RELEASE: _flux,
}  # fmt: skip
_KEYS = {
    "storageclass": STORAGE_CLASS,
    "volumesnapshotclass": VOLUME_SNAPSHOT_CLASS, "snapshotclass": VOLUME_SNAPSHOT_CLASS,
    "cephblockpoolsvolumesnapshotclass": VOLUME_SNAPSHOT_CLASS,
    "cephfilesystemvolumesnapshotclass": VOLUME_SNAPSHOT_CLASS,
}  # fmt: skip
# What a chart makes by its defaults; "" where that is not one certain name.
_ANY = tuple((kind, "") for kind in _BOTH)
_CHARTS: dict[str, tuple[tuple[Kind, str], ...]] = {
    # rook/rook v1.17, deploy/charts/rook-ceph-cluster/values.yaml
    "rook-ceph-cluster": (
        (STORAGE_CLASS, "ceph-block"), (STORAGE_CLASS, "ceph-filesystem"),
        (STORAGE_CLASS, "ceph-bucket"),
    ),
    # longhorn/longhorn v1.9, chart/templates/storageclass.yaml; types/types.go of longhorn-manager
    "longhorn": ((STORAGE_CLASS, "longhorn"), (STORAGE_CLASS, "longhorn-static")),
    # kubernetes-sigs/nfs-subdir-external-provisioner v4, charts/, values.yaml
    "nfs-subdir-external-provisioner": ((STORAGE_CLASS, "nfs-client"),),
    # topolvm/topolvm v0.36, charts/topolvm/values.yaml
    "topolvm": ((STORAGE_CLASS, "topolvm-provisioner"),),
    # Their classes depend on settings that differ from version to version.
    **dict.fromkeys(
        (
            "csi-isilon", "csi-powermax", "csi-powerstore", "csi-unity", "csi-vxflexos",
            "linstor-cluster", "openebs", "portworx", "trident-operator", "vsphere-csi",
        ),
        _ANY,
    ),
}  # fmt: skip
# Charts whose values replace the classes of their defaults.
_REPLACED = frozenset(("nfs-subdir-external-provisioner", "topolvm"))
