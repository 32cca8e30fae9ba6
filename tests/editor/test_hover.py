"""What is told about a place, in Markdown that does nothing but show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editor.views import CLASSES, FILES, RESTORE, SNAPSHOT, VM, place, view_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.editor.hover import hover
from vmsnap_lint.editor.view import View

if TYPE_CHECKING:
    from pathlib import Path

_TAKEN = (
    "- `root`: **yes**, PVC `root-claim` → StorageClass `fast` → VolumeSnapshotClass `snappy`; "
    'snapshotted with VolumeSnapshotClass `"snappy"`'
)


def _told(file: str, word: str, number: int = 0) -> str:
    found = hover(view_of(), file, *place((FILES[file]), word, number))
    return "" if found is None else found.markdown


@pytest.mark.parametrize(
    ("file", "word", "number"),
    [("vm.yaml", "web", 0), ("vm.yaml", "VirtualMachine", 0), ("restore.yaml", "web", 0)],
)
def test_a_vm_is_told_with_its_plan(tree: Path, file: str, word: str, number: int) -> None:
    told = _told(file, word, number)
    assert "VirtualMachine `web` in namespace `prod`, `vm.yaml:4`" in told
    if file == "vm.yaml":
        assert "A snapshot of it would be **complete: 2 of 2 disks**" in told
        assert _TAKEN in told


@pytest.mark.parametrize("word", ["nightly", "VirtualMachineSnapshot", "web", "VirtualMachine\n"])
def test_a_snapshot_is_told_at_its_name_kind_and_source(tree: Path, word: str) -> None:
    told = _told("snapshot.yaml", word)
    assert told.startswith("VirtualMachineSnapshot `nightly` in namespace `prod`")
    assert "**complete: 2 of 2 disks**: it contains every persistent volume" in told
    assert _TAKEN in told


def test_a_snapshot_that_loses_a_disk(tree: Path) -> None:
    write(tree, {"classes.yaml": CLASSES.replace("driver: driver", "driver: other")})
    told = _told("snapshot.yaml", "nightly")
    assert "**partial" in told or "**unknown" in told
    assert "- `root`: **" in told
    assert "VolumeSnapshotClass" in told


@pytest.mark.parametrize(
    ("file", "word", "expected"),
    [
        ("claim.yaml", "root-claim", ["StorageClass `fast`", "VolumeSnapshotClass `snappy`"]),
        ("vm.yaml", "root-claim", ["Volume, in a snapshot", "PersistentVolumeClaim `root-claim`"]),
        ("vm.yaml", "data\n", ["DataVolume `data`, created by VirtualMachine `web`"]),
        ("vm.yaml", "fast", ["Provisioner `driver.example.com`", "VolumeSnapshotClass `snappy`"]),
        ("classes.yaml", "fast", ["StorageClass `fast`, `classes.yaml:4`"]),
        ("classes.yaml", "snappy", ["Driver `driver.example.com`", "Used for StorageClass `fast`"]),
        ("vm.yaml", "runStrategy", ["`runStrategy`: string"]),
        ("vm.yaml", "claimName", ["`claimName`: string, required"]),
        ("restore.yaml", "back", ["VirtualMachineRestore `back`"]),
    ],
)
def test_objects_and_fields(tree: Path, file: str, word: str, expected: list[str]) -> None:
    told = _told(file, word)
    for part in expected:
        assert part in told


def test_a_missing_object_is_told_so(tree: Path) -> None:
    (tree / "vm.yaml").unlink()
    assert 'VirtualMachine `"web"` is not in the input' in _told("snapshot.yaml", "web")


def test_a_finding_is_told_with_the_card_of_its_rule(tree: Path) -> None:
    text = VM.replace("Halted", "Always")
    write(tree, {"vm.yaml": text})
    found = hover(view_of(), "vm.yaml", *place(text, "Always"))
    assert found is not None
    assert found.markdown.startswith("**error** `source-vm-running`: ")
    assert "Stop the VM first" in found.markdown
    assert f"[source-vm-running]({rule_address('source-vm-running')})" in found.markdown
    assert found.span == (7, 16, 7, 22)


def test_a_rule_in_a_comment_is_told(tree: Path) -> None:
    text = VM.replace("Halted", "Halted  # vmsnap-lint: ignore[source-vm-running] why")
    write(tree, {"vm.yaml": text})
    at = place(text, "source-vm-running")
    found = hover(view_of(), "vm.yaml", *at)
    assert found is not None
    assert "Stop the VM first" in found.markdown
    assert hover(view_of(), "vm.yaml", *place(text, "why")) is None


def test_nothing_is_told_of_nothing(tree: Path) -> None:
    view = view_of()
    assert hover(view, "snapshot.yaml", *place(SNAPSHOT, "# the source")) is None
    assert hover(view, "none.yaml", 1, 1) is None
    assert hover(view, "snapshot.yaml", 999, 1) is None
    assert hover(view, "snapshot.yaml", 0, 0) is None


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=y>", "[a](http://x.example)", "`tick`", "![a](b)", "@someone", "**b**"],
)
def test_hostile_names_are_only_shown(tree: Path, name: str) -> None:
    cmarkgfm = pytest.importorskip("cmarkgfm")
    text = SNAPSHOT.replace("name: nightly", f'name: "{name}"')
    write(tree, {"snapshot.yaml": text, "restore.yaml": RESTORE})
    found = hover(view_of(), "snapshot.yaml", *place(text, name))
    assert found is not None
    options = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    html = cmarkgfm.github_flavored_markdown_to_html(found.markdown, options)
    for tag in ("<img", 'href="http://x.example', "<strong>b<"):
        assert tag not in html


def test_the_fields_of_a_crd_have_its_descriptions(tree: Path) -> None:
    crd = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: virtualmachinesnapshots.snapshot.kubevirt.io}\n"
        "spec:\n  group: snapshot.kubevirt.io\n  names: {kind: VirtualMachineSnapshot}\n"
        "  versions:\n  - name: v1beta1\n    served: true\n    schema:\n      openAPIV3Schema:\n"
        "        type: object\n        properties:\n          spec:\n            type: object\n"
        "            description: What to save.\n"
        "            x-kubernetes-preserve-unknown-fields: true\n"
    )
    write(tree, {"crd.yaml": crd})
    run = engine.lint((".",), None, Settings(crds=("crd.yaml",)))
    view = View(run.worlds, run.report.findings, run.sources)
    found = hover(view, "snapshot.yaml", *place(SNAPSHOT, "spec"))
    assert found is not None
    assert found.markdown == "`spec`: object\n\nWhat to save."
