"""Gaps say what may be in a cluster beside the input; an index finds the first one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import claim, in_namespace, manifests_of, storage_class, vm
from vmsnap_lint.core.kinds import PVC, STORAGE_CLASS, VM
from vmsnap_lint.objects.gaps import Gap, GapIndex
from vmsnap_lint.objects.workspace import Absence, Workspace

NAMES = st.sampled_from(("", "a", "b", "${X}"))
SPACES = st.sampled_from((None, "x", "y", "${NS}"))
KINDS = st.sampled_from((VM, PVC, STORAGE_CLASS))
GAPS = st.builds(
    Gap, st.sampled_from("pqr"), st.just("why"), st.none(), st.sampled_from((None, "x", "y")),
    st.frozensets(KINDS, max_size=2), st.frozensets(st.sampled_from("ab"), max_size=2),
)  # fmt: skip


@given(st.lists(GAPS, max_size=6), KINDS, SPACES, NAMES)
def test_the_index_finds_the_first_that_may_make_it(
    gaps: list[Gap], kind: tuple[str, str], namespace: str | None, name: str
) -> None:
    expected = next((g for g in gaps if g.may_make(kind, namespace, name)), None)  # type: ignore[arg-type]
    index = GapIndex(gaps)
    for _ in range(2):  # also from what it keeps
        assert index.first(kind, namespace, name) == expected  # type: ignore[arg-type]


def test_a_message_names_what_and_why() -> None:
    gap = Gap('HelmRelease "web"', "its chart is not in the input", namespace="shop")
    assert gap.makes() == (
        'HelmRelease "web" in namespace "shop" may make it (its chart is not in the input)'
    )
    assert gap.places() == ()
    assert gap.brief(gap.explain("It")) == gap.explain("It")  # no place says why
    (one,) = manifests_of("all.yaml", vm())
    placed = gap._replace(at=one.at("spec"))
    assert placed.brief(placed.explain("It")) == (
        'It is not in the input; HelmRelease "web" in namespace "shop" may make it'
    )
    assert [at.note for at in placed.places()] == ["may make it, its chart is not in the input"]


def _workspace(
    *gaps: Gap, complete: frozenset[str] = frozenset(), exported: bool = False
) -> Workspace:
    status = {"metadata": {"uid": "1"}} if exported else {}
    objects = in_namespace("shop", {**vm(), **_marked(vm(), status)}, claim())
    return Workspace(manifests_of("all.yaml", *objects), complete, gaps=gaps)


def _marked(item: dict[str, object], status: dict[str, dict[str, str]]) -> dict[str, object]:
    metadata = item["metadata"]
    assert isinstance(metadata, dict)
    return {"metadata": {**metadata, **status.get("metadata", {})}}


def test_absence_within_a_gap_is_unknown() -> None:
    assert _workspace().absence(VM, "shop", "db") is Absence.ABSENT
    assert _workspace(Gap("x", "y")).absence(VM, "shop", "db") is Absence.UNKNOWN
    assert _workspace(Gap("x", "y", namespace="b")).absence(VM, "shop", "db") is Absence.ABSENT
    named = Gap("x", "y", names=frozenset(("web2",)))
    assert _workspace(named).absence(VM, "shop", "db") is Absence.ABSENT


def test_complete_and_exported_input_has_no_gap() -> None:
    gap = Gap("x", "y")
    complete = frozenset(("VirtualMachine",))
    assert _workspace(gap, complete=complete).absence(VM, "shop", "db") is Absence.ABSENT
    exported = _workspace(gap, exported=True)
    assert exported.absence(VM, "shop", "db") is Absence.ABSENT
    assert exported.gap(VM, "shop", "db") is None
    assert exported.gap(VM, "other", "db") == gap
    assert exported.gap(PVC, "shop", "db") == gap


def _classes(*names: str) -> Workspace:
    return Workspace(manifests_of("all.yaml", *map(storage_class, names)))


def test_a_class_of_the_input_says_nothing_of_another_one() -> None:
    assert _classes("fast").absence(STORAGE_CLASS, None, "media") is Absence.UNKNOWN
    assert _classes("fast").absence(STORAGE_CLASS, None, "fats") is Absence.GUESSED
    assert _classes("ceph-1").absence(STORAGE_CLASS, None, "ceph-2") is Absence.UNKNOWN
    assert _classes("fast").absence(STORAGE_CLASS, None) is Absence.UNKNOWN
    assert _classes().absence(STORAGE_CLASS, None, "fast") is Absence.UNKNOWN


def test_an_exported_class_and_a_profile_show_the_classes_of_the_cluster() -> None:
    exported = storage_class("fast")
    exported["metadata"]["uid"] = "1"
    profile = {"apiVersion": "cdi.kubevirt.io/v1beta1", "kind": "StorageProfile"}
    profiled = [storage_class("fast"), {**profile, "metadata": {"name": "fast"}}]
    for objects in ([exported], profiled):
        workspace = Workspace(manifests_of("all.yaml", *objects))
        assert workspace.absence(STORAGE_CLASS, None, "media") is Absence.GUESSED
