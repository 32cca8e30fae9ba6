"""A kustomization that pins the manifests of KubeVirt tells the release that is judged for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, lint, write

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://github.com/kubevirt/kubevirt/releases/download/{}/kubevirt-operator.yaml"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {
        "app/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
        "app/vm.yaml": VM,
        "app/snapshot.yaml": SNAPSHOT,
    })  # fmt: skip
    return tmp_path


@pytest.mark.parametrize("render", ["auto", "never"])
@pytest.mark.parametrize("directory", ["app", "infra", "infra/kubevirt/base"])
def test_the_release_of_a_run(tree: Path, tools: str, render: str, directory: str) -> None:
    """Wherever it stands in the run, also in a tree without objects of ours."""
    local = "vm.yaml, snapshot.yaml, " if directory == "app" else ""
    text = f"resources: [{local}'{URL.format('v1.6.2')}']\n"
    write(tree, {f"{directory}/kustomization.yaml": text})
    (judged,) = lint(tools, render=render).judged
    assert (judged.release, judged.source) == ("1.6.2", "the URL of its manifest")


def test_the_oldest_of_several_counts(tree: Path, tools: str) -> None:
    for name, release in (("a", "v1.8.2"), ("b", "v1.5.0"), ("c", "latest")):
        write(tree, {f"{name}/kustomization.yaml": f"resources: ['{URL.format(release)}']\n"})
    (judged,) = lint(tools).judged
    assert judged.release == "1.5.0"


UNIT = """\
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  interval: 1h
  path: ./{path}
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
"""


def test_each_cluster_has_its_own(tree: Path, tools: str) -> None:
    for name, release in (("eu", "v1.8.2"), ("us", "v1.5.0")):
        paths = {"flux-system": f"clusters/{name}", "infra": f"infra/{name}", "app": "app"}
        write(tree, {
            f"clusters/{name}/units.yaml": "".join(
                UNIT.format(name=unit, path=path) for unit, path in paths.items()
            ),
            f"infra/{name}/kustomization.yaml": f"resources: ['{URL.format(release)}']\n",
        })  # fmt: skip
    judged = {one.release: one.clusters for one in lint(tools).judged}
    assert judged == {"1.8.2": ("eu",), "1.5.0": ("us",)}
