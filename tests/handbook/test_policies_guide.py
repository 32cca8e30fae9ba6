"""Each policy of the guide finds what it says, and lets pass what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from handbook.verdict_model_page import verdict_model_page
from tests.builders import (
    claim,
    clone,
    restore,
    snap,
    snapshot_class,
    storage_class,
    vm,
    vmi,
)
from tests.checks.by_policy.judging import judged
from tests.markdown import page
from vmsnap_lint.config.file.configuration import from_file
from vmsnap_lint.config.file.find import File
from vmsnap_lint.config.policies.verdict_model import CONSTANTS, SUBJECTS, TYPES

if TYPE_CHECKING:
    from vmsnap_lint.config.policies.policy_settings import PolicySettings

pytest.importorskip("cel_expr_python")

GUIDE = "docs/guides/policies.md"
BLOCKS = [
    fence.text
    for fence in page(GUIDE).fences
    if fence.language == "yaml" and "policies" in yaml.safe_load(fence.text)
]


def policies(text: str) -> dict[str, PolicySettings]:
    """The policies of a configuration without mistakes, by their ids."""
    found, wrong = from_file(File(".vmsnap-lint.yaml", "/repo", text.encode()))
    assert wrong == []
    return {one.id: one for one in found["policies"].value}


POLICIES = {name: one for text in BLOCKS for name, one in policies(text).items()}
Objects = list[dict[str, Any]]
GOLD = {"labels": {"tier": "gold"}}
RETAIN = {**snapshot_class(), "deletionPolicy": "Retain"}
LARGE: dict[str, Any] = {"resources": {"requests": {"storage": "200Gi"}}}
DISK = [storage_class(), snapshot_class(), claim()]
MIGRATABLE = {"labels": {"migratable": "true"}}


def export(**spec: str) -> dict[str, Any]:
    """An export of the VM."""
    source = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "web"}
    return {
        "apiVersion": "export.kubevirt.io/v1", "kind": "VirtualMachineExport",
        "metadata": {"name": "out"}, "spec": {"source": source, **spec},
    }  # fmt: skip


CASES: dict[str, tuple[Objects, Objects]] = {
    "gold-is-complete": (
        [vm(metadata=GOLD), storage_class(), RETAIN, claim()], [vm(metadata=GOLD), *DISK],
    ),
    "gold-is-verified": ([vm(metadata=GOLD), *DISK], [vm(metadata=GOLD)]),
    "prod-has-deadline": ([snap(failureDeadline="10m")], [snap()]),
    "offline-snapshots": ([vm(), snap()], [vm(), vmi(), snap()]),
    "named-after-its-vm": ([snap("web-1")], [snap("nightly")]),
    "prod-has-snapshots": ([vm(), *DISK, snap()], [vm(), *DISK]),
    "large-disks-are-on-archive": (
        [vm(), storage_class("archive"), claim(cls="archive", spec=LARGE)],
        [vm(), storage_class(), claim(spec=LARGE)],
    ),
    "shared-access": (
        [vm(metadata=MIGRATABLE), claim(spec={"accessModes": ["ReadWriteMany"]})],
        [vm(metadata=MIGRATABLE), claim()],
    ),
    "has-an-owner": ([vm(metadata={"labels": {"owner": "me"}})], [vm()]),
    "restore-names-readiness": ([restore(targetReadinessPolicy="StopTarget")], [restore()]),
    "restore-to-a-halted-vm": ([vm(), restore()], [vm(strategy="Always"), restore()]),
    "restore-loses-nothing": (
        [vm(), *DISK, snap(), restore(), clone()], [vm(), claim(), snap(), restore(target="new")],
    ),
    "short-exports": ([export(ttlDuration="2h")], [export()]),
    "prod-is-new-enough": ([], []),
}  # fmt: skip


def test_every_policy_of_the_guide_is_tried() -> None:
    assert CASES.keys() == POLICIES.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_policy_of_the_guide_finds_what_it_says(name: str) -> None:
    good, bad = CASES[name]
    if good:
        passed = judged(POLICIES[name], *good)
        assert (passed.unmet, passed.unknown) == ([], {})
    if bad:
        assert len(judged(POLICIES[name], *bad).unmet) == 1


def test_a_plan_that_must_be_known_is_a_finding_where_it_is_not() -> None:
    lone = vm(metadata=GOLD)
    nothing = frozenset[str]()
    assert judged(POLICIES["gold-is-verified"], lone, complete=nothing).unmet == ["web"]
    assert judged(POLICIES["gold-is-complete"], lone, complete=nothing).unmet == []


def test_the_reference_has_every_field_once() -> None:
    text = verdict_model_page()
    for kind in SUBJECTS:
        assert f"### For a {kind}\n" in text
    for name, fields in TYPES.items():
        section = text.partition(f"### {name}\n")[2].partition("\n#")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == [
            field.name for field in fields
        ]
    assert all(f"`{name}`" in text for name in CONSTANTS)
