"""A path in an artifact that Flux puts together is the directory that it is copied from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.pointing import applied, kustomization, pointer, reasons, release, tree
from vmsnap_lint.deploy.render.jobs import ChartJob, KustomizeJob

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.objects.manifest import Manifest

FILES = {
    "apps/base/vm.yaml": "", "apps/eu/kustomization.yaml": "", "infra/classes/a.yaml": "",
    "charts/web/Chart.yaml": "",
}  # fmt: skip
CLUSTER = "clusters/eu/artifacts.yaml"
GENERATOR = """\
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: parts, namespace: flux-system}
spec:
  sources: [{alias: fleet, kind: GitRepository, name: flux-system}]
  artifacts:
    - name: parts
      copy: [{from: "@fleet/apps/eu/**", to: "@artifact/eu/"}]
"""


def generator(*copies: tuple[str, str], source: str = "flux-system") -> Manifest:
    spec = {
        "sources": [{"alias": "fleet", "kind": "GitRepository", "name": source}],
        "artifacts": [
            {"name": "other", "copy": [{"from": "@fleet/infra/**", "to": "@artifact/"}]},
            {"name": "parts", "copy": [{"from": a, "to": b} for a, b in copies]},
        ],
    }
    return pointer("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", spec, "parts")


def of(path: str, file: str = "x.yaml", **spec: Any) -> Manifest:
    reference = {"kind": "ExternalArtifact", "name": "parts"}
    given = {"path": path, "sourceRef": reference, **spec}
    return pointer("kustomize.toolkit.fluxcd.io/v1", "Kustomization", given, "apps", file=file)


@pytest.mark.parametrize(
    ("path", "copies", "directory"),
    [
        ("./eu",
         [("@fleet/apps/base/**", "@artifact/base/"), ("@fleet/apps/eu/**", "@artifact/eu/")],
         "apps/eu"),
        ("./", [("@fleet/apps/eu/**", "@artifact/")], "apps/eu"),
        ("", [("@fleet/apps/eu/*.yaml", "@artifact")], "apps/eu"),
        ("x/eu", [("@fleet/apps/**", "@artifact/x/")], "apps/eu"),
        ("apps/eu", [("@fleet/apps/", "@artifact/")], "apps/eu"),
        ("other/eu", [("@fleet/apps", "@artifact/other")], "apps/eu"),
        ("eu", [("@fleet/none/**", "@artifact/eu/"), ("@fleet/apps/eu/**", "@artifact/eu/")],
         "apps/eu"),
    ],
)  # fmt: skip
def test_copies_are_followed_back(
    tmp_path: Path, path: str, copies: list[tuple[str, str]], directory: str
) -> None:
    around = tree(tmp_path, FILES, generator(*copies))
    (found,) = applied(of(path), around)
    assert isinstance(found.job, KustomizeJob)
    assert found.job.directory == f"{around.root}/{directory}"


@pytest.mark.parametrize(
    "copies",
    [
        (),
        [("@none/apps/eu/**", "@artifact/eu/")],
        [("@fleet/apps/us/**", "@artifact/eu/")],
        [("@fleet/apps/eu/**", "@other/eu/")],
        [("@fleet/apps/eu/**", "@artifact/euro/")],
        [("", "")],
        [("@fleet/../../out/**", "@artifact/eu/")],
    ],
)
def test_what_is_copied_from_elsewhere_is_a_gap(
    tmp_path: Path, copies: list[tuple[str, str]]
) -> None:
    around = tree(tmp_path, FILES, generator(*copies))
    reason = 'the files of ExternalArtifact "parts" are not in the repository'
    assert reasons(of("./eu"), around) == [reason]


def test_a_source_that_is_elsewhere_is_a_gap(tmp_path: Path) -> None:
    made = generator(("@fleet/apps/eu/**", "@artifact/eu/"), source="other")
    around = tree(tmp_path, FILES, made, kustomization("apps/eu"))
    other = pointer("source.toolkit.fluxcd.io/v1", "GitRepository", {"url": "https://x/y"}, "other")
    around = tree(tmp_path, FILES, made, other, kustomization("apps/eu"))
    assert len(reasons(of("./eu"), around)) == 1


def test_a_generator_beside_the_kustomization_is_found(tmp_path: Path) -> None:
    around = tree(tmp_path, {**FILES, CLUSTER: GENERATOR, "clusters/us/a.yaml": ""})
    (found,) = applied(of("eu", f"{tmp_path}/clusters/eu/apps.yaml"), around)
    assert isinstance(found.job, KustomizeJob)
    assert len(reasons(of("eu", f"{tmp_path}/clusters/us/apps.yaml"), around)) == 1


def test_a_chart_may_come_of_an_artifact(tmp_path: Path) -> None:
    around = tree(tmp_path, FILES, generator(("@fleet/charts/web/**", "@artifact/")))
    one = release(chartRef={"kind": "ExternalArtifact", "name": "parts"})
    (found,) = applied(one, around)
    assert isinstance(found.job, ChartJob)
    assert found.job.directory == f"{around.root}/charts/web"
