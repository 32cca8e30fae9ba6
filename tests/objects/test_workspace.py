"""The index of a workspace finds what a search through all objects finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.core.kinds import PVC, STORAGE_CLASS, VM, Kind
from vmsnap_lint.document import read
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.workspace import Absence, Workspace

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

_KINDS = {PVC: "v1", STORAGE_CLASS: "storage.k8s.io/v1", VM: "kubevirt.io/v1"}


class _Object(NamedTuple):
    kind: Kind
    name: str
    namespace: str
    directory: str
    content: int


def _manifest(made: _Object) -> Manifest:
    text = f"""apiVersion: {_KINDS[made.kind]}
kind: {made.kind.kind}
metadata: {{name: "{made.name}", namespace: "{made.namespace}"}}
spec: {{content: {made.content}}}
"""
    (document,) = read(f"{made.directory}m.yaml", text.encode()).documents
    (manifest,) = manifests(document)
    return manifest


_NAMESPACES = st.sampled_from(("", "a", "b", "${c}"))
_NAMES = st.sampled_from(("x", "y", "", "${z}"))
_OBJECTS = st.lists(
    st.builds(
        _Object,
        st.sampled_from(tuple(_KINDS)),
        _NAMES,
        _NAMESPACES,
        st.sampled_from(("", "d/", "d/e/", "f/")),
        st.integers(0, 1),
    ),
    max_size=8,
)


def _candidates(
    objects: list[Manifest], workspace: Workspace, kind: Kind, namespace: str | None, name: str
) -> list[Manifest]:
    """Those of the namespace, else those without one; all where the namespace is not known."""
    scoped = kind != STORAGE_CLASS
    same = [m for m in objects if m.group_kind == kind and m.name == name and "$" not in name]
    same = same if name else []

    def home(of: str | None) -> str | None:
        return workspace.home(of) if scoped else None

    there = [m for m in same if home(m.namespace) == home(namespace)]
    if there:
        return there
    if home(namespace) is not None:
        return [m for m in same if home(m.namespace) is None]
    return same


@examples(100)
@given(_OBJECTS, st.booleans(), st.sampled_from(tuple(_KINDS)), _NAMESPACES, _NAMES)
def test_candidates_are_those_of_a_search(
    made: list[_Object], is_complete: bool, kind: Kind, namespace: str, name: str
) -> None:
    objects = list(map(_manifest, made))
    workspace = Workspace(objects, frozenset(("all",)) if is_complete else frozenset())
    home = namespace or None
    found = workspace.candidates(kind, home, name)
    # those of several namespaces come namespace by namespace
    assert set(found) == set(_candidates(objects, workspace, kind, home, name))
    for near in objects:
        answer = workspace.resolve(kind, home, name, near)
        assert workspace.find(kind, home, name, near) is (
            None if isinstance(answer, Absence) else answer
        )


@examples(100)
@given(_OBJECTS)
def test_definitions_are_those_of_a_search(made: list[_Object]) -> None:
    objects = list(map(_manifest, made))
    workspace = Workspace(objects)
    named = [each for each in objects if each.name and "$" not in each.name]
    groups: dict[tuple[object, ...], list[Manifest]] = {}
    for each in named:
        home = None if each.group_kind == STORAGE_CLASS else workspace.home(each.namespace)
        groups.setdefault((each.group_kind, each.name, home), []).append(each)
    for group in groups.values():
        assert all(workspace.definitions(each) == group for each in group)
    several = [group for group in groups.values() if len(group) > 1]
    repeated = list(workspace.repeated())
    assert len(repeated) == len(several)
    assert all(group in several for group in repeated)


@examples(100)
@given(_OBJECTS, _NAMES)
def test_names_elsewhere_are_those_of_a_search(made: list[_Object], name: str) -> None:
    objects = list(map(_manifest, made))
    workspace = Workspace(objects)
    same = [m for m in objects if m.group_kind == PVC and m.name == name and "$" not in name]
    homes = {workspace.home(each.namespace) for each in same if name} - {None}
    assert workspace.namespaces_with(PVC, name) == sorted(filter(None, homes))
    others = workspace.elsewhere(PVC, "a", name)
    assert {each.namespace for each in others} <= homes - {"a"}
    assert bool(others) == bool(homes - {"a"})
