"""One table says which fields name other objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import clone, manifests_of, vm, volume
from vmsnap_lint.core import kinds
from vmsnap_lint.objects.references import (
    EACH,
    EDGES,
    INSTANCETYPE,
    Edge,
    edges_of,
    references,
    volume_claims,
)
from vmsnap_lint.schema.bundled import schema_for

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

_WITHOUT_SCHEMA = (kinds.DATA_IMPORT_CRON, kinds.DATA_SOURCE, kinds.POD)
VM = vm(
    volume("a", dataVolume={"name": "x"}), volume("b", "w"), volume("c", dataVolume={"name": "z"})
)


def test_the_table_is_sorted_and_says_nothing_twice() -> None:
    rows = [(edge.owner.kind, edge.path) for edge in EDGES]
    assert rows == sorted(set(rows))


def test_each_kind_has_its_edges() -> None:
    assert {edge for row in EDGES for edge in edges_of(row.owner)} == set(EDGES)
    assert edges_of(kinds.STORAGE_CLASS) == ()


def test_an_edge_stands_for_every_entry_of_a_list() -> None:
    (machine,) = manifests_of("vm.yaml", VM)
    found = [(one.name, one.path, one.entry, one.source) for one in references(machine)]
    root = ("spec", "template", "spec", "volumes")
    assert found == [
        ("x", (*root, 0, "dataVolume", "name"), 0, "dataVolume"),
        ("w", (*root, 1, "persistentVolumeClaim", "claimName"), 1, "persistentVolumeClaim"),
        ("z", (*root, 2, "dataVolume", "name"), 2, "dataVolume"),
    ]
    assert [one.name for one in volume_claims(machine)] == ["x", "w", "z"]
    assert next(one.edge.field for one in volume_claims(machine)) == (
        "spec/template/spec/volumes/dataVolume/name"
    )


def test_a_field_counts_where_its_object_is_written() -> None:
    edges = (
        Edge(kinds.VM, ("spec", "missing", "name"), ()),
        Edge(kinds.VM, ("spec", "template", "name"), ()),
    )
    (machine,) = manifests_of("vm.yaml", VM)
    assert [(one.name, one.path, one.entry) for one in references(machine, edges)] == [
        ("", ("spec", "template", "name"), -1)
    ]


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("", (kinds.VM, kinds.SNAPSHOT)),
        ("VirtualMachine", (kinds.VM,)),
        ("VirtualMachineSnapshot", (kinds.SNAPSHOT,)),
        ("Other", ()),
    ],
)
def test_a_field_beside_it_says_which_kind_is_meant(kind: str, meant: tuple[Kind, ...]) -> None:
    (one,) = manifests_of("clone.yaml", clone("db", kind))
    assert [it.kinds for it in references(one)] == [meant]


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        (None, (kinds.CLUSTER_INSTANCETYPE,)),
        ("", (kinds.CLUSTER_INSTANCETYPE,)),
        ("virtualmachineinstancetypes", (kinds.INSTANCETYPE,)),
        ("VirtualMachineInstancetype", (kinds.INSTANCETYPE,)),
        ("VirtualMachineClusterInstancetype", (kinds.CLUSTER_INSTANCETYPE,)),
        ("VirtualMachinePreference", ()),
    ],
)
def test_without_a_kind_an_instancetype_is_the_cluster_wide_one(
    kind: str | None, meant: tuple[Kind, ...]
) -> None:
    machine = vm()
    machine["spec"]["instancetype"] = {"name": "small", **({} if kind is None else {"kind": kind})}
    (one,) = manifests_of("vm.yaml", machine)
    assert [it.kinds for it in references(one, (INSTANCETYPE,))] == [meant]


@pytest.mark.parametrize(
    "row",
    [edge for edge in EDGES if edge.owner not in _WITHOUT_SCHEMA],
    ids=lambda row: f"{row.owner.kind}.{row.field}",
)
def test_every_field_is_known_to_the_schema(row: Edge) -> None:
    beside = (*row.path[:-1], "namespace") if row.has_namespace else row.path
    for path in (row.path, row.kind_at, beside):
        assert _described(row, path)
    assert row.targets


def _described(row: Edge, path: tuple[str, ...]) -> Any:
    """What the schema of the row's kind says of a path."""
    schema = schema_for(row.owner)
    assert schema is not None
    node: Any = schema
    for step in path:
        node = node["items"] if step == EACH else node["properties"][step]
        while "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node
