"""What CDI's webhook rejects of a DataVolume."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import manifests_of
from tests.properties import examples
from vmsnap_lint.kubevirt.admission.data_volume_webhook import faults

STORAGE = {"resources": {"requests": {"storage": "10Gi"}}}
CLAIM = {"accessModes": ["ReadWriteOnce"], **STORAGE}
WEB = {"http": {"url": "https://example.com/a.img"}}
BLANK: dict[str, Any] = {"blank": {}}


def _messages(spec: Any) -> list[str]:
    [volume] = manifests_of("a.yaml", {
        "apiVersion": "cdi.kubevirt.io/v1beta1", "kind": "DataVolume", "metadata": {"name": "a"},
        "spec": spec,
    })  # fmt: skip
    return [message for _, message, *_ in faults(volume.at("spec"))]


def _vddk(**rest: str) -> dict[str, Any]:
    fields = {"backingFile": "a", "secretRef": "b", "thumbprint": "c", "uuid": "d"}
    return {"vddk": {**fields, "url": "https://v", **rest}}


@pytest.mark.parametrize(
    "spec",
    [
        {"source": WEB, "storage": STORAGE},
        {"source": BLANK, "pvc": CLAIM},
        {"source": {"registry": {"url": "docker://quay.io/a/b"}}, "pvc": CLAIM},
        {"source": {"registry": {"url": "oci-archive://a"}}, "pvc": CLAIM},
        {"source": {"registry": {"imageStream": "a", "pullMethod": "node"}}, "pvc": CLAIM},
        {"source": {"http": {"url": "${URL}"}}, "pvc": CLAIM},
        {"source": {"gcs": {"url": "gs://bucket/a.img"}}, "pvc": CLAIM},
        {"source": {"pvc": {"name": "a", "namespace": "b"}}, "storage": {}},
        {"source": _vddk(), "pvc": CLAIM},
        {"sourceRef": {"kind": "DataSource", "name": "a"}, "storage": {}},
        {"storage": {**STORAGE, "dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "a"}}},
        {"storage": {**STORAGE, "dataSource": {"apiGroup": "a.io", "kind": "A", "name": "a"}}},
    ],
)
def test_what_is_admitted(spec: Any) -> None:
    assert _messages(spec) == []


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"source": WEB}, 'neither "pvc" nor "storage"'),
        ({"source": WEB, "pvc": CLAIM, "storage": STORAGE}, "keep one of them"),
        ({"source": WEB, "pvc": {"accessModes": ["ReadWriteOnce"]}}, "has no size"),
        ({"source": WEB, "pvc": STORAGE}, "exactly one access mode"),
        ({"pvc": CLAIM}, "no source"),
        ({"source": {**WEB, **BLANK}, "pvc": CLAIM}, "several sources"),
        ({"source": {"http": {"url": "ftp://a/b"}}, "pvc": CLAIM}, '"https://", "gs://"'),
        ({"source": {"http": {"url": "example.com/a"}}, "pvc": CLAIM}, "must begin with"),
        ({"source": {"s3": {"url": "s3://a/b"}}, "pvc": CLAIM}, "must begin with"),
        ({"source": {"registry": {"url": "quay.io/a/b"}}, "pvc": CLAIM}, '"docker://"'),
        ({"source": {"registry": {}}, "pvc": CLAIM}, 'either "url" or "imageStream"'),
        ({"source": {"registry": {"imageStream": "a"}}, "pvc": CLAIM}, 'pullMethod to "node"'),
        ({"source": {"registry": {"url": "docker://a", "pullMethod": "Node"}}, "pvc": CLAIM},
         'pullMethod "Node"'),
        ({"source": BLANK, "pvc": CLAIM, "contentType": "archive"}, 'go with source "blank"'),
        ({"source": _vddk(uuid=""), "pvc": CLAIM}, 'needs "uuid"'),
        ({"source": {"pvc": {"name": "a"}}, "storage": {}}, 'needs "namespace"'),
        ({"sourceRef": {"kind": "PVC", "name": "a"}, "storage": {}}, 'must be "DataSource"'),
        ({"storage": {**STORAGE, "dataSourceRef": {"kind": "A", "name": "a"}}}, "an apiGroup"),
        ({"storage": {**STORAGE, "dataSourceRef": {
            "kind": "PersistentVolumeClaim", "name": "a", "namespace": "b"}}}, "another namespace"),
    ],
)  # fmt: skip
def test_what_is_rejected(spec: Any, text: str) -> None:
    messages = _messages(spec)
    assert any(text in message for message in messages), messages


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["url", "name", "kind", "resources"]), inner, max_size=2)
    ),
)
FIELDS = ["source", "sourceRef", "pvc", "storage", "contentType"]
KINDS = ["http", "registry", "pvc", "vddk", "blank", "snapshot"]


@examples(200)
@given(st.dictionaries(st.sampled_from(FIELDS), values), st.dictionaries(
    st.sampled_from(KINDS), values))  # fmt: skip
def test_no_value_breaks_it(spec: dict[str, Any], source: dict[str, Any]) -> None:
    for one in (spec, {**copy.deepcopy(spec), "source": source}):
        assert all(len(message) < 400 for message in _messages(one))
