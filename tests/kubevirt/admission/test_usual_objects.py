"""Quick checks of names and types leave out only objects that the full ones find no fault with."""

from __future__ import annotations

import json
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.document import read
from vmsnap_lint.kubevirt.admission import metadata_names, type_meta
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.objects.manifest import Manifest, manifests
from vmsnap_lint.objects.workspace import Workspace

_TEXTS = st.sampled_from((
    "a", "A", "a-", "a.b", "-a", "a" * 63, "a" * 64, "${x}", "", "a/b", "a_b", "é", "a\n",
))  # fmt: skip
_VALUES = st.one_of(_TEXTS, st.none(), st.integers(0, 9))
_LABELS = st.one_of(st.dictionaries(_TEXTS, _VALUES, max_size=2), _VALUES)
_METADATA = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "name": _VALUES, "namespace": _VALUES, "generateName": _VALUES,
            "labels": _LABELS, "annotations": _LABELS,
        },
    ),
    _VALUES,
)  # fmt: skip
_OBJECTS = st.fixed_dictionaries(
    {
        "apiVersion": st.sampled_from((
            "kubevirt.io/v1", "kubevirt.io/v1alpha1", "kubevirt.io/v9", "snapshot.kubevirt.io/v1",
            "v1", "", "kubevirt.io/${v}",
        )),
        "kind": st.sampled_from(("VirtualMachine", "PersistentVolumeClaim", "Pod", "")),
    },
    optional={
        "metadata": _METADATA,
        "spec": st.sampled_from((None, {}, {"a": 1})),
        "name": st.just("a"),
        "runStrategy": st.just("Halted"),
    },
)  # fmt: skip


def _manifest(value: object) -> Manifest:
    (document,) = read("m.yaml", json.dumps(value).encode()).documents
    (manifest,) = manifests(document)
    return manifest


@examples(300)
@given(_OBJECTS)
def test_usual_names_have_no_fault(value: object) -> None:
    manifest = _manifest(value)
    with mock.patch.object(metadata_names, "_is_usual", return_value=False):
        every = list(metadata_names.name_rejections(manifest))
    assert list(metadata_names.name_rejections(manifest)) == every


@examples(300)
@given(_OBJECTS)
def test_a_usual_type_has_no_fault(value: object) -> None:
    manifest = _manifest(value)
    cluster = Cluster(Workspace([manifest]))
    if type_meta.is_usual(cluster, manifest):
        assert not list(type_meta.rejections(cluster, manifest))
