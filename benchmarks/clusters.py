"""Measures clusters of Flux against kustomize alone: `python -m benchmarks.clusters`.

Two numbers may follow, of clusters and of units. Some units of a cluster apply a
directory that all clusters share, others one of their own. Each distinct build counts once for
kustomize. What counts is processor time, programs included.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.rendering import MANIFESTS, OVERLAY, PATCH, builder, spent

CLUSTERS, UNITS = 5, 300
LIMIT = 1.3
SEED = 20_261_128

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


def make(folder: Path, clusters: int, units: int, seed: int = SEED) -> list[Path]:
    """Writes clusters of so many units each, and gives the directories of the distinct builds."""
    chance = random.Random(seed)
    names = [f"cluster-{number}" for number in range(clusters)]
    texts = {name: _SYNC.format(cluster=name) for name in names}
    builds: list[Path] = []
    for number in range(units):
        home = f"apps/app-{number}"
        is_shared = chance.random() < 0.6
        _write(folder / home / "base", number, 'labels: [{pairs: {cluster: "${cluster}"}}]\n')
        builds += [folder / home / "base"] if is_shared else []
        for name in names:
            path = f"{home}/base" if is_shared else f"{home}/{name}"
            texts[name] += _UNIT.format(number=number, path=path, cluster=name)
            if not is_shared:
                _overlay(folder / path, number)
                builds.append(folder / path)
    for name, text in texts.items():
        (folder / "clusters" / name).mkdir(parents=True)
        (folder / "clusters" / name / "units.yaml").write_text(text)
    (folder / ".git").mkdir()
    return builds


def _write(directory: Path, number: int, fields: str) -> None:
    directory.mkdir(parents=True)
    (directory / "kustomization.yaml").write_text(
        f"resources: [all.yaml]\nnamespace: prod-{number}\n{fields}"
    )
    (directory / "all.yaml").write_text(MANIFESTS.format(number=number))


def _overlay(directory: Path, number: int) -> None:
    directory.mkdir()
    (directory / "kustomization.yaml").write_text(OVERLAY.format(number=number))
    (directory / "patch.yaml").write_text(PATCH.format(number=number))


def main(clusters: int = CLUSTERS, units: int = UNITS) -> int:
    """Prints both times; 1 when the lint costs more than the limit, 2 without a kustomize."""
    command = builder()
    if not command:
        sys.stderr.write("neither kustomize nor kubectl is on PATH\n")
        return 2
    with tempfile.TemporaryDirectory() as there:
        builds = make(Path(there), clusters, units)
        before = spent()
        with ThreadPoolExecutor(2) as pool:
            words = [[*command, str(directory)] for directory in builds]
            list(pool.map(lambda one: subprocess.run(one, check=True, capture_output=True), words))
        alone = spent() - before
        program = str(Path(sys.executable).with_name("vmsnap-lint"))
        before = spent()
        lint = [program, "--render", "require", "--exit-zero", there]
        subprocess.run(lint, check=True, capture_output=True)
        ours = spent() - before
    ratio = ours / alone
    what = f"{clusters} clusters of {units} units, {len(builds)} distinct builds"
    print(f"{what}: lint {ours:.1f} s, kustomize alone {alone:.1f} s, {ratio:.2f}x")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
