"""Makes clusters of Flux, each with units that build a directory of kustomize.

Some units of a cluster apply a directory that all clusters share, others one of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.machines import Machine, triple
from benchmarks.varied import documents, name

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

__all__ = ["BUILDS", "CLUSTERS", "make"]

CLUSTERS = 5
BUILDS = "builds.txt"
"""The file, beside the tree, with the directories of the distinct builds."""

_SYNC = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{interval: 1m, url: "ssh://git@example.org/fleet", ref: {{branch: main}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: flux-system, namespace: flux-system}}
spec:
  interval: 10m
  path: ./clusters/{cluster}
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
"""
_UNIT = """\
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: app-{number}, namespace: flux-system}}
spec:
  interval: 10m
  path: ./{path}
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
  postBuild: {{substitute: {{cluster: {cluster}}}}}
"""
_PATCH = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: {vm}}}
spec: {{runStrategy: Halted, template: {{spec: {{domain: {{memory: {{guest: {size}Gi}}}}}}}}}}
"""


def make(folder: Path, units: int, chance: Random) -> None:
    """Writes clusters of so many units each."""
    names = [f"cluster-{number}" for number in range(CLUSTERS)]
    texts = {cluster: _SYNC.format(cluster=cluster) for cluster in names}
    builds: list[str] = []
    for number in range(units):
        home = f"apps/app-{number}"
        is_shared = chance.random() < 0.6
        vm = _base(folder / home / "base", number, chance)
        builds += [f"{home}/base"] if is_shared else []
        for cluster in names:
            path = f"{home}/base" if is_shared else f"{home}/{cluster}"
            texts[cluster] += _UNIT.format(number=number, path=path, cluster=cluster)
            if not is_shared:
                _overlay(folder / path, vm, chance)
                builds.append(path)
    for cluster, text in texts.items():
        (folder / "clusters" / cluster).mkdir(parents=True)
        (folder / "clusters" / cluster / "units.yaml").write_text(text)
    (folder / ".git").mkdir()
    folder.with_name(BUILDS).write_text("".join(f"{path}\n" for path in builds))


def _base(directory: Path, number: int, chance: Random) -> str:
    """Writes the directory that all clusters build upon, and gives the name of its VM."""
    directory.mkdir(parents=True)
    machine = Machine(name(chance), f"prod-{number}")
    (directory / "all.yaml").write_text(documents(chance, triple(chance, machine)))
    (directory / "kustomization.yaml").write_text(
        f"resources: [all.yaml]\nnamespace: prod-{number}\n"
        'labels: [{pairs: {cluster: "${cluster}"}}]\n'
    )
    return machine.name


def _overlay(directory: Path, vm: str, chance: Random) -> None:
    directory.mkdir()
    (directory / "kustomization.yaml").write_text(
        "resources: [../base]\npatches:\n- path: patch.yaml\n"
    )
    (directory / "patch.yaml").write_text(_PATCH.format(vm=vm, size=chance.randint(1, 64)))
