"""What the webhook for VMs rejects, by field and by release."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import kubevirt_cr, manifests_of
from tests.properties import examples
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.releases import NEWEST
from vmsnap_lint.core.values import Release
from vmsnap_lint.kubevirt.admission.vm_webhook import VM_SPEC, refusals, refusals_of
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.objects.workspace import Workspace

Object = dict[str, Any]
ALLOWED: Object = {
    "running": False,
    "dataVolumeTemplates": [
        {
            "metadata": {"name": "web-data"},
            "spec": {"source": {"blank": {}}, "storage": {"resources": {}}},
        }
    ],
    "template": {
        "spec": {
            "evictionStrategy": "LiveMigrate",
            "domain": {
                "ioThreadsPolicy": "auto",
                "machine": {"type": "pc-q35-rhel9.4.0"},
                "memory": {"guest": "4Gi", "hugepages": {"pageSize": "2Mi"}},
                "resources": {"requests": {"memory": "4Gi"}},
                "devices": {
                    "disks": [
                        {"name": "root", "disk": {"bus": "virtio"}, "cache": "none", "io": "native",
                         "bootOrder": 1, "dedicatedIOThread": True, "errorPolicy": "stop"},
                        {"name": "data", "lun": {"bus": "scsi"}},
                        {"name": "iso", "cdrom": {"bus": "sata", "readonly": True}},
                    ],
                    "inputs": [{"name": "tablet", "type": "tablet", "bus": "usb"}],
                    "interfaces": [{"name": "net", "model": "virtio", "bootOrder": 2,
                                    "masquerade": {}}],
                },
            },
            "networks": [{"name": "net", "pod": {}}],
            "volumes": [
                {"name": "root", "persistentVolumeClaim": {"claimName": "web-root"}},
                {"name": "data", "dataVolume": {"name": "web-data"}},
                {"name": "iso", "hostDisk": {"path": "/iso", "type": "Disk"}},
                {"name": "seed", "cloudInitNoCloud": {"userData": "#cloud-config\n"}},
            ],
        }
    },
}  # fmt: skip
INSTANCE = ("template", "spec")
DOMAIN = (*INSTANCE, "domain")
DISK = (*DOMAIN, "devices", "disks", 0)
VOLUME = (*INSTANCE, "volumes")
NETWORK = (*INSTANCE, "networks", 0)
INTERFACE = (*DOMAIN, "devices", "interfaces", 0)
REFUSED: dict[tuple[str | int, ...], list[tuple[Any, str]]] = {
    ("running",): [(None, "runStrategy must be specified")],
    ("runStrategy",): [("Halted", "mutually exclusive"), ("halted", 'did you mean "Halted"?')],
    ("template",): [(None, "no template")],
    ("dataVolumeTemplates", 0, "metadata", "name"): [("", "no metadata.name"), ("x", "no volume")],
    ("dataVolumeTemplates", 0, "spec", "pvc"): [({}, 'both "pvc" and "storage"')],
    ("dataVolumeTemplates", 0, "spec", "source"): [(None, "no source"), ({}, "is empty")],
    (*DISK, "name"): [("rot", 'did you mean "root"?'), ("Root_1", "no name of a container")],
    (*DISK, "disk", "bus"): [("ide", "expected"), ("VirtIO", 'did you mean "virtio"?')],
    (*DISK, "disk"): [({"bus": "sata", "readonly": True}, "read-only"), ({"bus": "usb"}, "needs")],
    (*DISK, "cdrom"): [({"bus": "sata"}, "several targets")],
    (*DISK, "cache"): [("writethru", "expected"), ("NONE", "expected")],
    (*DISK, "io"): [("default", '"native" or "threads"')],
    (*DISK, "errorPolicy"): [("retry", "expected")],
    (*DISK, "bootOrder"): [(0, "from 1 up"), (2, "that of another device")],
    (*DOMAIN, "devices", "disks", 2, "cdrom", "bus"): [("virtio", "on no other bus")],
    (*DOMAIN, "devices", "inputs", 0, "type"): [("mouse", '"tablet"')],
    (*DOMAIN, "devices", "interfaces", 0, "model"): [("e10000", 'did you mean "e1000')],
    (*DOMAIN, "ioThreadsPolicy"): [("all", "expected")],
    (*DOMAIN, "machine", "type"): [("microvm", "expected"), ("Q35", 'did you mean "q35"?')],
    (*DOMAIN, "memory", "hugepages", "pageSize"): [("huge", "a quantity"), (None, "a quantity"),
                                                   ("3Mi", "no multiple")],
    (*DOMAIN, "resources", "requests", "memory"): [("-4Gi", "memory"), ("4k", "memory")],
    (*INSTANCE, "evictionStrategy"): [("Migrate", "expected"), ("none", 'did you mean "None"?')],
    (*INSTANCE, "startStrategy"): [("paused", 'did you mean "Paused"?')],
    (*NETWORK, "name"): [("other", "no interface"), ("nets", 'did you mean "net"?')],
    (*NETWORK, "pod"): [(None, "has no source")],
    (*NETWORK, "multus"): [({"networkName": "a"}, "several sources")],
    NETWORK: [({"name": "net", "multus": {"networkName": "a"}}, "needs a pod network")],
    (*INSTANCE, "networks"): [([], "no network"), (None, "no network"),
                              ([{"name": "net", "pod": {}}] * 2, "two networks")],
    (*INTERFACE, "name"): [("a b", "letters, digits"), ("", "no network")],
    (*INTERFACE, "masquerade"): [(None, "has no binding")],
    (*INTERFACE, "bridge"): [({}, "several bindings")],
    (*DOMAIN, "devices", "interfaces"): [(None, "no interface"), ([], "no interface")],
    (*DISK, "serial"): [(" AB12", "serial"), ("a" * 257, "256 characters"), ("é", "serial")],
    (*VOLUME, 0, "persistentVolumeClaim"): [(None, "no source")],
    (*INSTANCE, "dnsPolicy"): [("default", 'did you mean "Default"?')],
    (*VOLUME, 0, "name"): [("data", "two volumes")],
    (*VOLUME, 0, "emptyDisk"): [({}, "several sources")],
    (*VOLUME, 0): [({"name": "root"}, "no source")],
    (*VOLUME, 1, "dataVolume", "name"): [("", "its name is empty")],
    (*VOLUME, 1, "dataVolume"): [(None, "no source")],
    (*VOLUME, 2, "hostDisk", "type"): [("DiskOrCrate", 'did you mean "DiskOrCreate"?')],
    (*VOLUME, 3, "cloudInitNoCloud"): [({"userData": "é" * 1025}, "2,050 bytes"),
                                       ({"userData": "a", "userDataBase64": "YQ=="}, "several"),
                                       ({}, "no data"), ({"userData": None}, "no data")],
}  # fmt: skip
POINTERS = ("evictionStrategy", "ioThreadsPolicy", "startStrategy")
CASES = [(path, value, text) for path, rows in REFUSED.items() for value, text in rows]


def _messages(spec: Object, release: str = "", *others: Object, kind: str = "") -> list[str]:
    machine: Object = {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "spec": spec}
    if kind:
        template = {"metadata": {"labels": {"a": "b"}}, "spec": spec}
        inner = {"selector": {"matchLabels": {"a": "b"}}, "virtualMachineTemplate": template}
        machine = {"apiVersion": "pool.kubevirt.io/v1beta1", "kind": kind, "spec": inner}
    machine["metadata"] = {"name": "web", "namespace": "prod"}
    manifest, *rest = manifests_of("a.yaml", machine, *others)
    cluster = Cluster(Workspace([manifest, *rest]), Release.parse(release) if release else None)
    found = list(refusals(cluster, manifest, VM_SPEC[manifest.group_kind]))
    assert set(refusals_of(cluster, manifest)) <= set(found)
    return [refusal.problem.message for refusal in found]


def _with(path: tuple[str | int, ...], value: Any) -> Object:
    spec = copy.deepcopy(ALLOWED)
    node: Any = spec
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return spec


def test_a_sound_vm_is_admitted() -> None:
    assert _messages(ALLOWED) == []
    assert _messages(ALLOWED, "1.9.0") == []
    assert _messages(ALLOWED, kind="VirtualMachinePool") == []


@pytest.mark.parametrize(("path", "value", "text"), CASES)
@pytest.mark.parametrize("kind", ["", "VirtualMachinePool"])
def test_what_is_rejected(path: tuple[str | int, ...], value: Any, text: str, kind: str) -> None:
    messages = _messages(_with(path, value), kind=kind)
    assert any(text in message for message in messages), messages


@pytest.mark.parametrize(("path", "value", "text"), CASES)
def test_placeholders_and_what_is_left_empty_are_unknown(
    path: tuple[str | int, ...], value: Any, text: str
) -> None:
    if isinstance(value, str) and path[-1] not in ("name", "runStrategy"):
        assert _messages(_with(path, "${X}")) == []
        if path[-1] not in ("pageSize", "memory", *POINTERS):
            assert _messages(_with(path, "")) == []


@pytest.mark.parametrize(
    ("path", "value", "first"),
    [
        ((*DISK, "cache"), "writeback", "0.50.0"),
        ((*INSTANCE, "evictionStrategy"), "LiveMigrateIfPossible", "1.0.0"),
        ((*INSTANCE, "evictionStrategy"), "External", "0.53.0"),
        ((*DOMAIN, "ioThreadsPolicy"), "supplementalPool", "1.5.0"),
        ((*DOMAIN, "devices", "disks", 2, "cdrom", "bus"), "usb", "0.57.0"),
    ],
)
def test_values_that_came_with_a_release(
    path: tuple[str | int, ...], value: str, first: str
) -> None:
    spec = _with(path, value)
    assert _messages(spec) == []
    assert _messages(spec, first) == []
    [message] = _messages(spec, "0.49.0")
    assert f"came with KubeVirt {first}" in message


def test_a_pointer_is_not_empty() -> None:
    for path in ((*INSTANCE, "evictionStrategy"), (*DOMAIN, "ioThreadsPolicy")):
        [message] = _messages(_with(path, ""))
        assert "expected" in message


def test_the_binding_of_an_interface_is_counted_since_a_release_and_without_preference() -> None:
    spec = _with((*INTERFACE, "masquerade"), None)
    assert _messages(spec, "1.8.0") == []
    spec["preference"] = {"name": "fedora"}
    assert _messages(spec, "1.9.0") == []


def test_the_networks_of_a_placeholder_are_unknown() -> None:
    assert _messages(_with((*INTERFACE, "name"), "{{ .Values.net }}")) == []
    assert _messages(_with((*INSTANCE, "networks"), "${NETWORKS}")) == []


def test_a_vm_has_one_network_of_the_pod() -> None:
    spec = _with((*INSTANCE, "networks"), [{"name": n, "pod": {}} for n in ("net", "two")])
    spec["template"]["spec"]["domain"]["devices"]["interfaces"].append(
        {"name": "two", "masquerade": {}}
    )
    [message] = _messages(spec)
    assert "a second one of the pod" in message


def test_a_volume_without_a_disk_is_named_as_a_disk() -> None:
    seed = {"name": "Seed.1", "cloudInitNoCloud": {"userData": "#cloud-config\n"}}
    spec = _with((*VOLUME, 3), seed)
    [message] = _messages(spec)
    assert "no name of a disk" in message
    assert _messages(spec, kind="VirtualMachinePool") == []
    spec["template"]["spec"]["domain"]["devices"]["filesystems"] = [{"name": "Seed.1"}]
    assert _messages(spec) == []


def test_an_empty_drive_needs_declarative_hotplug() -> None:
    spec = _with((*VOLUME, 2, "name"), "other")
    assert not any('"iso"' in message for message in _messages(spec, str(NEWEST)))
    assert any('no volume is named "iso"' in message for message in _messages(spec, "1.8.0"))


def test_a_kubevirt_object_allows_machine_types() -> None:
    spec = _with((*DOMAIN, "machine", "type"), "pc-i440fx-7.2")
    [manifest] = manifests_of("a.yaml", _vm(spec))
    [refusal] = refusals(Cluster(Workspace([manifest])), manifest)
    assert refusal.problem.severity is Severity.WARNING
    assert len(_messages(spec, "", kubevirt_cr())) == 1
    allowed = {"architectureConfiguration": {"amd64": {"emulatedMachines": ["pc-i440fx*"]}}}
    for configuration in (allowed, {"emulatedMachines": ["pc-i440fx*"]}):
        assert _messages(spec, "", kubevirt_cr(**configuration)) == []


def _vm(spec: Object) -> Object:
    return {
        "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": "web"},
        "spec": spec,
    }  # fmt: skip


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "bus", "disk", "spec", "x"]), inner, max_size=3)
    ),
)
paths = st.sampled_from([
    path[:length] for path in REFUSED for length in range(1, len(path) + 1)
])  # fmt: skip


@examples(300)
@given(paths, values)
def test_no_value_breaks_it(path: tuple[str | int, ...], value: Any) -> None:
    manifest = manifests_of("a.yaml", _vm(_with(path, value)))[0]
    cluster = Cluster(Workspace([manifest]))
    for refusal in refusals(cluster, manifest):
        place = refusal.problem.at
        assert len(refusal.problem.message) < 600
        node: Any = manifest.value
        for step in place.path:  # type: ignore[union-attr]
            if isinstance(node, dict) and step not in node:
                break  # what is missing
            node = node[step]


def test_ten_thousand_disks_take_no_time() -> None:
    disks = [{"name": f"d{n}", "disk": {"bus": "virtio"}} for n in range(10_000)]
    volumes = [{"name": f"d{n}", "emptyDisk": {}} for n in range(9_999)]
    spec = {"running": False, "template": {"spec": {"domain": {"devices": {"disks": disks}},
                                                    "volumes": volumes}}}  # fmt: skip
    assert len(_messages(spec)) == 1
