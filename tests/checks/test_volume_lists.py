"""The quick look at a VM's volumes and disks never passes over a fault."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import snap, vm, world
from tests.properties import examples
from vmsnap_lint.checks.volume_lists import volume_list_invalid
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.kubevirt.admission import usual_vm, vm_volumes

names = st.sampled_from(["root", "data", "seed", "", None, 3, ["root"]])
sources: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from([
        "persistentVolumeClaim", "containerDisk", "memoryDump", "cloudInitNoCloud", "typo",
    ]),
    st.just({}),
    max_size=2,
)  # fmt: skip
volumes = st.builds(lambda name, source: {"name": name, **source}, names, sources)
disks = st.builds(
    lambda name, bus: {"name": name, bus: {}}, names, st.sampled_from(["disk", "cdrom", "lun"])
)
lists = st.lists(st.one_of(volumes, st.none()), max_size=4)


@examples(300)
@given(lists, st.lists(st.one_of(disks, st.just("odd")), max_size=4))
def test_what_one_look_passes_has_no_fault(listed: list[Any], attached: list[Any]) -> None:
    machine = vm(*listed, domain={"devices": {"disks": attached}})
    seen = world([machine, snap()])
    (manifest,) = seen.workspace.of(VM)
    spec = manifest.at("spec")
    faults = [*vm_volumes.faults(seen.cluster, spec), *vm_volumes.undisked(spec)]
    if usual_vm.is_sound(spec):
        assert faults == []
    assert len(list(volume_list_invalid(manifest, seen))) == len(faults)


def test_a_usual_vm_needs_no_second_look() -> None:
    machine = vm(
        {"name": "root", "dataVolume": {"name": "root"}},
        {"name": "seed", "cloudInitNoCloud": {}},
        domain={"devices": {"disks": [{"name": "root", "disk": {}}, {"name": "seed", "disk": {}}]}},
    )
    (manifest,) = world([machine]).workspace.of(VM)
    assert usual_vm.is_sound(manifest.at("spec"))
