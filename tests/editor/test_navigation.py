"""From each name to what it means, and back to all that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editor.views import FILES, SNAPSHOT, VM, place, shown, view_of
from tests.files import write
from vmsnap_lint.editor.navigation import definitions, references_at

if TYPE_CHECKING:
    from pathlib import Path

_ROOT = ["claim.yaml:4: root-claim"]
_WEB = ["vm.yaml:4: web"]
_FAST = ["classes.yaml:4: fast"]
_NIGHTLY = ["snapshot.yaml:4: nightly"]


@pytest.mark.parametrize(
    ("file", "word", "number", "expected"),
    [
        ("snapshot.yaml", "web", 0, _WEB),
        ("snapshot.yaml", "name: web", 0, _WEB),
        ("snapshot.yaml", "VirtualMachine\n", 0, _WEB),
        ("restore.yaml", "web", 0, _WEB),
        ("restore.yaml", "nightly", 0, _NIGHTLY),
        ("vm.yaml", "root-claim", 0, _ROOT),
        ("vm.yaml", "name: data", 1, ["vm.yaml:10: data"]),
        ("vm.yaml", "data\n", 0, ["vm.yaml:10: data"]),
        ("vm.yaml", "fast", 0, _FAST),
        ("vm.yaml", "web", 0, _WEB),
        ("claim.yaml", "fast", 0, _FAST),
        ("classes.yaml", "driver.example", 0, ["classes.yaml:10: snappy"]),
        ("classes.yaml", "driver.example", 1, ["classes.yaml:4: fast"]),
        ("snapshot.yaml", "# the source", 0, []),
        ("vm.yaml", "virtio", 0, []),
    ],
)
def test_a_name_leads_to_its_declaration(
    tree: Path, file: str, word: str, number: int, expected: list[str]
) -> None:
    found = definitions(view_of(), file, *place(FILES[file], word, number))
    assert [shown(tree, each) for each in found] == expected


@pytest.mark.parametrize(
    ("file", "word", "users"),
    [
        ("vm.yaml", "web", ["restore.yaml:5: web", "snapshot.yaml:10: web"]),
        ("snapshot.yaml", "web", ["restore.yaml:5: web", "snapshot.yaml:10: web"]),
        ("snapshot.yaml", "nightly", ["restore.yaml:6: nightly"]),
        ("claim.yaml", "root-claim", ['vm.yaml:30: "root-claim"']),
        ("vm.yaml", "data\n", ["vm.yaml:33: data"]),
        ("classes.yaml", "fast", ["claim.yaml:7: 'fast'", "vm.yaml:13: fast"]),
        ("classes.yaml", "snappy", []),
    ],
)
def test_references_are_the_reverse(tree: Path, file: str, word: str, users: list[str]) -> None:
    view, at = view_of(), place(FILES[file], word)
    found = references_at(view, file, *at, declarations=False)
    assert [shown(tree, each) for each in found] == users
    declared = definitions(view, file, *at)
    assert references_at(view, file, *at) == sorted([*found, *declared])
    for user in found:
        assert definitions(view, user.file, *user.span[:2]) == declared


def test_the_same_name_in_other_namespaces_is_another_object(tree: Path) -> None:
    of_vm = {name: text for name, text in FILES.items() if name != "classes.yaml"}
    write(tree, {name: text.replace("prod", "test") for name, text in of_vm.items()})
    write(tree, {f"prod/{name}": text for name, text in of_vm.items()})
    view = view_of()
    found = references_at(view, "prod/vm.yaml", *place(VM, "web"))
    assert {each.file for each in found} == {
        "prod/vm.yaml", "prod/snapshot.yaml", "prod/restore.yaml"
    }  # fmt: skip
    (found_vm,) = definitions(view, "snapshot.yaml", *place(SNAPSHOT, "web"))
    assert found_vm.file == "vm.yaml"


def test_a_data_volume_and_its_claim_share_a_name(tree: Path) -> None:
    data_volume = (
        "apiVersion: cdi.kubevirt.io/v1beta1\nkind: DataVolume\n"
        "metadata: {name: root-claim, namespace: prod}\n"
        "spec: {source: {blank: {}}, storage: {resources: {requests: {storage: 1Gi}}}}\n"
    )
    write(tree, {"dv.yaml": data_volume})
    found = definitions(view_of(), "vm.yaml", *place(VM, "root-claim"))
    assert [each.file for each in found] == ["claim.yaml", "dv.yaml"]


def test_a_vm_of_a_pool_leads_to_the_pool(tree: Path) -> None:
    pool = (
        "apiVersion: pool.kubevirt.io/v1beta1\nkind: VirtualMachinePool\n"
        "metadata: {name: farm, namespace: prod}\nspec: {}\n"
    )
    text = SNAPSHOT.replace("name: web", "name: farm-3").replace("nightly", "other")
    write(tree, {"pool.yaml": pool, "other.yaml": text})
    found = definitions(view_of(), "other.yaml", *place(text, "farm-3"))
    assert [shown(tree, each) for each in found] == ["pool.yaml:3: farm"]


def test_an_item_of_a_list(tree: Path) -> None:
    lines = "".join(f"  {line}\n" for line in _COPY.splitlines())
    text = f"apiVersion: v1\nkind: List\nitems:\n-{lines[1:]}"
    write(tree, {"list.yaml": text})
    found = definitions(view_of(), "list.yaml", *place(text, "root-claim"))
    assert [shown(tree, each) for each in found] == _ROOT


def test_an_object_in_a_text_of_a_config_map(tree: Path) -> None:
    """It may be made in another cluster, so that it only sees what is made with it."""
    made = f"{_COPY}---\n{FILES['claim.yaml']}"
    item = "".join(f"    {line}\n" for line in made.splitlines())
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  a.yaml: |\n{item}"
    write(tree, {"map.yaml": text})
    found = definitions(view_of(), "map.yaml", *place(text, "root-claim"))
    assert [shown(tree, each) for each in found] == ["map.yaml:18: root-claim"]


_COPY = """\
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata:
  name: copy
  namespace: prod
spec:
  source:
    persistentVolumeClaimName: root-claim
"""


def test_a_changed_buffer_is_read_as_it_stands(tree: Path) -> None:
    """The place is that of the buffer, the objects are those of the view."""
    view = view_of()
    above, broken = f"# new\n\n{SNAPSHOT}", f"a: {{\n---\n{SNAPSHOT}"
    for text in (above, f"{above}broken: [\n", broken):
        found = definitions(view, "snapshot.yaml", *place(text, "web"), text)
        assert [shown(tree, each) for each in found] == _WEB, text
    renamed = SNAPSHOT.replace("name: web", "name: other\n  x: [")
    assert definitions(view, "snapshot.yaml", *place(renamed, "other"), renamed) == []
    new = SNAPSHOT.replace("nightly", "of-a-new-file")
    found = definitions(view, "new.yaml", *place(new, "web"), new)
    assert [shown(tree, each) for each in found] == _WEB


def test_placeholders_and_unknown_files_lead_nowhere(tree: Path) -> None:
    text = SNAPSHOT.replace("web", "${VM}")
    write(tree, {"snapshot.yaml": text})
    view = view_of()
    assert definitions(view, "snapshot.yaml", *place(text, "${VM}")) == []
    assert definitions(view, "none.yaml", 1, 1) == []
    assert references_at(view, "none.yaml", 1, 1) == []
