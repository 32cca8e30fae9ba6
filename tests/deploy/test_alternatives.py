"""Which pointers contradict each other and so are for a cluster each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Object, manifests_of, vm
from tests.deploy.pointing import pointer
from vmsnap_lint.deploy.alternatives import apart
from vmsnap_lint.deploy.roots import RootGroup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vmsnap_lint.objects.manifest import Manifest


def _names(applied: Mapping[str, Sequence[Object]]) -> dict[str, set[str]]:
    """The clusters of files, of which each applies objects, with the files of each."""
    kind = "argoproj.io/v1alpha1", "Application"
    pointers = tuple(pointer(*kind, {}, file=file) for file in applied)

    def objects(asked: Sequence[Manifest]) -> list[Manifest]:
        return [one for each in asked for one in manifests_of("all.yaml", *applied[each.file])]

    groups = apart(RootGroup("in-cluster", "", pointers), objects)
    names = [group.name for group in groups]
    assert len(set(names)) == len(names)
    return {group.name: {each.file for each in group.pointers} for group in groups}


def test_files_that_contradict_each_other_are_for_a_cluster_each() -> None:
    other = vm(running=True)
    files = {"apps/a.yaml": [vm()], "apps/b.yaml": [other], "apps/c.yaml": [vm(name="db")]}
    assert _names(files) == {
        "in-cluster": {"apps/c.yaml"}, "a": {"apps/a.yaml"}, "b": {"apps/b.yaml"},
    }  # fmt: skip


def test_files_that_agree_are_for_one_cluster() -> None:
    agreeing = {"a.yaml": [vm()], "b.yaml": [vm()], "c.yaml": [vm(name="db")]}
    assert _names(agreeing) == {"in-cluster": set(agreeing)}


def test_files_of_one_name_are_told_apart() -> None:
    files = {"x/app.yaml": [vm()], "y/app.yaml": [vm(running=True)]}
    assert set(_names(files)) == {"x/app", "y/app"}


def test_names_that_are_not_known_contradict_nothing() -> None:
    assert (
        len(_names({"a.yaml": [vm(name="${NAME}")], "b.yaml": [vm(name="${NAME}", running=True)]}))
        == 1
    )


_applied = st.dictionaries(
    st.sampled_from(["a.yaml", "b.yaml", "x/a.yaml", "x/b.yaml", "x/y/a.yaml"]),
    st.lists(st.builds(vm, name=st.sampled_from(["web", "db"]), running=st.booleans()), max_size=3),
    min_size=1,
)


@given(_applied)
def test_each_pointer_is_for_one_cluster(applied: dict[str, list[Object]]) -> None:
    files = [file for members in _names(applied).values() for file in sorted(members)]
    assert sorted(files) == sorted(applied)
