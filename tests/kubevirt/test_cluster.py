"""The release that a cluster is judged for, by what states it."""

from __future__ import annotations

import pytest

from tests.builders import manifests_of
from vmsnap_lint import document
from vmsnap_lint.core import releases
from vmsnap_lint.core.values import Release
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.stated_release import stated_release
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.workspace import Workspace

KUBEVIRT = "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: {name: kubevirt}\n"
TAG = "spec: {imageTag: v1.6.2}\n"
STATUS = "status: {observedKubeVirtVersion: v1.5.1}\n"


@pytest.mark.parametrize(
    ("text", "in_url", "release", "source"),
    [
        (TAG + STATUS, "1.8.2", Release(1, 5, 1), "status of KubeVirt/kubevirt"),
        (TAG, "1.8.2", Release(1, 6, 2), "spec.imageTag of KubeVirt/kubevirt"),
        ("", "1.8.2", Release(1, 8, 2), "the URL of its manifest"),
        ("spec: {imageTag: latest}\n", "1.8.2", Release(1, 8, 2), "the URL of its manifest"),
        ("spec: {imageTag: v4.18.2}\n", "", releases.NEWEST, ""),
        ("spec: {imageTag: [v1.6.2]}\n", "main", releases.NEWEST, ""),
        ("", "99.1.1", releases.NEWEST, ""),
        ("", "", releases.NEWEST, ""),
    ],
)
def test_the_release_that_is_stated(text: str, in_url: str, release: Release, source: str) -> None:
    """The status of KubeVirt counts most, a URL least; other products are no release of it."""
    workspace = _workspace(text)
    stated, where = stated_release(workspace, in_url)
    cluster = Cluster(workspace, stated, release_source=where)
    assert (cluster.release, cluster.release_known) == (release, bool(source))
    assert cluster.release_source.startswith(source)


def _workspace(text: str) -> Workspace:
    (part,) = document.read("kv.yaml", (KUBEVIRT + text).encode()).documents
    return Workspace(manifests(part))


def test_what_is_asked_for_counts_most() -> None:
    cluster = Cluster(_workspace(TAG), Release(1, 3, 0), release_source="--kubevirt")
    assert (str(cluster.release), cluster.release_source) == ("1.3.0", "--kubevirt")


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([{"name": "operator", "version": "4.18.3"}], "1.4"),
        ([{"name": "console", "version": "4.18.3"}], None),
        ([{"name": "operator", "version": 4}], None),
        ("4.18", None),
    ],
)
def test_the_status_of_hyperconverged_states_the_release(
    versions: object, expected: str | None
) -> None:
    owner = {
        "apiVersion": "hco.kubevirt.io/v1beta1",
        "kind": "HyperConverged",
        "metadata": {"name": "hc"},
        "status": {"versions": versions},
    }
    cluster = Cluster(Workspace(manifests_of("hc.yaml", owner)))
    assert cluster.release_known is (expected is not None)
    if expected:
        assert str(cluster.release) == expected
        assert cluster.release_source == "status of HyperConverged/hc, hc.yaml"


@pytest.mark.parametrize("where", ["--kubevirt", "spec.imageTag", "status"])
def test_a_release_after_the_newest_known_one_is_judged_as_that_one(where: str) -> None:
    texts = {
        "spec.imageTag": "spec: {imageTag: v1.10.0}\n",
        "status": "status: {observedKubeVirtVersion: v1.10.0}\n",
    }
    asked = releases.resolve("v1.10.0") if where == "--kubevirt" else None
    source = where if asked else ""
    cluster = Cluster(_workspace(texts.get(where, "")), asked, release_source=source)
    assert (cluster.release, cluster.release_known) == (releases.NEWEST, True)
    assert cluster.release_source.startswith(f"the newest known; {where}")
    assert cluster.release_source.endswith("says 1.10.0")
