"""A kustomization is passed over only where judging its tree comes to the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import real_paths
from vmsnap_lint.deploy.render.build import Renderer
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.deploy.render.graph import Graph
from vmsnap_lint.deploy.render.projects import Projects
from vmsnap_lint.deploy.render.quiet_trees import QuietTrees
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode

_VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\n"
_SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    real_paths.forget()
    for path, text in {
        ".git/HEAD": "", "vm.yaml": _VM, "vm.txt": _VM, "quiet.yaml": _SERVICE,
        "with/kustomization.yaml": "resources: [../vm.yaml]\n",
        "without/kustomization.yaml": "resources:\n- ../quiet.yaml\n",
    }.items():  # fmt: skip
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def _loud(tree: Path, text: str) -> bool:
    """Whether the kustomization of the directory `app` may matter."""
    (tree / "app").mkdir()
    (tree / "app/kustomization.yaml").write_text(text)
    every = sources.collect(["."])
    cache, projects = FileCache(every), Projects(every)
    graph = Graph(cache, projects)
    locations = {str(tree / name / "kustomization.yaml") for name in ("app", "with", "without")}
    loud = QuietTrees(every, graph, cache, projects).loud(locations)
    assert str(tree / "with/kustomization.yaml") in loud
    assert str(tree / "without/kustomization.yaml") not in loud
    return str(tree / "app/kustomization.yaml") in loud


@pytest.mark.parametrize(
    "text",
    [
        "resources:\n- ../vm.yaml\n",
        "resources:\n- ../vm.txt\n",
        "resources:\n- ../quiet.yaml\n- ../with\n",
        "components: [../with/]\n",
        "resources: ['../with/kustomization.yaml']\n",
        "patches:\n- path: ../vm.yaml\n",
        "resources:\n- ../../outside.yaml\n",
        "resources:\n- /outside.yaml\n",
        "transformers:\n- ../quiet.yaml\n",
        "helmCharts:\n- name: web\n",
        "- a list\n",
        "resources:\n  - ../quiet.yaml\n - ../quiet.yaml\n",
        "resources: []\n# vmsnap-lint: ignore\n",
        "patches:\n- patch: |\n    kind: VirtualMachine\n",
    ],
)
def test_one_that_may_matter_is_not_quiet(tree: Path, text: str) -> None:
    assert _loud(tree, text)


@pytest.mark.parametrize(
    "text",
    [
        "resources:\n- ../quiet.yaml\n- ../without\n",
        "resources:\n- ../missing.yaml\n- https://example.org/install.yaml\n",
        "resources: ['github.com/org/repo//dir?ref=v1']\n",
        "patches:\n- path: ../quiet.yaml\nlabels:\n- pairs: {app: web}\n",
        "namespace: web\n",
    ],
)
def test_others_are(tree: Path, text: str) -> None:
    assert not _loud(tree, text)


def test_only_what_may_matter_is_judged(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    node = Graph.node

    def noted(graph: Graph, location: str) -> KustomizationNode:
        judged.append(location)
        return node(graph, location)

    monkeypatch.setattr(Graph, "node", noted)
    Renderer(sources.collect(["."]), Settings(render="never")).trees()
    assert set(judged) == {str(tree / "with/kustomization.yaml")}
