"""The quick looks at the template of a VM never pass over a fault."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import vm, world
from tests.properties import examples
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.kubevirt.admission import template_metadata, usual_vm, vm_values

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

odd: st.SearchStrategy[Any] = st.sampled_from([
    None, 0, 1, True, "", "x", "A_b", "{{ x }}", "None", "Mine", "virtio", "sata", "ü" * 1100,
    [], [{}], ["x"], {}, {"name": "x"}, {"bus": "ide"}, {"bus": "sata", "readonly": True},
    {"type": "Dir"}, {"hugepages": {"pageSize": "3Mi"}}, {"userData": ""}, {"type": "pc"},
    {"limits": {"memory": "1Mi"}, "requests": {"memory": "1Gi"}},
])  # fmt: skip
fields = st.sampled_from([
    "bootOrder", "bridge", "cache", "cdrom", "cloudInitConfigDrive", "dedicatedIOThread",
    "dnsPolicy", "evictionStrategy", "filesystems", "hostDisk", "hugepages", "inputs",
    "ioThreadsPolicy", "lun", "machine", "masquerade", "model", "multus", "name", "pod",
    "resources", "serial", "startStrategy",
])  # fmt: skip


def _mappings(value: object) -> list[dict[str, Any]]:
    """The value and all in it that is a mapping."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [mapping for each in inner for mapping in _mappings(each)]


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """The usual template, with at most two fields changed or added, or an entry repeated."""
    template = deepcopy(USUAL)
    for _ in range(draw(st.integers(0, 2))):
        mapping = draw(st.sampled_from(_mappings(template)))
        mapping[draw(st.one_of(st.sampled_from([*mapping, "name"]), fields))] = draw(odd)
    devices = template["domain"].get("devices") if isinstance(template["domain"], dict) else None
    for lists in (devices, template):
        for key in ("disks", "interfaces", "networks", "volumes"):
            listed = lists.get(key) if isinstance(lists, dict) else None
            if isinstance(listed, list) and draw(st.integers(0, 9)) == 0:
                listed += listed
    return template


metadata: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, [], "m", {}]),
    st.dictionaries(
        st.sampled_from(["labels", "annotations", "name", "typo"]),
        st.sampled_from([None, {}, {"a": "b"}, {"a": None}, "l"]),
        max_size=2,
    ),
)


@examples(500)
@given(templates())
def test_what_is_usual_has_no_wrong_value(template: dict[str, Any]) -> None:
    machine = vm()
    machine["spec"]["template"]["spec"] = template
    seen = world([machine])
    (manifest,) = seen.workspace.of(VM)
    if usual_vm.is_usual(template):
        assert list(vm_values.refusals(seen.cluster, manifest.at("spec"))) == []


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
