"""Documents that patch an object are none, and tell that their object exists."""

from __future__ import annotations

import pytest

from tests.builders import manifests_of, snap, vm
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.objects.partial import is_partial, parted

TYPES = {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": "web"}}


@pytest.mark.parametrize(
    "rest",
    [{}, {"spec": None}, {"spec": {}}, {"spec": {"runStrategy": "Halted"}}, {"$patch": "delete"},
     {"spec": {"instancetype": {"name": "u1.small"}}}, {"spec": {"dataVolumeTemplates": []}}],
)  # fmt: skip
def test_a_vm_without_a_template_is_a_patch(rest: dict[str, object]) -> None:
    (patch,) = manifests_of("a/b.yaml", {**TYPES, **rest})
    assert is_partial(patch)


@pytest.mark.parametrize(
    "rest",
    [{"spec": {"template": None}}, {"spec": {"template": {}}}, {"spec": []}, {"spec": "x"},
     {"spec": {"tempate": {"spec": {}}}}, {"spec": {"domain": {}}}, {"runStrategy": "Halted"},
     {"status": {"ready": True}}, {"kind": "VirtualMachineInstance"}, {"apiVersion": "other/v1"},
     {"metadata": {"generateName": "web-"}}],
)  # fmt: skip
def test_a_mistake_an_export_and_another_kind_are_no_patches(rest: dict[str, object]) -> None:
    (manifest,) = manifests_of("a/b.yaml", {**TYPES, **rest})
    assert not is_partial(manifest)


def test_what_is_patched_may_exist_in_its_namespace() -> None:
    patch = {**TYPES, "metadata": {"name": "web", "namespace": "a"}}
    whole = parted(manifests_of("a/b.yaml", vm(), patch, snap(), patch))
    assert [one.kind for one in whole.objects] == ["VirtualMachine", "VirtualMachineSnapshot"]
    (gap,) = whole.gaps
    assert gap.may_make(VM, "a", "web")
    assert not gap.may_make(VM, "b", "web")
    assert not gap.may_make(VM, "a", "wbe")
    assert gap.what == "the base of the patch in a/b.yaml"
    assert [note.file for note in whole.notes] == ["a/b.yaml"]


def test_several_files_of_a_directory_are_one_note() -> None:
    patches = [manifest for name in "ab" for manifest in manifests_of(f"x/{name}.yaml", TYPES)]
    (note,) = parted(patches).notes
    assert note.file == "x"
    assert note.reason.startswith("2 files")
