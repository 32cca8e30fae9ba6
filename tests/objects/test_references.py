"""One table says which fields name other objects."""

from __future__ import annotations

from typing import Any

import pytest

from vmsnap_lint.core import kinds
from vmsnap_lint.document import read
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.references import EACH, REFERENCES, Reference, references
from vmsnap_lint.schema.bundled import schema_for

VM = b"""\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: db}
spec:
  template:
    spec:
      volumes:
        - {name: a, dataVolume: {name: x}}
        - {name: b, dataVolume: {name: z}}
"""


def test_the_table_is_sorted_and_says_nothing_twice() -> None:
    rows = [(row.owner.kind, row.path) for row in REFERENCES]
    assert rows == sorted(set(rows))


def test_each_kind_has_its_rows() -> None:
    assert {row for row in REFERENCES for row in references(row.owner)} == set(REFERENCES)
    assert references(kinds.STORAGE_CLASS) == ()


def test_a_path_stands_for_every_entry_of_a_list() -> None:
    (document,) = read("vm.yaml", VM).documents
    (vm,) = manifests(document)
    row = Reference(
        kinds.VM, ("spec", "template", "spec", "volumes", EACH, "dataVolume", "name"), ()
    )
    assert [vm.get(*path) for path in row.paths(vm)] == ["x", "z"]
    assert row.field == "spec/template/spec/volumes/dataVolume/name"
    empty = row._replace(path=("spec", "dataVolumeTemplates", EACH, "spec"))
    assert list(empty.paths(vm)) == []
    assert list(row._replace(path=("spec", "missing")).paths(vm)) == [("spec", "missing")]


@pytest.mark.parametrize("row", REFERENCES, ids=lambda row: f"{row.owner.kind}.{row.field}")
def test_every_field_is_known_to_the_schema(row: Reference) -> None:
    beside = (*row.path[:-1], "namespace") if row.afar else row.path
    for path in (row.path, row.kind_at, beside):
        assert _described(row, path)
    assert row.targets


def _described(row: Reference, path: tuple[str, ...]) -> Any:
    """What the schema of the row's kind says of a path."""
    schema = schema_for(row.owner)
    assert schema is not None
    node: Any = schema
    for step in path:
        node = node["items"] if step == EACH else node["properties"][step]
        while "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node
