"""The quick looks at the template of a VM never pass over a fault."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import vm, world
from tests.properties import examples
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.kubevirt.admission import template_metadata, usual_vm, vm_values

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL: dict[str, Any] = {
    "domain": {
        "devices": {
            "disks": [{"name": "root", "disk": {"bus": "virtio"}}],
            "interfaces": [{"name": "default", "masquerade": {}}],
        },
        "memory": {"guest": "1Gi"},
    },
    "networks": [{"name": "default", "pod": {}}],
    "volumes": [{"name": "root", "cloudInitNoCloud": {"userData": "#cloud-config"}}],
}

ODD: list[Any] = [
    None, 0, 1, True, "", "x", "A_b", "{{ x }}", "None", "Mine", "virtio", "sata", "ü" * 1100,
    [], [{}], ["x"], [{"bus": "ide"}],
    {}, {"name": "x"}, {"bus": "ide"}, {"bus": "sata", "readonly": True},
    {"type": "Dir"}, {"hugepages": {"pageSize": "3Mi"}}, {"userData": ""}, {"type": "pc"},
    {"userData": "ü" * 1100}, {"limits": {"memory": "1Mi"}, "requests": {"memory": "1Gi"}},
]  # fmt: skip
FIELDS = (
    "bootOrder", "bridge", "cache", "cdrom", "cloudInitConfigDrive", "dedicatedIOThread",
    "dnsPolicy", "evictionStrategy", "filesystems", "hostDisk", "hugepages", "inputs",
    "ioThreadsPolicy", "lun", "machine", "masquerade", "model", "multus", "name", "pod",
    "resources", "serial", "startStrategy",
)  # fmt: skip
LISTS = (("domain", "devices", "disks"), ("domain", "devices", "interfaces"), ("networks",))


def _mappings(value: object) -> list[dict[str, Any]]:
    """The value and all in it that is a mapping."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [mapping for each in inner for mapping in _mappings(each)]


def _changed() -> Iterator[dict[str, Any]]:
    """The usual template with one field changed or added, or with the entries of a list twice."""
    for at, mapping in enumerate(_mappings(USUAL)):
        for field in {*mapping, *FIELDS}:
            for value in ODD:
                template = deepcopy(USUAL)
                _mappings(template)[at][field] = value
                yield template
    for path in (*LISTS, ("volumes",)):
        template = deepcopy(USUAL)
        listed: Any = template
        for step in path:
            listed = listed[step]
        listed += deepcopy(listed)
        yield template


metadata: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, [], "m", {}]),
    st.dictionaries(
        st.sampled_from(["labels", "annotations", "name", "typo"]),
        st.sampled_from([None, {}, {"a": "b"}, {"a": None}, "l"]),
        max_size=2,
    ),
)


def test_what_is_usual_has_no_wrong_value() -> None:
    machines = []
    for number, template in enumerate(filter(usual_vm.is_usual, _changed())):
        machine = vm(name=f"vm{number}")
        machine["spec"]["template"]["spec"] = template
        machines.append(machine)
    seen = world(machines)
    for manifest in seen.workspace.of(VM):
        assert list(vm_values.refusals(seen.cluster, manifest.at("spec"))) == []
    assert machines


@examples(300)
@given(metadata)
def test_usual_metadata_has_no_unknown_field_and_no_null(value: Any) -> None:
    machine = vm()
    machine["spec"]["template"]["metadata"] = value
    (manifest,) = world([machine]).workspace.of(VM)
    if usual_vm.has_usual_metadata(machine["spec"]["template"]):
        assert list(template_metadata.rejections(manifest)) == []


def test_a_vm_of_the_documentation_is_usual() -> None:
    assert usual_vm.is_usual(USUAL)
    assert usual_vm.has_usual_metadata({"metadata": {"labels": {"app": "web"}}})
    assert usual_vm.has_usual_metadata({})
