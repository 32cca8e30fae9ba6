"""What is applied together is one part; the rest is around it."""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.deploy.units import Unit, around, joined
from vmsnap_lint.objects.manifest import Manifest, manifests


def part(name: str, text: str) -> Unit:
    source = document.read(f"{name}/all.yaml", text.encode())
    found = [one for each in source.documents for one in manifests(each)]
    return Unit((name,), tuple(found), ())


def thing(kind: str, name: str, namespace: str = "", spec: str = "{}") -> str:
    group = {
        "VirtualMachine": "kubevirt.io/v1",
        "VirtualMachineSnapshot": "snapshot.kubevirt.io/v1beta1",
        "StorageClass": "storage.k8s.io/v1",
    }.get(kind, "v1")
    where = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: {name}{where}}}\nspec: {spec}\n"


def both(*texts: str) -> str:
    return "---\n".join(texts)


def names(objects: tuple[Manifest, ...]) -> list[tuple[str, str]]:
    return [(one.file, one.name) for one in objects]


SNAPSHOT = thing("VirtualMachineSnapshot", "s", "a", "{source: {name: web}}")
VM = thing("VirtualMachine", "web", "a")


def roots(parts: list[Unit]) -> list[tuple[str, ...]]:
    return [one.roots for one in parts]


def test_a_snapshot_joins_the_one_part_that_has_its_vm() -> None:
    parts = [part("", SNAPSHOT), part("x", thing("Pod", "p")), part("y", VM)]
    assert roots(joined(parts)) == [("", "y"), ("x",)]


def test_of_two_parts_none_is_joined_and_the_kind_is_in_doubt() -> None:
    found = joined([part("", SNAPSHOT), part("x", VM), part("y", VM)])
    assert roots(found) == [("",), ("x",), ("y",)]
    assert found[0].doubtful == {"VirtualMachine"}
    assert not found[1].doubtful


def test_what_a_part_declares_itself_is_not_looked_for_elsewhere() -> None:
    found = joined([part("x", both(SNAPSHOT, VM)), part("y", VM)])
    assert [one.doubtful for one in found] == [frozenset(), frozenset()]


def test_parts_that_declare_the_same_object_stay_apart() -> None:
    pod = thing("Pod", "p", "a")
    found = joined([part("", both(SNAPSHOT, pod)), part("x", both(VM, pod))])
    assert roots(found) == [("",), ("x",)]
    assert found[0].doubtful == {"VirtualMachine"}


def test_another_namespace_is_no_match_and_an_unset_one_is() -> None:
    assert len(joined([part("", SNAPSHOT), part("x", VM.replace(": a}", ": b}"))])) == 2
    unset = VM.replace(", namespace: a", "")
    assert len(joined([part("", SNAPSHOT), part("x", unset)])) == 1


def test_classes_of_others_stand_around_a_part_that_has_none_of_that_name() -> None:
    fast, slow = thing("StorageClass", "fast"), thing("StorageClass", "slow")
    parts = [part("", both(fast, slow)), part("x", fast), part("y", VM)]
    assert list(map(names, around(parts))) == [
        [],
        [("/all.yaml", "slow")],
        [("/all.yaml", "fast"), ("/all.yaml", "slow"), ("x/all.yaml", "fast")],
    ]


def test_a_class_that_many_trees_include_is_around_once() -> None:
    same = part("x", thing("StorageClass", "fast"))
    assert list(map(len, around([part("y", VM), same, same, same]))) == [1, 0, 0, 0]
