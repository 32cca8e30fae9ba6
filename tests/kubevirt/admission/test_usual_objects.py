"""Quick checks of names and types leave out only objects that the full ones find no fault with."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.document import read
from vmsnap_lint.kubevirt.admission import data_volume_webhook, metadata_names, type_meta
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


_URLS = st.sampled_from((
    "http://a", "https://a", "HTTP://a", "docker://a", "gs://a", "a", "", "${URL}", None, 1,
))  # fmt: skip
_NAMED: dict[str, Any] = {"name": "a", "namespace": "b"}
_OF_SOURCE: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"url": _URLS}),
    st.sampled_from((_NAMED, {"name": "a"}, {}, None, {"url": "docker://a", "pullMethod": "x"})),
)
_SOURCES = st.dictionaries(
    st.sampled_from(("blank", "http", "pvc", "registry", "s3", "x")), _OF_SOURCE,
    min_size=1, max_size=2,
)  # fmt: skip
_SIZES = st.sampled_from(("10Gi", "1Mi", "1Ki", "${SIZE}", None, -1))
_MORE: st.SearchStrategy[dict[str, Any]] = st.sampled_from((
    {}, {}, {}, {"dataSource": {"name": "a"}}, {"dataSourceRef": {"name": "a"}},
))  # fmt: skip
_STORAGES = st.one_of(
    st.builds(lambda size, more: {"resources": {"requests": {"storage": size}}, **more},
              _SIZES, _MORE),
    st.sampled_from((None, {}, "a", {"resources": None}, {"resources": {"requests": []}})),
)  # fmt: skip
_FIELDS = {"source": _SOURCES, "storage": _STORAGES}
_OTHERS: dict[str, Any] = {
    "contentType": st.just("archive"),
    "sourceRef": st.none(),
    "pvc": st.just({}),
}
_SPECS = st.one_of(
    st.fixed_dictionaries(_FIELDS),
    st.fixed_dictionaries(_FIELDS),
    st.fixed_dictionaries(_FIELDS, optional=_OTHERS),
)


@examples(2000)
@given(_SPECS)
def test_a_usual_data_volume_has_no_fault(spec: object) -> None:
    templates = [{"metadata": {"name": "a"}, "spec": spec}]
    manifest = _manifest({"kind": "VirtualMachine", "spec": {"dataVolumeTemplates": templates}})
    at = manifest.at("spec", "dataVolumeTemplates", 0, "spec")

    def found() -> tuple[list[object], list[object]]:
        of_template = data_volume_webhook.template_refusals(manifest.at("spec"))
        return list(data_volume_webhook.faults(at)), list(of_template)

    with mock.patch.object(data_volume_webhook, "is_usual", return_value=False):
        every = found()
    assert found() == every


def test_most_data_volumes_are_usual() -> None:
    storage = {"resources": {"requests": {"storage": "10Gi"}}, "storageClassName": "fast"}
    blank: dict[str, Any] = {}
    urls = {"http": {"url": "https://a"}, "registry": {"url": "docker://a"}}
    for kind, held in {"blank": blank, **urls}.items():
        assert data_volume_webhook.is_usual({"source": {kind: held}, "storage": storage})
