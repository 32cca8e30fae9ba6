"""Storage operators and their charts: what classes they may make."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import manifests_of
from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.objects.operators import classes_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab$.", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("name", "storageClass", "enabled", "x")), inner, max_size=3
        )
    ),
    max_leaves=12,
)


def release(chart: Any, values: Any) -> dict[str, Any]:
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "store", "namespace": "storage"},
        "spec": {"chart": {"spec": {"chart": chart}}, "values": values},
    }


def application(**source: Any) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "store", "namespace": "argocd"},
        "spec": {"source": source},
    }


def made(*objects: dict[str, Any]) -> dict[str, set[str]]:
    """The names that gaps have, by their kind."""
    found: dict[str, set[str]] = {}
    for gap in classes_of(manifests_of("all.yaml", *objects)):
        for kind in gap.kinds:
            found.setdefault(kind.kind, set()).update(gap.names or {"*"})
    return found


def test_values_name_the_classes_of_any_chart() -> None:
    values = {
        "pools": [{"name": "p", "storageClass": {"enabled": True, "name": "blocks"}}],
        "off": {"storageClass": {"create": False, "name": "no"}},
        "used": {"storageClass": "text"},
        "storageClasses": [{"name": "one"}, {"name": "two"}],
        "volumeSnapshotClasses": [{"name": "snap"}],
    }
    expected = {"StorageClass": {"blocks", "one", "two"}, "VolumeSnapshotClass": {"snap"}}
    assert made(release("any", values)) == expected
    assert made(application(chart="any", helm={"valuesObject": values})) == expected
    text = "storageClass:\n  name: written\n"
    assert made(application(chart="any", helm={"values": text})) == {"StorageClass": {"written"}}


def test_a_known_chart_makes_classes_by_its_defaults() -> None:
    assert made(release("longhorn", {})) == {"StorageClass": {"longhorn", "longhorn-static"}}
    rook = {"cephBlockPools": [{"storageClass": {"name": "blocks"}}]}
    assert "blocks" in made(release("rook-ceph-cluster", rook))["StorageClass"]
    assert made(release("openebs", {})) == {"StorageClass": {"*"}, "VolumeSnapshotClass": {"*"}}
    assert made(release("podinfo", {"replicas": 2})) == {}
    renamed = {"storageClass": {"name": "nas"}}
    assert made(release("nfs-subdir-external-provisioner", renamed)) == {"StorageClass": {"nas"}}


def test_a_class_whose_name_is_filled_in_may_be_any() -> None:
    values = {"storageClass": {"name": "${CLASS}"}}
    assert made(release("any", values)) == {"StorageClass": {"*"}}


def test_objects_of_operators() -> None:
    ocs = {
        "apiVersion": "ocs.openshift.io/v1",
        "kind": "StorageCluster",
        "metadata": {"name": "ocs-storagecluster", "namespace": "openshift-storage"},
    }
    found = made(ocs)
    assert "ocs-storagecluster-ceph-rbd-virtualization" in found["StorageClass"]
    assert "ocs-storagecluster-rbdplugin-snapclass" in found["VolumeSnapshotClass"]
    lvm = {
        "apiVersion": "lvm.topolvm.io/v1alpha1",
        "kind": "LVMCluster",
        "metadata": {"name": "lvm"},
        "spec": {"storage": {"deviceClasses": [{"name": "vg1", "thinPoolConfig": {"name": "t"}}]}},
    }
    assert made(lvm) == {"StorageClass": {"lvms-vg1"}, "VolumeSnapshotClass": {"lvms-vg1"}}
    thick = {**lvm, "spec": {"storage": {"deviceClasses": [{"name": "vg1"}]}}}
    assert made(thick) == {"StorageClass": {"lvms-vg1"}}
    px = {
        "apiVersion": "core.libopenstorage.org/v1",
        "kind": "StorageCluster",
        "metadata": {"name": "px"},
    }
    assert made(px) == {"StorageClass": {"*"}, "VolumeSnapshotClass": {"*"}}


def test_a_gap_names_the_object_and_its_place() -> None:
    (gap,) = classes_of(manifests_of("all.yaml", release("longhorn", {"x": 1})))
    assert str(gap) == 'HelmRelease "store" in namespace "storage"'
    assert gap.may_make(STORAGE_CLASS, None, "longhorn")
    assert not gap.may_make(STORAGE_CLASS, None, "other")
    assert not gap.may_make(VOLUME_SNAPSHOT_CLASS, None, "longhorn")
    assert [place.note for place in gap.places()] == ["may make it, its chart makes classes"]


@given(JSON, JSON)
def test_no_values_make_it_raise(chart: Any, values: Any) -> None:
    made(release(chart, values), application(chart=chart, helm=values))
