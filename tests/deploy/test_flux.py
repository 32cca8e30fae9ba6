"""A Kustomization of Flux is its directory with its settings, or a gap that says why not."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.pointing import (
    applied,
    config_map,
    git_repository,
    kustomization,
    pointer,
    reasons,
    tree,
)  # fmt: skip
from vmsnap_lint.deploy.applied import Substitution
from vmsnap_lint.deploy.render.jobs import KustomizeJob

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

BUILT = {"apps/kustomization.yaml": "resources: [vm.yaml]\n", "apps/vm.yaml": "kind: X\n"}


def job(one: Manifest, around: Around) -> KustomizeJob:
    (only,) = applied(one, around)
    assert isinstance(only.job, KustomizeJob)
    assert only.gaps == ()
    return only.job


def fields(one: Manifest, around: Around) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(job(one, around).fields)
    return found


@pytest.mark.parametrize("path", ["./apps", "apps/", "/apps", "x/../apps"])
def test_its_path_counts_from_the_root_of_the_repository(tmp_path: Path, path: str) -> None:
    around = tree(tmp_path, BUILT)
    assert job(kustomization(path), around) == KustomizeJob(f"{around.root}/apps")


def test_a_directory_without_a_kustomization_is_all_that_is_below(tmp_path: Path) -> None:
    files = {
        "apps/b.yml": "", "apps/x/a.yaml": "", "apps/x/values.json": "", "apps/.sops.yaml": "",
        "apps/.github/ci.yaml": "", "apps/built/kustomization.yaml": "", "apps/built/c.yaml": "",
        "apps/README.md": "",
    }  # fmt: skip
    around = tree(tmp_path, files)
    found = [os.path.relpath(path, around.root) for path in job(kustomization(), around).files]
    assert found == ["apps/b.yml", "apps/built", "apps/x/a.yaml"]


def test_links_are_followed_to_files_of_the_repository_only(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("kind: X\n")
    around = tree(tmp_path / "r", {"apps/a.yaml": "", "b/b.yaml": "", ".git/c.yaml": ""})
    for name, target in {"b.yaml": "../b/b.yaml", "out.yaml": "../../outside.yaml",
                         "git.yaml": "../.git/c.yaml", "dir": "../b"}.items():  # fmt: skip
        (tmp_path / "r/apps" / name).symlink_to(target)
    found = [os.path.relpath(path, around.root) for path in job(kustomization(), around).files]
    assert found == ["apps/a.yaml", "b/b.yaml"]


def test_a_directory_without_files_applies_nothing(tmp_path: Path) -> None:
    (only,) = applied(kustomization(), tree(tmp_path, {"apps/README.md": ""}))
    assert (only.job, only.gaps) == (None, ())


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("./nowhere", 'its path "./nowhere" does not exist in the repository'),
        ("/etc", 'its path "/etc" does not exist in the repository'),
        ("../x", 'its path "../x" is outside of the repository'),
        ("apps/vm.yaml", 'its path "apps/vm.yaml" is no directory in the repository'),
        (".git", 'its path ".git" belongs to git itself'),
        ("out", 'its path "out" is a link that leads out of the repository'),
    ],
)
def test_a_path_that_cannot_be_read_is_a_gap_at_its_place(
    tmp_path: Path, path: str, reason: str
) -> None:
    around = tree(tmp_path / "r", {**BUILT, ".git/HEAD": ""})
    (tmp_path / "r/out").symlink_to(tmp_path)
    (only,) = applied(kustomization(path, targetNamespace="shop"), around)
    (gap,) = only.gaps
    assert (str(gap), gap.reason) == ('Kustomization "apps" in namespace "shop"', reason)
    assert gap.at == only.pointer.at("spec", "path")
    assert only.job is None


def test_its_settings_are_fields_of_a_kustomization(tmp_path: Path) -> None:
    around = tree(tmp_path, {**BUILT, "parts/tls/kustomization.yaml": ""})
    target = {"kind": "VirtualMachine", "name": "web", "labelSelector": None}
    found = fields(
        kustomization(
            targetNamespace="shop", namePrefix="eu-", nameSuffix="-1",
            components=["../parts/tls"],
            patches=[{"patch": "- op: remove", "target": target}, {"patch": 7}, "x"],
            images=[{"name": "os", "newTag": "2"}, {"newTag": "3"}],
            commonMetadata={"labels": {"team": "a"}, "annotations": {"x": "y"}},
        ),
        around,
    )  # fmt: skip
    assert found == {
        "namespace": "shop", "namePrefix": "eu-", "nameSuffix": "-1",
        "components": ["../parts/tls"],
        "patches": [{"patch": "- op: remove", "target": {"kind": "VirtualMachine", "name": "web"}}],
        "images": [{"name": "os", "newTag": "2"}],
        "labels": [{"pairs": {"team": "a"}}], "commonAnnotations": {"x": "y"},
    }  # fmt: skip


def test_older_forms_of_patches_count(tmp_path: Path) -> None:
    merge = {"kind": "VirtualMachine", "metadata": {"name": "web"}}
    operations = [{"op": "remove", "path": "/spec"}]
    found = fields(
        kustomization(
            patchesStrategicMerge=[merge],
            patchesJson6902=[{"patch": operations, "target": {"name": "web"}}],
        ),
        tree(tmp_path, BUILT),
    )
    assert [json.loads(patch["patch"]) for patch in found["patches"]] == [merge, operations]


@pytest.mark.parametrize("component", ["https://example.com/x", "../../out", "missing"])
def test_a_component_from_elsewhere_makes_the_result_uncertain(
    tmp_path: Path, component: str
) -> None:
    around = tree(tmp_path, BUILT)
    (only,) = applied(kustomization(components=[component]), around)
    assert only.uncertain.startswith(f'its component "{component}" ')
    assert isinstance(only.job, KustomizeJob)
    assert only.job.fields == "{}"


def test_a_missing_component_may_be_ignored(tmp_path: Path) -> None:
    one = kustomization(components=["missing"], ignoreMissingComponents=True)
    (only,) = applied(one, tree(tmp_path, BUILT))
    assert only.uncertain == ""


def test_what_is_suspended_may_be_out_of_date(tmp_path: Path) -> None:
    (only,) = applied(kustomization(suspend=True), tree(tmp_path, BUILT))
    assert only.uncertain == "it is suspended: its objects may be out of date"
    assert only.job is not None


def test_a_kubeconfig_names_another_cluster(tmp_path: Path) -> None:
    around = tree(tmp_path, BUILT)
    config = {"secretRef": {"name": "prod"}}
    (only,) = applied(kustomization(kubeConfig=config), around)
    assert only.cluster == "prod"
    spec = {"path": "apps", "kubeConfig": config}
    tenant = pointer("kustomize.toolkit.fluxcd.io/v1", "Kustomization", spec, namespace="eu")
    (only,) = applied(tenant, around)
    assert only.cluster == "eu/prod"


@pytest.mark.parametrize("kind", ["GitRepository", "OCIRepository", "Bucket"])
def test_a_source_whose_files_are_elsewhere_is_a_gap(tmp_path: Path, kind: str) -> None:
    one = kustomization("./deploy", sourceRef={"kind": kind, "name": "other"})
    assert reasons(one, tree(tmp_path, BUILT)) == [
        f'the files of {kind} "other" are not in the repository'
    ]


def test_a_source_with_another_url_is_a_gap_even_for_its_root(tmp_path: Path) -> None:
    own = git_repository("flux-system", "ssh://git@example.com/acme/fleet")
    other = git_repository("other", "https://u:secret@example.com/acme/other.git")
    one = kustomization("./", sourceRef={"kind": "GitRepository", "name": "other"})
    around = tree(tmp_path, BUILT, own, other, kustomization(), one)
    (reason,) = reasons(one, around)
    assert reason == (
        'the files of GitRepository "other" (https://example.com/acme/other.git) '
        "are not in the repository"
    )
    assert reasons(kustomization("."), around) == []


def test_the_root_of_another_source_is_elsewhere_where_flux_knows_its_own(tmp_path: Path) -> None:
    other = git_repository("other", "https://example.com/acme/other")
    one = kustomization("./", sourceRef={"kind": "GitRepository", "name": "other"})
    around = tree(tmp_path, BUILT, other, one, kustomization())
    assert len(reasons(one, around)) == 1


def test_a_source_that_nothing_declares_is_the_repository_with_the_path(tmp_path: Path) -> None:
    one = kustomization(sourceRef={"kind": "GitRepository", "name": "fleet"})
    assert reasons(one, tree(tmp_path, BUILT)) == []


def test_variables_of_a_config_map_and_of_the_object_itself(tmp_path: Path) -> None:
    around = tree(tmp_path, BUILT, config_map("settings", {"a": "1\n2", "b": "x", "c": 7}))
    build = {
        "substitute": {"b": "y"},
        "substituteFrom": [{"kind": "ConfigMap", "name": "settings"}],
    }
    (only,) = applied(kustomization(postBuild=build), around)
    assert only.substitution == Substitution({"a": "12", "b": "y"})


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
@pytest.mark.parametrize("optional", [False, True])
def test_variables_that_the_input_does_not_show_are_unknown(
    tmp_path: Path, kind: str, optional: bool
) -> None:
    build = {"substituteFrom": [{"kind": kind, "name": "absent", "optional": optional}]}
    (only,) = applied(kustomization(postBuild=build), tree(tmp_path, BUILT))
    assert only.substitution == Substitution({}, unknown=True)


def test_without_variables_nothing_is_replaced_but_always(tmp_path: Path) -> None:
    around = tree(tmp_path, BUILT)
    (only,) = applied(kustomization(postBuild={}), around)
    assert only.substitution is None
    (only,) = applied(kustomization(postBuild={"substituteStrategy": "Always"}), around)
    assert only.substitution == Substitution({})


def test_a_variable_with_a_wrong_name_makes_the_result_uncertain(tmp_path: Path) -> None:
    one = kustomization(postBuild={"substitute": {"a-b": "1"}})
    (only,) = applied(one, tree(tmp_path, BUILT))
    assert only.uncertain == '"a-b" is no name of a variable'


def test_more_files_than_are_read_are_told(tmp_path: Path) -> None:
    around = tree(tmp_path, {f"apps/{number}.yaml": "" for number in range(5_001)})
    (only,) = applied(kustomization(), around)
    assert [gap.reason for gap in only.gaps] == ["it applies more files than are read"]
    assert isinstance(only.job, KustomizeJob)
    assert len(only.job.files) == 5_000


@pytest.mark.parametrize("kind", ["GitRepository", "OCIRepository"])
def test_the_source_of_flux_itself_is_the_repository(tmp_path: Path, kind: str) -> None:
    one = kustomization(".", sourceRef={"kind": kind, "name": "flux-system"})
    assert reasons(one, tree(tmp_path, BUILT)) == []


def test_a_kustomization_of_an_example_applies_the_example(tmp_path: Path) -> None:
    around = tree(tmp_path, {"docs/apps/a.yaml": "", "docs/clusters/all.yaml": ""})
    spec = {"path": "./apps", "sourceRef": {"kind": "GitRepository", "name": "flux-system"}}
    one = pointer("kustomize.toolkit.fluxcd.io/v1", "Kustomization", spec,
                  file=f"{tmp_path}/docs/clusters/all.yaml")  # fmt: skip
    assert job(one, around).files == (f"{around.root}/docs/apps/a.yaml",)
