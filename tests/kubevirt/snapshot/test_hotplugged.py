"""Disks of a running VMI that its VM does not list are found, whatever its status is like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import manifests_of, vm, vmi, volume
from vmsnap_lint.kubevirt.snapshot.hotplugged import plugged_in_only

Object = dict[str, Any]
KEYS = st.sampled_from(("hotplugVolume", "name", "x"))
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab-1", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=6,
)


def _disk(name: str, *, plugged: bool = True) -> Object:
    return volume(name, persistentVolumeClaim={"claimName": name, "hotpluggable": plugged})


def _told(*volumes: Object, phase: str = "Running", status: Object | None = None) -> list[str]:
    running = {**vmi(phase=phase), "spec": {"volumes": [*volumes]}}
    running["status"] = {**running["status"], **(status or {})}
    machine, instance = manifests_of("dump.yaml", vm(), running)
    return [problem.message.split('"')[1] for problem in plugged_in_only(machine, instance)]


def test_a_disk_of_the_vmi_alone_is_told() -> None:
    assert _told(volume("root"), _disk("logs"), _disk("tmp")) == ["logs", "tmp"]


def test_the_status_alone_shows_one_as_well_and_each_is_told_once() -> None:
    state = {"name": "logs", "hotplugVolume": {"attachPodName": "hp-volume-1"}}
    assert _told(volume("root"), status={"volumeStatus": [state]}) == ["logs"]
    assert _told(_disk("logs"), status={"volumeStatus": [state]}) == ["logs"]


@pytest.mark.parametrize(
    "state",
    [
        {"phase": "Detaching"},
        {"memoryDumpVolume": {"claimName": "dump"}},
        {"hotplugVolume": None},
    ],
)
def test_what_leaves_or_is_a_dump_is_not(state: Object) -> None:
    entry = {"name": "logs", "hotplugVolume": {}, **state}
    assert _told(volume("root"), status={"volumeStatus": [entry]}) == []


def test_what_the_vm_lists_or_will_list_is_not() -> None:
    assert _told(_disk("root")) == []
    assert _told(volume("root"), _disk("other", plugged=False)) == []
    assert _told(_disk("logs"), phase="Succeeded") == []
    machine = {**vm(), "status": {"volumeRequests": [{"addVolumeOptions": {"name": "logs"}}]}}
    found = manifests_of("dump.yaml", machine, {**vmi(), "spec": {"volumes": [_disk("logs")]}})
    assert list(plugged_in_only(*found)) == []


@given(ANY, ANY, ANY)
def test_no_vmi_is_too_odd(volumes: Any, statuses: Any, requests: Any) -> None:
    machine = {**vm(), "status": {"volumeRequests": requests}}
    running = {**vmi(), "spec": {"volumes": volumes}}
    running["status"] = {"phase": "Running", "volumeStatus": statuses}
    list(plugged_in_only(*manifests_of("dump.yaml", machine, running)))
