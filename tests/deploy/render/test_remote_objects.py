"""The URL of a manifest tells what it makes, and which release of KubeVirt it is of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core import kinds
from vmsnap_lint.deploy.render.remote_objects import described

KUBEVIRT = "https://github.com/kubevirt/kubevirt"
RAW = "https://raw.githubusercontent.com"


@pytest.mark.parametrize(
    "url",
    [
        f"{KUBEVIRT}/releases/download/v1.8.2/kubevirt-operator.yaml",
        f"{KUBEVIRT}/releases/download/v1.8.2/kubevirt-cr.yaml",
        f"{KUBEVIRT}//manifests/release?ref=v1.8.2",
        f"{KUBEVIRT}.git//manifests?timeout=90s&ref=v1.8.2",
        f"{KUBEVIRT}/manifests/x?ref=1.8.2&timeout=90s",
        f"{KUBEVIRT}/raw/v1.8.2/manifests/x.yaml",
        f"{KUBEVIRT}/blob/v1.8.2/manifests/x.yaml",
        f"{RAW}/kubevirt/kubevirt/v1.8.2/manifests/release/kubevirt.yaml",
        "github.com/kubevirt/kubevirt//manifests?ref=v1.8.2",
        "git@github.com:kubevirt/kubevirt.git?ref=v1.8.2",
        "https://mirror.example.org/kubevirt/kubevirt/releases/download/v1.8.2/a.yaml",
    ],
)
def test_the_release_of_kubevirt(url: str) -> None:
    assert described(url).release == "1.8.2"


@pytest.mark.parametrize(
    "url",
    [
        f"{KUBEVIRT}/releases/latest/download/kubevirt-operator.yaml",
        f"{KUBEVIRT}//manifests?ref=main",
        "https://github.com/kubevirt/containerized-data-importer/releases/download/v1.62.0/x.yaml",
        "https://github.com/example/kubevirt/releases/download/v1.8.2/x.yaml",
        "https://github.com/kubevirt/kubevirtci//x?ref=v1.8.2",
        "",
    ],
)
def test_other_urls_tell_none(url: str) -> None:
    assert described(url).release == ""


@pytest.mark.parametrize(
    ("url", "made"),
    [
        (f"{KUBEVIRT}/releases/download/v1.8.2/kubevirt-operator.yaml", {kinds.CRD}),
        (f"{KUBEVIRT}/releases/download/v1.8.2/kubevirt-cr.yaml", {kinds.KUBEVIRT}),
        ("https://example.org/releases/download/v1/cdi-operator.yaml", {kinds.CRD}),
        (f"{RAW}/x/y/config/snapshot.storage.k8s.io_volumesnapshotclasses.yaml", {kinds.CRD}),
        ("https://github.com/kubernetes-csi/external-snapshotter//client/config/crd?ref=v8.2.0",
         {kinds.CRD}),
        ("https://example.org/config/crd/bases/example.org_widgets.yaml", {kinds.CRD}),
        ("https://example.org/v1/widgets.crds.yaml", {kinds.CRD}),
        ("https://github.com/cert-manager/cert-manager/releases/download/v1.14.0/cert-manager.yaml",
         {kinds.CRD}),
        (f"{RAW}/rancher/local-path-provisioner/v0.0.26/deploy/local-path-storage.yaml",
         {kinds.STORAGE_CLASS}),
        (f"{RAW}/kubernetes-csi/csi-driver-nfs/v4.9.0/deploy/install.yaml",
         {kinds.CRD, kinds.STORAGE_CLASS, kinds.VOLUME_SNAPSHOT_CLASS}),
        ("https://github.com/example/vms//base?ref=v1", set()),
        ("https://example.org/incredible.yaml", set()),
    ],
)  # fmt: skip
def test_the_kinds_that_are_made(url: str, made: set[kinds.Kind]) -> None:
    assert described(url).kinds == made


@given(st.text(max_size=300))
def test_no_text_makes_it_crash(text: str) -> None:
    described(text)
    described(f"https://github.com/kubevirt/kubevirt/{text}")
