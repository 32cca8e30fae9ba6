"""The words above VMs and snapshots are those of their plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.editor.views import CLASSES, FILES, SNAPSHOT, VM, view_of
from tests.files import write
from vmsnap_lint.editor.lenses import lenses

if TYPE_CHECKING:
    from pathlib import Path


def _told(file: str) -> list[tuple[int, str]]:
    return [(lens.span.line, lens.text) for lens in lenses(view_of(), file)]


def test_a_vm_and_a_snapshot_that_are_complete(tree: Path) -> None:
    assert _told("vm.yaml") == [(4, "complete: 2 of 2 disks")]
    assert _told("snapshot.yaml") == [(4, "complete: 2 of 2 disks")]
    assert _told("claim.yaml") == []


def test_a_disk_that_is_left_out(tree: Path) -> None:
    text = FILES["claim.yaml"].replace("'fast'", '""')
    write(tree, {"claim.yaml": text})
    assert _told("vm.yaml") == [(4, "partial: 1 of 2 disks")]
    assert _told("snapshot.yaml") == [(4, "partial: 1 of 2 disks")]


def test_other_verdicts_say_what_they_mean(tree: Path) -> None:
    write(tree, {
        "vm.yaml": VM.replace("name: web", "name: other"),
        "snapshot.yaml": SNAPSHOT.replace("kind: VirtualMachine\n", "kind: Other\n"),
    })  # fmt: skip
    assert _told("snapshot.yaml") == [(4, "rejected: it is not accepted by the API server")]


def test_a_vm_that_no_snapshot_names_is_judged_as_well(tree: Path) -> None:
    for name in ("snapshot.yaml", "restore.yaml"):
        (tree / name).unlink()
    write(tree, {"classes.yaml": CLASSES})
    assert _told("vm.yaml") == [(4, "complete: 2 of 2 disks")]


def test_of_many_objects_of_a_file_each_has_its_own(tree: Path) -> None:
    write(tree, {"snapshot.yaml": f"{SNAPSHOT}---\n{SNAPSHOT.replace('nightly', 'weekly')}"})
    assert [line for line, _ in _told("snapshot.yaml")] == [4, 15]
