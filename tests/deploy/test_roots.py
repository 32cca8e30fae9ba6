"""Which pointers are for one cluster, and what it is called."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint import document
from vmsnap_lint.deploy.roots import root_groups
from vmsnap_lint.objects.manifest import Manifest, manifests

_FLUX = "kustomize.toolkit.fluxcd.io/v1"


def _pointer(file: str, name: str = "apps") -> Manifest:
    value = {"apiVersion": _FLUX, "kind": "Kustomization", "metadata": {"name": name}}
    (part,) = document.read(file, json.dumps(value).encode()).documents
    return next(manifests(part))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["apps.yaml"], {"unnamed": ""}),
        (["deploy/apps.yaml", "deploy/infra.yaml"], {"unnamed": ""}),
        (["clusters/prod/apps.yaml"], {"prod": "clusters/prod"}),
        (
            ["clusters/prod/apps.yaml", "clusters/staging/apps.yaml"],
            {"prod": "clusters/prod", "staging": "clusters/staging"},
        ),
        (
            ["clusters/prod/eu/apps.yaml", "clusters/prod/us/apps.yaml"],
            {"prod": "clusters/prod"},
        ),
        (["east/flux/apps.yaml", "west/flux/apps.yaml"], {"east": "east", "west": "west"}),
        (
            ["a/clusters/prod/apps.yaml", "b/clusters/prod/apps.yaml"],
            {"a/clusters/prod": "a/clusters/prod", "b/clusters/prod": "b/clusters/prod"},
        ),
    ],
)
def test_directories_of_pointers_are_clusters(files: list[str], expected: dict[str, str]) -> None:
    groups = root_groups([_pointer(file) for file in files], {}, "unnamed")
    assert {group.name: group.directory for group in groups} == expected
    assert sum(len(group.pointers) for group in groups) == len(files)


def test_one_that_applies_itself_names_its_cluster() -> None:
    sync, apps = (
        _pointer("live/home/flux/sync.yaml", "flux-system"),
        _pointer("live/home/apps.yaml"),
    )
    other = _pointer("else/apps.yaml", "others")
    groups = root_groups([sync, apps, other], {sync: "live/home"}, "unnamed")
    assert [(group.name, len(group.pointers)) for group in groups] == [("unnamed", 1), ("home", 2)]


def test_a_directory_below_clusters_names_one_that_is_applied_by_a_part_of_it() -> None:
    east, west, north, south = (
        _pointer(f"{directory}/sync.yaml", directory)
        for directory in (
            "clusters/east/flux", "clusters/west/flux", "clusters/both/north", "clusters/both/south"
        )
    )  # fmt: skip
    own = {each: each.file.rpartition("/")[0] for each in (east, west, north, south)}
    groups = root_groups(list(own), own, "unnamed")
    assert [group.name for group in groups] == ["north", "south", "east", "west"]


_steps = st.lists(st.sampled_from(["a", "b", "clusters", "prod"]), max_size=4)


@given(st.lists(_steps, min_size=1, max_size=6), st.randoms())
def test_the_order_of_pointers_does_not_matter(
    directories: list[list[str]], random: object
) -> None:
    pointers = [
        _pointer("/".join([*steps, f"{number}.yaml"])) for number, steps in enumerate(directories)
    ]
    groups = root_groups(pointers, {}, "unnamed")
    shuffled = list(pointers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert root_groups(shuffled, {}, "unnamed") == groups
    names = [group.name for group in groups]
    assert len(set(names)) == len(names)
    assert sorted(p.file for group in groups for p in group.pointers) == sorted(
        pointer.file for pointer in pointers
    )
